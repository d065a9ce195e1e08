using Identity.Hosting;
using Identity.Journeys.Tests.Browser;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>Every screen of the wallet, from the first to the lock.</summary>
internal static class WalletTour
{
    private const string Pin = "a-77-plums";

    // Address behind `#` (CARD stands for that of the card, SHOW for what it shows without a question) and the screen's name: one line for each screen with an address.
    private static readonly (string Address, string Screen)[] Addresses =
    [
        ("#/cards", "cards"), ("CARD", "card"), ("CARD/receipt", "receipt"), ("CARD/why", "why"), ("CARD/paper", "paper"), ("CARD/paper/new", "paper-new"), ("CARD/delete", "delete"), ("#/add", "add"), ("#/scan/show", "scan"), ("#/paste", "paste"),
        ("#/show", "show"), ("SHOW", "show-choose"), ("SHOW/1-3", "rolling"),
        ("#/recovery", "recovery"), ("#/recover", "recover"), ("#/recover/without", "recover-without"), ("#/recovery/sheet", "recovery-sheet"), ("#/recovery/contact", "contact"),
        ("#/history", "history"), ("#/history/clear", "history-clear"), ("#/settings", "settings"), ("#/settings/language", "language"),
        ("#/settings/about", "about"), ("#/settings/erase", "erase"), ("#/persons", "persons"), ("#/persons/add", "person-pin"), ("#/settings/diary", "diary"), ("#/settings/lock", "lock-settings"), ("#/settings/lock/set", "pin-set"),
    ];

