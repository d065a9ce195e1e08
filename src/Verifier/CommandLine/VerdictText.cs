using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Verifier.Results;

namespace Identity.Verifier.CommandLine;

/// <summary>A verdict as text for a terminal.</summary>
internal static class VerdictText
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a terminal, not a page
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The same JSON as the API's.</summary>
    public static string Json(VerdictView verdict) => JsonSerializer.Serialize(verdict, Format);

    /// <summary>Lines for a person: the verdict, the issuer, the claims, the checks, the place on the ledger.</summary>
    public static string Plain(VerdictView verdict, Strings strings)
    {
        var text = new StringBuilder();
        var reason = SnakeCase.Of(verdict.Reason);
        text.AppendLine(CultureInfo.InvariantCulture, $"{SnakeCase.Of(verdict.Outcome).ToUpperInvariant().Replace('_', ' ')} ({reason})");
        // A genuine copy or paper is not proven to be anybody's, and a paper ends for itself: the headline says so, the outcome and reason stay what they are.
        var words = (verdict.Reason, verdict.Binding) switch
        {
            (ReasonCode.Valid, BindingLevel.None) => "copy",
            (ReasonCode.Valid, BindingLevel.Paper) => "paper",
            (ReasonCode.Valid, _) when verdict.Closing is { Final: true } => "valid_as_of",
            (ReasonCode.Revoked, BindingLevel.Paper) => "paper_ended",
            (ReasonCode.NotAnchored, _) when verdict.Ledger?.Witnesses is { } few && few.Count < few.Required => "unwitnessed",
            _ => reason,
        };
        if (strings.Find($"verdict.{words}.title") is { } title) text.AppendLine(title);
        if (verdict.Archive is { } archive)
        {
            text.AppendLine(strings.Format("verdict.archive", ("date", archive.AsOf.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture))));
            if (!archive.Proven) text.AppendLine(strings["verdict.archive.unproven"]);
        }
        // "Recorded on the ledger" only where that was looked at.
        var unread = verdict.Reason == ReasonCode.Valid && words is not "valid_as_of" && verdict.Checks.Any(check => check is { Name: CheckName.Ledger, Result: not CheckResult.Passed });
        if (strings.Find($"verdict.{words}{(unread ? ".offline" : "")}.explanation") is { } explanation) text.AppendLine(Filled(explanation, verdict));
        if (strings.Find($"verdict.{words}.next") is { } next) text.AppendLine(next);

        var type = TypeDefinition.Find(verdict.Credential.Type);
        if (type is not null) Line(text, "type", type.DisplayFor(strings.Language).Name);
        if (verdict.Credential.Issuer is { } issuer) Line(text, "issuer", $"{issuer.Name} ({issuer.Country}){(issuer.Demonstration ? " DEMONSTRATION" : "")}");
        else if (verdict.Credential.StatedIssuer is { } stated) Line(text, "stated issuer", stated);
        if (verdict.Reissued is { Entitled: true } reissued)
            Line(text, "re-issued", strings.Format("verdict.reissued.explanation", ("issuer", verdict.Credential.Issuer?.Name), ("organisation", reissued.Name ?? reissued.Original), ("date", $"{reissued.ClosedAt:yyyy-MM-dd}")));
        if (verdict.Entitlement is { } entitlement) EntitlementText.Write(text, entitlement, verdict.Reissued, type, strings);
        foreach (var (name, value) in verdict.Claims) Line(text, type?.Claim(name)?.Label(strings.Language) ?? name, value is null ? "" : value.ToJsonString(Format).Trim('"'));
        text.AppendLine();
        foreach (var check in verdict.Checks) text.AppendLine(CultureInfo.InvariantCulture, $"{Mark(check.Result)} {SnakeCase.Of(check.Name),-17} {Clean(check.Evidence)}");
        if (verdict.Ledger is { } ledger)
        {
            text.AppendLine();
            Line(text, "entry", ledger.Entry);
            Line(text, "log", $"{ledger.Log} #{ledger.Index}, tree of {ledger.Size}, root {ledger.Root}");
            Line(text, "anchored", ledger.AnchoredAt is { } at ? $"{at:u}, block {ledger.Block}, {ledger.Transaction}, contract {ledger.Contract}, chain {ledger.ChainId}" : "not yet");
        }
        return text.ToString().TrimEnd();
    }

    private static string Filled(string text, VerdictView verdict) => text
        .Replace("{count}", verdict.Ledger?.Witnesses?.Count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{required}", verdict.Ledger?.Witnesses?.Required.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{organisation}", Clean(verdict.Credential.Issuer?.Name ?? ""), StringComparison.Ordinal)
        .Replace("{date}", verdict.Closing?.AsOf is { } asOf ? $"{asOf:yyyy-MM-dd}" : "", StringComparison.Ordinal);

    internal static void Line(StringBuilder text, string name, string value) => text.AppendLine(CultureInfo.InvariantCulture, $"{Clean(name)}: {Clean(value)}");

    /// <summary>Without terminal escapes, and without what turns the line around.</summary>
    internal static string Clean(string value) =>
        string.Concat(value.Select(c => char.IsControl(c) || c is '\u202A' or '\u202B' or '\u202D' or '\u202E' or '\u202C' or (>= '\u2066' and <= '\u2069') ? '\uFFFD' : c));

    private static string Mark(CheckResult result) => result switch { CheckResult.Passed => "+", CheckResult.Failed => "x", _ => "-" };
}
