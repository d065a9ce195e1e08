using System.Diagnostics;
using Identity.TestKit;

namespace Identity.Interop.Tests;

/// <summary>The pages need nothing that the oldest browser they are made for (<c>src/web/oldest.mjs</c>) does not have: scripts, service workers, style sheets.</summary>
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

    [Fact]
    public void A_call_of_something_newer_is_found_in_a_service_worker_too()
    {
        var project = Path.Combine(_folder.FullName, "tsconfig.json");
        File.WriteAllText(Path.Combine(_folder.FullName, "newer.ts"), "export const found = [URL.canParse(''), new Response().bytes(), caches.open('')];\n");
        File.WriteAllText(project, """{ "compilerOptions": { "strict": true, "types": [], "lib": ["ES2023", "WebWorker"] }, "include": ["*.ts"] }""");

        var (exit, errors) = Check(project);

        Assert.Equal(1, exit);
        Assert.Equal(2, errors.Split("error TS").Length - 1);
        Assert.All(["canParse", "bytes"], name => Assert.Contains($"'{name}'", errors, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("body:has(> .shell) { display: flex; }", ":has")]
    [InlineData("@media print { body :has(.paper) > p { display: none; } }", ":has")]
    [InlineData("p { margin: 0; & a { margin: 0; } }", "nested & a")]
    [InlineData("p { text-wrap: pretty; }", "text-wrap: pretty")]
    [InlineData("p { field-sizing: content; }", "field-sizing")]
    [InlineData("p { color: light-dark(red, blue); }", "color: light-dark()")]
    [InlineData("p { background: linear-gradient(color-mix(in srgb, red, blue), red); }", "background: color-mix()")]
    [InlineData("p::before { content: \"x\" / \"y\"; }", "content: … / …")]
    [InlineData("@starting-style { p { opacity: 0; } }", "@starting-style")]
    [InlineData("@media (prefers-reduced-transparency: reduce) { p { opacity: 1; } }", "@media (prefers-reduced-transparency)")]
    [InlineData("p { colour: red; }", "colour")]
    public void A_style_that_needs_something_newer_is_found(string style, string what)
    {
        var (exit, errors) = Check(Style(style));

        Assert.Equal(1, exit);
        Assert.Contains($"style.css:1: '{what}' is not known to the oldest ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("p { color: red; color: light-dark(red, blue); }")]
    [InlineData("@supports (color: light-dark(red, blue)) { p { color: light-dark(red, blue); } }")]
    [InlineData("p { -webkit-user-select: all; user-select: all; }")]
    [InlineData("/* p:has(a) */ p::before { content: \"a:has(b) { c: d }\"; }")]
    public void A_style_that_does_without_is_not(string style) => Assert.Equal((0, ""), Check(Style(style)));

    private string Style(string style)
    {
        var file = Path.Combine(_folder.FullName, "style.css");
        File.WriteAllText(file, style);
        return file;
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