    public static async Task PlayAsync(Surroundings surroundings, string language, Stop stop)
    {
        surroundings.Camera.ShowNothing();
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.Page.GotoAsync(surroundings.Options.WalletUrl);
        await phone.OnScreenAsync("welcome");
        await stop(phone.Page, "welcome");
        await phone["start"].ClickAsync();
        await phone.OnScreenAsync("cards");
        await stop(phone.Page, "cards-empty");
        await phone.ShowAsync(await Questions.OfThePageAsync(surroundings));
        await phone.OnScreenAsync("missing");
        await stop(phone.Page, "missing");
        await phone.KnowsVerifiersAsync();
        await phone.ShowAsync(Questions.OfAStranger());
        await phone.OnScreenAsync("refused");
        await stop(phone.Page, "refused");

        await phone.Page.GotoAsync(await surroundings.ByPageAsync(offered));
        await phone.OnScreenAsync("offer");
        await stop(phone.Page, "offer-by-page");
        await phone["accept"].ClickAsync();
        await Assertions.Expect(phone["collect-give"]).ToBeVisibleAsync();
        await stop(phone.Page, "organisations-page");
        await phone["collect-deny"].ClickAsync();
        await phone.OnScreenAsync("problem");
        await stop(phone.Page, "page-denied");
        await phone.Page.GotoAsync(offered.WalletLink);
        await phone.OnScreenAsync("offer");
        await stop(phone.Page, "offer");
        await phone["accept"].ClickAsync();
        await phone.OnScreenAsync("code");
        await phone["tx-code"].FillAsync("1");
        await phone["tx-send"].ClickAsync();
        await Assertions.Expect(phone["tx-error"]).ToBeVisibleAsync();
        await stop(phone.Page, "code");
        await phone["tx-code"].FillAsync(offered.TxCode);
        await phone["tx-send"].ClickAsync();
        await phone.OnScreenAsync("received");
        await stop(phone.Page, "received");
        await phone["see-card"].ClickAsync();
        await phone.OnScreenAsync("card");
        var card = await phone.Page.EvaluateAsync<string>("location.hash");

        await phone.ShowAsync(await Questions.OfThePageAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await stop(phone.Page, "consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("answer");
        await stop(phone.Page, "answer");
        await phone.ShowAsync(await Questions.OfTheDeskAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await stop(phone.Page, "consent-registered");
        await phone.ShowAsync(Questions.OfTheAgency(surroundings));
        await phone.OnScreenAsync("consent");
        await stop(phone.Page, "consent-more");
        await phone.ShowAsync(await Questions.LinkOfThePageAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("sent");
        await stop(phone.Page, "sent");
        await phone.ShowAsync(await Questions.LinkOfThePageAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await phone["decline"].ClickAsync();
        await phone.OnScreenAsync("declined");
        await stop(phone.Page, "declined");
        await phone.Page.GotoAsync(surroundings.Options.WalletUrl + "#offer?credential_offer=%7B");
        await phone.OnScreenAsync("problem");
        await stop(phone.Page, "problem");

        foreach (var (address, screen) in Addresses)
        {
            // Screens whose words have not been translated yet show English.
            if (address.StartsWith("#/recover", StringComparison.Ordinal) && Strings.For(language).Find("recovery.title") is null) continue;
            await phone.GoAsync(address.Replace("CARD", card, StringComparison.Ordinal).Replace("SHOW", card.Replace("#/card/", "#/show/", StringComparison.Ordinal), StringComparison.Ordinal));
            await phone.OnScreenAsync(screen);
            await stop(phone.Page, screen);
            if (screen is not "history") continue;
            await phone.Page.EvaluateAsync("document.querySelectorAll('[data-testid=event]').forEach(event => { event.open = true; })");
            await stop(phone.Page, "history-open");
        }

        await phone["pin-new"].FillAsync(Pin);
        await phone["pin-again"].FillAsync(Pin);
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");
        await phone.GoAsync("#/settings/lock/change");
        await phone.OnScreenAsync("pin-change");
        await stop(phone.Page, "pin-change");
        await phone.GoAsync("#/settings/lock/remove");
        await phone.OnScreenAsync("pin-remove");
        await stop(phone.Page, "pin-remove");
        await phone.GoAsync("#/settings");
        await phone["lock-now"].ClickAsync();
        await phone.OnScreenAsync("lock");
        await stop(phone.Page, "lock");
        await phone["pin"].FillAsync(Pin);
        await phone["unlock"].ClickAsync();
        await phone.OnScreenAsync("settings");
        await GuardedAsync(phone, stop);
        await SharedAsync(phone, stop);
        await phone.Page.Context.CloseAsync();
    }

    /// <summary>History and contracts behind the PIN.</summary>
    private static async Task GuardedAsync(WalletPage phone, Stop stop)
    {
        await phone.GoAsync("#/settings/diary");
        await phone["diary-hidden"].CheckAsync();
        await stop(phone.Page, "diary-set");
        await phone["pin"].FillAsync(Pin);
        await phone["diary-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");
        await stop(phone.Page, "lock-settings-hidden");
        await phone.GoAsync("#/settings/diary");
        await phone.OnScreenAsync("diary-lock");
        await stop(phone.Page, "diary-lock");
        await phone["pin"].FillAsync(Pin);
        await phone["unlock"].ClickAsync();
        await phone.OnScreenAsync("diary");
        await stop(phone.Page, "diary-open");
    }

    /// <summary>A second person on the phone.</summary>
    private static async Task SharedAsync(WalletPage phone, Stop stop)
    {
        await phone.GoAsync("#/persons/add");
        await phone.OnScreenAsync("person-me");
        await phone["person-name"].FillAsync("Amina");
        await stop(phone.Page, "person-me");
        await phone["person-keep"].ClickAsync();
        await phone.OnScreenAsync("person-add");
        await stop(phone.Page, "person-add");
        await phone["person-name"].FillAsync("सीता");
        await phone["sign-letter"].CheckAsync();
        await phone["person-keep"].ClickAsync();
        await phone.OnScreenAsync("welcome");
        await phone["start"].ClickAsync();
        await phone.OnScreenAsync("pin-set");
        await stop(phone.Page, "pin-set-first");
        await phone["pin-new"].FillAsync(Pin);
        await phone["pin-again"].FillAsync(Pin);
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("cards");
        await phone.GoAsync("#/persons");
        await phone.OnScreenAsync("persons");
        await stop(phone.Page, "persons-two");
        await phone.GoAsync("#/settings/erase");
        await phone.OnScreenAsync("erase");
        await stop(phone.Page, "erase-one");
        await phone.GoAsync("#/settings");
        await phone["lock-now"].ClickAsync();
        await phone.OnScreenAsync("who");
        await stop(phone.Page, "who");
        await phone["person"].First.ClickAsync();
        await phone.OnScreenAsync("lock");
        await Assertions.Expect(phone["other-person"]).ToBeVisibleAsync();
        await stop(phone.Page, "lock-person");
    }
}
