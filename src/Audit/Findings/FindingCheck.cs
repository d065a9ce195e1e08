using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Contracts;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Ledger.Log;

namespace Identity.Audit.Findings;

/// <summary>The root of a log at a size, as its reader has it from elsewhere than the finding.</summary>
/// <param name="Root">32 bytes; null where that source has none.</param>
/// <param name="LogKey">The log's Ed25519 key; null where that source does not know it.</param>
/// <param name="Time">When it was anchored; null where that source does not know.</param>
internal sealed record KnownRoot(byte[]? Root, byte[]? LogKey, DateTimeOffset? Time);

/// <summary>How a finding came out.</summary>
/// <param name="ExitCode">0 proven, 1 not as anchored, 2 cannot tell.</param>
/// <param name="Lines">What to print.</param>
internal sealed record FindingVerdict(int ExitCode, IReadOnlyList<string> Lines);

/// <summary>
/// Checks a finding with nothing but the file and the roots of the chain: every hash, signature, proof and comparison is computed anew;
/// what the file says of its own outcome is not believed.
/// </summary>
internal static class FindingCheck
{
    /// <summary>Largest finding in bytes.</summary>
    public const int MaxBytes = 512 * 1024;

    /// <param name="utf8">The file.</param>
    /// <param name="rootOf">Asks the chain, or whoever the reader trusts, for the root of a log at the size of this checkpoint; null where nobody can be asked.</param>
    public static async Task<FindingVerdict> RunAsync(byte[] utf8, Func<Checkpoint, Task<KnownRoot?>> rootOf)
    {
        if (utf8.Length > MaxBytes || !StrictJson.TryParseObject(utf8, out var finding, out _) || StrictJson.Text(finding["format"]) != MakeFinding.Format
            || finding["records"] is not JsonArray { Count: > 0 and <= ContractBundle.MaxRecords } list)
        {
            return new FindingVerdict(1, ["NOT A FINDING: the file has not the form of a finding."]);
        }
        var lines = new List<string>();
        var worst = 0;
        var shown = new List<ShownContract>();
        foreach (var node in list)
        {
            if (!ShownContract.TryRead(node, out var record, out var reason)) return new FindingVerdict(1, [$"NOT A FINDING: a record is malformed ({reason})."]);
            shown.Add(record);
        }
        var engagement = finding["engagement"] as JsonObject;
        if (OrderedLikeConsent(shown) is { } bundle
            && bundle.TryVerifyConsent(StrictJson.Text(engagement?["address"]) ?? "", StrictJson.Text(engagement?["key"]) ?? "", out var consent, out _))
        {
            lines.Add($"ok    consent of the records' own keys, for “{consent.Purpose}”, {consent.MadeAt:yyyy-MM-dd} until {consent.Until:yyyy-MM-dd}");
        }
        else
        {
            worst = 1;
            lines.Add("FAIL  the consent does not fit these records: something was changed after it was given");
        }
        for (var i = 0; i < shown.Count; i++)
        {
            var (code, text) = await RecordAsync(shown[i], list[i]!.AsObject(), rootOf);
            worst = code == 1 || worst == 1 ? 1 : Math.Max(worst, code);
            lines.Add(text);
        }
        var comparisons = shown.Zip(shown.Skip(1), (a, b) => ContractComparison.Of(a.Record, b.Record)).ToList();
        foreach (var comparison in comparisons)
        {
            lines.Add($"      {comparison.Earlier.Stage} → {comparison.Later.Stage}{(comparison.SubstitutionSuspected ? ": terms got worse" : "")}");
            lines.AddRange(comparison.Differences.Select(d => $"        {d.Direction.ToString().ToLowerInvariant(),-8} {d.Field}: {d.Earlier ?? "–"} → {d.Later ?? "–"}"));
        }
        var said = (finding["comparisons"] as JsonArray)?.ToJsonString();
        if (worst == 0 && said != new JsonArray([.. comparisons.Select(c => (JsonNode)MakeFinding.Describe(c))]).ToJsonString())
        {
            worst = 1;
            lines.Add("FAIL  the differences written in the file are not those of its records");
        }
        lines.Add(worst switch { 0 => "PROVEN: everything stands on the ledger as it is shown.", 1 => "NOT AS ANCHORED: do not rely on this file.", _ => "CANNOT TELL: compare the roots above with the chain (--rpc, or --root)." });
        return new FindingVerdict(worst, lines);
    }

    // The finding is in the order of the stages, the consent in the wallet's.
    private static ContractBundle? OrderedLikeConsent(List<ShownContract> shown)
    {
        if (!ContractConsent.TryVerify(shown[0].Consent, shown[0].Key, out var consent, out _)) return null;
        var records = consent.Commitments.Select(c => shown.Find(r => Convert.ToHexStringLower(r.Commitment) == c)).OfType<ShownContract>().ToList();
        return records.Count == shown.Count ? new ContractBundle(records) : null;
    }

    private static async Task<(int Code, string Text)> RecordAsync(ShownContract shown, JsonObject json, Func<Checkpoint, Task<KnownRoot?>> rootOf)
    {
        var name = $"{shown.Record.Stage} at {shown.Record.Site}, entry {Convert.ToHexStringLower(shown.Commitment)}";
        if (json["receipt"] is not JsonObject receipt || !TlogProof.TryParse(StrictJson.Text(receipt["proof"]), out var proof, out _)) return (1, $"FAIL  {name}: the file has no proof of it");
        if (!Checkpoint.TryParse(proof!.Checkpoint, out var checkpoint, out _) || !MerkleTree.VerifyInclusion(proof.Index, checkpoint!.Size, MerkleTree.LeafHash(shown.Commitment), checkpoint.Root, proof.Path))
            return (1, $"FAIL  {name}: does not match what was anchored");
        var root = Convert.ToHexStringLower(checkpoint.Root);
        var known = await rootOf(checkpoint);
        if (known is null) return (2, $"?     {name}: in {checkpoint.Origin}, root 0x{root} of {checkpoint.Size} entries; nobody compared this root with the chain");
        if (known.Root is null || !known.Root.AsSpan().SequenceEqual(checkpoint.Root)) return (1, $"FAIL  {name}: the chain has another root for {checkpoint.Size} entries of {checkpoint.Origin}, or none");
        if (known.LogKey is { } key && !checkpoint.Verify(checkpoint.Origin, key)) return (1, $"FAIL  {name}: the checkpoint is not signed by the log's registered key");
        return (0, $"ok    {name}: index {proof.Index} of {checkpoint.Origin}, root 0x{root} of {checkpoint.Size} entries as on the chain{(known.Time is { } at ? $" since {at:yyyy-MM-dd HH:mm} UTC" : "")}");
    }
}
