using System.Security.Cryptography;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;
using Identity.Tests.Shared;

namespace Identity.Benchmarks.Checking;

/// <summary>A verifier's copy of the ledger in memory: one accredited college, its key, its status list of 131,072 entries, and what was anchored.</summary>
internal sealed class Register : ITrustView
{
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, AnchorEvidence> _entries = new(StringComparer.Ordinal);
    private readonly KeyRecord _key;
    private readonly IReadOnlyList<AccreditationChain> _chains;

    public Register(string issuer, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        Organisation = new OrganisationRecord(SHA256.HashData("Bench College"u8), issuer, "Bench College", "XT", true, null);
        _key = new KeyRecord(Key.PublicKey.Thumbprint(), Key.PublicKey, Organisation.Id, Now.AddDays(-30), null, null);
        _chains = [new([Accredited.Root(Now.AddDays(-30)), Accredited.Issuer(Organisation, Now.AddDays(-30), Scope)])];
        StatusText = StatusListToken.Sign(StatusUri, Now, Now.AddDays(1), TimeSpan.FromMinutes(15), new StatusArray(2, 131_072), Key);
        Status = StatusListToken.TryParse(StatusText, out var token, out var reason) ? new StatusSnapshot(token, Now) : throw new InvalidOperationException(reason);
    }

    /// <summary>The present time, in whole seconds: it passes while something is measured, for a slow machine minutes of it.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds());

    public Es256Key Key { get; } = Es256Key.Create();

    public OrganisationRecord Organisation { get; }

    public string StatusUri => $"{Organisation.Issuer}/status/1";

    public string StatusText { get; }

    public StatusSnapshot Status { get; }

    private static Scope Scope { get; } = new(["urn:identity:qualification:1"], Eqf: new LevelRange(1, 5), Fields: ["07"], Jurisdictions: ["XT"]);

    /// <summary>The pack with the college in it, accredited by the pack's first authority.</summary>
    public PackContent AddedTo(PackContent pack) => pack with
    {
        Organisations = [.. pack.Organisations, new PackedOrganisation(Organisation, [new PackedKey(_key, null)], null)],
        Accreditations = [.. pack.Accreditations, Accredited.Issuer(Organisation, Now.AddDays(-30), Scope, pack.Accreditations[^1].Number + 1)],
    };

    public MirrorState State => new(_clock.GetUtcNow(), []);

    public void Anchor(byte[] entry) => _entries[Convert.ToHexString(entry)] = new AnchorEvidence(
        "localhost:5001/log", _entries.Count, _entries.Count + 1, new string('a', 64), true, Now, 7, "0x" + new string('b', 64), "0x" + new string('c', 40), 31337, true);

    public OrganisationRecord? FindOrganisationByIssuer(string iss) => iss == Organisation.Issuer ? Organisation : null;

    public OrganisationRecord? FindOrganisation(byte[] id) => id.AsSpan().SequenceEqual(Organisation.Id) ? Organisation : null;

    public IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprintPrefix) => _key.Thumbprint.AsSpan().StartsWith(thumbprintPrefix) ? [_key] : [];

    public IReadOnlyList<AccreditationChain> Chains(byte[] organisationId) => FindOrganisation(organisationId) is null ? [] : _chains;

    public ClosingRecord? Closing(byte[] organisationId) => null;

    public bool UsesLog(byte[] organisationId, string origin, DateTimeOffset at) => true;

    public AnchorEvidence? FindEntry(byte[] entry, byte[]? organisationId = null) => _entries.GetValueOrDefault(Convert.ToHexString(entry));

    public StatusSnapshot? FindStatus(string uri) => uri == StatusUri ? Status : null;
}
