using Identity.Host.Seed;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class ConsoleJourneyTests(Surroundings surroundings)
{
    [Theory, InlineData("en", 1280, 800), InlineData("ar", 360, 640)]
    public async Task A_clerk_signs_in_issues_by_the_form_hands_over_sees_the_anchor_and_revokes(string language, int width, int height)
    {
        var page = await surroundings.OpenAsync(language, width, height, dark: language == "ar", desk: true);
        var clerk = surroundings.Stack.Access.Single(a => a.Organisation == Cast.College);
        await page.GotoAsync($"{surroundings.Options.IssuerUrl}/console");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await Axe.FindsNothingAsync(page, $"console, sign-in, {language}");
        await page.GetByTestId("user-name").FillAsync(clerk.UserName);
        await page.GetByTestId("password").FillAsync(clerk.Password);
        await page.GetByTestId("sign-in").ClickAsync();

        await page.GetByTestId("issue").ClickAsync();
        await page.GetByTestId("type-qualification").ClickAsync();
        await page.GetByTestId("reference").FillAsync($"C-{language}");
        await page.GetByTestId("field-title").FillAsync("Diploma in Welding");
        await page.GetByTestId("prepare").ClickAsync();
        await Assertions.Expect(page.GetByTestId("error-holder_name")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("field-title")).ToHaveValueAsync("Diploma in Welding");
        await Axe.FindsNothingAsync(page, $"console, form with errors, {language}");
        await page.GetByTestId("field-holder_name").FillAsync("Amina <b>Okoye-Reyes</b>");
        await page.GetByTestId("field-kind").SelectOptionAsync("diploma");
        await page.GetByTestId("field-awarded_on").FillAsync("2024-06-28");
        await page.GetByTestId("field-origin").SelectOptionAsync("original");
        await page.GetByTestId("prepare").ClickAsync();

        await Assertions.Expect(page.GetByTestId("qr")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("tx-code")).ToHaveCountAsync(0);
        await Axe.FindsNothingAsync(page, $"console, offer, {language}");
        await page.GetByTestId("show-code").ClickAsync();
        var code = string.Concat((await page.GetByTestId("tx-code").InnerTextAsync()).Where(char.IsAsciiDigit));
        var link = await page.GetByTestId("qr").GetAttributeAsync("data-link");

        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        await phone.ReceiveByCameraAsync(link!, code);

        // The page has been watching and goes on by itself once the offer is taken.
        await Assertions.Expect(page.GetByTestId("claim-holder_name")).ToHaveTextAsync("Amina <b>Okoye-Reyes</b>");
        await Assertions.Expect(page.GetByTestId("copy").First).ToHaveAttributeAsync("data-anchoring", "anchored");
        await Axe.FindsNothingAsync(page, $"console, credential, {language}");
        await page.GetByTestId("revoke").ClickAsync();
        await page.GetByTestId("reason").FillAsync("Awarded by mistake");
        await page.GetByTestId("confirmed").CheckAsync();
        await page.GetByTestId("change").ClickAsync();

        await Assertions.Expect(page.GetByTestId("reason")).ToHaveTextAsync("Awarded by mistake");
        await phone.ToCardAsync();
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "revoked");
    }
}
