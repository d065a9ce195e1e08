using Identity.Host.Seed;
using Identity.Hosting;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>A credential on paper: printed by the wallet without a network and by a clerk, read by a camera, ended by a newer one.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class PaperJourneyTests(Surroundings surroundings)
{
    [Theory, InlineData("en", "page"), InlineData("ar", "card")]
    public async Task A_printed_code_verifies_as_paper_until_a_newer_one_is_made_and_then_says_that_it_has_ended(string language, string form)
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync(language, 590, 800), surroundings);
        await phone.OpenAsync(language);
        await phone.TakeAsync(offered);
        await phone.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        await surroundings.AnchoredAsync(offered);

        // The wallet prints with the network off.
        await phone.Page.Context.SetOfflineAsync(true);
        await phone.ToCardAsync();
        await phone["paper"].ClickAsync();
        await phone.OnScreenAsync("paper");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, paper, {language}");
        await Assertions.Expect(phone["paper-holder_name_native"].Locator("dd")).ToHaveTextAsync("أمينة أوكويي-رييس");
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true), surroundings);
        await PrintedAsync(phone.Page, form, desk);
        await JudgedAsync(desk, language, "valid", "valid");
        await Assertions.Expect(desk["compare"].GetByTestId("claim-holder_name_native")).ToBeVisibleAsync();
        await Assertions.Expect(desk["reason"]).ToHaveTextAsync(Strings.For(language)["verdict.paper.title"]);
        await Axe.FindsNothingAsync(desk.Page, $"verifier, paper, {language}");

        // A clerk makes a newer one: whoever shows the older one is told so.
        var clerk = await surroundings.SignedInAsync(Cast.College, language, 590, 800);
        await clerk.GotoAsync($"{surroundings.Options.IssuerUrl}/console/credentials/{offered.Id}/paper");
        await Assertions.Expect(clerk.GetByTestId("in-force")).ToBeVisibleAsync();
        await Assertions.Expect(clerk.GetByTestId("paper-code")).ToHaveCountAsync(0); // the wallet's own is nobody else's
        await clerk.GetByTestId("make-paper").ClickAsync();
        await Assertions.Expect(clerk.GetByTestId("paper-code")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(clerk, $"console, paper, {language}");
        await PrintedPaper.IsAsync(surroundings, await PrintedPaper.TextAsync(phone.Page), "revoked");
        await JudgedAsync(desk, language, "not_valid", "revoked");
        await Assertions.Expect(desk["reason"]).ToHaveTextAsync(Strings.For(language)["verdict.paper_ended.title"]);

        // With a network again the wallet looks first, and prints it no more.
        await phone.Page.Context.SetOfflineAsync(false);
        for (var tries = 0; tries == 0 || await phone["paper-none"].CountAsync() == 0; tries++)
        {
            Assert.True(tries < 30, "The wallet never learnt that the paper has ended.");
            await phone.Page.ReloadAsync();
            await phone.OnScreenAsync("paper");
        }

        await surroundings.AnchoredAsync(offered);
        await PrintedAsync(clerk, form, desk);
        await JudgedAsync(desk, language, "valid", "valid");
        await Task.WhenAll(phone.Page.Context.CloseAsync(), clerk.Context.CloseAsync(), desk.Page.Context.CloseAsync());
    }

    [Fact]
    public async Task A_person_whose_paper_was_lost_makes_a_new_one_and_whoever_finds_the_old_one_is_told_that_it_has_ended()
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = await WalletPage.WithCardAsync(surroundings, offered);
        await surroundings.AnchoredAsync(offered);
        var lost = await PrintedPaper.TextAsync(phone.Page);
        await PrintedPaper.IsAsync(surroundings, lost, "valid");
        await phone.GoAsync("#/settings/lock/set");
        await phone["pin-new"].FillAsync("a-77-plums");
        await phone["pin-again"].FillAsync("a-77-plums");
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");

        // Said plainly, refused without the PIN, and changed by nothing before the person agrees.
        await phone.ToCardAsync();
        await phone["paper"].ClickAsync();
        await phone["paper-new"].ClickAsync();
        await phone.OnScreenAsync("paper-new");
        await Assertions.Expect(phone["old-ends"]).ToContainTextAsync("ends at once");
        await Axe.FindsNothingAsync(phone.Page, "wallet, paper-new");
        await phone["paper-pin"].FillAsync("a-77-plumS");
        await phone["paper-make"].ClickAsync();
        await Assertions.Expect(phone["pin-error"]).ToBeVisibleAsync();
        await PrintedPaper.IsAsync(surroundings, lost, "valid");
        await phone["paper-pin"].FillAsync("a-77-plums");
        await phone.TapTwiceAsync("paper-make");

        await phone.OnScreenAsync("paper");
        await Assertions.Expect(phone["paper-code"]).ToBeVisibleAsync();
        await phone.GoAsync("#/settings/lock/remove");
        await phone["pin-old"].FillAsync("a-77-plums");
        await phone["pin-save"].ClickAsync();
        await phone.OnScreenAsync("lock-settings");
        var made = await PrintedPaper.TextAsync(phone.Page);
        Assert.NotEqual(lost, made);
        await surroundings.AnchoredAsync(offered);
        await PrintedPaper.IsAsync(surroundings, lost, "revoked");
        await PrintedPaper.IsAsync(surroundings, made, "valid");
        await phone.ToCardAsync();
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "valid");
        await phone.Page.Context.CloseAsync();
    }

    /// <summary>The camera sees what a printer is sent.</summary>
    private async Task PrintedAsync(IPage printing, string form, VerifierPage desk)
    {
        await printing.EvaluateAsync("() => { window.print = () => {}; }");
        await printing.GetByTestId($"print-{form}").ClickAsync();
        await PrintedPaper.IsAloneAsync(printing);
        await printing.EmulateMediaAsync(new() { Media = Media.Print });
        await Assertions.Expect(printing.GetByTestId("paper-page")).ToBeVisibleAsync(new() { Visible = form == "page" });
        await Assertions.Expect(printing.GetByTestId($"print-{form}")).ToBeHiddenAsync();
        await surroundings.DeskCamera.ShowAsync(printing.GetByTestId($"paper-{form}").Locator("figure"), desk.Page);
        await printing.EmulateMediaAsync(new() { Media = Media.Screen });
    }

    // The camera sees the paper already: it may be judged before anybody sees the scanner.
    private async Task JudgedAsync(VerifierPage desk, string language, string outcome, string reason)
    {
        await desk.Page.GotoAsync($"{surroundings.Options.VerifierUrl}/scan?lang={language}");
        await desk.ShowsVerdictAsync(outcome, reason);
        await Assertions.Expect(desk["verdict"].First).ToHaveAttributeAsync("data-binding", "paper");
    }
}
