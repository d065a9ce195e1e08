using Identity.Host.Seed;
using Identity.Journeys.Tests.Browser;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>A recognition body: an evaluator asks for a diploma, reads its verdict, decides and issues; the person takes the statement; an employer sees that the two belong together.</summary>
internal static class RecognitionTour
{
    public static async Task PlayAsync(Surroundings surroundings, string language, Stop stop)
    {
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        await phone.TakeAsync(offered);
        await phone.KnowsVerifiersAsync();
        await surroundings.AnchoredAsync(offered);

        var page = await surroundings.SignedInAsync(Cast.Centre, language, 360, 640);
        await page.GetByTestId("recognition").ClickAsync();
        await Assertions.Expect(page.GetByTestId("ask")).ToBeVisibleAsync();
        await stop(page, "cases");
        await page.GetByTestId("ask").ClickAsync();
        await Assertions.Expect(page.GetByTestId("problem")).ToBeVisibleAsync();
        await stop(page, "cases-error");
        await page.GetByTestId("reference").FillAsync($"NRC-{Guid.NewGuid().ToString("n")[..8]}");
        await page.GetByTestId("ask").ClickAsync();
        await Assertions.Expect(page.GetByTestId("waiting")).ToBeVisibleAsync();
        await stop(page, "asked");

        await phone.ShowAsync((await page.GetByTestId("qr").GetAttributeAsync("data-link"))!);
        await phone.OnScreenAsync("consent");
        await stop(phone.Page, "wallet-consent");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("sent");

        // The page has been waiting and goes on by itself.
        await Assertions.Expect(page.GetByTestId("verdict")).ToHaveAttributeAsync("data-outcome", "valid");
        await page.GetByTestId("check-again").ClickAsync();
        await Assertions.Expect(page.GetByTestId("status")).ToHaveAttributeAsync("data-status", "InForce");
        await stop(page, "verdict");
        await page.GetByTestId("field-outcome").SelectOptionAsync("partial");
        await page.GetByTestId("decide").ClickAsync();
        await Assertions.Expect(page.GetByTestId("error-differences")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("error-reasons")).ToBeVisibleAsync();
        await stop(page, "decide-errors");
        await page.GetByTestId("field-outcome").SelectOptionAsync("full");
        await page.GetByTestId("field-outcome_type").SelectOptionAsync("statement");
        await page.GetByTestId("field-level_national").FillAsync("Norvia framework, level 4");
        await page.GetByTestId("field-reasons").FillAsync("Level, workload and outcomes agree with the Norvian journeyman certificate in welding.");
        await page.GetByTestId("field-appeal").FillAsync("In writing within 30 days to appeals@norvia-recognition.example");
        await page.GetByTestId("decide").ClickAsync();

        await Assertions.Expect(page.GetByTestId("qr")).ToBeVisibleAsync();
        var link = (await page.GetByTestId("wallet-link").GetAttributeAsync("href"))!;
        await page.GetByTestId("show-code").ClickAsync();
        var code = string.Concat((await page.GetByTestId("tx-code").InnerTextAsync()).Where(char.IsAsciiDigit));
        await page.GetByTestId("detail").ClickAsync();
        await Assertions.Expect(page.GetByTestId("correct")).ToBeVisibleAsync();
        await stop(page, "statement");
        await page.GetByTestId("correct").ClickAsync();
        await Assertions.Expect(page.GetByTestId("fixed")).ToBeVisibleAsync();
        await stop(page, "statement-correct");
        await page.GoBackAsync();
        await Assertions.Expect(page.GetByTestId("fixed")).ToHaveCountAsync(0);
        var statement = new Offered(new Uri(page.Url).AbsolutePath.Split('/')[^1], "", code, link);
        await page.GotoAsync($"{surroundings.Options.IssuerUrl}/console/recognition");
        await page.GetByTestId("case").First.ClickAsync();
        await Assertions.Expect(page.GetByTestId("decided")).ToBeVisibleAsync();
        await stop(page, "decided");

        await phone.TakeAsync(statement, "Norvia Recognition Centre");
        await phone["see-card"].ClickAsync();
        await phone.OnScreenAsync("card");
        await Assertions.Expect(phone["claim-level_national"]).ToContainTextAsync("level 4");
        await stop(phone.Page, "wallet-statement");
        await surroundings.AnchoredAsync(statement, Cast.Centre);
        await EmployerAsync(surroundings, language, phone, stop);
        await page.Context.CloseAsync();
        await phone.Page.Context.CloseAsync();
    }

    private static async Task EmployerAsync(Surroundings surroundings, string language, WalletPage phone, Stop stop)
    {
        var desk = new VerifierPage(await surroundings.OpenAsync(language, 360, 640, desk: true), surroundings);
        await desk.OpenAsync("/ask", language);
        await desk["template-recognition"].CheckAsync();
        var link = await desk.AskAsync();
        await phone.ShowAsync(link);
        await phone.OnScreenAsync("consent");
        await stop(phone.Page, "wallet-consent-both");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("sent");
        await desk.ShowsVerdictAsync("valid", "valid");
        await Assertions.Expect(desk["link-linked"]).ToBeVisibleAsync();
        await Assertions.Expect(desk["result"]).ToHaveCountAsync(2);
        await stop(desk.Page, "employer-verdict");
        await desk.Page.Context.CloseAsync();
    }
}
