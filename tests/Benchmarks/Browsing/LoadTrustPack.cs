using System.Globalization;
using Identity.Credentials.Jose;
using Identity.Credentials.Trust;
using Identity.TestKit;
using Identity.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Identity.Benchmarks.Browsing;

/// <summary>
/// <c>trust-pack-browser</c>: the same pack in Chromium with a processor four times slower, from the bytes of the file to the first answer of src/web/lib/trustpack;
/// <c>-day</c> is the delta of a day, applied to it.
/// </summary>
internal sealed class LoadTrustPack : IBenchmark
{
    public string Name => "trust-pack-browser";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        if (LoadWallet.Chromium() is not { } program) return this.Skipped("There is no Chromium: install one, or name it in IDENTITY_CHROMIUM.");
        using var signer = Es256Key.Create();
        var (pack, later) = (LargePack.Pack(signer), LargePack.Pack(signer, days: 1));
        var url = $"http://localhost:{Ports.Free()}";
        var builder = WebApplication.CreateSlimBuilder([$"--urls={url}"]);
        builder.Logging.ClearProviders();
        await using var site = builder.Build();
        var script = await PageScript.BundleAsync(Path.Combine("src", "web", "lib", "trustpack", "pack.ts"), "trustpack");
        site.MapGet("/", () => Results.Text("<!doctype html><title>Trust pack</title><script src=/pack.js></script>", "text/html"));
        site.MapGet("/pack.js", () => Results.Text(script, "text/javascript"));
        site.MapGet("/pack", () => Results.Bytes(pack.Encode()));
        site.MapGet("/delta", () => Results.Bytes(PackDelta.Make(pack, later)));
        await site.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(PageScript.Options(program));
        var runs = new List<double[]>();
        for (var i = 0; i < (Measure.Smoke ? 1 : quick ? 3 : 5); i++) runs.Add(await ReadAsync(browser, url, signer.PublicKey.ThumbprintText(), pack.Content.Organisations[500].Keys[0].Record.Thumbprint));
        await site.StopAsync();
        return [new Result(Name, Measure.Median([.. runs.Select(r => r[0])]) / 1000, "s", Target: 2), new Result("trust-pack-browser-day", Measure.Median([.. runs.Select(r => r[1])]) / 1000, "s", Target: 2)];
    }

    private static async Task<double[]> ReadAsync(IBrowser browser, string url, string signer, byte[] key)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(url);
        await PageScript.SlowAsync(page);
        return await page.EvaluateAsync<double[]>(string.Create(CultureInfo.InvariantCulture, $$"""
            async () => {
              const [file, delta] = await Promise.all(['/pack', '/delta'].map(async at => new Uint8Array(await (await fetch(at)).arrayBuffer())));
              const pin = { signers: ['{{signer}}'], heldVersion: 0, now: {{LargePack.MadeAt.ToUnixTimeSeconds()}} + 86400 };
              const first = performance.now();
              const held = await trustpack.readTrustPack(file, pin);
              if (held.findKeys(new Uint8Array([{{string.Join(',', key[..8])}}])).length !== 1) throw new Error('the key is not there');
              const second = performance.now();
              const next = await trustpack.applyDelta(held, delta, pin);
              if (next.statement.version !== held.statement.version + 1) throw new Error('not the next version');
              return [second - first, performance.now() - second];
            }
            """));
    }
}
