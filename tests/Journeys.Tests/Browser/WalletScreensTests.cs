using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Host.Journey;
using Identity.TestKit;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>The wallet screen by screen: readable by everyone in both languages, on a small phone and a dark desk; and what its smaller screens promise.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class WalletScreensTests(Surroundings surroundings)
{
    private const string Pin = "a-77-plums";
    private static readonly string[] Main = ["#/cards", "#/history", "#/settings", "#/add", "#/settings/lock", "#/settings/about"];
    private readonly HashSet<string> _seen = [];

    [Theory, InlineData("en"), InlineData("ar")]
    public async Task Every_screen_can_be_read_by_everyone_and_fits_a_small_phone(string language)
    {
        var (_, _, txCode, walletLink) = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.Page.GotoAsync(surroundings.Options.WalletUrl);
        await SeeAsync(phone, "welcome", language);
        await phone["start"].ClickAsync();
        await SeeAsync(phone, "cards", language);
        await ShowAsync(phone, AskersTests.StrangersChallenge());
        await SeeAsync(phone, "refused", language);
        await ShowAsync(phone, await ChallengeAsync());
        await SeeAsync(phone, "missing", language);

        await phone.Page.GotoAsync(walletLink);
        await SeeAsync(phone, "offer", language);
        await phone["accept"].ClickAsync();
        await SeeAsync(phone, "code", language);
        await phone["tx-code"].FillAsync(txCode);
        await phone["tx-send"].ClickAsync();
        await SeeAsync(phone, "received", language);
        await phone["see-card"].ClickAsync();
        await SeeAsync(phone, "card", language);
        var card = await HashAsync(phone);

        await ShowAsync(phone, await ChallengeAsync());
        await SeeAsync(phone, "consent", language);
        await phone["send"].ClickAsync();
        await SeeAsync(phone, "answer", language);
        await ShowAsync(phone, await RequestAsync());
        await SeeAsync(phone, "consent", language);
        await phone["send"].ClickAsync();
        await SeeAsync(phone, "sent", language);
        await ShowAsync(phone, await RequestAsync());
        await phone.OnScreenAsync("consent");
        await phone["decline"].ClickAsync();
        await SeeAsync(phone, "declined", language);
        await phone.Page.GotoAsync(surroundings.Options.WalletUrl + "#offer?credential_offer=%7B");
        await SeeAsync(phone, "problem", language);

        foreach (var (path, screen) in new[]
        {
            ($"{card}/receipt", "receipt"), ($"{card}/delete", "delete"), ("#/add", "add"), ("#/scan/show", "scan"), ("#/paste", "paste"),
            ("#/history", "history"), ("#/history/clear", "history-clear"), ("#/settings", "settings"), ("#/settings/language", "language"),
            ("#/settings/about", "about"), ("#/settings/erase", "erase"), ("#/settings/lock", "lock-settings"), ("#/settings/lock/set", "pin-set"),
        })
        {
            await GoAsync(phone, path);
            await SeeAsync(phone, screen, language);
        }

        await SetPinAsync(phone);
        await GoAsync(phone, "#/settings/lock/change");
        await SeeAsync(phone, "pin-change", language);
        await GoAsync(phone, "#/settings/lock/remove");
        await SeeAsync(phone, "pin-remove", language);
        await LockAsync(phone);
        await SeeAsync(phone, "lock", language);
        await phone["pin"].FillAsync(Pin);
        await phone["unlock"].ClickAsync();

        await phone.Page.SetViewportSizeAsync(1280, 800);
        await phone.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        foreach (var path in Main.Append(card))
        {
            await GoAsync(phone, path);
            await SeeAsync(phone, path == "#/settings/lock" ? "lock-settings" : path == card ? "card" : path.Split('/')[^1], language);
        }
        Assert.Equal(Promised(), _seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_locked_wallet_opens_to_its_PIN_alone_and_its_cards_cannot_be_read_from_the_storage()
    {
        var phone = await WithCardAsync();
        Assert.Contains("Amina", await StorageAsync(phone), StringComparison.Ordinal);
        await GoAsync(phone, "#/settings/lock/set");
        await phone["pin-new"].FillAsync("12345");
        await phone["pin-again"].FillAsync("12345");
        await phone["pin-save"].ClickAsync();
        await Assertions.Expect(phone["pin-error"]).ToBeVisibleAsync();
        await SetPinAsync(phone);

        await LockAsync(phone);

        var stored = await StorageAsync(phone);
        foreach (var secret in new[] { "Amina", "Welding", "Port Selin", "eyJ", "clear" }) Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
        await GoAsync(phone, "#/cards");
        await phone.OnScreenAsync("lock");
        await Assertions.Expect(phone["card"]).ToHaveCountAsync(0);
        await phone["pin"].FillAsync("a-77-plumS");
        await phone["unlock"].ClickAsync();
        await Assertions.Expect(phone["pin-error"]).ToBeVisibleAsync();
        await phone.OnScreenAsync("lock");
        await phone["pin"].FillAsync(Pin);
        await phone["unlock"].ClickAsync();
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
        await ShowAsync(phone, await ChallengeAsync());
        await phone.OnScreenAsync("consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("answer");
        await ShowAsync(phone, await RequestAsync());
        await phone.OnScreenAsync("consent");
        await phone["decline"].ClickAsync();
        await phone.OnScreenAsync("declined");

        await GoAsync(phone, "#/history");
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

        await GoAsync(phone, "#/cards");
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
        var phone = await WithCardAsync();
        await phone["receipt"].ClickAsync();
        await phone.OnScreenAsync("receipt");
        for (var tries = 0; tries < 60 && !await phone["anchored"].IsVisibleAsync(); tries++)
        {
            await phone.Page.WaitForTimeoutAsync(500);
            if (await phone["receipt-again"].IsVisibleAsync()) await phone["receipt-again"].ClickAsync();
            await phone.OnScreenAsync("receipt");
        }
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

        await GoAsync(phone, "#/settings/language");
        await phone["language-ar"].ClickAsync();
        await Assertions.Expect(phone.Page.Locator("html")).ToHaveAttributeAsync("dir", "rtl");
        await phone.OnScreenAsync("language");
        await Assertions.Expect(phone["language-ar"]).ToBeCheckedAsync();
        await phone.Page.ReloadAsync();
        await phone.OnScreenAsync("language");
        await Assertions.Expect(phone.Page.Locator("html")).ToHaveAttributeAsync("lang", "ar");
    }

    // The page contract lists the screens; those that pass by in a moment, and the one for browsers that cannot, are left out.
    private static string[] Promised()
    {
        var contract = File.ReadAllText(Path.Combine(Checkout.Root, "src", "Wallet", "app", "README.md"));
        var names = Regex.Match(contract, "`main` carries `screen-NAME`: `([a-z\\s-]+)`").Groups[1].Value;
        return [.. names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Except(["busy", "progress", "insecure"]).Order(StringComparer.Ordinal)];
    }

    private async Task SeeAsync(WalletPage phone, string screen, string language)
    {
        await phone.OnScreenAsync(screen);
        _seen.Add(screen);
        var faults = await phone.Page.EvaluateAsync<string[]>("""
            direction => {
              const root = document.documentElement, faults = [];
              if (root.dir !== direction) faults.push(`dir is ${root.dir}`);
              for (const element of [root, document.querySelector('main')])
                if (element.scrollWidth > element.clientWidth) faults.push(`${element.localName}: ${element.scrollWidth} px in ${element.clientWidth}`);
              return faults;
            }
            """, language == "ar" ? "rtl" : "ltr");
        Assert.True(faults.Length == 0, $"{screen}, {language}: {string.Join("; ", faults)}");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, {screen}, {language}, {phone.Page.ViewportSize!.Width} px");
    }

    private async Task<WalletPage> WithCardAsync()
    {
        var (_, _, txCode, walletLink) = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync("en", 360, 640), surroundings);
        await phone.OpenAsync("en");
        await phone.Page.GotoAsync(walletLink);
        await phone.TakeAsync(txCode);
        await phone["see-card"].ClickAsync();
        await phone.OnScreenAsync("card");
        return phone;
    }

    private async Task<string> ChallengeAsync()
    {
        using var desk = new Api(surroundings.Options.VerifierUrl);
        return (string)(await desk.PostAsync("/api/challenges", new JsonObject { ["template"] = "diploma" }, CancellationToken.None))["text"]!;
    }

    private async Task<string> RequestAsync()
    {
        using var desk = new Api(surroundings.Options.VerifierUrl);
        return (string)(await desk.PostAsync("/api/requests", new JsonObject { ["template"] = "diploma", ["flow"] = "cross_device" }, CancellationToken.None))["link"]!;
    }

    // Without the camera: as somebody does who cannot use one.
    private static async Task ShowAsync(WalletPage phone, string text)
    {
        await GoAsync(phone, "#/paste");
        await phone.OnScreenAsync("paste");
        await phone["paste"].FillAsync(text);
        await phone["paste-go"].ClickAsync();
    }

    private static async Task SetPinAsync(WalletPage phone)
    {
        await GoAsync(phone, "#/settings/lock/set");
        await phone.OnScreenAsync("pin-set");
        await phone["pin-new"].FillAsync(Pin);
        await phone["pin-again"].FillAsync(Pin);
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");
    }

    private static async Task LockAsync(WalletPage phone)
    {
        await GoAsync(phone, "#/settings");
        await phone["lock-now"].ClickAsync();
        await phone.OnScreenAsync("lock");
    }

    private static Task GoAsync(WalletPage phone, string path) => phone.Page.EvaluateAsync("path => { location.hash = path; }", path);

    private static Task<string> HashAsync(WalletPage phone) => phone.Page.EvaluateAsync<string>("location.hash");

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
