using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Host.Journey;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Who asks, as the wallet shows it on a small phone: registered, more than registered, the public page, and whom it refuses.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class AskersTests(Surroundings surroundings)
{
    private static readonly TypeDefinition Qualification = TypeDefinition.Find("qualification")!;

    [Theory, InlineData("en"), InlineData("ar")]
    public async Task A_wallet_knows_who_asks_and_refuses_strangers(string language)
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        await phone.Page.GotoAsync(offered.WalletLink);
        await phone.TakeAsync(offered.TxCode);
        await ListAsync(phone);

        // The registered desk: name, authority and purpose of the register, in the person's language; and with the network off too.
        await ShowAsync(phone, await DeskChallengeAsync());
        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["asker"]).ToHaveAttributeAsync("data-standing", "registered");
        await Assertions.Expect(phone["asker-name"]).ToHaveTextAsync("Harbour Yard");
        await Assertions.Expect(phone["registered"]).ToContainTextAsync("Talmara Ministry of Interior");
        await Assertions.Expect(phone["purpose"]).ToHaveTextAsync(language == "ar" ? "لتوظيف لحّام" : "To hire a welder");
        await Assertions.Expect(phone["send"]).ToBeEnabledAsync();
        await SeenAsync(phone, $"asker-registered-{language}");

        // More than registered: marked, off, and nothing goes until the person switches each on.
        await ShowAsync(phone, Challenge("Sunline Recruitment", surroundings.Stack.Agency, ["title", "holder_name"]));
        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["asker"]).ToHaveAttributeAsync("data-standing", "more");
        await Assertions.Expect(phone["more-than-registered"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["extra-holder_name"]).ToBeVisibleAsync();
        await Assertions.Expect(phone["extra-title"]).ToHaveCountAsync(0);
        await Assertions.Expect(phone["switch-holder_name"]).Not.ToBeCheckedAsync();
        await Assertions.Expect(phone["send"]).ToBeDisabledAsync();
        await SeenAsync(phone, $"asker-more-{language}");

        // The public page: nobody is named.
        await ShowAsync(phone, await PublicRequestAsync());
        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["asker"]).ToHaveAttributeAsync("data-standing", "public_page");
        await Assertions.Expect(phone["public-page"]).ToBeVisibleAsync();
        await SeenAsync(phone, $"asker-public-{language}");

        // A stranger: red, no way to share, and it stands in the history. Without a network the list at hand decides.
        await phone.Page.Context.SetOfflineAsync(true);
        await ShowAsync(phone, StrangersChallenge());
        await phone.OnScreenAsync("refused");
        await Assertions.Expect(phone["refused"]).ToHaveAttributeAsync("data-reason", "unknown");
        await Assertions.Expect(phone["asker-name"]).ToHaveTextAsync("Ministry of Everything");
        await Assertions.Expect(phone["send"]).ToHaveCountAsync(0);
        await SeenAsync(phone, $"asker-unknown-{language}");
        await phone.Page.EvaluateAsync("location.hash = '#/history'");
        await phone.OnScreenAsync("history");
        await Assertions.Expect(phone["event"].First).ToHaveAttributeAsync("data-outcome", "refused");
    }

    internal static string StrangersChallenge()
    {
        using var key = Es256Key.Create();
        return Challenge("Ministry of Everything", key, ["title"]);
    }

    private static string Challenge(string name, Es256Key key, IReadOnlyList<string> claims) => CompactChallenge.Create(
        RandomNumberGenerator.GetBytes(16), DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Qualification.Vct, [.. claims.Select(claim => Qualification.Claim(claim)!.Key)], [], "To propose a job", name, key, "title").Text;

    private async Task<string> DeskChallengeAsync()
    {
        using var desk = new Api(surroundings.Options.VerifierUrl, surroundings.Stack.DeskKey);
        return (string)(await desk.PostAsync("/api/desk/challenges", new JsonObject { ["purpose_id"] = "welder", ["type"] = "qualification", ["required"] = new JsonArray("holder_name", "title") }, CancellationToken.None))["text"]!;
    }

    private async Task<string> PublicRequestAsync()
    {
        using var page = new Api(surroundings.Options.VerifierUrl);
        return (string)(await page.PostAsync("/api/requests", new JsonObject { ["template"] = "diploma", ["flow"] = "cross_device" }, CancellationToken.None))["link"]!;
    }

    // The list comes in the background: the page is opened again until it is there.
    private static async Task ListAsync(WalletPage phone)
    {
        for (var tries = 0; ; tries++)
        {
            var kept = await phone.Page.EvaluateAsync<bool>("""
                () => new Promise(done => { const open = indexedDB.open('identity-wallet'); open.onsuccess = () => { const get = open.result.transaction('settings').objectStore('settings').get('verifiers'); get.onsuccess = () => { open.result.close(); done(get.result !== undefined); }; }; })
                """);
            if (kept) return;
            Assert.True(tries < 60, "The phone has no list of verifiers.");
            await Task.Delay(500);
            await phone.Page.ReloadAsync();
        }
    }

    private static async Task ShowAsync(WalletPage phone, string text)
    {
        await phone.Page.EvaluateAsync("location.hash = '#/cards'");
        await phone.OnScreenAsync("cards");
        await phone.Page.EvaluateAsync("location.hash = '#/paste'");
        await phone.OnScreenAsync("paste");
        await phone["paste"].FillAsync(text);
        await phone["paste-go"].ClickAsync();
    }

    private static async Task SeenAsync(WalletPage phone, string name)
    {
        await Axe.FindsNothingAsync(phone.Page, name);
        if (Environment.GetEnvironmentVariable("IDENTITY_SHOTS") is { Length: > 0 } folder) await phone.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
    }
}
