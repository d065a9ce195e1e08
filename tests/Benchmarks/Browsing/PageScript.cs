using System.Diagnostics;
using Identity.TestKit;
using Identity.Tests.Shared;
using Microsoft.Playwright;

namespace Identity.Benchmarks.Browsing;

/// <summary>The project's own browser code in a page of Chromium with a processor four times slower.</summary>
internal static class PageScript
{
    /// <summary>How Chromium is started, from its program.</summary>
    public static BrowserTypeLaunchOptions Options(string program, params string[] more) =>
        new() { ExecutablePath = program, Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", .. more] };

    /// <summary>The same, with a camera that sees what is held before this one.</summary>
    public static BrowserTypeLaunchOptions OptionsWith(string program, FakeCamera camera) =>
        Options(program, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", $"--use-file-for-fake-video-capture={camera.File}");

    /// <summary>From here on the page runs four times slower, as on a cheap phone.</summary>
    public static async Task SlowAsync(IPage page) =>
        await (await page.Context.NewCDPSessionAsync(page)).SendAsync("Emulation.setCPUThrottlingRate", new Dictionary<string, object> { ["rate"] = 4 });

    /// <summary>A file of TypeScript, by its path from the root, bundled as the pages are; its exports stand in the global <paramref name="name"/>.</summary>
    public static async Task<string> BundleAsync(string file, string name)
    {
        var start = new ProcessStartInfo(Path.Combine(Checkout.Root, "node_modules", ".bin", "esbuild")) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { Path.Combine(Checkout.Root, file), "--bundle", "--minify", "--format=iife", $"--global-name={name}", "--target=es2022", "--log-level=error" }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var script = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? script : throw new InvalidOperationException("The browser code could not be bundled.");
    }
}
