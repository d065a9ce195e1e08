using Identity.Journeys.Tests.Tour;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Somebody who does not read: every letter on the page is a block, and each step goes by the one button with the right picture.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class WithoutReadingTests(Surroundings surroundings)
{
    // Keeps what is played, and whether it was.
    private const string Ear = """
        const make = URL.createObjectURL, play = HTMLMediaElement.prototype.play;
        URL.createObjectURL = what => { if (what.type === 'audio/mpeg') globalThis.heard = { sound: what }; return make(what); };
        HTMLMediaElement.prototype.play = function () { const playing = play.call(this), kept = globalThis.heard; void playing.then(() => { if (kept) kept.played = true; }); return playing; };
        """;

    [Theory, InlineData("en"), InlineData("ar"), InlineData("ta"), InlineData("my")]
    public async Task On_a_phone_sound_and_globe_stand_in_one_line_with_the_mark_however_long_the_words_are(string language)
    {
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true), surroundings);
        await desk.OpenAsync("/", language);

        var (mark, globe) = ((await desk["home"].BoundingBoxAsync())!, (await desk["languages"].BoundingBoxAsync())!);
        Assert.InRange(globe.Y + (globe.Height / 2), mark.Y, mark.Y + mark.Height);
        await desk.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_card_is_received_refused_shown_and_checked_by_pictures_and_sound_alone()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        surroundings.Camera.ShowQr(offered.Link);
        var phone = new WalletPage(await OpenAsync(desk: false), surroundings);
        await phone.Page.GotoAsync(surroundings.Options.WalletUrl);
        await OnAsync(phone.Page, "welcome");
        await PressAsync(phone.Page, "next", to: "cards");
        await PressAsync(phone.Page, "receive", to: "add");
        await PressAsync(phone.Page, "scan", to: "offer");
        await PressAsync(phone.Page, "check", to: "code");
        await phone.Page.Locator("main input").FillAsync(offered.TxCode);
        await PressAsync(phone.Page, "receive", to: "received");
        await PressAsync(phone.Page, "next", to: "card");
        await surroundings.AnchoredAsync(offered);

        surroundings.DeskCamera.ShowNothing();
        var desk = new VerifierPage(await OpenAsync(desk: true), surroundings);
        await desk.Page.GotoAsync(surroundings.Options.VerifierUrl);
        await OnAsync(desk.Page, "check");
        await PressAsync(desk.Page, "scan", to: "scan");
        await Assertions.Expect(desk["challenge"]).ToBeVisibleAsync();
        await surroundings.Camera.ShowAsync(desk["challenge"], desk.Page);

        await PressAsync(phone.Page, "show", to: "consent");
        await PressAsync(phone.Page, "cross", to: "cards");
        await PressAsync(phone.Page, "show", to: "consent");
        await PressAsync(phone.Page, "check", to: "answer");
        await surroundings.DeskCamera.ShowAsync(phone["answer-code"], desk.Page);

        await desk.ShowsVerdictAsync("valid", "valid");
        await OnAsync(desk.Page, "verdict");
        await Assertions.Expect(desk.Page.Locator(".verdict-sign")).ToBeInViewportAsync(new() { Ratio = 1 });
    }

    [Fact]
    public async Task Each_outcome_has_a_shape_of_its_own_and_a_sign_in_it()
    {
        var desk = await OpenAsync(desk: true);
        await desk.GotoAsync(surroundings.Options.VerifierUrl);
        await Assertions.Expect(desk.GetByTestId("screen-check")).ToBeVisibleAsync();
        var looks = await desk.EvaluateAsync<string[]>("""
            () => ['valid', 'not_valid', 'cannot_tell'].map(outcome => {
              const verdict = document.createElement('section'), sign = document.createElement('span');
              verdict.className = 'verdict'; verdict.dataset.outcome = outcome; sign.className = 'verdict-sign';
              verdict.append(sign); document.querySelector('main').append(verdict);
              const shape = getComputedStyle(sign).clipPath, inside = getComputedStyle(sign, '::before');
              return `${shape} ${inside.content} ${inside.clipPath}`;
            })
            """);
        Assert.Equal(3, looks.Distinct().Count());
        Assert.StartsWith("circle", looks[0], StringComparison.Ordinal);
        Assert.Contains("?", looks[2], StringComparison.Ordinal);
        await desk.Context.CloseAsync();
    }

    // In Nepali: one of the languages that the least tools speak.
    private async Task<IPage> OpenAsync(bool desk)
    {
        var page = await surroundings.OpenAsync("ne", 360, 640, desk: desk);
        await page.AddInitScriptAsync($"({Screenshots.Blank})()");
        await page.AddInitScriptAsync(Ear);
        return page;
    }

    // On a screen, and its prompt can be heard.
    private static async Task OnAsync(IPage page, string screen)
    {
        await Assertions.Expect(page.GetByTestId($"screen-{screen}")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("main")).Not.ToContainTextAsync(new System.Text.RegularExpressions.Regex(@"[^\s\u2588]"));
        await page.EvaluateAsync("globalThis.heard = undefined");
        await PressAsync(page, "sound");
        await page.WaitForFunctionAsync("() => globalThis.heard?.played");
        var loudest = await page.EvaluateAsync<double>("""
            async () => {
              const sound = await new OfflineAudioContext(1, 1, 22050).decodeAudioData(await heard.sound.arrayBuffer());
              return sound.duration > 0.5 ? sound.getChannelData(0).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) : 0;
            }
            """);
        Assert.True(loudest > 0.05, $"{screen}: nothing is heard");
    }

    private static async Task PressAsync(IPage page, string picture, string to)
    {
        await PressAsync(page, picture);
        await OnAsync(page, to);
    }

    // The only button with this picture.
    private static Task PressAsync(IPage page, string picture) => page.Locator($"#app :is(button, a):has(> svg[data-icon='{picture}']):visible").ClickAsync();
}
