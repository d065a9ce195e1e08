using System.Diagnostics;
using System.Text;
using Identity.Fuzz.Targets;
using Identity.TestKit;

namespace Identity.Fuzz.Tests;

/// <summary>What the C# library says of damaged documents, the browser code says too: of every form a QR or a wallet holds, accepted or refused, and what it reads.</summary>
public sealed class BothLibrariesTests
{
    [Fact]
    public async Task Damaged_documents_are_read_alike_by_both_libraries()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("identity-alike-").FullName, "emitted.jsonl");
        try
        {
            await using (var writer = new StreamWriter(file, false, new UTF8Encoding(false))) Emission.Write(writer, 20261122, 6_000);

            using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Checkout.Root, "src", "web", "fuzz.mjs"), "--compare", file])
            {
                RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Checkout.Root,
            })!;
            var (said, wrong) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
            await node.WaitForExitAsync();

            Assert.True(node.ExitCode == 0, $"{await said}\n{await wrong}");
            Assert.Contains("42000 alike", await said, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, true);
        }
    }
}
