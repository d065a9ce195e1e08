using Identity.Host.Seed;
using Identity.Journeys.Tests.Browser;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>A union hands out codes, a worker writes down two versions of a contract, records and shows them, and takes them back; the auditor sees what got worse.</summary>
internal static class AuditTour
{
    public static async Task PlayAsync(Surroundings surroundings, string language, Stop stop)
    {
        await surroundings.AuditedAsync();
        await SignInAsync(surroundings, language, stop);
        var code = await CodesAsync(surroundings, language, stop);

        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        await phone["tab-contracts"].ClickAsync();
        await phone.OnScreenAsync("contracts");
        await stop(phone.Page, "contracts-empty");
        await WriteAsync(phone, "offer", language == "ar" ? "٤٥٠" : "450", "0", stop);
        await stop(phone.Page, "contract-unrecorded");
        await phone["contract-delete"].ClickAsync();
        await phone.OnScreenAsync("contract-delete");
        await stop(phone.Page, "contract-delete");
        await phone["delete-no"].ClickAsync();
        await BackAsync(phone);
        await WriteAsync(phone, "arrival", "380", "600", (_, _) => Task.CompletedTask);
        await BackAsync(phone);
        await Assertions.Expect(phone["contract"]).ToHaveCountAsync(2);
        await phone["contract-compare"].ClickAsync();
        await phone.OnScreenAsync("contract-compare");
        await Assertions.Expect(phone["comparison"]).ToHaveAttributeAsync("data-suspected", "yes");
        await Assertions.Expect(phone["difference-wage"]).ToHaveAttributeAsync("data-direction", "worse");
        await stop(phone.Page, "contract-compare");

        await phone.Page.GotoAsync(code);
        await phone.OnScreenAsync("workplace");
        await stop(phone.Page, "workplace");
        await phone["workplace-keep"].ClickAsync();
        await phone.OnScreenAsync("contracts");
        for (var i = 0; i < 2; i++)
        {
            await phone["contract"].Nth(i).ClickAsync();
            await phone.OnScreenAsync("contract");
            await phone["record"].ClickAsync();
            await Assertions.Expect(phone.Page.Locator("[data-testid=contract-state]:not([data-state=kept]):not([data-state=waiting])")).ToBeVisibleAsync();
            if (i == 1) await stop(phone.Page, "contract");
            await BackAsync(phone);
        }
        await stop(phone.Page, "contracts");

        var auditor = await surroundings.SignedInAtAuditAsync(Cast.Brand, language);
        await stop(auditor, "engagements");
        await auditor.GetByTestId($"engagement-{Cast.Engagement}").ClickAsync();
        await Assertions.Expect(auditor.GetByTestId("count-workers")).Not.ToHaveAttributeAsync("data-count", "0");
        await stop(auditor, "desk-engagement");
        await ShowAsync(phone, (await auditor.GetByTestId("engagement-link").GetAttributeAsync("data-link"))!, stop);

        await OpenAsync(auditor, "proven");
        await Assertions.Expect(auditor.GetByTestId("difference-wage")).ToHaveAttributeAsync("data-direction", "worse");
        await Assertions.Expect(auditor.GetByTestId("difference-fees")).ToHaveAttributeAsync("data-direction", "worse");
        await auditor.EvaluateAsync("document.querySelectorAll('main details').forEach(details => { details.open = true; })");
        await stop(auditor, "desk-bundle");

        await phone["close"].ClickAsync();
        await phone.OnScreenAsync("contracts-shown");
        await Assertions.Expect(phone["opened"].First).Not.ToBeEmptyAsync();
        await stop(phone.Page, "contracts-shown");
        await phone["withdraw"].First.ClickAsync();
        await Assertions.Expect(phone["shown"].First).ToHaveAttributeAsync("data-withdrawn", "yes");
        await stop(phone.Page, "contracts-withdrawn");
        await auditor.ReloadAsync();
        await Assertions.Expect(auditor.GetByTestId("gone")).ToBeVisibleAsync();
        await stop(auditor, "desk-gone");
        await auditor.GetByTestId("to-engagement").ClickAsync();
        await Assertions.Expect(auditor.GetByTestId("engagement-link")).ToBeVisibleAsync();
        await OpenAsync(auditor, "failed");
        await stop(auditor, "desk-altered");
        await auditor.GotoAsync($"{surroundings.Options.AuditUrl}/desk/reads");
        await stop(auditor, "desk-reads");
        await auditor.Context.CloseAsync();
        await phone.Page.Context.CloseAsync();
    }

