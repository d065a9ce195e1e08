using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>The verifier's pages with the network off.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class VerifierOfflineTests(Surroundings surroundings)
{
    [Theory, InlineData("en"), InlineData("ar")]
    public async Task The_pages_open_with_the_network_off_and_say_so(string language)
    {
        var desk = await InstalledAsync(language);

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
        var desk = await InstalledAsync("fr");
        // Another service worker for the same pages is what a new version looks like.
        await desk.Page.EvaluateAsync("navigator.serviceWorker.register('/sw.js?newer', { scope: '/' }).then(() => true)");

        await Assertions.Expect(desk["update-bar"]).ToContainTextAsync("Une nouvelle version est prête.");
        await Assertions.Expect(desk["update"]).ToBeEnabledAsync();
        await desk.Page.Context.CloseAsync();
    }

    private async Task<VerifierPage> InstalledAsync(string language)
    {
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true, keeping: true), surroundings);
        await desk.OpenAsync("/", language);
        await desk.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }))).then(() => true)");
        return desk;
    }
}
