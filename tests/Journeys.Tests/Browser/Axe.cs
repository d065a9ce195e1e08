using Identity.TestKit;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Runs axe-core on a page as it stands.</summary>
internal static class Axe
{
    private static readonly string Source = File.ReadAllText(Path.Combine(Checkout.Root, "tests", "node_modules", "axe-core", "axe.min.js"));

    /// <summary>Fails with rule, element and help of every violation of WCAG 2.2 A and AA.</summary>
    public static async Task FindsNothingAsync(IPage page, string where)
    {
        var violations = await RunAsync(page);
        Assert.True(violations.Count == 0, $"{where}:\n{string.Join("\n", violations)}");
    }

    /// <summary>Waits until the page, its styles and scripts are there whole. Asked of the page itself, which cannot miss the moment.</summary>
    public static Task LoadedAsync(IPage page) =>
        page.EvaluateAsync("() => document.readyState === 'complete' || new Promise(done => addEventListener('load', () => done(), { once: true }))");

    /// <summary>Rule, element and help of every violation of WCAG 2.2 A and AA and of good practice.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(IPage page)
    {
        await LoadedAsync(page);
        if (await page.EvaluateAsync<bool>("typeof axe === 'undefined'")) await page.EvaluateAsync(Source + "\n;undefined");
        return await page.EvaluateAsync<string[]>("""
            async () => (await axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
              .violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 160)} (${v.id === 'color-contrast' ? n.any[0].message : v.help})`))
            """);
    }
}
