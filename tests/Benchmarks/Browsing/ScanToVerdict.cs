using Identity.Benchmarks.Checking;
using Identity.Credentials.Compact;
using Identity.TestKit;
using Identity.Verifier.Scan;
using Microsoft.Playwright;

namespace Identity.Benchmarks.Browsing;

/// <summary>
/// <c>scan-to-verdict</c>: a scanner that was prepared with a large trust pack, its network off, in Chromium with a processor four times slower: from the text of a live proof
/// that answers the question on its screen to the verdict on the same screen.
/// </summary>
internal sealed class ScanToVerdict : IBenchmark
{
    /// <summary>The text goes in where a code that the camera read does.</summary>
    private const string Watch = """
        addEventListener('submit', () => { window.began = performance.now(); window.shownAfter = 0; }, true);
        new MutationObserver(() => {
          if (!window.began || window.shownAfter || !document.querySelector('[data-testid="verdict"]')) return;
          window.shownAfter = -1;
          requestAnimationFrame(() => setTimeout(() => { window.shownAfter = performance.now() - window.began; })); // after it was painted
        }).observe(document, { childList: true, subtree: true });
        """;

    public string Name => "scan-to-verdict";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        if (LoadWallet.Chromium() is not { } program) return this.Skipped("There is no Chromium: install one, or name it in IDENTITY_CHROMIUM.");
        await using var desk = await Desk.OpenAsync();
        desk.ServePack();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(PageScript.Options(program));
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 360, Height = 640 }, Locale = "en" });
        context.SetDefaultTimeout(60_000);
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync(Watch);
        await page.GotoAsync($"{desk.Url}?lang=en");
        await page.EvaluateAsync("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }))).then(() => true)");
        await page.GetByTestId("offline-prepare").ClickAsync();
        await page.Locator("[data-testid=offline-state][data-state=ready]").WaitForAsync();
        await context.SetOfflineAsync(true);
        await PageScript.SlowAsync(page);
        var times = new List<double>();
        // Each uses up a question, and without its network a scanner gets no more of them.
        for (var i = 0; i < (Measure.Smoke ? 1 : quick ? 5 : OfflineQuestions.Stock); i++) times.Add(await CheckAsync(page, desk, i));
        return [new Result(Name, Measure.Median(times) / 1000, "s", Target: 1)];
    }

    private static async Task<double> CheckAsync(IPage page, Desk desk, int index)
    {
        await page.GotoAsync($"{desk.Url}scan?lang=en");
        await page.GetByTestId("subject").SelectOptionAsync("diploma");
        var question = await page.Locator("[data-challenge]").GetAttributeAsync("data-challenge");
        if (!CompactChallenge.TryParse(question!, out var challenge, out var reason)) throw new InvalidOperationException(reason);
        var (credential, holder) = Diplomas.IssueCompact(desk.Register, index);
        await page.GetByTestId("no-camera").Locator("summary").ClickAsync();
        await page.GetByTestId("paste-answer").FillAsync(CompactHolder.Answer(credential, challenge.Required, challenge, holder));
        await page.GetByTestId("paste-answer-go").ClickAsync();
        var verdict = page.GetByTestId("verdict").First;
        await verdict.WaitForAsync();
        if (await verdict.GetAttributeAsync("data-reason") is var said and not "valid") throw new InvalidOperationException($"The verdict is {said}.");
        double shown;
        do shown = await page.EvaluateAsync<double>("window.shownAfter"); while (shown <= 0);
        return shown;
    }
}
