using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Recovery;
using Identity.Hosting;
using Identity.Issuer.Authorization;

namespace Identity.Issuer.Recovery;

/// <summary>
/// The recovery services whose word counts here, section <c>Recovery:Services</c>: <c>Issuer</c> (the address of the Wallet service or desk), <c>Keys</c> (thumbprints of its
/// keys), <c>Desks</c> (true where it may say that a person came to a desk). Without any, nothing is ever moved to a new phone except at the counter.
/// </summary>
internal sealed class RecoveryServices
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Service> _services;

    private RecoveryServices(Dictionary<string, Service> services) => _services = services;

    /// <summary>Reads the section.</summary>
    /// <exception cref="SettingMissingException">A service without an address or without a key of 43 characters.</exception>
    public static RecoveryServices Read(IConfiguration configuration)
    {
        var services = new Dictionary<string, Service>(StringComparer.Ordinal);
        foreach (var section in configuration.GetSection("Recovery:Services").GetChildren())
        {
            var keys = section.GetSection("Keys").Get<string[]>() ?? [];
            if (section["Issuer"] is not { Length: > 0 } issuer) throw new SettingMissingException($"{section.Path}:Issuer", "the address of the recovery service, as its attestations name it");
            if (keys.Length == 0 || keys.Any(key => key.Length != 43)) throw new SettingMissingException($"{section.Path}:Keys:0", "the thumbprint of the key that signs its attestations (RFC 7638, base64url)");
            services[issuer] = new Service(keys, section.GetValue("Desks", false));
        }
        return new RecoveryServices(services);
    }

    /// <summary>The thumbprints of a service's keys; none for an unknown one.</summary>
    public IReadOnlyCollection<string> KeysOf(string service) => _services.TryGetValue(service, out var known) ? known.Keys : [];

    /// <summary>Whether it may speak of a desk.</summary>
    public bool MaySpeakOfDesks(string service) => _services.TryGetValue(service, out var known) && known.Desks;

    /// <summary>Why an attestation of a service here does not count now, in words for a developer; null where it does. That it was not used before is the database's to say (<see cref="Used"/>).</summary>
    /// <param name="attestation">What was read and verified.</param>
    /// <param name="audience">The issuer identifier that it must be for.</param>
    /// <param name="key">Thumbprint of the key that signed the request.</param>
    /// <param name="now">The time.</param>
    public string? Problem(RecoveryAttestation attestation, string audience, string key, DateTimeOffset now) =>
        attestation.Audience != audience ? "the attestation is for another organisation"
        : attestation.NewKey != key ? "the request is not signed by the key that the attestation names"
        : now >= attestation.Expires || attestation.Expires > now + RecoveryAttestation.Lifetime + Skew ? "the attestation has ended, or claims to hold too long"
        : attestation.Completed > now + Skew || attestation.Started > attestation.Completed ? "the attestation is dated in the future"
        : attestation.ByDesk && !MaySpeakOfDesks(attestation.Issuer) ? "this service has no desks"
        // Not left to the service alone: without a desk there were seven days in which somebody could object.
        : !attestation.ByDesk && attestation.Completed - attestation.Started < RecoveryAttestation.CoolingOff ? "the time to object was not kept"
        : null;

    /// <summary>The row that using an attestation leaves, wherever it is used.</summary>
    public static UsedNonce Used(RecoveryAttestation attestation) =>
        new() { Hash = SHA256.HashData(Encoding.UTF8.GetBytes($"recovery\n{attestation.Issuer}\n{attestation.Id}")), ExpiresAt = attestation.Expires + Skew };

    private sealed record Service(IReadOnlyCollection<string> Keys, bool Desks);
}
