using System.Text.Json.Nodes;
using Identity.Credentials.Trust;
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

    [Fact]
    public async Task A_diploma_is_asked_for_shown_and_judged_with_both_networks_off_and_with_data_that_ran_out_nobody_can_tell()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync("en", 360, 640), surroundings);
        await phone.OpenAsync("en");
        await phone.TakeAsync(offered);
        await phone.KnowsVerifiersAsync();
        await phone.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        await PackHoldsListAsync();
        surroundings.DeskCamera.ShowNothing();
        var desk = await InstalledAsync("en");
        await desk["offline-prepare"].ClickAsync();
        await Assertions.Expect(desk["offline-state"]).ToHaveAttributeAsync("data-state", "ready");
        await Axe.FindsNothingAsync(desk.Page, "verifier, prepared");
        await desk.Page.Context.SetOfflineAsync(true);
        await phone.Page.Context.SetOfflineAsync(true);

        await AnswersAsync(desk, phone);
        await desk.ShowsVerdictAsync("valid", "valid");
        await Assertions.Expect(desk["verdict"].First).ToHaveAttributeAsync("data-binding", "challenge");
        await Assertions.Expect(desk["offline-verdict"]).ToBeVisibleAsync();
        await Assertions.Expect(desk["claim-holder_name"]).ToContainTextAsync("Amina Okoye-Reyes");
        await Axe.FindsNothingAsync(desk.Page, "verifier, verdict without a network");

        surroundings.DeskCamera.ShowNothing();
        await desk.OpenAsync("/scan", "en");
        await phone.GoAsync("#/show");
        await phone["set-can"].ClickAsync();
        await phone.OnScreenAsync("rolling");
        await surroundings.DeskCamera.ShowAsync(phone["rolling-code"], desk.Page);
        await desk.ShowsVerdictAsync("valid", "valid");
        await Assertions.Expect(desk["verdict"].First).ToHaveAttributeAsync("data-binding", "rolling");

        await desk.Page.Clock.SetFixedTimeAsync(DateTime.UtcNow.AddDays(4));
        await AnswersAsync(desk, phone);
        await desk.ShowsVerdictAsync("cannot_tell", "stale_data");
        await desk.OpenAsync("/", "en");
        await Assertions.Expect(desk["offline-state"]).ToHaveAttributeAsync("data-state", "over");
        await desk.Page.Context.CloseAsync();
    }

    /// <summary>The desk shows a question that was signed in advance, the phone answers it, the desk's camera reads the answer.</summary>
    private async Task AnswersAsync(VerifierPage desk, WalletPage phone)
    {
        surroundings.DeskCamera.ShowNothing();
        await desk.OpenAsync("/scan", "en");
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
        await surroundings.Camera.ShowAsync(desk["challenge"], desk.Page);
        await phone.ScanToShowAsync();
        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["asker"]).ToHaveAttributeAsync("data-standing", "public_page");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("answer");
        await surroundings.DeskCamera.ShowAsync(phone["answer-code"], desk.Page);
    }

    /// <summary>Packs are made anew every few seconds where something changed; the college's list of statuses comes with one of the first.</summary>
    private async Task PackHoldsListAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri(surroundings.Options.VerifierUrl) };
        for (var tries = 0; ; tries++)
        {
            var info = await http.GetAsync("/trust/pack/info");
            if (info.IsSuccessStatusCode)
            {
                var signer = JsonNode.Parse(await info.Content.ReadAsStringAsync())!["signer"]!.GetValue<string>();
                if (TrustPack.TryRead(await http.GetByteArrayAsync("/trust/pack"), new PackPin([signer], 0, DateTimeOffset.UtcNow), out var pack, out _) && pack.Content.Lists.Any(list => list.Uri.Contains("/port-selin/", StringComparison.Ordinal))) return;
            }

            Assert.True(tries < 240, "No trust pack has the college's list.");
            await Task.Delay(500);
        }
    }

    private async Task<VerifierPage> InstalledAsync(string language)
    {
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true, keeping: true), surroundings);
        await desk.OpenAsync("/", language);
        await desk.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller || new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }))).then(() => true)");
        return desk;
    }
}
