using Identity.Host.Seed;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class AuditJourneyTests(Surroundings surroundings)
{
    [Theory, InlineData("en", 1280, 800), InlineData("ar", 360, 640), InlineData("fr", 1280, 800), InlineData("es", 360, 640)]
    public async Task A_worker_writes_down_two_versions_records_and_shows_them_and_the_auditor_sees_what_got_worse(string language, int width, int height)
    {
        var union = await DeskAsync(language, width, height, Cast.Union);
        await union.GetByTestId("count").FillAsync("1");
        await union.GetByTestId("make").ClickAsync();
        var code = (await union.GetByTestId("code").First.GetAttributeAsync("data-link"))!;
        await Axe.FindsNothingAsync(union, $"audit, codes, {language}");

        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        await phone["tab-contracts"].ClickAsync();
        await phone.OnScreenAsync("contracts");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, contracts, {language}");
        await WriteAsync(phone, "offer", language == "ar" ? "٤٥٠" : "450", "0");
        await WriteAsync(phone, "arrival", "380", "600");
        await phone["back"].ClickAsync();
        await phone["contract-compare"].ClickAsync();
        await Assertions.Expect(phone["comparison"]).ToHaveAttributeAsync("data-suspected", "yes");
        await Assertions.Expect(phone["difference-wage"]).ToHaveAttributeAsync("data-direction", "worse");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, comparison, {language}");

        await phone.Page.GotoAsync(code);
        await phone.OnScreenAsync("workplace");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, workplace, {language}");
        await phone["workplace-keep"].ClickAsync();
        for (var i = 0; i < 2; i++)
        {
            await phone.OnScreenAsync("contracts");
            await phone["contract"].Nth(i).ClickAsync();
            await phone.OnScreenAsync("contract");
            await Axe.FindsNothingAsync(phone.Page, $"wallet, contract, {language}");
            await phone["record"].ClickAsync();
            await Assertions.Expect(phone.Page.Locator("[data-testid=contract-state]:not([data-state=kept]):not([data-state=waiting])")).ToBeVisibleAsync();
            await phone["back"].ClickAsync();
        }

        var auditor = await DeskAsync(language, width, height, Cast.Brand);
        await auditor.GetByTestId($"engagement-{Cast.Engagement}").ClickAsync();
        var link = (await auditor.GetByTestId("engagement-link").GetAttributeAsync("data-link"))!;
        await Axe.FindsNothingAsync(auditor, $"audit, engagement, {language}");

        await phone.Page.GotoAsync(link);
        await phone.OnScreenAsync("engagement");
        await Assertions.Expect(phone["auditor"]).ToContainTextAsync("Northline Apparel");
        await Assertions.Expect(phone["send"]).ToBeDisabledAsync();
        await phone["share-offer"].CheckAsync();
        await phone["share-arrival"].CheckAsync();
        await Axe.FindsNothingAsync(phone.Page, $"wallet, engagement, {language}");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("engagement-sent");

        await auditor.ReloadAsync();
        await OpenNewestAsync(auditor, "proven");
        await Assertions.Expect(auditor.GetByTestId("difference-wage")).ToHaveAttributeAsync("data-direction", "worse");
        await Assertions.Expect(auditor.GetByTestId("difference-fees")).ToHaveAttributeAsync("data-direction", "worse");
        await Axe.FindsNothingAsync(auditor, $"audit, bundle, {language}");

        await phone["close"].ClickAsync();
        await phone.OnScreenAsync("contracts-shown");
        await Assertions.Expect(phone["opened"].First).Not.ToBeEmptyAsync();
        await phone["withdraw"].First.ClickAsync();
        await Assertions.Expect(phone["shown"].First).ToHaveAttributeAsync("data-withdrawn", "yes");
        await auditor.ReloadAsync();
        await Assertions.Expect(auditor.GetByTestId("gone")).ToBeVisibleAsync();
    }

    // One question for each screen; those that do not matter here are left out.
    private static async Task WriteAsync(WalletPage phone, string stage, string wage, string fees)
    {
        if (!await phone["contract-new"].IsVisibleAsync()) await phone["back"].ClickAsync();
        await phone["contract-new"].ClickAsync();
        await phone.OnScreenAsync("contract-stage");
        await phone[$"choose-{stage}"].ClickAsync();
        await phone["choose-agency"].ClickAsync();
        foreach (var question in new[] { "given_on", "employer", "agency", "job" })
        {
            await phone.OnScreenAsync($"contract-{question}");
            if (question == "employer")
            {
                await phone["field-employer"].FillAsync("Ask 0551 234 567");
                await phone["next"].ClickAsync();
                await Assertions.Expect(phone["error-employer"]).ToBeVisibleAsync();
                await Axe.FindsNothingAsync(phone.Page, "wallet, question with an error");
            }
            await phone["skip"].ClickAsync();
        }
        await phone["field-wage"].FillAsync(wage);
        await phone["field-wage_currency"].FillAsync("xnd");
        await phone["next"].ClickAsync();
        await phone["field-hours_per_day"].FillAsync("8");
        await phone["field-days_per_week"].FillAsync("6");
        await phone["next"].ClickAsync();
        await phone["field-fees"].FillAsync(fees);
        await phone["next"].ClickAsync();
        await phone["enough"].ClickAsync();
        await phone.OnScreenAsync("contract-review");
        await phone["save"].ClickAsync();
        await phone.OnScreenAsync("contract");
    }

    private static async Task OpenNewestAsync(IPage auditor, string outcome)
    {
        // The list is by day and number: whichever is not withdrawn and proven is the one just shown.
        var engagement = auditor.Url;
        for (var i = 0; i < 60; i++)
        {
            var links = auditor.Locator("[data-testid=bundle]:not(:has(.tag))");
            if (await links.CountAsync() > 0)
            {
                await links.First.ClickAsync();
                await Assertions.Expect(auditor.GetByTestId("outcome")).ToBeVisibleAsync();
                if (await auditor.GetByTestId("outcome").GetAttributeAsync("data-reason") == outcome) return;
            }
            await Task.Delay(500);
            await auditor.GotoAsync(engagement);
        }
        Assert.Fail($"No bundle became “{outcome}”.");
    }

    private async Task<IPage> DeskAsync(string language, int width, int height, string organisation)
    {
        var page = await surroundings.OpenAsync(language, width, height, dark: language == "ar", desk: true);
        var access = surroundings.Stack.AuditAccess.Single(a => a.Organisation == organisation);
        await page.GotoAsync($"{surroundings.Options.AuditUrl}/desk");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await Axe.FindsNothingAsync(page, $"audit, sign-in, {language}");
        await page.GetByTestId("user-name").FillAsync(access.UserName);
        await page.GetByTestId("password").FillAsync(access.Password);
        await page.GetByTestId("sign-in").ClickAsync();
        await Assertions.Expect(page.GetByTestId("sign-out")).ToBeVisibleAsync();
        return page;
    }
}
