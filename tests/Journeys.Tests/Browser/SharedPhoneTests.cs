using Identity.Host.Journey;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Several persons on one phone: each has a wallet of their own, under a PIN of their own, and nothing of one is seen by another.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class SharedPhoneTests(Surroundings surroundings)
{
    private const string First = "a-77-plums", Second = "b-88-pears";

    [Fact]
    public async Task Two_persons_on_one_phone_see_each_their_own_cards_language_and_history_and_nothing_of_the_other()
    {
        var phone = await SharedAsync();

        // The second person has nothing yet, and takes a card of their own in a language of their own.
        await phone.OnScreenAsync("cards");
        await Assertions.Expect(phone["empty"]).ToBeVisibleAsync();
        await phone.GoAsync("#/history");
        await Assertions.Expect(phone["empty"]).ToBeVisibleAsync();
        await phone.TakeAsync(await surroundings.OfferDiplomaAsync());
        await phone.GoAsync("#/settings/language");
        await phone["language-ar"].ClickAsync();
        await Assertions.Expect(phone.Page.Locator("html")).ToHaveAttributeAsync("lang", "ar");
        await phone.ShowAsync(await Questions.OfThePageAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("answer");

        // Locked, the phone shows names and signs alone; without a network too.
        await phone.GoAsync("#/settings");
        await phone["lock-now"].ClickAsync();
        await phone.OnScreenAsync("who");
        await phone.Page.Context.SetOfflineAsync(true);
        await phone.Page.ReloadAsync();
        await phone.OnScreenAsync("who");
        await Axe.FindsNothingAsync(phone.Page, "wallet, who");
        Assert.Equal(["Amina", "Sita"], await phone["person"].AllInnerTextsAsync());
        await phone.Page.EvaluateAsync("location.hash = '#/history'");
        await phone.OnScreenAsync("who");

        await OpenAsync(phone, "Amina", Second, opens: false);
        await phone["pin"].FillAsync(First);
        await phone["unlock"].ClickAsync();
        await phone.OnScreenAsync("history");
        await Assertions.Expect(phone.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Assertions.Expect(phone["empty"]).ToBeVisibleAsync();
        await phone.GoAsync("#/cards");
        await Assertions.Expect(phone["card"]).ToHaveCountAsync(1);

        // Neither can make the phone open for both.
        await phone.GoAsync("#/settings/lock");
        await Assertions.Expect(phone["pin-shared"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["pin-remove"]).ToHaveCountAsync(0);
        await phone.GoAsync("#/settings/lock/remove");
        await phone["pin-old"].FillAsync(First);
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");
        await phone.Page.ReloadAsync();
        await phone.OnScreenAsync("lock");
        await phone.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task Deleting_one_persons_wallet_leaves_the_others_and_one_person_alone_sees_no_further_screen()
    {
        var phone = await SharedAsync();
        await phone.TakeAsync(await surroundings.OfferDiplomaAsync());
        await phone.GoAsync("#/settings/erase");
        await Assertions.Expect(phone["erase-person"]).ToContainTextAsync("Sita");
        await phone["erase-yes"].ClickAsync();

        await phone.OnScreenAsync("lock");
        await Assertions.Expect(phone["other-person"]).ToHaveCountAsync(0);
        Assert.Equal(["identity-wallet", "identity-wallet-persons"], await phone.Page.EvaluateAsync<string[]>("indexedDB.databases().then(all => all.map(one => one.name).sort())"));
        await phone["pin"].FillAsync(First);
        await phone["unlock"].ClickAsync();
        await phone.OnScreenAsync("cards");
        await phone["card"].ClickAsync();
        await Assertions.Expect(phone["claim-holder_name"]).ToContainTextAsync("Amina");
        await phone.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task Two_tabs_with_different_persons_mix_nothing()
    {
        var second = await SharedAsync();
        var first = new WalletPage(await second.Page.Context.NewPageAsync(), surroundings);
        await first.Page.GotoAsync(surroundings.Options.WalletUrl);
        await OpenAsync(first, "Amina", First);
        await first.OnScreenAsync("cards");
        await Assertions.Expect(first["card"]).ToHaveCountAsync(1);

        // One receives while the other shows; then each looks.
        await Task.WhenAll(ReceivesAsync(second), ShowsAsync(first));
        await ReceivesAsync(second);
        await first.GoAsync("#/cards");
        await Assertions.Expect(first["card"]).ToHaveCountAsync(1);
        await first.GoAsync("#/history");
        await Assertions.Expect(first["event"]).ToHaveCountAsync(1);
        await second.GoAsync("#/cards");
        await Assertions.Expect(second["card"]).ToHaveCountAsync(2);
        await second.GoAsync("#/history");
        await Assertions.Expect(second["empty"]).ToBeVisibleAsync();

        // A new PIN of one is no PIN of the other, and a lock in one tab leaves the other open.
        await first.GoAsync("#/settings/lock/change");
        await first["pin-old"].FillAsync(First);
        await first["pin-new"].FillAsync("c-99-grapes");
        await first["pin-again"].FillAsync("c-99-grapes");
        await first["pin-save"].ClickAsync();
        await first.OnScreenAsync("lock-settings");
        await second.GoAsync("#/settings");
        await second["lock-now"].ClickAsync();
        await second.OnScreenAsync("who");
        await first.GoAsync("#/cards");
        await Assertions.Expect(first["card"]).ToHaveCountAsync(1);
        await OpenAsync(second, "Sita", "c-99-grapes", opens: false);
        await second["pin"].FillAsync(Second);
        await second["unlock"].ClickAsync();
        await second.OnScreenAsync("cards");
        await Assertions.Expect(second["card"]).ToHaveCountAsync(2);
        await first.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_link_on_a_shared_phone_asks_first_for_whom_it_is_and_nobody_is_added_beside_an_open_wallet()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = await WithCardAsync();
        await phone.GoAsync("#/persons/add");
        await phone.OnScreenAsync("person-pin");
        await phone["pin-set"].ClickAsync();
        await SetPinAsync(phone, First);
        await phone.OnScreenAsync("person-me");
        await NameAsync(phone, "Amina", "sun");
        await phone.OnScreenAsync("person-add");
        await NameAsync(phone, " amina ", "boat", kept: false);
        await Assertions.Expect(phone["person-error"]).ToBeVisibleAsync();
        await NameAsync(phone, "Sita", "letter");

        // The new person chooses a language, and sets a PIN before anything else; going round it leads back to it.
        await phone.OnScreenAsync("welcome");
        await phone["start"].ClickAsync();
        await phone.OnScreenAsync("pin-set");
        await phone.Page.EvaluateAsync("location.hash = '#/cards'");
        await phone.OnScreenAsync("pin-set");
        await SetPinAsync(phone, Second);
        await phone.OnScreenAsync("cards");
        await Assertions.Expect(phone["empty"]).ToBeVisibleAsync();

        await phone.Page.GotoAsync("about:blank");
        await phone.Page.GotoAsync(offered.WalletLink);
        await phone.OnScreenAsync("who");
        await OpenAsync(phone, "Sita", Second);
        await phone.OnScreenAsync("offer");
        await phone["accept"].ClickAsync();
        await phone.OnScreenAsync("code");
        await phone["tx-code"].FillAsync(offered.TxCode);
        await phone["tx-send"].ClickAsync();
        await phone.OnScreenAsync("received");
        await phone.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_link_that_the_wrong_person_opened_waits_for_the_other_and_nobody_takes_it_twice()
    {
        var phone = await SharedAsync();
        var offered = await surroundings.OfferDiplomaAsync();
        await phone.Page.GotoAsync("about:blank");
        await phone.Page.GotoAsync(offered.WalletLink);
        await phone.OnScreenAsync("who");
        await phone["person"].Filter(new() { HasText = "Amina" }).ClickAsync();
        await phone.OnScreenAsync("lock");

        await phone["other-person"].ClickAsync();

        await phone.OnScreenAsync("who");
        Assert.DoesNotContain("credential_offer", phone.Page.Url, StringComparison.Ordinal);
        await OpenAsync(phone, "Sita", Second);
        await phone.OnScreenAsync("offer");
        // The next lock has nothing that waits.
        await phone.GoAsync("#/settings");
        await phone["lock-now"].ClickAsync();
        await phone.OnScreenAsync("who");
        await OpenAsync(phone, "Amina", First);
        await phone.OnScreenAsync("cards");
        await phone.Page.Context.CloseAsync();
    }

    private async Task ReceivesAsync(WalletPage phone) => await phone.TakeAsync(await surroundings.OfferDiplomaAsync());

    private async Task ShowsAsync(WalletPage phone)
    {
        await phone.ShowAsync(await Questions.OfThePageAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("answer");
    }

    /// <summary>A phone of Amina's, with a card, that Sita now has a wallet on too; it is at Sita's empty one.</summary>
    private async Task<WalletPage> SharedAsync()
    {
        var phone = await WithCardAsync();
        await phone.GoAsync("#/settings");
        await phone["settings-persons"].ClickAsync();
        await phone.OnScreenAsync("persons");
        await phone["person-add"].ClickAsync();
        await phone["pin-set"].ClickAsync();
        await SetPinAsync(phone, First);
        await NameAsync(phone, "Amina", "sun");
        await phone.OnScreenAsync("person-add");
        await Axe.FindsNothingAsync(phone.Page, "wallet, person-add");
        await NameAsync(phone, "Sita", "boat");
        await phone.OnScreenAsync("welcome");
        await phone["start"].ClickAsync();
        await SetPinAsync(phone, Second);
        await phone.OnScreenAsync("cards");
        return phone;
    }

    private async Task<WalletPage> WithCardAsync()
    {
        var phone = await WalletPage.WithCardAsync(surroundings, await surroundings.OfferDiplomaAsync());
        await phone.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        return phone;
    }

    private static async Task NameAsync(WalletPage phone, string name, string sign, bool kept = true)
    {
        await phone["person-name"].FillAsync(name);
        await phone[$"sign-{sign}"].CheckAsync();
        await phone["person-keep"].ClickAsync();
        if (kept) await phone.Page.WaitForFunctionAsync("name => document.querySelector('[data-testid=person-name]')?.value !== name", name);
    }

    private static async Task SetPinAsync(WalletPage phone, string pin)
    {
        await phone.OnScreenAsync("pin-set");
        await phone["pin-new"].FillAsync(pin);
        await phone["pin-again"].FillAsync(pin);
        await phone["pin-save"].ClickAsync();
        await Assertions.Expect(phone["screen-pin-set"]).ToHaveCountAsync(0);
    }

    private static async Task OpenAsync(WalletPage phone, string name, string pin, bool opens = true)
    {
        await phone["person"].Filter(new() { HasText = name }).ClickAsync();
        await phone.OnScreenAsync("lock");
        await Assertions.Expect(phone["locked-person"]).ToContainTextAsync(name);
        await phone["pin"].FillAsync(pin);
        await phone["unlock"].ClickAsync();
        if (opens) await Assertions.Expect(phone["screen-lock"]).ToHaveCountAsync(0);
        else await Assertions.Expect(phone["pin-error"]).ToBeVisibleAsync();
    }
}
