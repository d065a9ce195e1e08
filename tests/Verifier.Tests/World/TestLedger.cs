using System.Collections.Concurrent;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;
using Identity.Ledger.Mirror;

namespace Identity.Verifier.Tests.World;

/// <summary>A register and logs that a test writes by hand.</summary>
public sealed class TestLedger(FakeClock clock) : ITrustView
{
    private readonly ConcurrentDictionary<string, AnchorEvidence> _entries = new();

    public List<OrganisationRecord> Organisations { get; } = [];

    public List<KeyRecord> Keys { get; } = [];

    /// <summary>Every accreditation to issue; all stand under the ministry's.</summary>
    public List<AccreditationLink> Granted { get; } = [];

    public Dictionary<string, ClosingRecord> Closings { get; } = [];

    private static readonly OrganisationRecord Ministry = new(new byte[32], "https://ministry.example", "Talmara Ministry of Education", "XA", true, "appeals@ministry.example");

    private static readonly DateTimeOffset Since = new(2021, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly AccreditationLink Root = new(1, null, Ministry, AccreditationRight.Accredit, new Scope(null).Canonical(), Since, null, null, Since);

    public DateTimeOffset? HeadTime { get; set; }

    /// <summary>Whether trust packs can be made of it; else the service makes none.</summary>
    public bool CanBePacked { get; set; }

    /// <summary>The ledger's half of a pack.</summary>
    public PackedRegister? Packed()
    {
        if (!CanBePacked) return null;
        return new PackedRegister(State.HeadTime!.Value, new PackedLedger(31337, "0x" + new string('c', 40), ["localhost:5001/log"]),
        [
            new PackedOrganisation(Ministry, [], null),
            .. Organisations.Select(o => new PackedOrganisation(o, [.. Keys.Where(k => k.Organisation.AsSpan().SequenceEqual(o.Id)).Select(k => new PackedKey(k.EndedBy(Closing(o.Id)), null))], Closing(o.Id))),
        ], [Root, .. Granted]);
    }

    public MirrorState State => new(HeadTime ?? clock.Now, []);

    public OrganisationRecord? FindOrganisationByIssuer(string iss) => Organisations.FirstOrDefault(o => o.Issuer == iss);

    public OrganisationRecord? FindOrganisation(byte[] id) => Organisations.FirstOrDefault(o => o.Id.AsSpan().SequenceEqual(id));

    public IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprintPrefix)
    {
        var found = new List<KeyRecord>();
        foreach (var key in Keys) if (key.Thumbprint.AsSpan().StartsWith(thumbprintPrefix)) found.Add(key);
        return found;
    }

    /// <summary>Whole chains of an organisation, by its id in hexadecimal, in place of those under the ministry.</summary>
    public Dictionary<string, IReadOnlyList<AccreditationChain>> OwnChains { get; } = [];

    public IReadOnlyList<AccreditationChain> Chains(byte[] organisationId) => OwnChains.TryGetValue(Convert.ToHexString(organisationId), out var own) ? own : [.. Granted.Where(link => link.Holder.Id.AsSpan().SequenceEqual(organisationId)).Select(link => new AccreditationChain([Root, link]))];

    public ClosingRecord? Closing(byte[] organisationId) => Closings.GetValueOrDefault(Convert.ToHexString(organisationId));

    public bool UsesLog(byte[] organisationId, string origin, DateTimeOffset at) => true;

    public AnchorEvidence? FindEntry(byte[] entry, byte[]? organisationId = null) => _entries.GetValueOrDefault(Convert.ToHexString(entry));

    public StatusSnapshot? FindStatus(string uri) => null;

    public void Register(OrganisationRecord organisation, Jwk key, DateTimeOffset from, params string[] types)
    {
        Organisations.Add(organisation);
        Keys.Add(new KeyRecord(key.Thumbprint(), key, organisation.Id, from, null, null));
        foreach (var type in types) Granted.Add(new AccreditationLink((ulong)Granted.Count + 2, 1, organisation, AccreditationRight.Issue, new Scope([type]).Canonical(), from, null, null, from));
    }

    public void Anchor(byte[] entry) => _entries[Convert.ToHexString(entry)] = new AnchorEvidence(
        "localhost:5001/log", _entries.Count, _entries.Count + 1, new string('a', 64), true, clock.Now, 7, "0x" + new string('b', 64), "0x" + new string('c', 40), 31337, true);
}
