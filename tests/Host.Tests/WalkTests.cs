using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Identity.TestKit;

namespace Identity.Host.Tests;

/// <summary>What docs/operations/second-organisation.md tells a newcomer to type is typed, in that order, in an empty folder.</summary>
public sealed partial class WalkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task Whoever_types_what_the_page_says_has_a_second_organisation_whose_credential_is_valid()
    {
        var folder = Directory.CreateTempSubdirectory("walk").FullName;
        var (node, service) = (Ports.Free(), Ports.Free());
        var blocks = Blocks().Matches(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "operations", "second-organisation.md")));
        Assert.True(blocks.Count > 8);
        var typed = string.Concat(blocks.Select(block => block.Groups[1].Value))
            .Replace("8545", node.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("6001", service.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var (script, said) = (Path.Combine(folder, "walk.sh"), Path.Combine(folder, "said.txt"));
        await File.WriteAllTextAsync(script, $"exec > {said} 2>&1\ntrap 'kill $(jobs -p) 2> /dev/null; wait' EXIT\n{typed}");

        var start = new ProcessStartInfo("bash", ["-xeuo", "pipefail", script]) { WorkingDirectory = folder };
        start.Environment["IDENTITY"] = AppContext.BaseDirectory.TrimEnd('/');
        using var walk = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            try
            {
                await walk.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"The walk does not come to its end:\n{await File.ReadAllTextAsync(said)}");
            }
            Assert.True(walk.ExitCode == 0, await File.ReadAllTextAsync(said));
            Assert.StartsWith("VALID (valid)", await File.ReadAllTextAsync(Path.Combine(folder, "verdict.txt")));
            Assert.Matches(@"\naccredited: Ministry of Education → Hillside Institute, for Training, since 2\d{3}\r?\n", await File.ReadAllTextAsync(said));
        }
        finally
        {
            if (!walk.HasExited) walk.Kill(entireProcessTree: true);
            await walk.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex("^```sh walk\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();
}
