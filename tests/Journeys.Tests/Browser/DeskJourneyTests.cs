using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>A person without a phone, from the offer to the end of the mandate.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class DeskJourneyTests(Surroundings surroundings)
{
    [Fact]
    public async Task A_person_without_a_phone_receives_prints_shows_and_ends_the_mandate_by_two_words_and_then_nothing_more_is_possible()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var desk = new DeskPage(await surroundings.SignedInAtDeskAsync("en", 1280, 800));
        await desk["new"].ClickAsync();
        await desk.ProposeAsync("ar");
        await Assertions.Expect(desk["aloud"]).ToHaveAttributeAsync("dir", "rtl");
        foreach (var pin in new[] { "pin", "again" }) await desk[pin].FillAsync("835142");
        await desk["said"].CheckAsync();
        await desk["agree"].ClickAsync();
        var (first, second) = (await desk["word-1"].InnerTextAsync(), await desk["word-2"].InnerTextAsync());
        await desk["next"].ClickAsync();
        var mandate = desk.Page.Url;

        await desk["receive"].ClickAsync();
        await desk.CollectAsync(offered);
        await surroundings.AnchoredAsync(offered);
        await desk["kept"].Locator("summary").ClickAsync();
        await desk["print"].ClickAsync();
        await desk["print-go"].ClickAsync();
        Assert.StartsWith("IDD:", await desk["paper-code"].GetAttributeAsync("data-text"), StringComparison.Ordinal);
        await desk.BackAsync();

        var checker = new VerifierPage(await surroundings.OpenAsync("en", 1280, 800, desk: true), surroundings);
        surroundings.DeskCamera.ShowNothing();
        var asked = checker.Page.WaitForResponseAsync(response => response.Request.Method == "POST" && response.Url.EndsWith("/challenges", StringComparison.Ordinal));
        await checker.OpenAsync("/scan", "en");
        await desk.AskAsync((await (await asked).JsonAsync())!.Value.GetProperty("text").GetString()!);
        await desk["said"].CheckAsync();
        await desk["yes"].ClickAsync();
        await Assertions.Expect(desk["answer"]).ToBeVisibleAsync();
        await surroundings.DeskCamera.ShowAsync(desk["answer"], checker.Page);
        await checker.ShowsVerdictAsync("valid", "valid");
        await checker.Page.Context.CloseAsync();

        // On the phone, to somebody else of any desk; typed without a mouse.
        var phone = await surroundings.SignedInAtDeskAsync("ar");
        await phone.GotoAsync($"{surroundings.Options.WalletUrl}/desk/end");
        await phone.GetByTestId("first").FocusAsync();
        await phone.Keyboard.TypeAsync(first);
        await phone.GetByTestId("second").FocusAsync();
        await phone.Keyboard.TypeAsync(second);
        await phone.GetByTestId("go").FocusAsync();
        await phone.Keyboard.PressAsync("Enter");
        await Assertions.Expect(phone.GetByTestId("ended")).ToBeVisibleAsync();
        await phone.Context.CloseAsync();

        foreach (var page in new[] { "", "/receive", "/show", "/log", "/recover" })
        {
            await desk.Page.GotoAsync(mandate + page);
            await Assertions.Expect(desk["over"]).ToBeVisibleAsync();
        }
        await desk.Page.GotoAsync($"{surroundings.Options.WalletUrl}/desk/open?lang=ar");
        await desk["first"].FillAsync(first);
        await desk["second"].FillAsync(second);
        await desk["pin"].FillAsync("835142");
        await desk["go"].ClickAsync();
        await Assertions.Expect(desk["failed"]).ToBeVisibleAsync();
        await desk.Page.Context.CloseAsync();
    }
}
