using Identity.Host.Seed;
using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Browser;

/// <summary>Each role at the console in a browser: a passkey of the browser's virtual authenticator, two people for one credential, a correction that the wallet explains.</summary>
[Collection(BrowserTests.Name), Trait("Category", "Browser")]
public sealed class StaffJourneyTests(Surroundings surroundings)
{
    private string Console => $"{surroundings.Options.IssuerUrl}/console";

    [Theory, InlineData("en", 1280, 800), InlineData("ar", 360, 640)]
    public async Task A_person_is_added_makes_a_passkey_and_signs_in_with_it(string language, int width, int height)
    {
        var admin = await SignedInAsync(Cast.College, "admin", language, width, height);
        await Assertions.Expect(admin.GetByTestId("person").First).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(admin, $"console, staff, {language}");
        await admin.GetByTestId("staff-add").ClickAsync();
        await Assertions.Expect(admin.GetByTestId("staff-create")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(admin, $"console, new person, {language}");
        var user = $"passkey-{language}@port-selin.example";
        await admin.GetByTestId("staff-user").FillAsync(user);
        await admin.GetByTestId("staff-create").ClickAsync();
        var password = await admin.GetByTestId("one-time-password").InnerTextAsync();
        await Axe.FindsNothingAsync(admin, $"console, one-time password, {language}");

        var page = await surroundings.OpenAsync(language, width, height, desk: true);
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        await session.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true },
        });
        await Surroundings.EnterAsync(page, Console, user, password);
        await Assertions.Expect(page.GetByTestId("must-change")).ToBeVisibleAsync();
        await page.GetByTestId("current-password").FillAsync(password);
        await page.GetByTestId("new-password").FillAsync("four words kept well");
        await page.GetByTestId("change-password").ClickAsync();
        await Assertions.Expect(page.GetByTestId("issue")).ToBeVisibleAsync();
        await page.GetByTestId("nav-account").ClickAsync();
        await page.GetByTestId("passkey-name").FillAsync("Desk");
        await page.GetByTestId("passkey-password").FillAsync("four words kept well");
        await page.GetByTestId("add-passkey").ClickAsync();
        await Assertions.Expect(page.GetByTestId("passkey")).ToContainTextAsync("Desk");
        await Axe.FindsNothingAsync(page, $"console, account, {language}");

        await page.GetByTestId("sign-out").ClickAsync();
        await Assertions.Expect(page.GetByTestId("passkey-sign-in")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(page, $"console, sign-in with passkey, {language}");
        if (language == "en")
        {
            // Somebody who knows the address guesses until the account locks: whoever has a passkey enters all the same, and the lock is gone.
            for (var guess = 0; guess < 10; guess++)
            {
                await page.GetByTestId("user-name").FillAsync(user);
                await page.GetByTestId("password").FillAsync($"guess number {guess}");
                await page.GetByTestId("sign-in").ClickAsync();
                await Assertions.Expect(page.GetByTestId("password")).ToHaveValueAsync("");
            }
        }
        await page.GetByTestId("passkey-sign-in").ClickAsync();
        await Assertions.Expect(page.GetByTestId("issue")).ToBeVisibleAsync();
        await page.GetByTestId("nav-account").ClickAsync();
        await page.GetByTestId("remove-passkey-open").ClickAsync();
        await Assertions.Expect(page.GetByTestId("remove-passkey")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(page, $"console, account, removing a passkey, {language}");
        await page.GetByTestId("remove-passkey-password").FillAsync("four words kept well");
        await page.GetByTestId("remove-passkey").ClickAsync();
        await Assertions.Expect(page.GetByTestId("passkey")).ToHaveCountAsync(0);
    }

    [Theory, InlineData("en", 1280, 800), InlineData("ar", 360, 640)]
    public async Task Two_people_for_one_person_then_a_correction_and_the_wallet_says_why(string language, int width, int height)
    {
        var clerk = await SignedInAsync(Cast.Interior, "clerk", language, width, height);
        await clerk.GetByTestId("issue").ClickAsync();
        await clerk.GetByTestId("reference").FillAsync($"P-{language}");
        await clerk.GetByTestId("field-full_name").FillAsync("Amina Okoye-Reyes");
        await clerk.GetByTestId("field-full_name_native").FillAsync("أمينة أوكويي-رييس");
        await clerk.GetByTestId("field-assurance").SelectOptionAsync("document-checked");
        await clerk.GetByTestId("prepare").ClickAsync();
        await Assertions.Expect(clerk.GetByTestId("state")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(clerk, $"console, waiting for approval, {language}");

        var approver = await SignedInAsync(Cast.Interior, "approver", language, width, height);
        await approver.GetByTestId("nav-approvals").ClickAsync();
        await Assertions.Expect(approver.GetByTestId("approvals")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(approver, $"console, approvals, {language}");
        await approver.GetByTestId("approval").First.ClickAsync();
        await Assertions.Expect(approver.GetByTestId("approve")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(approver, $"console, approval, {language}");
        await approver.GetByTestId("approve").ClickAsync();
        await Assertions.Expect(approver).ToHaveURLAsync($"{Console}/approvals");

        // The college corrects a diploma that is in a wallet already.
        var offered = await surroundings.OfferDiplomaAsync();
        var phone = new WalletPage(await surroundings.OpenAsync(language, 360, 640), surroundings);
        await phone.OpenAsync(language);
        await phone.ReceiveByCameraAsync(offered.Link, offered.TxCode);
        var college = await SignedInAsync(Cast.College, "clerk", language, width, height);
        await college.GotoAsync($"{Console}/credentials/{offered.Id}");
        await college.GetByTestId("correct").ClickAsync();
        await college.GetByTestId("field-level_eqf").FillAsync("5");
        await college.GetByTestId("reason").FillAsync("The level was 5");
        await Axe.FindsNothingAsync(college, $"console, correction, {language}");
        await college.GetByTestId("correct").ClickAsync();
        await Assertions.Expect(college.GetByTestId("qr")).ToBeVisibleAsync();

        await phone.ToCardAsync();
        await Assertions.Expect(phone["status-value"]).ToHaveAttributeAsync("data-status", "revoked");
        await phone["why"].ClickAsync();
        await phone.OnScreenAsync("why");
        await Axe.FindsNothingAsync(phone.Page, $"wallet, why, {language}");
        await phone["why-ask"].ClickAsync();
        await Assertions.Expect(phone["why-state"]).ToHaveAttributeAsync("data-state", "revoked");
        await Assertions.Expect(phone["why-sentence"]).ToHaveTextAsync("The level was 5");
        await Assertions.Expect(phone["why-history"]).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(phone.Page, $"wallet, why answered, {language}");

        var auditor = await SignedInAsync(Cast.College, "auditor", language, width, height);
        await auditor.GetByTestId("nav-log").ClickAsync();
        await Assertions.Expect(auditor.GetByTestId("log-whole")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(auditor, $"console, access log, {language}");
    }

    [Theory, InlineData("en", 1280, 800), InlineData("ar", 360, 640)]
    public async Task An_administrator_says_whom_a_person_turns_to(string language, int width, int height)
    {
        var admin = await SignedInAsync(Cast.Agency, "admin", language, width, height);
        await admin.GetByTestId("nav-settings").ClickAsync();
        await Assertions.Expect(admin.GetByTestId("contact")).ToBeVisibleAsync();
        await Axe.FindsNothingAsync(admin, $"console, settings, {language}");
        await admin.GetByTestId("contact").FillAsync("Appeals office, Harbour Street 3, Port Selin");
        await admin.GetByTestId("days").FillAsync("30");
        await admin.GetByTestId("save").ClickAsync();

        await Assertions.Expect(admin.GetByTestId("saved")).ToBeVisibleAsync();
    }

    private Task<IPage> SignedInAsync(string organisation, string role, string language, int width, int height) =>
        surroundings.SignedInAsync(organisation, language, width, height, role, dark: language == "ar");
}
