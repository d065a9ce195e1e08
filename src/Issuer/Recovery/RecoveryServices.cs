using Identity.Hosting;

namespace Identity.Issuer.Recovery;

/// <summary>
/// The recovery services whose word counts here, section <c>Recovery:Services</c>: <c>Issuer</c> (the address of the Wallet service or desk), <c>Keys</c> (thumbprints of its
/// keys), <c>Desks</c> (true where it may say that a person came to a desk). Without any, nothing is ever moved to a new phone except at the counter.
/// </summary>
internal sealed class RecoveryServices
{
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

    private sealed record Service(IReadOnlyCollection<string> Keys, bool Desks);
}
