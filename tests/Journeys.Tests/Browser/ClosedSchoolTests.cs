using Identity.Host.Seed;
using Identity.Hosting;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Who still has the phone, when the school that gave the card is gone.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class ClosedSchoolTests(ClosedSchool world) : IClassFixture<ClosedSchool>
{
    [Theory, InlineData("en"), InlineData("ar")]
    public async Task A_card_of_a_school_that_is_gone_is_made_new_on_the_phone_and_the_new_one_is_valid_by_the_chain_of_whoever_keeps_the_records(string language)
    {
        var phone = world.Phone(language);
        await OpensAndAsksAsync(phone, language);

        await phone.OnScreenAsync("renewed");
        await LooksRightAsync(phone.Page, $"renewed, {language}");
        await phone["see-card"].ClickAsync();
        await phone.OnScreenAsync("card");
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "valid");
        // In whose place stands there by name.
        await Assertions.Expect(phone["claim-original_issuer"]).ToContainTextAsync(ClosedSchool.SchoolName);
        await Assertions.Expect(phone["closed"]).ToHaveCountAsync(0);
        await LooksRightAsync(phone.Page, $"new card, {language}");

        // The old one stays to be looked at, and says that another is there.
        await phone.GoAsync("#/cards");
        await phone.OnScreenAsync("cards");
        await Assertions.Expect(phone["card"]).ToHaveCountAsync(2);
        await LooksRightAsync(phone.Page, $"both cards, {language}");
        await phone["card"].Last.ClickAsync();
        await phone.OnScreenAsync("card");
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "revoked");
        await Assertions.Expect(phone["status-value"]).ToHaveTextAsync(Strings.For(language)["wallet.status.replaced"]);
        await Assertions.Expect(phone["closed"]).ToHaveCountAsync(0);
        await LooksRightAsync(phone.Page, $"old card, {language}");

        await world.AnchoredAsync();
        var desk = new VerifierPage(await world.Around.OpenAsync(language, 360, 640, desk: true), world.Around);
        await desk.OpenAsync("/ask", language);
        await desk["template-diploma"].CheckAsync();
        await phone.KnowsVerifiersAsync();
        await phone.ShowAsync(await desk.AskAsync());
        await phone.OnScreenAsync("consent");
        await Assertions.Expect(phone["trouble"]).ToHaveCountAsync(0);
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("sent");
        await desk.ShowsVerdictAsync("valid", "valid");
        await Assertions.Expect(desk["chain"]).ToContainTextAsync(Cast.Accreditor.Name);
        await Assertions.Expect(desk["chain"]).ToContainTextAsync(ClosedSchool.KeeperName);
        await Assertions.Expect(desk["reissued"]).ToContainTextAsync(ClosedSchool.SchoolName);
        await LooksRightAsync(desk.Page, $"verdict, {language}");
        await desk.Page.Context.CloseAsync();
    }

    [Fact]
    public async Task What_two_people_give_waits_for_staff_and_their_sentence_reaches_the_phone()
    {
        var phone = world.Phone("reference");
        await OpensAndAsksAsync(phone, "en");
        await phone.OnScreenAsync("renew-waiting");
        await Assertions.Expect(phone["renew-contact"]).ToContainTextAsync(ClosedSchool.Contact);
        await LooksRightAsync(phone.Page, "waiting");

        var desk = await world.Around.OpenAsync("en", 360, 640, desk: true);
        var access = IssuerSide.Access(world.Depositary.App.Services).Single();
        await Surroundings.EnterAsync(desk, $"{world.Depositary.Url}/console", access.UserName, access.Password);
        await desk.GotoAsync($"{world.Depositary.Url}/console/deposits/{world.Id}");
        await LooksRightAsync(desk, "asked by phone, list");
        await desk.GetByTestId("phone").ClickAsync();
        await Assertions.Expect(desk.GetByTestId("phone-request")).ToHaveAttributeAsync("data-state", "waiting");
        await LooksRightAsync(desk, "asked by phone");
        await desk.GetByTestId("phone-reason").FillAsync("Your school gave no such reference.");
        await desk.GetByTestId("phone-refuse").ClickAsync();
        await Assertions.Expect(desk.GetByTestId("phone-request")).ToHaveAttributeAsync("data-state", "refused");

        await phone["renew-again"].ClickAsync();
        await phone.OnScreenAsync("renew-problem");
        await Assertions.Expect(phone["renew-reason"]).ToHaveTextAsync("Your school gave no such reference.");
        await LooksRightAsync(phone.Page, "refused");
        await desk.Context.CloseAsync();
    }

    private static async Task OpensAndAsksAsync(WalletPage phone, string language)
    {
        await phone.ToCardAsync();
        await Assertions.Expect(phone["closed"]).ToContainTextAsync(ClosedSchool.SchoolName);
        await Assertions.Expect(phone["closed"]).ToContainTextAsync(ClosedSchool.KeeperName);
        await Assertions.Expect(phone["closed-counts"]).ToBeVisibleAsync();
        await LooksRightAsync(phone.Page, $"closed, {language}");
        await phone["renew"].ClickAsync();
    }

    private static async Task LooksRightAsync(IPage page, string what)
    {
        await Axe.FindsNothingAsync(page, what);
        Assert.Equal(0, await page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
    }
}
