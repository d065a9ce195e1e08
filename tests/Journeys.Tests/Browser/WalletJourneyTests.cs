using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class WalletJourneyTests(Surroundings surroundings)
{
    [Theory, InlineData("en"), InlineData("ar")]
    public async Task A_diploma_is_received_by_camera_and_shown_to_a_verifier_that_asks_and_to_one_that_scans(string language)
    {
        var (link, txCode, _) = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);

        await phone.ReceiveByCameraAsync(link, txCode);

        await Axe.FindsNothingAsync(phone.Page, $"wallet, received, {language}");
        await phone["all-cards"].ClickAsync();
        await phone.OnScreenAsync("cards");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, cards, {language}");
        await phone["card"].First.ClickAsync();
        await phone.OnScreenAsync("card");
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "valid");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, card, {language}");
    }

    [Fact]
    public async Task The_wallet_opens_and_shows_its_cards_with_the_network_off()
    {
        var (_, txCode, walletLink) = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync("en", 360, 640), surroundings);
        await phone.OpenAsync("en");
        await phone.Page.GotoAsync(walletLink);
        await phone.TakeAsync(txCode);
        await phone.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");

        await phone.Page.Context.SetOfflineAsync(true);
        await phone.Page.GotoAsync(surroundings.Options.WalletUrl);

        await phone.OnScreenAsync("cards");
        await phone["card"].First.ClickAsync();
        await Assertions.Expect(phone["claim-title"]).ToContainTextAsync("Diploma in Welding");
    }

    [Fact]
    public async Task A_wrong_transaction_code_says_so_and_loses_nothing()
    {
        var (_, txCode, walletLink) = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync("en", 360, 640), surroundings);
        await phone.OpenAsync("en");
        await phone.Page.GotoAsync(walletLink);
        await phone.OnScreenAsync("offer");
        await phone["accept"].ClickAsync();

        await phone["tx-code"].FillAsync(txCode == "000000" ? "000001" : "000000");
        await phone["tx-send"].ClickAsync();
        await Assertions.Expect(phone["tx-error"]).ToBeVisibleAsync();
        await phone["tx-code"].FillAsync(txCode);
        await phone["tx-send"].ClickAsync();

        await phone.OnScreenAsync("received");
    }
}
