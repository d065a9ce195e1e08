using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>History and contracts behind the PIN: whoever holds the unlocked phone reads neither, and what happens meanwhile is written down all the same.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class GuardedHistoryTests(Surroundings surroundings)
{
    private const string Pin = "a-77-plums";

    [Fact]
    public async Task Attack_an_employer_with_the_unlocked_phone_reads_neither_history_nor_contracts()
    {
        var phone = await WalletPage.WithCardAsync(surroundings, await surroundings.OfferDiplomaAsync());
        await ShowsAsync(phone);
        Assert.Contains("who.public_page", await HistoryAsync(phone), StringComparison.Ordinal);
        await GuardAsync(phone, "pin");

        // The wallet is open; every way to the two is closed, and the storage says nothing.
        await phone.GoAsync("#/cards");
        await phone["card"].ClickAsync();
        await phone.OnScreenAsync("card");
        foreach (var address in new[] { "#/history", "#/history/clear", "#/contracts", "#/contracts/new", "#/contracts/shown", "#/contract/none", "#/settings/diary" })
        {
            await phone.GoAsync(address);
            await phone.OnScreenAsync("diary-lock");
        }
        await Axe.FindsNothingAsync(phone.Page, "wallet, diary-lock");
        await ShowsAsync(phone);
        var stored = await HistoryAsync(phone);
        Assert.DoesNotContain("who.", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("qualification", stored, StringComparison.Ordinal);
        Assert.False(await phone.Page.EvaluateAsync<bool>("""
            () => new Promise(done => { const open = indexedDB.open('identity-wallet'); open.onsuccess = () => { const get = open.result.transaction('history').objectStore('history').getAll(); get.onsuccess = () => { open.result.close(); done(get.result.some(row => !row.body.from)); }; }; })
            """), "A row lies open for the unlocked wallet.");
        await phone.GoAsync("#/history");
        await phone["pin"].FillAsync("a-77-plumS");
        await phone["unlock"].ClickAsync();
        await Assertions.Expect(phone["pin-error"]).ToBeVisibleAsync();

        // The person reads both entries, the one from while it was closed too; leaving closes it again.
        await phone["pin"].FillAsync(Pin);
        await phone["unlock"].ClickAsync();
        await phone.OnScreenAsync("history");
        await Assertions.Expect(phone["event"]).ToHaveCountAsync(2);
        await phone.GoAsync("#/cards");
        await phone.GoAsync("#/history");
        await phone.OnScreenAsync("diary-lock");
        await phone.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task Hidden_they_have_no_tab_are_found_by_the_settings_and_come_back_with_the_PIN()
    {
        var phone = await WalletPage.WithCardAsync(surroundings, await surroundings.OfferDiplomaAsync());
        await ShowsAsync(phone);
        await GuardAsync(phone, "hidden");
        await phone.GoAsync("#/cards");
        await Assertions.Expect(phone["tab-cards"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["tab-history"]).ToHaveCountAsync(0);
        await Assertions.Expect(phone["tab-contracts"]).ToHaveCountAsync(0);
        await phone.Page.ReloadAsync();
        await phone["pin"].FillAsync(Pin);
        await phone["unlock"].ClickAsync();
        await phone.OnScreenAsync("cards");
        await Assertions.Expect(phone["tab-history"]).ToHaveCountAsync(0);

        // The long way.
        await phone["tab-settings"].ClickAsync();
        await phone["settings-lock"].ClickAsync();
        await phone["settings-diary"].ClickAsync();
        await phone.OnScreenAsync("diary-lock");
        await phone["pin"].FillAsync(Pin);
        await phone["unlock"].ClickAsync();
        await phone.OnScreenAsync("diary");
        await phone["open-history"].ClickAsync();
        await Assertions.Expect(phone["event"]).ToHaveCountAsync(1);

        // A new PIN opens it as well; without a PIN it lies open again, as before.
        await phone.GoAsync("#/settings/lock/change");
        await phone["pin-old"].FillAsync(Pin);
        await phone["pin-new"].FillAsync("b-88-pears");
        await phone["pin-again"].FillAsync("b-88-pears");
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");
        await phone.GoAsync("#/history");
        await phone["pin"].FillAsync("b-88-pears");
        await phone["unlock"].ClickAsync();
        await Assertions.Expect(phone["event"]).ToHaveCountAsync(1);
        await phone.GoAsync("#/settings/lock/remove");
        await phone["pin-old"].FillAsync("b-88-pears");
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");
        await phone["back"].ClickAsync();
        await phone["tab-history"].ClickAsync();
        await Assertions.Expect(phone["event"]).ToHaveCountAsync(1);
        await phone.Page.Context.CloseAsync();
    }

    private async Task ShowsAsync(WalletPage phone)
    {
        await phone.ShowAsync(await Questions.OfThePageAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("answer");
    }

    /// <summary>Sets a PIN and asks for it before the history, or hides it too.</summary>
    private static async Task GuardAsync(WalletPage phone, string way)
    {
        await phone.GoAsync("#/settings/diary");
        await phone["pin-set"].ClickAsync();
        await phone["pin-new"].FillAsync(Pin);
        await phone["pin-again"].FillAsync(Pin);
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("diary");
        await Axe.FindsNothingAsync(phone.Page, "wallet, diary");
        await phone[$"diary-{way}"].CheckAsync();
        await phone["pin"].FillAsync(Pin);
        await phone["diary-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");
    }

    private static Task<string> HistoryAsync(WalletPage phone) => phone.Page.EvaluateAsync<string>("""
        () => new Promise(done => { const open = indexedDB.open('identity-wallet'); open.onsuccess = () => { const get = open.result.transaction('history').objectStore('history').getAll(); get.onsuccess = () => { open.result.close();
          done(JSON.stringify(get.result, (_, value) => value instanceof ArrayBuffer ? String.fromCharCode(...new Uint8Array(value)) : value instanceof Uint8Array ? String.fromCharCode(...value) : value)); }; }; })
        """);
}
