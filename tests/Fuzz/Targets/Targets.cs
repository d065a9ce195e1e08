using Identity.Fuzz.Engine;

namespace Identity.Fuzz.Targets;

/// <summary>Every reader of outside bytes that is put under storm.</summary>
public static class Targets
{
    /// <summary>All of them, each with its seeds made.</summary>
    public static IReadOnlyList<Target> All { get; } =
        [.. EncodingTargets.All(), .. JoseTargets.All(), .. CompactTargets.All(), .. TransparencyTargets.All(), .. WitnessTargets.All(), .. LedgerTargets.All(), .. ProofTargets.All(), .. ExitTargets.All(), .. ProtocolTargets.All(), .. TrustTargets.All(), .. BulkTargets.All()];

    /// <summary>The target of this name, or null.</summary>
    public static Target? Find(string name) => All.FirstOrDefault(t => t.Name == name);
}
