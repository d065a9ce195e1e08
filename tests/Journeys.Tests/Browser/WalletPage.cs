using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>What a person does in the wallet, by the page contract of src/Wallet/app/README.md.</summary>
internal sealed class WalletPage(IPage page, Surroundings surroundings)
{
    private const string College = "Port Selin Technical College";

    public IPage Page => page;

    public ILocator this[string testId] => page.GetByTestId(testId);

    public async Task OpenAsync(string language)
    {
        await page.GotoAsync(surroundings.Options.WalletUrl);
        await OnScreenAsync("welcome");
        if (await page.EvaluateAsync<string>("document.documentElement.lang") != language) await this[$"language-{language}"].ClickAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await this["start"].ClickAsync();
        await OnScreenAsync("cards");
    }

    /// <summary>A phone that has opened the wallet in English and taken one card.</summary>
    public static async Task<WalletPage> WithCardAsync(Surroundings surroundings, Offered offered, int width = 360, int height = 640, string language = "en")
    {
        var phone = new WalletPage(await surroundings.OpenAsync(language, width, height), surroundings);
        await phone.OpenAsync(language);
        await phone.TakeAsync(offered);
        return phone;
    }

    /// <summary>Scans an offer and takes the credential.</summary>
    public async Task ReceiveByCameraAsync(string offerLink, string txCode)
    {
        surroundings.Camera.ShowQr(offerLink);
        await this["add"].First.ClickAsync();
        await OnScreenAsync("add");
        await this["scan"].ClickAsync();
        await TakeAsync(txCode, College);
    }

    /// <summary>Opens an offer by its link and takes the credential.</summary>
    public async Task TakeAsync(Offered offered, string issuer = College)
    {
        await page.GotoAsync(offered.WalletLink);
        await TakeAsync(offered.TxCode, issuer);
    }

    // From the offer's first screen to the stored card.
    private async Task TakeAsync(string txCode, string issuer)
    {
        await OnScreenAsync("offer");
        await Assertions.Expect(this["issuer-name"]).ToContainTextAsync(issuer);
        await this["accept"].ClickAsync();
        await OnScreenAsync("code");
        await this["tx-code"].FillAsync(txCode);
        await this["tx-send"].ClickAsync();
        await OnScreenAsync("received");
    }

    /// <summary>Opens the first card.</summary>
    public async Task ToCardAsync()
    {
        await page.GotoAsync($"{surroundings.Options.WalletUrl}/#/cards");
        await OnScreenAsync("cards");
        await this["card"].First.ClickAsync();
        await OnScreenAsync("card");
    }

    /// <summary>Points the camera at whatever asks: a request or a challenge.</summary>
    public async Task ScanToShowAsync()
    {
        await GoAsync("#/cards");
        await OnScreenAsync("cards");
        await this["show"].First.ClickAsync();
    }

    /// <summary>Taps as somebody does whose phone did not answer at once: nothing may be done twice.</summary>
    public async Task TapTwiceAsync(string testId)
    {
        await this[testId].HoverAsync();
        await page.Mouse.DownAsync();
        await page.Mouse.UpAsync();
        await page.Mouse.DownAsync();
        await page.Mouse.UpAsync();
    }

    /// <summary>Goes to a screen by its address behind <c>#</c>, and waits until the old one is gone, also where the new one has the same name.</summary>
    public async Task GoAsync(string address)
    {
        await page.EvaluateAsync("address => { if (location.hash !== address) document.querySelector('main')?.setAttribute('data-old', ''); location.hash = address; }", address);
        await Assertions.Expect(page.Locator("main:not([data-old])")).ToBeVisibleAsync();
    }

    /// <summary>Gives the wallet a link, a challenge or a code as text: as somebody does who cannot use a camera.</summary>
    public async Task ShowAsync(string text)
    {
        await GoAsync("#/cards");
        await OnScreenAsync("cards");
        await GoAsync("#/paste");
        await OnScreenAsync("paste");
        await this["paste"].FillAsync(text);
        await this["paste-go"].ClickAsync();
    }

    /// <summary>Waits for the signed list of registered verifiers, which comes in the background; where it did not come in ten seconds, the page is opened again, which asks anew.</summary>
    public async Task KnowsVerifiersAsync()
    {
        for (var tries = 0; ; tries++)
        {
            var kept = await page.EvaluateAsync<bool>("""
                () => new Promise(done => { const open = indexedDB.open('identity-wallet'); open.onsuccess = () => { const get = open.result.transaction('settings').objectStore('settings').get('verifiers'); get.onsuccess = () => { open.result.close(); done(get.result !== undefined); }; }; })
                """);
            if (kept) return;
            Assert.True(tries < 120, "The phone has no list of verifiers.");
            await Task.Delay(500);
            if (tries % 20 == 19) await page.ReloadAsync();
        }
    }

    public Task OnScreenAsync(string name) => Assertions.Expect(this[$"screen-{name}"]).ToBeVisibleAsync();
}