    private static async Task SignInAsync(Surroundings surroundings, string language, Stop stop)
    {
        var page = await surroundings.OpenAsync(language, 360, 640, desk: true);
        await page.GotoAsync($"{surroundings.Options.AuditUrl}/desk");
        await page.GetByTestId("user-name").FillAsync("nobody@northline.example");
        await page.GetByTestId("password").FillAsync("wrong");
        await page.GetByTestId("sign-in").ClickAsync();
        await Assertions.Expect(page.GetByTestId("sign-in-error")).ToBeVisibleAsync();
        await stop(page, "desk-sign-in");
        await page.Context.CloseAsync();
    }

    private static async Task<string> CodesAsync(Surroundings surroundings, string language, Stop stop)
    {
        var union = await surroundings.SignedInAtAuditAsync(Cast.Union, language);
        await stop(union, "desk-codes");
        await union.GetByTestId("count").FillAsync("2");
        await union.GetByTestId("make").ClickAsync();
        await Assertions.Expect(union.GetByTestId("code")).ToHaveCountAsync(2);
        await stop(union, "desk-codes-made");
        var code = (await union.GetByTestId("code").First.GetAttributeAsync("data-link"))!;
        await union.Context.CloseAsync();
        return code;
    }

    // From a contract to the list.
    private static async Task BackAsync(WalletPage phone)
    {
        await phone.OnScreenAsync("contract");
        await phone["back"].ClickAsync();
        await phone.OnScreenAsync("contracts");
    }

    // From the list to the contract that was written down: one question for each screen; those that do not matter here are left out.
    private static async Task WriteAsync(WalletPage phone, string stage, string wage, string fees, Stop stop)
    {
        await phone["contract-new"].ClickAsync();
        await OnAsync("stage");
        await phone[$"choose-{stage}"].ClickAsync();
        await OnAsync("given_by");
        await phone["choose-agency"].ClickAsync();
        await OnAsync("given_on");
        await phone["skip"].ClickAsync();
        await phone.OnScreenAsync("contract-employer");
        await phone["field-employer"].FillAsync("Ask 0551 234 567");
        await phone["next"].ClickAsync();
        await Assertions.Expect(phone["error-employer"]).ToBeVisibleAsync();
        await OnAsync("employer");
        await phone["skip"].ClickAsync();
        await phone.OnScreenAsync("contract-agency");
        await phone["skip"].ClickAsync();
        await OnAsync("job");
        await phone["skip"].ClickAsync();
        await phone["field-wage"].FillAsync(wage);
        await phone["field-wage_currency"].FillAsync("xnd");
        await OnAsync("wage");
        await phone["next"].ClickAsync();
        await phone["field-hours_per_day"].FillAsync("8");
        await phone["field-days_per_week"].FillAsync("6");
        await OnAsync("hours_per_day");
        await phone["next"].ClickAsync();
        await phone["field-fees"].FillAsync(fees);
        await OnAsync("fees");
        await phone["next"].ClickAsync();
        await OnAsync("deductions");
        if (stage == "offer")
            foreach (var more in new[] { "documents", "housing", "food", "travel", "overtime_rate", "leave_days", "start", "language_read" })
            {
                await phone["skip"].ClickAsync();
                await OnAsync(more);
            }
        await phone["enough"].ClickAsync();
        await OnAsync("review");
        await phone.TapTwiceAsync("save");
        await phone.OnScreenAsync("contract");

        async Task OnAsync(string question)
        {
            await phone.OnScreenAsync($"contract-{question}");
            await stop(phone.Page, $"contract-{question}");
        }
    }

    private static async Task ShowAsync(WalletPage phone, string link, Stop stop)
    {
        await phone.Page.GotoAsync(link);
        await phone.OnScreenAsync("engagement");
        await Assertions.Expect(phone["auditor"]).ToContainTextAsync("Northline Apparel");
        await Assertions.Expect(phone["send"]).ToBeDisabledAsync();
        await phone["share-offer"].CheckAsync();
        await phone["share-arrival"].CheckAsync();
        await stop(phone.Page, "engagement");
        await phone["send"].ClickAsync();
        await phone.OnScreenAsync("engagement-sent");
        await stop(phone.Page, "engagement-sent");
    }

    // The list is by day and number: looks through those that were not taken back.
    private static async Task OpenAsync(IPage auditor, string outcome)
    {
        var engagement = auditor.Url;
        for (var tries = 0; tries < 60; tries++)
        {
            await auditor.GotoAsync(engagement);
            foreach (var bundle in await auditor.Locator("[data-testid=bundle]:not(:has(.tag))").EvaluateAllAsync<string[]>("all => all.map(link => link.href)"))
            {
                await auditor.GotoAsync(bundle);
                if (await auditor.GetByTestId("outcome").GetAttributeAsync("data-reason") == outcome) return;
            }
            await Task.Delay(500);
        }
        Assert.Fail($"No bundle became “{outcome}”.");
    }
}
