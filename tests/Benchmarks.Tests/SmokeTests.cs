using System.Text.Json.Nodes;
using Identity.Benchmarks.Browsing;

namespace Identity.Benchmarks.Tests;

/// <summary>Every benchmark works, with tiny sizes; the figures of such a run say nothing. Loading whole pages is left to the journeys, and what needs a browser is left out where there is none.</summary>
public sealed class SmokeTests
{
    public static TheoryData<string> Names => [.. Program.All.Select(b => b.Name).Where(name => name is not ("wallet-first-load-bytes" or "trust-pack-browser")
        && (LoadWallet.Chromium() is not null || name is not ("proof-made-in-page" or "read-poor-camera" or "scan-to-verdict")))];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_benchmark_gives_figures(string name)
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.Equal(0, await Program.Main(["--smoke", "--markdown", "--only", name, "--json", file]));

            var results = JsonNode.Parse(await File.ReadAllTextAsync(file))!["results"]!.AsArray();
            foreach (var result in results) Assert.True(double.IsFinite((double)result!["value"]!) && (string?)result["unit"] is { Length: > 0 }, result.ToJsonString());
            if (name != "peers") Assert.Contains(results, result => (string?)result!["name"] == name && (double)result["value"]! > 0);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
