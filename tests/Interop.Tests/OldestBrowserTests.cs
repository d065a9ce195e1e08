using System.Diagnostics;
using Identity.TestKit;

namespace Identity.Interop.Tests;

/// <summary>The pages call nothing that the oldest browser they are made for (<c>src/web/oldest.mjs</c>) does not have.</summary>
public sealed class OldestBrowserTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("oldest-browser");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_wallet_and_the_pages_for_checking_use_what_the_oldest_browsers_have() => Assert.Equal((0, ""), Check());

    [Fact]
    public void A_call_of_something_newer_is_found()
    {
        var project = Path.Combine(_folder.FullName, "tsconfig.json");
        File.WriteAllText(Path.Combine(_folder.FullName, "newer.ts"), "export const found = [URL.canParse(''), [1].toSorted(), document.startViewTransition(() => {}), AbortSignal.any([])];\n");
        File.WriteAllText(project, """{ "compilerOptions": { "strict": true, "types": [] }, "include": ["*.ts"] }""");

        var (exit, errors) = Check(project);

        Assert.Equal(1, exit);
        Assert.All(["canParse", "toSorted", "startViewTransition", "any"], name => Assert.Contains($"'{name}'", errors, StringComparison.Ordinal));
    }

    private static (int Exit, string Errors) Check(params string[] projects)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Checkout.Root, "tests", "oldest-browser", "check.mjs"), .. projects])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var errors = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        return (node.ExitCode, errors);
    }
}
