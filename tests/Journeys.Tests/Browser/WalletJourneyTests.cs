using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class WalletJourneyTests(Surroundings surroundings)
{
    [Theory, InlineData("en"), InlineData("ar")]
    public async Task A_diploma_is_received_by_camera_and_shown_to_a_verifier_that_asks_and_to_one_that_scans(string language)
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        await phone.ReceiveByCameraAsync(offered.Link, offered.TxCode);
        await Axe.FindsNothingAsync(phone.Page, $"wallet, received, {language}");
        await surroundings.AnchoredAsync(offered);

        var desk = new VerifierPage(await surroundings.OpenAsync(language, 1280, 800, desk: true), surroundings);
        await AskAsync(desk, phone, language);
        await ScanAsync(desk, phone, language);

        await surroundings.RevokeAsync(offered);
        await phone.ToCardAsync();
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "revoked");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, revoked card, {language}");
    }

    /// <summary>OpenID4VP across devices: the desk's screen shows the request, the phone reads it, the desk shows the verdict.</summary>
    private async Task AskAsync(VerifierPage desk, WalletPage phone, string language)
    {
        await desk.OpenAsync("/ask", language);
        await Axe.FindsNothingAsync(desk.Page, $"verifier, ask, {language}");
        await desk["template-welder"].CheckAsync();
        await desk["ask-qr"].ClickAsync();
        await desk.OnScreenAsync("waiting");
        await surroundings.Camera.ShowAsync(desk["request"], desk.Page);

        await phone.ScanToShowAsync();
        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["asker"]).ToHaveAttributeAsync("data-standing", "public_page");
        await Assertions.Expect(phone["public-page"]).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(phone.Page, $"wallet, consent, {language}");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("sent");

        await desk.ShowsVerdictAsync("valid", "valid");
        await Assertions.Expect(desk["claim-holder_name"]).ToContainTextAsync("Amina Okoye-Reyes");
        await desk["ledger"].Locator("summary").ClickAsync();
        await Assertions.Expect(desk["ledger-block"]).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(desk.Page, $"verifier, verdict, {language}");
    }

    /// <summary>Face to face: the desk's challenge is read by the phone, the phone's answer by the desk. Nothing goes over a network between the two.</summary>
    private async Task ScanAsync(VerifierPage desk, WalletPage phone, string language)
    {
        // The desk's camera opens with the page and sees nothing yet.
        surroundings.DeskCamera.ShowNothing();
        await desk.OpenAsync("/scan", language);
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(desk.Page, $"verifier, scan, {language}");
        await surroundings.Camera.ShowAsync(desk["challenge"], desk.Page);
        await phone.Page.Context.SetOfflineAsync(true);
        await phone.ScanToShowAsync();
        await phone.OnScreenAsync("consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("answer");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, answer, {language}");
        await surroundings.DeskCamera.ShowAsync(phone["answer-code"], desk.Page);
        await phone.Page.Context.SetOfflineAsync(false);
        await desk.ShowsVerdictAsync("valid", "valid");
    }

    [Fact]
    public async Task The_wallet_opens_and_shows_its_cards_with_the_network_off()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = await WalletPage.WithCardAsync(surroundings, offered);
        await phone.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");

        await phone.Page.Context.SetOfflineAsync(true);
        await phone.Page.GotoAsync(surroundings.Options.WalletUrl);

        await phone.OnScreenAsync("cards");
        await phone["card"].First.ClickAsync();
        await Assertions.Expect(phone["claim-title"]).ToContainTextAsync("Diploma in Welding");
    }

    [Fact]
    public async Task A_code_without_a_question_is_shown_with_the_network_off_redrawn_and_read_by_the_desk()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = await WalletPage.WithCardAsync(surroundings, offered);
        await surroundings.AnchoredAsync(offered);
        await phone.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        surroundings.DeskCamera.ShowNothing();
        var desk = new VerifierPage(await surroundings.OpenAsync("en", 1280, 800, desk: true), surroundings);
        await desk.OpenAsync("/scan", "en");
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();

        surroundings.Camera.ShowNothing();
        await phone.Page.Context.SetOfflineAsync(true);
        await phone.ScanToShowAsync();
        await phone["show-instead"].ClickAsync();
        await phone.OnScreenAsync("show");
        await phone["set-can"].ClickAsync();
        await phone.OnScreenAsync("rolling");
        await Assertions.Expect(phone["shows-title"]).ToContainTextAsync("Diploma in Welding");
        await Assertions.Expect(phone["clock-unsure"]).ToHaveCountAsync(0); // it was online a minute ago, though not on this screen
        var first = await PictureAsync(phone);
        await phone.Page.WaitForFunctionAsync("first => document.querySelector('[data-testid=rolling-code]').toDataURL() !== first", first);
        await surroundings.DeskCamera.ShowAsync(phone["rolling-code"], desk.Page);

        await desk.ShowsVerdictAsync("valid", "valid");
        await Assertions.Expect(desk["verdict"].First).ToHaveAttributeAsync("data-binding", "rolling");
        await Assertions.Expect(desk["claim-title"]).ToContainTextAsync("Diploma in Welding");
        await phone["done"].ClickAsync();
        await phone.GoAsync("#/history");
        await Assertions.Expect(phone["event"].First).ToContainTextAsync("Whoever scanned your code");
    }

    [Fact]
    public async Task A_phone_that_was_locked_while_it_showed_a_code_shows_a_new_one_at_once_and_none_after_three_minutes()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync("en", 360, 640), surroundings);
        await phone.Page.Clock.InstallAsync();
        await phone.OpenAsync("en");
        await phone.TakeAsync(offered);
        await phone.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        await phone.Page.Context.SetOfflineAsync(true);
        await phone.GoAsync("#/show");
        await phone["set-can"].ClickAsync();
        await phone.OnScreenAsync("rolling");
        await phone.Page.Clock.PauseAtAsync(DateTime.UtcNow.AddSeconds(3)); // from here on no timer of the page runs
        var (first, picture) = (await DrawnAsync(phone), await PictureAsync(phone));

        await UnlockedAsync(phone, TimeSpan.FromSeconds(70));
        await Assertions.Expect(phone["rolling-code"]).Not.ToHaveAttributeAsync("data-drawn", $"{first}");
        Assert.InRange(await DrawnAsync(phone) - first, 50, 75);
        Assert.NotEqual(picture, await PictureAsync(phone));
        await Assertions.Expect(phone["countdown"]).ToHaveJSPropertyAsync("value", 20);
        await Assertions.Expect(phone["clock-unsure"]).ToBeVisibleAsync(); // a phone that slept cannot tell whether its clock was turned

        // With a network it learns the time anew, and that its clock is wrong by as much as was turned here.
        await phone.Page.Context.SetOfflineAsync(false);
        await UnlockedAsync(phone, TimeSpan.FromSeconds(95));
        await Assertions.Expect(phone["clock-corrected"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["clock-unsure"]).ToHaveCountAsync(0);
        Assert.InRange(await DrawnAsync(phone) - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), -60, 5);

        await UnlockedAsync(phone, TimeSpan.FromMinutes(5));
        await Assertions.Expect(phone["rolling-over"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["rolling-code"]).ToBeHiddenAsync();
        await phone.Page.Context.CloseAsync();
    }

    /// <summary>The phone's clock has gone on, its timers have not, and the page is seen again.</summary>
    private static async Task UnlockedAsync(WalletPage phone, TimeSpan later)
    {
        await phone.Page.Clock.SetSystemTimeAsync(DateTime.UtcNow + later);
        await phone.Page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");
    }

    private static async Task<long> DrawnAsync(WalletPage phone) => long.Parse((await phone["rolling-code"].GetAttributeAsync("data-drawn"))!, System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task Of_two_cards_the_one_that_counts_answers_a_question_though_the_other_is_newer()
    {
        var phone = await WalletPage.WithCardAsync(surroundings, await surroundings.OfferDiplomaAsync());
        var newer = await surroundings.OfferDiplomaAsync();
        await phone.TakeAsync(newer);
        await surroundings.RevokeAsync(newer);
        await phone.ToCardAsync();
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "revoked");
        await phone.KnowsVerifiersAsync();

        await phone.ShowAsync(await Questions.OfThePageAsync(surroundings));

        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["card-choice"].Locator("input")).ToHaveCountAsync(2);
        await Assertions.Expect(phone["card-choice"].Locator("input").First).ToBeCheckedAsync();
        await Assertions.Expect(phone["trouble"]).ToHaveCountAsync(0);
        await phone["card-choice"].Locator("input").Last.CheckAsync();
        await Assertions.Expect(phone["trouble"]).ToBeVisibleAsync();
        await phone.Page.Context.CloseAsync();
    }

    private static Task<string> PictureAsync(WalletPage phone) => phone["rolling-code"].EvaluateAsync<string>("code => code.toDataURL()");

    [Fact]
    public async Task A_wrong_transaction_code_says_so_and_loses_nothing()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync("en", 360, 640), surroundings);
        await phone.OpenAsync("en");
        await phone.Page.GotoAsync(offered.WalletLink);
        await phone.OnScreenAsync("offer");
        await phone["accept"].ClickAsync();

        await phone["tx-code"].FillAsync(offered.TxCode == "000000" ? "000001" : "000000");
        await phone["tx-send"].ClickAsync();
        await Assertions.Expect(phone["tx-error"]).ToBeVisibleAsync();
        await phone["tx-code"].FillAsync(offered.TxCode);
        await phone["tx-send"].ClickAsync();

        await phone.OnScreenAsync("received");
    }
}
