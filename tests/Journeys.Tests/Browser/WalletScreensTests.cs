using System.Text.Json.Nodes;
using Identity.Host.Journey;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>What the smaller screens of the wallet promise.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class WalletScreensTests(Surroundings surroundings)
{
    private const string Pin = "a-77-plums";

    [Fact]
    public async Task A_locked_wallet_opens_to_its_PIN_alone_and_its_cards_cannot_be_read_from_the_storage()
    {
        var phone = await WithCardAsync();
        Assert.Contains("Amina", await StorageAsync(phone), StringComparison.Ordinal);
        await phone.GoAsync("#/settings/lock/set");
        await phone["pin-new"].FillAsync("12345");
        await phone["pin-again"].FillAsync("12345");
        await phone["pin-save"].ClickAsync();
        await Assertions.Expect(phone["pin-error"]).ToBeVisibleAsync();
        await SetPinAsync(phone);

        await LockAsync(phone);

        var stored = await StorageAsync(phone);
        foreach (var secret in new[] { "Amina", "Welding", "Port Selin", "eyJ", "clear" }) Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
        await phone.GoAsync("#/cards");
        await phone.OnScreenAsync("lock");
        await Assertions.Expect(phone["card"]).ToHaveCountAsync(0);
        await phone["pin"].FillAsync("a-77-plumS");
        await phone["unlock"].ClickAsync();
        await Assertions.Expect(phone["pin-error"]).ToBeVisibleAsync();
        await phone.OnScreenAsync("lock");
        await phone["pin"].FillAsync(Pin);
        await phone.TapTwiceAsync("unlock");
        await phone.OnScreenAsync("cards");
        await phone["card"].ClickAsync();
        await Assertions.Expect(phone["claim-holder_name"]).ToContainTextAsync("Amina");

        await phone.Page.ReloadAsync();
        await phone.OnScreenAsync("lock");
    }

    [Fact]
    public async Task The_history_remembers_and_forgets_and_a_deleted_card_leaves_nothing_behind()
    {
        var phone = await WithCardAsync();
        await phone.ShowAsync(await Questions.OfThePageAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("answer");
        await phone.ShowAsync(await Questions.LinkOfThePageAsync(surroundings));
        await phone.OnScreenAsync("consent");
        await phone["decline"].ClickAsync();
        await phone.OnScreenAsync("declined");

        await phone.GoAsync("#/history");
        await Assertions.Expect(phone["event"]).ToHaveCountAsync(2);
        Assert.Equal(["declined", "shared"], await phone["event"].EvaluateAllAsync<string[]>("all => all.map(e => e.dataset.outcome)"));
        var shared = phone["event"].Nth(1);
        await shared.Locator("summary").ClickAsync();
        await Assertions.Expect(shared.GetByTestId("event-claims").Locator("li").First).ToBeVisibleAsync();
        await shared.GetByTestId("forget").ClickAsync();
        await Assertions.Expect(phone["event"]).ToHaveCountAsync(1);
        await phone["history-clear"].ClickAsync();
        await phone["history-clear-no"].ClickAsync();
        await Assertions.Expect(phone["event"]).ToHaveCountAsync(1);
        await phone["history-clear"].ClickAsync();
        await phone["history-clear-yes"].ClickAsync();
        await Assertions.Expect(phone["empty"]).ToBeVisibleAsync();

        await phone.GoAsync("#/cards");
        await phone["card"].ClickAsync();
        await phone["delete"].ClickAsync();
        await phone["delete-no"].ClickAsync();
        await phone.OnScreenAsync("card");
        await phone["delete"].ClickAsync();
        await phone["delete-yes"].ClickAsync();
        await Assertions.Expect(phone["empty"]).ToBeVisibleAsync();
        var stored = await StorageAsync(phone);
        Assert.Contains("settings", stored, StringComparison.Ordinal);
        foreach (var trace in new[] { "Amina", "Welding", "eyJ" }) Assert.DoesNotContain(trace, stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_names_block_and_transaction_and_can_be_kept_as_a_file()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = await WithCardAsync(offered);
        await surroundings.ProvenAsync(offered);
        await phone.Page.Context.SetOfflineAsync(true);
        await phone["receipt"].ClickAsync();
        await phone.OnScreenAsync("receipt");
        await Assertions.Expect(phone["waiting"]).ToBeVisibleAsync();
        await phone.Page.Context.SetOfflineAsync(false);
        await phone["receipt-again"].ClickAsync();
        await Assertions.Expect(phone["anchored"]).ToBeVisibleAsync();
        var block = await phone["anchor-block"].Locator("dd").InnerTextAsync();
        var transaction = await phone["anchor-transaction"].Locator("dd").InnerTextAsync();
        Assert.True(long.Parse(block, System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Matches("^0x[0-9a-f]{64}$", transaction);

        var download = await phone.Page.RunAndWaitForDownloadAsync(() => phone["receipt-save"].ClickAsync());

        Assert.Equal("identity-receipt-qualification.json", download.SuggestedFilename);
        var file = await File.ReadAllTextAsync(await download.PathAsync());
        Assert.IsType<JsonObject>(JsonNode.Parse(file));
        Assert.Contains(transaction, file, StringComparison.Ordinal);
        Assert.DoesNotContain("Amina", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Codes_that_lead_elsewhere_are_refused_in_words_and_a_change_of_language_keeps_the_screen()
    {
        var phone = new WalletPage(await surroundings.OpenAsync("en", 360, 640), surroundings);
        await phone.OpenAsync("en");
        surroundings.Camera.ShowQr("https://look-alike.example/#offer?credential_offer=%7B%7D");
        await phone["add"].ClickAsync();
        await phone["scan"].ClickAsync();
        await Assertions.Expect(phone["scan-refused"]).ToContainTextAsync("look-alike.example");
        await phone.OnScreenAsync("scan");
        Assert.StartsWith(surroundings.Options.WalletUrl, phone.Page.Url, StringComparison.Ordinal);

        foreach (var (link, code) in new[]
        {
            ("credential_offer=%7B", "offer_malformed"),
            ("credential_offer=%7B%7D&credential_offer_uri=https%3A%2F%2Fcollege.example", "offer_malformed"),
            ($"credential_offer_uri={Uri.EscapeDataString($"{surroundings.Options.IssuerUrl}/port-selin/offers/none")}", "offer_gone"),
        })
        {
            await phone.Page.GotoAsync($"{surroundings.Options.WalletUrl}#offer?{link}");
            await phone.OnScreenAsync("problem");
            await Assertions.Expect(phone["problem-text"]).ToHaveAttributeAsync("data-code", code);
            Assert.NotEmpty((await phone["problem-text"].InnerTextAsync()).Trim());
            Assert.DoesNotContain("credential_offer", phone.Page.Url, StringComparison.Ordinal);
            await phone["close"].ClickAsync();
            await phone.OnScreenAsync("cards");
        }

        await phone.GoAsync("#/settings/language");
        await phone["language-ar"].ClickAsync();
        await Assertions.Expect(phone.Page.Locator("html")).ToHaveAttributeAsync("dir", "rtl");
        await phone.OnScreenAsync("language");
        await Assertions.Expect(phone["language-ar"]).ToBeCheckedAsync();
        await phone.Page.ReloadAsync();
        await phone.OnScreenAsync("language");
        await Assertions.Expect(phone.Page.Locator("html")).ToHaveAttributeAsync("lang", "ar");
    }

    private async Task<WalletPage> WithCardAsync(Offered? offered = null)
    {
        offered ??= await surroundings.OfferDiplomaAsync();
        var phone = await WalletPage.WithCardAsync(surroundings, offered);
        await phone["see-card"].ClickAsync();
        await phone.OnScreenAsync("card");
        return phone;
    }

    private static async Task SetPinAsync(WalletPage phone)
    {
        await phone.GoAsync("#/settings/lock/set");
        await phone.OnScreenAsync("pin-set");
        await phone["pin-new"].FillAsync(Pin);
        await phone["pin-again"].FillAsync(Pin);
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");
    }

    private static async Task LockAsync(WalletPage phone)
    {
        await phone.GoAsync("#/settings");
        await phone["lock-now"].ClickAsync();
        await phone.OnScreenAsync("lock");
    }

    /// <summary>Everything in the wallet's database as text, bytes read as characters.</summary>
    private static Task<string> StorageAsync(WalletPage phone) => phone.Page.EvaluateAsync<string>("""
        async () => {
          const done = request => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
          const db = await done(indexedDB.open('identity-wallet')), all = {};
          for (const name of db.objectStoreNames) all[name] = (await done(db.transaction(name).objectStore(name).getAll())).filter(row => row.id !== 'verifiers'); // a public list
          db.close();
          const chars = bytes => String.fromCharCode(...bytes);
          return JSON.stringify(all, (_, value) => value instanceof ArrayBuffer ? chars(new Uint8Array(value)) : value instanceof Uint8Array ? chars(value) : value);
        }
        """);
}
