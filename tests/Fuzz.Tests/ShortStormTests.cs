using Identity.Fuzz.Engine;

namespace Identity.Fuzz.Tests;

/// <summary>A short run of every target with a fixed seed; the long one is a command (docs/fuzzing.md).</summary>
public sealed class ShortStormTests
{
    public static TheoryData<string> Names => [.. Targets.Targets.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_damaged_input_crashes_hangs_swells_or_is_believed(string name)
    {
        var report = new Storm(20261122, Inputs(name), TimeSpan.FromSeconds(60)).Run(Targets.Targets.Find(name)!);

        Assert.True(report.Findings.Count == 0, string.Join('\n', report.Findings));
    }

    // Signatures and certificates cost most of the time.
    private static long Inputs(string name) => name switch
    {
        "exit-bundle" => 300,
        "verdict" or "x5c" or "evm-transaction" or "type-definition" or "log-receipt" => 1_000,
        "key-binding" or "jwe" or "challenge" or "compact-proof" or "sd-jwt" or "request-object" or "jws" or "trust-pack" or "exit-file" => 3_000,
        _ => 20_000,
    };
}
