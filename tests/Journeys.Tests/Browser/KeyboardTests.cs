using System.Text.Json.Nodes;
using Identity.Host.Journey;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>The main paths with a keyboard alone, and what a screen reader is told on the way.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class KeyboardTests(Surroundings surroundings)
{
    [Fact]
    public async Task A_diploma_is_received_and_shown_with_the_keyboard_alone()
    {
        surroundings.Camera.ShowNothing();
        var offered = await surroundings.OfferDiplomaAsync();
        var page = await surroundings.OpenAsync("en", 360, 640);
        var phone = new WalletPage(page, surroundings);
        await page.GotoAsync(surroundings.Options.WalletUrl);
        await phone.OnScreenAsync("welcome");
        await PressAsync(page, "start");
        await phone.OnScreenAsync("cards");

        await PressAsync(page, "add");
        await phone.OnScreenAsync("add");
        await TypeAsync(page, "paste", offered.Link);
        await PressAsync(page, "paste-go");
        await phone.OnScreenAsync("offer");
        await Assertions.Expect(page.Locator("main h1")).ToBeFocusedAsync();
        await PressAsync(page, "accept");
        await phone.OnScreenAsync("code");
        await TypeAsync(page, "tx-code", offered.TxCode);
        await page.Keyboard.PressAsync("Enter");
        await phone.OnScreenAsync("received");
        await PressAsync(page, "see-card");
        await phone.OnScreenAsync("card");
        await Assertions.Expect(page.Locator("main h1")).ToBeFocusedAsync();

        using var desk = new Api(surroundings.Options.VerifierUrl);
        var challenge = (string)(await desk.PostAsync("/api/challenges", new JsonObject { ["template"] = "diploma" }, CancellationToken.None))["text"]!;
        await PressAsync(page, "show");
        await phone.OnScreenAsync("scan");
        await PressAsync(page, "paste-instead");
        await phone.OnScreenAsync("paste");
        await TypeAsync(page, "paste", challenge);
        await PressAsync(page, "paste-go");
        await phone.OnScreenAsync("consent");
        await PressAsync(page, "send");
        await phone.OnScreenAsync("answer");
    }

    [Fact]
    public async Task A_credential_is_checked_with_the_keyboard_alone_and_the_verdict_is_announced()
    {
        var page = await surroundings.OpenAsync("en", 1280, 800, desk: true);
        var desk = new VerifierPage(page, surroundings);
        await desk.OpenAsync("/", "en");
        await Assertions.Expect(page.Locator("[aria-live], [role=status]").First).ToBeAttachedAsync();

        // The first key leads past the navigation.
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator("a[href='#main']")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#main")).ToBeFocusedAsync();

        await PressAsync(page, "paste-open");
        await Assertions.Expect(desk["paste"]).ToBeFocusedAsync();
        await PressAsync(page, "paste-go");
        await Assertions.Expect(desk["paste-error"]).ToHaveAttributeAsync("role", "alert");
        await Assertions.Expect(desk["paste"]).ToHaveAttributeAsync("aria-invalid", "true");
        await TypeAsync(page, "paste", Forger.UnknownIssuer(TimeProvider.System.GetUtcNow()));
        await PressAsync(page, "paste-go");
        await desk.ShowsVerdictAsync("cannot_tell", "issuer_unknown");
        await Assertions.Expect(page.Locator("main h1")).ToBeFocusedAsync();
        await Assertions.Expect(desk["announcer"]).ToContainTextAsync("not in the register");
        await PressAsync(page, "check-another");
        await desk.OnScreenAsync("check");
    }

    [Fact]
    public async Task The_menu_of_languages_opens_and_closes_by_keys_and_gives_the_focus_back()
    {
        var page = await surroundings.OpenAsync("en", 360, 640, desk: true);
        foreach (var address in new[] { surroundings.Options.VerifierUrl, $"{surroundings.Options.IssuerUrl}/console" })
        {
            await page.GotoAsync(address);
            await PressAsync(page, "languages");
            await Assertions.Expect(page.GetByTestId("language-fr")).ToBeVisibleAsync();
            await page.Keyboard.PressAsync("Tab");
            await page.Keyboard.PressAsync("Escape");
            await Assertions.Expect(page.GetByTestId("language-fr")).ToBeHiddenAsync();
            await Assertions.Expect(page.GetByTestId("languages")).ToBeFocusedAsync();

            await page.Keyboard.PressAsync("Enter");
            await PressAsync(page, "language-fr");
            await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "fr");
            await page.Context.ClearCookiesAsync();
        }
    }

    [Fact]
    public async Task The_wallet_says_that_a_new_version_is_ready_in_the_language_of_the_moment()
    {
        var phone = new WalletPage(await surroundings.OpenAsync("en", 360, 640), surroundings);
        await phone.OpenAsync("en");
        await phone.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        await phone.Page.ReloadAsync();
        await phone.OnScreenAsync("cards");
        // Another service worker for the same pages is what a new version looks like.
        await phone.Page.EvaluateAsync("navigator.serviceWorker.register('sw.js?newer', { scope: './' }).then(() => true)");
        await Assertions.Expect(phone["update-bar"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["update-bar"]).ToContainTextAsync("A new version is ready.");

        await phone.GoAsync("#/settings/language");
        await phone["language-fr"].ClickAsync();

        await Assertions.Expect(phone["update-bar"]).ToContainTextAsync("Une nouvelle version est prête.");
    }

    /// <summary>Tab to an element as a person does, see that the focus shows, press Enter.</summary>
    private static async Task PressAsync(IPage page, string testId)
    {
        await TabToAsync(page, testId);
        await page.Keyboard.PressAsync("Enter");
    }

    private static async Task TypeAsync(IPage page, string testId, string text)
    {
        await TabToAsync(page, testId);
        await page.Keyboard.InsertTextAsync(text);
    }

    private static async Task TabToAsync(IPage page, string testId)
    {
        await Assertions.Expect(page.GetByTestId(testId).First).ToBeVisibleAsync();
        for (var steps = 0; steps < 40; steps++)
        {
            if (await page.EvaluateAsync<string?>("document.activeElement?.dataset.testid") == testId)
            {
                Assert.True(await page.EvaluateAsync<bool>("(() => { const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; })()"), $"The focus on {testId} cannot be seen.");
                return;
            }
            await page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"{testId} cannot be reached by the Tab key.");
    }
}
