using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Audit.Bundles;
using Identity.Audit.Data;
using Identity.Audit.Keys;
using Identity.Credentials;
using Identity.Credentials.Contracts;
using Identity.Ledger.Log;

namespace Identity.Audit.Findings;

/// <summary>
/// Writes a finding: one JSON file that holds all that its reader needs to check it years later, the terms, the salts, the consent and the proofs of the log.
/// The verify command reads it; so can anybody who can hash.
/// </summary>
public sealed class MakeFinding(AuditDb db, AuditSettings settings, EngagementKeys keys, TimeProvider clock)
{
    /// <summary>Value of the member <c>format</c>.</summary>
    public const string Format = "identity-audit-finding-1";

    /// <summary>Longest note in characters.</summary>
    public const int MaxNote = 2000;

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file as text.</summary>
    public async Task<string> RunAsync(Engagement engagement, OpenedBundle bundle, string note, CancellationToken ct)
    {
        var auditor = settings.FindOrganisation(engagement.Organisation)!;
        var records = new JsonArray();
        foreach (var version in bundle.Versions)
        {
            var record = version.Shown.ToJson();
            record["commitment"] = Convert.ToHexStringLower(version.Shown.Commitment);
            record["state"] = version.State;
            if (version.State == "anchored" && await LedgerLog.FindReceiptAsync(db, version.Shown.Commitment, ct) is { } receipt)
                record["receipt"] = JsonSerializer.SerializeToNode(receipt, JsonSerializerOptions.Web);
            records.Add((JsonNode)record);
        }
        var finding = new JsonObject
        {
            ["format"] = Format,
            ["auditor"] = auditor.Name,
            ["demonstration"] = auditor.Demonstration,
            ["engagement"] = new JsonObject { ["address"] = settings.AddressOf(engagement), ["key"] = keys.Public(engagement).Kid, ["purpose"] = engagement.Purpose },
            ["made_at"] = clock.GetUtcNow().ToRfc3339(),
            ["outcome"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(bundle.Outcome.ToString()),
            ["records"] = records,
            ["comparisons"] = new JsonArray([.. bundle.Comparisons.Select(c => (JsonNode)Describe(c))]),
            ["note"] = note,
        };
        return finding.ToJsonString(Layout) + "\n";
    }

    /// <summary>A comparison as JSON.</summary>
    internal static JsonObject Describe(ContractComparison comparison) => new()
    {
        ["earlier"] = comparison.Earlier.Stage, ["later"] = comparison.Later.Stage, ["substitution_suspected"] = comparison.SubstitutionSuspected,
        ["differences"] = new JsonArray([.. comparison.Differences.Select(d => (JsonNode)new JsonObject
        {
            ["field"] = d.Field, ["earlier"] = d.Earlier, ["later"] = d.Later, ["direction"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(d.Direction.ToString()), ["material"] = d.Material,
        })]),
    };
}
