using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>The trust data of a vector, in plain JSON: what a trust pack would say. Times are Unix seconds, bytes lower-case hex.</summary>
internal sealed class PlainPack(JsonObject data) : ITrustView, IPackedTrust
{
    public MirrorState State => new(Time(data["headTime"]), []);

    public IPackedTrust? Packed => this;

    public DateTimeOffset GoodUntil => Time(data["goodUntil"])!.Value;

    public OrganisationRecord? FindOrganisationByIssuer(string iss) => Organisations.FirstOrDefault(o => o.Issuer == iss);

    public OrganisationRecord? FindOrganisation(byte[] id) => Organisations.FirstOrDefault(o => o.Id.AsSpan().SequenceEqual(id));

    public IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprintPrefix)
    {
        var prefix = thumbprintPrefix.ToArray();
        return [.. Items("keys").Select(Key).Where(k => k.Thumbprint.AsSpan().StartsWith(prefix))];
    }

    public IReadOnlyList<AccreditationChain> Chains(byte[] organisationId)
    {
        var tree = new AccreditationTree();
        foreach (var a in Items("accreditations"))
            if (FindOrganisation(Hex(a["holder"])) is { } holder)
                tree.TryAdd(new AccreditationLink((ulong)a["number"]!, (ulong?)a["parent"], holder, (AccreditationRight)(int)a["right"]!, (string)a["scope"]!, Time(a["from"])!.Value, Time(a["until"]), Time(a["withdrawnAt"]), Time(a["grantedAt"])!.Value));
        return tree.Chains(organisationId);
    }

    public ClosingRecord? Closing(byte[] organisationId) => Items("closings").Where(c => (string?)c["organisation"] == Convert.ToHexStringLower(organisationId))
        .Select(c =>
        {
            var terms = c["terms"]!.AsArray().Select(t => new DepositTerm(FindOrganisation(Hex(t!["depositary"]))!, Time(t["from"])!.Value, Time(t["until"]))).ToList();
            var present = terms.FirstOrDefault(t => t.Until is null);
            return new ClosingRecord(organisationId, Time(c["at"])!.Value, present?.Depositary ?? (c["named"] is { } named ? FindOrganisation(Hex(named)) : null), present?.From, [], [.. terms.Where(t => t != present)]);
        }).FirstOrDefault();

    public bool UsesLog(byte[] organisationId, string origin, DateTimeOffset at) => throw new InvalidOperationException("A pack holds no logs.");

    public AnchorEvidence? FindEntry(byte[] entry, byte[]? organisationId = null) => throw new InvalidOperationException("A pack holds no logs.");

    public StatusSnapshot? FindStatus(string uri) => throw new InvalidOperationException("A pack holds no lists.");

    public PackedStatus? FindStatus(string uri, long index, byte[] organisation) => Items("statuses").Where(s => (string?)s["list"] == uri && (long)s["index"]! == index)
        .Select(s => new PackedStatus((byte)s["value"]!, Time(s["issuedAt"])!.Value, Time(s["readAt"])!.Value, (bool)s["final"]!)).FirstOrDefault();

    public bool? IsRecordedBeforeEnd(KeyRecord key, ReadOnlySpan<byte> entryPrefix)
    {
        var prefix = Convert.ToHexStringLower(entryPrefix);
        return Items("entries").Any(e => (string?)e["key"] == Convert.ToHexStringLower(key.Thumbprint) && (string?)e["prefix"] == prefix);
    }

    private IEnumerable<OrganisationRecord> Organisations => Items("organisations").Select(o =>
        new OrganisationRecord(Hex(o["id"]), (string)o["issuer"]!, (string)o["name"]!, (string)o["country"]!, (bool)o["demonstration"]!, (string?)o["contact"]));

    private IEnumerable<JsonObject> Items(string name) => data[name]!.AsArray().Select(i => i!.AsObject());

    private static KeyRecord Key(JsonObject key)
    {
        Assert.True(Jwk.TryParse(key["key"]!.DeepClone().AsObject(), out var jwk, out var reason), reason);
        KeyEndReason? ended = (string?)key["reason"] switch { "retired" => KeyEndReason.Retired, "compromised" => KeyEndReason.Compromised, _ => null };
        return new KeyRecord(Hex(key["thumbprint"]), jwk!, Hex(key["organisation"]), Time(key["from"])!.Value, Time(key["endedAt"]), ended);
    }

    private static byte[] Hex(JsonNode? node) => Convert.FromHexString((string)node!);

    private static DateTimeOffset? Time(JsonNode? node) => node is null ? null : DateTimeOffset.FromUnixTimeSeconds((long)node);
}
