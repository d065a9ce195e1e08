using Identity.Host.Seed;
using Identity.Journeys.Tests.Browser;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>Every page of the issuer's console.</summary>
internal static class ConsoleTour
{
    // Address below /console (ID stands for that of a credential) and a name: one line for each page with an address.
    private static readonly (string Address, string Name)[] Addresses =
    [
        ("", "list"), ("?search=zzz", "nothing-found"), ("/issue", "choose-type"), ("/credentials/ID", "credential"),
        ("/credentials/ID/suspension", "suspend"), ("/credentials/ID/revocation", "revoke"), ("/credentials/none", "missing"),
    ];

    public static async Task PlayAsync(Surroundings surroundings, string language, Stop stop)
    {
        var page = await surroundings.OpenAsync(language, 360, 640, desk: true);
        var clerk = surroundings.Stack.Access.Single(a => a.Organisation == Cast.College);
        await page.GotoAsync($"{surroundings.Options.IssuerUrl}/console?lang={language}");
        await page.GetByTestId("user-name").FillAsync(clerk.UserName);
        await page.GetByTestId("password").FillAsync("wrong");
        await page.GetByTestId("sign-in").ClickAsync();
        await Assertions.Expect(page.GetByTestId("sign-in-error")).ToBeVisibleAsync();
        await stop(page, "sign-in");
        await page.GetByTestId("languages").ClickAsync();
        await stop(page, "languages");
        await page.GetByTestId("user-name").FillAsync(clerk.UserName);
        await page.GetByTestId("password").FillAsync(clerk.Password);
        await page.GetByTestId("sign-in").ClickAsync();

        await page.GetByTestId("issue").ClickAsync();
        await page.GetByTestId("type-qualification").ClickAsync();
        await stop(page, "form");
        await page.GetByTestId("prepare").ClickAsync();
        await Assertions.Expect(page.GetByTestId("errors")).ToBeVisibleAsync();
        await stop(page, "form-errors");
        await page.GetByTestId("reference").FillAsync($"T-{Guid.NewGuid().ToString("n")[..6]}");
        await page.GetByTestId("field-title").FillAsync("Diploma in Welding");
        await page.GetByTestId("field-holder_name").FillAsync("Amina Okoye-Reyes");
        await page.GetByTestId("field-kind").SelectOptionAsync("diploma");
        await page.GetByTestId("field-awarded_on").FillAsync("2024-06-28");
        await page.GetByTestId("field-origin").SelectOptionAsync("original");
        await page.GetByTestId("prepare").ClickAsync();
        await Assertions.Expect(page.GetByTestId("qr")).ToBeVisibleAsync();
        await page.GetByTestId("show-code").ClickAsync();
        await Assertions.Expect(page.GetByTestId("tx-code")).ToBeVisibleAsync();
        await stop(page, "hand-over");
        await page.GetByTestId("detail").ClickAsync();
        await Assertions.Expect(page.GetByTestId("state")).ToBeVisibleAsync();
        var id = new Uri(page.Url).AbsolutePath.Split('/')[^1];

        foreach (var (address, name) in Addresses)
        {
            await page.GotoAsync($"{surroundings.Options.IssuerUrl}/console{address.Replace("ID", id, StringComparison.Ordinal)}");
            await stop(page, name);
        }
        await page.Context.CloseAsync();
    }
}
