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
        ("", "list"), ("/issue", "choose-type"), ("/credentials/ID", "credential"),
        ("/credentials/ID/suspension", "suspend"), ("/credentials/ID/revocation", "revoke"), ("/credentials/none", "missing"),
        ("/credentials/ID/correction", "correct"), ("/credentials/ID/paper", "paper"), ("/account", "account"), ("/settings", "not-allowed"), ("/no/such/page", "unknown"),
    ];

    // What the other roles see: the role, the address, a name.
    private static readonly (string Role, string Address, string Name)[] OfOtherRoles =
    [
        ("admin", "/staff", "staff"), ("admin", "/staff/new", "staff-new"), ("admin", "/staff/1", "staff-member"), ("admin", "/settings", "settings"), ("admin", "/programs", "programs"), ("admin", "/keys", "keys"),
        ("admin", "/accreditations", "accreditations"), ("admin", "/history", "history"), ("admin", "/monitor", "monitor"), ("admin", "/export", "export"), ("admin", "/closing", "closing"), ("admin", "/deposits", "deposits"), ("approver", "/closing/approval", "closing-approval-none"), ("auditor", "/closed", "closed"),
        ("auditor", "", "list-auditor"), ("auditor", "/access-log", "access-log"), ("approver", "/approvals", "approvals-empty"),
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
        await Assertions.Expect(page.GetByTestId("field-title")).ToBeVisibleAsync();
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
        await page.GotoAsync($"{surroundings.Options.IssuerUrl}/console");
        await page.GetByTestId("search").FillAsync("zzz");
        await page.GetByTestId("search-go").ClickAsync();
        await Assertions.Expect(page.GetByTestId("nothing-found")).ToBeVisibleAsync();
        await stop(page, "nothing-found");
        await page.GotoAsync($"{surroundings.Options.IssuerUrl}/console/credentials/{id}/paper");
        await page.GetByTestId("make-paper").ClickAsync();
        await Assertions.Expect(page.GetByTestId("paper-code")).ToBeVisibleAsync();
        await stop(page, "paper-made");
        await page.Context.CloseAsync();

        foreach (var role in OfOtherRoles.GroupBy(r => r.Role))
        {
            var other = await surroundings.SignedInAsync(Cast.College, language, 360, 640, role.Key);
            foreach (var (_, address, name) in role)
            {
                await other.GotoAsync($"{surroundings.Options.IssuerUrl}/console{address}?lang={language}");
                await stop(other, name);
            }
            await other.Context.CloseAsync();
        }
        await ApproveAsync(surroundings, language, stop);
    }

    // A credential that needs a second person: waiting, and as the approver sees it.
    private static async Task ApproveAsync(Surroundings surroundings, string language, Stop stop)
    {
        var clerk = await surroundings.SignedInAsync(Cast.Interior, language, 360, 640);
        await clerk.GetByTestId("issue").ClickAsync();
        await clerk.GetByTestId("reference").FillAsync($"T-{Guid.NewGuid().ToString("n")[..6]}");
        await clerk.GetByTestId("field-full_name").FillAsync("Amina Okoye-Reyes");
        await clerk.GetByTestId("field-full_name_native").FillAsync("أمينة أوكويي-رييس");
        await clerk.GetByTestId("field-assurance").SelectOptionAsync("document-checked");
        await clerk.GetByTestId("prepare").ClickAsync();
        await Assertions.Expect(clerk.GetByTestId("state")).ToBeVisibleAsync();
        await stop(clerk, "waiting-for-approval");
        var waiting = clerk.Url;
        await clerk.GotoAsync("about:blank"); // that page loads itself again once somebody approves, be it while another is opened

        var approver = await surroundings.SignedInAsync(Cast.Interior, language, 360, 640, "approver");
        await approver.GetByTestId("nav-approvals").ClickAsync();
        await Assertions.Expect(approver.GetByTestId("approvals")).ToBeVisibleAsync();
        await stop(approver, "approvals");
        await approver.GetByTestId("approval").First.ClickAsync();
        await Assertions.Expect(approver.GetByTestId("approve")).ToBeVisibleAsync();
        await stop(approver, "approval");
        await approver.GetByTestId("approve").ClickAsync();
        await Assertions.Expect(approver).ToHaveURLAsync($"{surroundings.Options.IssuerUrl}/console/approvals");
        await stop(approver, "approved");

        await clerk.GotoAsync($"{waiting}/correction");
        await clerk.GetByTestId("field-full_name").FillAsync("Amina Okoye Reyes");
        await clerk.GetByTestId("field-birth_date").FillAsync("1995");
        await clerk.GetByTestId("correct").ClickAsync();
        await Assertions.Expect(clerk.GetByTestId("state")).ToBeVisibleAsync();
        await clerk.Context.CloseAsync();
        await approver.GotoAsync($"{surroundings.Options.IssuerUrl}/console/approvals");
        await approver.GetByTestId("approval").First.ClickAsync();
        await Assertions.Expect(approver.GetByTestId("replaces")).ToBeVisibleAsync();
        await stop(approver, "approval-of-correction");
        await approver.Context.CloseAsync();
    }
}
