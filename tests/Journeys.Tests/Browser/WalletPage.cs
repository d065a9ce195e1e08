using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>What a person does in the wallet, by the page contract of src/Wallet/app/README.md.</summary>
internal sealed class WalletPage(IPage page, Surroundings surroundings)
{
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

    /// <summary>Scans an offer and takes the credential.</summary>
    public async Task ReceiveByCameraAsync(string offerLink, string txCode)
    {
        surroundings.Camera.ShowQr(offerLink);
        await this["add"].First.ClickAsync();
        await OnScreenAsync("add");
        await this["scan"].ClickAsync();
        await TakeAsync(txCode);
    }

    /// <summary>From the offer's first screen to the stored card.</summary>
    public async Task TakeAsync(string txCode)
    {
        await OnScreenAsync("offer");
        await Assertions.Expect(this["issuer-name"]).ToContainTextAsync("Port Selin Technical College");
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
        await page.EvaluateAsync("location.hash = '#/cards'");
        await OnScreenAsync("cards");
        await this["show"].First.ClickAsync();
    }

    public Task OnScreenAsync(string name) => Assertions.Expect(this[$"screen-{name}"]).ToBeVisibleAsync(new() { Timeout = 30_000 });
}
