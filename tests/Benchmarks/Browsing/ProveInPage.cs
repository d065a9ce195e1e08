using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Identity.Benchmarks.Browsing;

/// <summary>
/// <c>proof-made-in-page</c> and <c>proof-checked-in-page</c>: one live proof of three claims out of ten in Chromium with a processor four times slower, from the kept
/// credential to the text of the code, and from that text to both signatures and the root verified.
/// </summary>
internal sealed class ProveInPage : IBenchmark
{
    private const int WarmUp = 3;

    public string Name => "proof-made-in-page";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        if (LoadWallet.Chromium() is not { } program) return this.Skipped("There is no Chromium: install one, or name it in IDENTITY_CHROMIUM.");
        var url = $"http://localhost:{Ports.Free()}";
        var builder = WebApplication.CreateSlimBuilder([$"--urls={url}"]);
        builder.Logging.ClearProviders();
        await using var site = builder.Build();
        var script = await PageScript.BundleAsync(Path.Combine("tests", "Benchmarks", "Browsing", "proof.ts"), "proof");
        site.MapGet("/", () => Results.Text("<!doctype html><title>Proof</title><script src=/proof.js></script>", "text/html"));
        site.MapGet("/proof.js", () => Results.Text(script, "text/javascript"));
        await site.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(PageScript.Options(program));
        var page = await browser.NewPageAsync();
        await page.GotoAsync(url);
        await PageScript.SlowAsync(page);
        var rounds = WarmUp + (Measure.Smoke ? 1 : quick ? 20 : 100);
        var times = (await page.EvaluateAsync<double[][]>("rounds => proof.measure(rounds)", rounds)).Skip(WarmUp).ToList();
        await site.StopAsync();
        return
        [
            new Result(Name, Measure.Median([.. times.Select(t => t[0])]), "ms", Target: 50),
            new Result("proof-checked-in-page", Measure.Median([.. times.Select(t => t[1])]), "ms", Target: 50),
        ];
    }
}
