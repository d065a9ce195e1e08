using System.Globalization;
using System.Text.Json;

namespace Identity.Drill;

/// <summary>What a run came to.</summary>
internal sealed record DrillFigures(
    string Database, int Seed, int Rounds, int KilledWhileStarting, int Credentials, int Copies, int StatusChanges, int Repeated, long Entries, int Checkpoints, int Anchors, double Seconds, IReadOnlyList<string> Violations,
    IReadOnlyList<string> KilledAt, IReadOnlyList<string> NeverReached)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string ToJson() => JsonSerializer.Serialize(this, Format);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Rounds} kills on {Database} ({(KilledAt.Count > 0 ? $"{KilledAt.Count} of them at chosen points, {NeverReached.Count} points not reached" : $"{KilledWhileStarting} of them while it started")}), seed {Seed}: {Credentials} credentials, {Copies} copies that reached a holder, {Repeated} answers asked again after a kill, {StatusChanges} changes of status, {Entries} log entries, {Checkpoints} checkpoints, {Anchors} anchors, {Seconds:0} s: {(Violations.Count == 0 ? "nothing lost, doubled or half-written" : $"{Violations.Count} VIOLATIONS")}");
}
