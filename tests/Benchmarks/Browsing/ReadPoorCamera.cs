using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.TestKit;
using Identity.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Identity.Benchmarks.Browsing;

/// <summary>
/// <c>read-poor-camera</c>: a code of version 17, the densest that a live proof should need, before a poor camera in bad light: from the first picture in Chromium to its text,
/// decoders fetched on the way, each run with eight frames of its own; <c>-slow</c> is the same with a processor four times slower.
/// </summary>
internal sealed class ReadPoorCamera : IBenchmark
{
    private const int Bytes = 620; // docs/compact-proof.md

    public string Name => "read-poor-camera";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        if (LoadWallet.Chromium() is not { } program) return this.Skipped("There is no Chromium: install one, or name it in IDENTITY_CHROMIUM.");
        using var camera = new FakeCamera();
        var url = $"http://localhost:{Ports.Free()}";
        var builder = WebApplication.CreateSlimBuilder([$"--urls={url}"]);
        builder.Logging.ClearProviders();
        await using var site = builder.Build();
        var script = await PageScript.BundleAsync(Path.Combine("src", "web", "lib", "scan.ts"), "scan");
        site.MapGet("/", () => Results.Text("<!doctype html><title>Scan</title><video muted playsinline></video><script src=/scan.js></script>", "text/html"));
        site.MapGet("/scan.js", () => Results.Text(script, "text/javascript"));
        site.MapGet("/strong.wasm", () => Results.File(Path.Combine(Checkout.Root, "node_modules", "zxing-wasm", "dist", "reader", "zxing_reader.wasm"), "application/wasm"));
        await site.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(PageScript.OptionsWith(program, camera));
        var (times, slow) = (new List<double>(), new List<double>());
        for (var seed = 0; seed < (Measure.Smoke ? 1 : quick ? 3 : 7); seed++)
        {
            var bytes = new byte[Bytes];
            new Random(seed).NextBytes(bytes);
            var text = CompactPresentation.Prefix + Base45.Encode(bytes);
            camera.Show(FakeCamera.Poorly(text, 100 * seed));
            times.Add(await ReadAsync(browser, url, text, slow: false));
            if (!Measure.Smoke) slow.Add(await ReadAsync(browser, url, text, slow: true));
        }
        await site.StopAsync();
        return
        [
            new Result(Name, Measure.Median(times) / 1000, "s", Target: 3),
            .. slow.Count == 0 ? [] : new[] { new Result(Name + "-slow", Measure.Median(slow) / 1000, "s") },
        ];
    }

    private static async Task<double> ReadAsync(IBrowser browser, string url, string expected, bool slow)
    {
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 360, Height = 640 }, Permissions = ["camera"] });
        var page = await context.NewPageAsync();
        await page.GotoAsync(url);
        if (slow) await PageScript.SlowAsync(page);
        return await page.EvaluateAsync<double>("""
            expected => new Promise((resolve, reject) => {
              const video = document.querySelector('video');
              let first;
              video.addEventListener('playing', () => { first ??= performance.now(); });
              scan.startScan(video, text => { resolve(text === expected ? performance.now() - first : NaN); return true; }, '/strong.wasm').catch(reject);
            })
            """, expected);
    }
}
