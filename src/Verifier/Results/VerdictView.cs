using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;

namespace Identity.Verifier.Results;

/// <summary>A verdict as the API, the command line and the page show it: the form of <see cref="VerdictJson"/>, typed for the OpenAPI document. A test keeps both equal.</summary>
/// <param name="Outcome"><c>valid</c>, <c>not_valid</c> or <c>cannot_tell</c>.</param>
/// <param name="Reason">The leading reason.</param>
/// <param name="Tone">The colour of the reason.</param>
/// <param name="Binding">How strongly the credential is tied to the person who shows it.</param>
/// <param name="Checks">Every check, in display order.</param>
/// <param name="DataAge">Age of the data it rests on, in seconds.</param>
/// <param name="Rolling">When it was drawn, for a code that is redrawn with the time; else absent.</param>
/// <param name="Claims">Disclosed claims by name; empty unless the issuer's signature held.</param>
/// <param name="Credential">Type, issuer, dates.</param>
/// <param name="Compare">Claims to compare with the person or the identity document.</param>
/// <param name="Ledger">Place on the ledger; absent where the credential is not found there.</param>
/// <param name="Entitlement">Who entitled the issuer, to what; absent where issuer or type is not known, and where it cannot be told.</param>
/// <param name="Closing">How the issuer was closed; absent while it is not.</param>
public sealed record VerdictView(
    Outcome Outcome,
    ReasonCode Reason,
    Tone Tone,
    BindingLevel Binding,
    IReadOnlyList<CheckView> Checks,
    DataAgeView DataAge,
    RollingView? Rolling,
    JsonObject Claims,
    CredentialView Credential,
    IReadOnlyList<string> Compare,
    LedgerView? Ledger,
    EntitlementView? Entitlement,
    ClosingView? Closing)
{
    /// <summary>In whose place the credential says it was issued; absent where it says nothing of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReissuedView? Reissued { get; init; }

    /// <summary>The signed receipt of this check (docs/check-receipt.md); absent where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Receipt { get; init; }

    /// <summary>Where the credential's status list is published, as it says itself; absent where it names none, and while it is not read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StatusList { get; init; }

    /// <summary>As of when it was judged, where this service is an archive; absent everywhere else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ArchiveView? Archive { get; init; }

    /// <summary>The view of a verdict that answers whoever had it checked.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="receipt">Its signed receipt, or null.</param>
    public static VerdictView Of(Verdict verdict, string? receipt) => Of(verdict) with { Receipt = receipt, StatusList = verdict.Facts.StatusUri };

    /// <summary>The view of a verdict.</summary>
    public static VerdictView Of(Verdict verdict)
    {
        var facts = verdict.Facts;
        var type = TypeDefinition.Find(facts.Type);
        return new VerdictView(
            verdict.Outcome, verdict.Reason, Reasons.ToneOf(verdict.Reason), verdict.Binding,
            [.. verdict.Checks.Select(check => new CheckView(check.Name, check.Result, check.Evidence))],
            new DataAgeView(Seconds(verdict.DataAge.Ledger), Seconds(verdict.DataAge.Status)),
            verdict.Rolling is { } rolling ? new RollingView(rolling.Age, rolling.ClockUnsure) : null,
            Packed(verdict.Claims),
            new CredentialView(facts.Type, type?.Name, facts.Format,
                facts.Issuer is { } issuer ? new IssuerView(issuer.Name, issuer.Country, issuer.Demonstration, issuer.Issuer, issuer.Contact) : null,
                facts.StatedIssuer, Utc.Seconds(facts.ValidFrom), Utc.Seconds(facts.ValidUntil), Utc.Seconds(facts.IssuedAt)),
            verdict.Compare,
            verdict.Ledger is { } ledger ? LedgerView.Of(ledger) : null,
            EntitlementView.Of(verdict),
            verdict.Closing is { } closing ? ClosingView.Of(closing) : null)
        {
            Reissued = verdict.Reissued is { } reissued ? new ReissuedView(reissued.Original, reissued.Name, Utc.Seconds(reissued.ClosedAt), reissued.Entitled) : null,
            Archive = verdict.Archive is { } archive ? new ArchiveView(Utc.Seconds(archive.AsOf)!.Value, archive.IsProven) : null,
        };
    }

    // A view may wait for its reader for minutes: as text it takes a few times its length, as a tree of nodes fifty times.
    private static JsonObject Packed(JsonObject claims) => (JsonObject)JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(claims, Plain))!;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static long? Seconds(TimeSpan? age) => age is { } known ? (long)known.TotalSeconds : null;
}

/// <summary>What it was judged by: a copy of the ledger as it was. What happened since, it does not know; where it is not proven by validators, whoever made it was believed.</summary>
public sealed record ArchiveView(DateTime AsOf, bool Proven);

/// <summary>One check with a short technical line.</summary>
public sealed record CheckView(CheckName Name, CheckResult Result, string Evidence);

/// <summary>Seconds since the data were current; absent where there were none.</summary>
public sealed record DataAgeView(long? Ledger, long? Status);

/// <summary>Seconds since the code was drawn, below zero where the phone's clock is ahead; and whether the phone says that its clock may be wrong.</summary>
public sealed record RollingView(long Age, bool ClockUnsure);

/// <summary>What the credential says of itself, claims aside. <paramref name="StatedIssuer"/> is as written in it, proven or not.</summary>
public sealed record CredentialView(
    string? Type, string? TypeName, string? Format, IssuerView? Issuer, string? StatedIssuer,
    DateTime? ValidFrom, DateTime? ValidUntil, DateTime? IssuedAt);

/// <summary>The issuer as registered on the ledger.</summary>
public sealed record IssuerView(string Name, string Country, bool Demonstration, string Issuer, string? Contact);

/// <summary>The ledger evidence: which entry, in which tree, under which root, and whether the contract holds the same root.</summary>
public sealed record LedgerView(
    string Entry, string Log, long Index, long Size, string Root, bool RootMatchesContract, bool Trusted,
    DateTime? AnchoredAt, long? Block, string? Transaction, string? Contract, long? ChainId)
{
    /// <summary>Who besides the log confirms a tree that holds it; absent where this service asks for nobody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WitnessCountView? Witnesses { get; init; }

    internal static LedgerView Of(LedgerEvidence evidence)
    {
        var anchor = evidence.Anchor;
        return new LedgerView(Convert.ToHexStringLower(evidence.Entry), anchor.Log, anchor.Index, anchor.Size, anchor.Root, anchor.RootMatchesContract, anchor.Trusted,
            Utc.Seconds(anchor.AnchoredAt), anchor.Block, anchor.Transaction, anchor.Contract, anchor.ChainId)
        {
            Witnesses = anchor.Witnesses is { } witnesses ? new WitnessCountView(witnesses.Count, witnesses.Required) : null,
        };
    }
}

/// <summary>How many witnesses cosigned, of those that this service asks for; fewer than required keep it from telling.</summary>
public sealed record WitnessCountView(int Count, int Required);

/// <summary>Times as they stand in a verdict.</summary>
internal static class Utc
{
    /// <summary>UTC, whole seconds.</summary>
    public static DateTime? Seconds(DateTimeOffset? time) => time is { } at ? DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()).UtcDateTime : null;
}

/// <summary>Names of enumeration members as they stand in JSON and in the database.</summary>
public static class SnakeCase
{
    /// <summary><c>NotValid</c> as <c>not_valid</c>.</summary>
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
