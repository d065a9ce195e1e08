using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Accreditation;

/// <summary>How an organisation was closed.</summary>
/// <param name="Organisation">Its id.</param>
/// <param name="ClosedAt">Time of the block: its keys count as retired from then on.</param>
/// <param name="Depositary">Who takes over its status lists, once accepted; null where nobody was named.</param>
/// <param name="AcceptedAt">When the depositary accepted; null while it has not.</param>
/// <param name="FinalLists">What its closing statement names as the last word on what it issued.</param>
/// <param name="Earlier">Who had accepted before, in their order, each until another was named; null for nobody.</param>
public sealed record ClosingRecord(
    byte[] Organisation, DateTimeOffset ClosedAt, OrganisationRecord? Depositary, DateTimeOffset? AcceptedAt, IReadOnlyList<FinalList> FinalLists, IReadOnlyList<DepositTerm>? Earlier = null)
{
    /// <summary>Every time in which somebody was in charge, in their order; the last one goes on where its depositary is the present one.</summary>
    public IReadOnlyList<DepositTerm> Terms => AcceptedAt is { } from && Depositary is { } present ? [.. Earlier ?? [], new DepositTerm(present, from, null)] : Earlier ?? [];

    /// <summary>Somebody has accepted, now or before: from then on the final lists alone do not tell what is in force.</summary>
    public bool IsTakenOver => AcceptedAt is not null || Earlier is { Count: > 0 };

    /// <summary>Whether this organisation was the depositary at a time, and had accepted.</summary>
    public bool IsInCharge(byte[] organisation, DateTimeOffset at) => TermsOf(organisation).Any(term => term.From <= at && !(at >= term.Until));

    /// <summary>When this organisation was in charge.</summary>
    public IEnumerable<DepositTerm> TermsOf(byte[] organisation) => Terms.Where(term => term.Depositary.Id.AsSpan().SequenceEqual(organisation));

    /// <summary>The record once another depositary is named at a time, who has not accepted yet.</summary>
    public ClosingRecord Naming(OrganisationRecord? depositary, DateTimeOffset at) =>
        this with { Depositary = depositary, AcceptedAt = null, Earlier = AcceptedAt is { } from && Depositary is { } before ? [.. Earlier ?? [], new DepositTerm(before, from, at)] : Earlier };
}

/// <summary>A depositary's time.</summary>
/// <param name="Depositary">Who.</param>
/// <param name="From">When it accepted.</param>
/// <param name="Until">When another was named; null while nobody was.</param>
public sealed record DepositTerm(OrganisationRecord Depositary, DateTimeOffset From, DateTimeOffset? Until);

/// <summary>A status list signed for the last time.</summary>
/// <param name="Uri">Its address, as credentials name it.</param>
/// <param name="Entry">SHA-256 of the signed token: its entry in the organisation's log.</param>
public sealed record FinalList(string Uri, byte[] Entry);

/// <summary>
/// What an organisation says when it is closed: on the ledger as text. <c>{"v":1,"organisation":"hex","lists":[{"uri":"…","entry":"hex"}],"notice":{"en":"…"},"contact":"…"}</c>;
/// <c>notice</c> and <c>contact</c> are for people and may be absent.
/// </summary>
public static class ClosingStatement
{
    /// <summary>The most bytes that the contract takes.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>Writes the text, canonical JSON (RFC 8785).</summary>
    public static string Write(byte[] organisation, IReadOnlyList<FinalList> lists, IReadOnlyDictionary<string, string> notice, string? contact)
    {
        var json = new JsonObject
        {
            ["v"] = 1,
            ["organisation"] = Convert.ToHexStringLower(organisation),
            ["lists"] = new JsonArray([.. lists.Select(list => (JsonNode)new JsonObject { ["uri"] = list.Uri, ["entry"] = Convert.ToHexStringLower(list.Entry) })]),
            ["notice"] = new JsonObject(notice.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)text.Value))),
        };
        if (contact is not null) json["contact"] = contact;
        return CanonicalJson.Write(json);
    }

    /// <summary>Whether the contract takes it.</summary>
    public static bool Fits(string statement) => Encoding.UTF8.GetByteCount(statement) <= MaxBytes;

    /// <summary>The final lists of a statement of this organisation; none where it cannot be read, or speaks of another.</summary>
    public static IReadOnlyList<FinalList> Lists(string statement, byte[] organisation)
    {
        if (!CanonicalJson.TryRead(statement, MaxBytes, maxDepth: 4, out var json, out _)) return [];
        if (StrictJson.Integer(json["v"]) != 1 || StrictJson.Text(json["organisation"]) != Convert.ToHexStringLower(organisation) || json["lists"] is not JsonArray lists) return [];
        var read = new List<FinalList>();
        foreach (var list in lists)
        {
            if (list is not JsonObject member || StrictJson.Text(member["uri"]) is not { } uri || StrictJson.Text(member["entry"]) is not { Length: 64 } entry || !entry.All(char.IsAsciiHexDigitLower)) return [];
            read.Add(new FinalList(uri, Convert.FromHexString(entry)));
        }
        return read;
    }
}
