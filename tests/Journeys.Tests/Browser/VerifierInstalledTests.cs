using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>The verifier's pages as they are kept on a device.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class VerifierInstalledTests(Surroundings surroundings)
{
    [Theory, InlineData("en"), InlineData("ar")]
    public async Task The_pages_open_with_the_network_off_and_say_so(string language)
    {
        var desk = await VerifierPage.InstalledAsync(surroundings, language);

        await desk.Page.Context.SetOfflineAsync(true);
        await Assertions.Expect(desk["offline-bar"]).ToBeVisibleAsync();
        foreach (var path in new[] { "/", "/scan", "/ask" })
        {
            await desk.OpenAsync(path, language);
            await Assertions.Expect(desk["offline-bar"]).ToBeVisibleAsync();
            await Axe.FindsNothingAsync(desk.Page, $"verifier, offline, {path}, {language}");
        }

        await desk.Page.Context.SetOfflineAsync(false);
        await Assertions.Expect(desk["offline-bar"]).ToBeHiddenAsync();
        await desk.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_newer_version_waits_until_the_person_takes_it()
    {
        var desk = await VerifierPage.InstalledAsync(surroundings, "fr");
        var other = new VerifierPage(await desk.Page.Context.NewPageAsync(), surroundings);
        await other.OpenAsync("/", "fr");
        // Another service worker for the same pages is what a new version looks like.
        await desk.Page.EvaluateAsync("navigator.serviceWorker.register('/sw.js?newer', { scope: '/' }).then(() => true)");

        await Assertions.Expect(desk["update-bar"]).ToContainTextAsync("Une nouvelle version est prête.");
        await Axe.FindsNothingAsync(desk.Page, "verifier, a newer version waits");
        Assert.Equal(["/sw.js", "/sw.js?newer"], await desk.Page.EvaluateAsync<string[]>("""
            navigator.serviceWorker.getRegistration('/').then(({ waiting }) => [navigator.serviceWorker.controller, waiting].map(worker => worker?.scriptURL.slice(location.origin.length) ?? 'none'))
            """));

        await Assertions.Expect(other["update-bar"]).ToBeVisibleAsync();
        foreach (var tab in new[] { desk, other }) await tab.Page.EvaluateAsync("document.body.dataset.version = 'old'");
        var taken = other.Page.EvaluateAsync("new Promise(taken => navigator.serviceWorker.addEventListener('controllerchange', () => taken(null), { once: true }))");

        await desk["update"].ClickAsync();
        await Assertions.Expect(desk.Page.Locator("body")).Not.ToHaveAttributeAsync("data-version", "old");
        await desk.OnScreenAsync("check");
        Assert.EndsWith("/sw.js?newer", await desk.Page.EvaluateAsync<string>("navigator.serviceWorker.controller.scriptURL"), StringComparison.Ordinal);

        // Agreed to in one tab, it is used in the other when that is loaded anew: not in the middle of what is done there.
        await taken;
        await Assertions.Expect(other.Page.Locator("body")).ToHaveAttributeAsync("data-version", "old");
        await other["update"].ClickAsync();
        await Assertions.Expect(other.Page.Locator("body")).Not.ToHaveAttributeAsync("data-version", "old");
        await desk.Page.Context.CloseAsync();
    }
}
