using System.Diagnostics;
using Identity.TestKit;
using Identity.Wallet;
using Microsoft.Playwright;

namespace Identity.Benchmarks.Browsing;

/// <summary>
/// <c>wallet-first-load-bytes</c> and <c>wallet-usable-slow-3g</c>: the wallet's page from the running Wallet service in a new Chromium profile with a processor four times
/// slower and a network of 400 kbit/s and 400 ms; usable is when “Start” can be pressed. <c>-2000ms</c> is the same with a latency of two seconds for each request.
/// </summary>
internal sealed class LoadWallet : IBenchmark
{
    private const string Watch = """
        new MutationObserver((_, observer) => {
          if (!document.querySelector('[data-testid="start"]')) return;
          observer.disconnect();
          requestAnimationFrame(() => { window.usableAfter = performance.now(); });
        }).observe(document, { childList: true, subtree: true });
        """;

    public string Name => "wallet-first-load-bytes";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        if (Chromium() is not { } program) return this.Skipped("There is no Chromium: install one, or name it in IDENTITY_CHROMIUM.");
        var url = $"http://localhost:{Ports.Free()}";
        var folder = Directory.CreateTempSubdirectory("wallet-load-").FullName;
        await using var wallet = WalletApp.Build([$"--urls={url}", $"--Data:Folder={folder}", $"--PublicUrl={url}", "--environment=Development", "--Logging:LogLevel:Default=None", "--Logging:LogLevel:Microsoft.AspNetCore.DataProtection=None", "--Outbound:AllowLoopback=true"]);
        await wallet.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
        var times = Measure.Smoke ? 1 : quick ? 3 : 5;
        var slow = new List<(double Bytes, double Usable)>();
        var slower = new List<double>();
        for (var i = 0; i < times; i++)
        {
            slow.Add(await LoadAsync(browser, url, 400));
            if (!Measure.Smoke) slower.Add((await LoadAsync(browser, url, 2000)).Usable);
        }
        await wallet.StopAsync();
        return
        [
            new Result(Name, slow[0].Bytes / 1000, "kB", Target: 60),
            new Result("wallet-usable-slow-3g", Measure.Median([.. slow.Select(s => s.Usable)]) / 1000, "s", Target: 5),
            .. slower.Count == 0 ? [] : new[] { new Result("wallet-usable-slow-3g-2000ms", Measure.Median(slower) / 1000, "s") },
        ];
    }

    private static async Task<(double Bytes, double Usable)> LoadAsync(IBrowser browser, string url, int latency)
    {
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 360, Height = 640 }, Locale = "en" });
        var page = await context.NewPageAsync();
        var devtools = await context.NewCDPSessionAsync(page);
        await devtools.SendAsync("Network.enable");
        await devtools.SendAsync("Network.emulateNetworkConditions", new Dictionary<string, object> { ["offline"] = false, ["latency"] = latency, ["downloadThroughput"] = 50_000, ["uploadThroughput"] = 50_000 });
        await devtools.SendAsync("Emulation.setCPUThrottlingRate", new Dictionary<string, object> { ["rate"] = 4 });
        var bytes = 0.0;
        devtools.Event("Network.loadingFinished").OnEvent += (_, finished) => bytes += finished?.GetProperty("encodedDataLength").GetDouble() ?? 0;
        await page.AddInitScriptAsync(Watch);
        await page.GotoAsync(url, new() { WaitUntil = WaitUntilState.Commit, Timeout = 60_000 });
        // Asked from outside: the page's policy lets nobody evaluate text.
        double usable = 0;
        for (var clock = Stopwatch.StartNew(); usable == 0 && clock.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(50)) usable = await page.EvaluateAsync<double>("window.usableAfter ?? 0");
        if (usable == 0) throw new TimeoutException("The wallet did not become usable.");
        var before = bytes;
        await page.GetByTestId("start").ClickAsync();
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle, new() { Timeout = 60_000 });
        return (before, usable);
    }

    /// <summary>The browser's program, or null where there is none.</summary>
    public static string? Chromium() =>
        new[] { Environment.GetEnvironmentVariable("IDENTITY_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser" }.FirstOrDefault(path => !string.IsNullOrEmpty(path) && File.Exists(path));
}
