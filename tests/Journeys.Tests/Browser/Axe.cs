using System.Text.Json;
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
        await page.EvaluateAsync(Source + "\n;undefined");
        var found = await page.EvaluateAsync<JsonElement>("""
            async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
              .violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 160)} (${v.help})`))
            """);
        var violations = found.EnumerateArray().Select(v => v.GetString()).ToList();
        Assert.True(violations.Count == 0, $"{where}:\n{string.Join("\n", violations)}");
    }
}
