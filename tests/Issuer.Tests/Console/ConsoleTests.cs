using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Console;

public sealed class ConsoleTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private static (string, string)[] Form(string name = "Amina Okoye-Reyes", string reference = "D-7", params (string Name, string Value)[] changes)
    {
        var fields = new Dictionary<string, string>
        {
            ["reference"] = reference, ["claim.holder_name"] = name, ["claim.title"] = "Welding Technician", ["claim.kind"] = "diploma", ["claim.awarded_on"] = "2024-06-30",
            ["claim.awarding_body"] = "Port Selin Technical College", ["claim.awarding_country"] = "XT", ["claim.origin"] = "original",
        };
        foreach (var (field, value) in changes) fields[field] = value;
        return [.. fields.Select(f => (f.Key, f.Value))];
    }

    private async Task<string> Issued(Clerk clerk, string name = "Amina Okoye-Reyes", string? reference = null)
    {
        var answer = await clerk.Post("/console/issue/qualification", Form(name, reference ?? $"D-{Guid.NewGuid():n}"));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString.Split('/')[3];
    }

    private async Task<string> Collected()
    {
        using var key = Es256Key.Create();
        var prepared = await issuer.Prepare();
        await issuer.Collect(await issuer.AccessToken(prepared), [key]);
        return prepared["id"]!.GetValue<string>();
    }

    [Theory]
    [InlineData("/console")]
    [InlineData("/console/issue")]
    [InlineData("/console/issue/qualification")]
    [InlineData("/console/credentials/AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/console/credentials/AAAAAAAAAAAAAAAAAAAAAA/mark")]
    [InlineData("/console/credentials/AAAAAAAAAAAAAAAAAAAAAA/offer")]
    [InlineData("/console/credentials/AAAAAAAAAAAAAAAAAAAAAA/revocation")]
    [InlineData("/console/sign-out")]
    public async Task Every_page_needs_a_sign_in(string path)
    {
        var answer = await new Clerk(issuer).Get(path);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/console/sign-in?ReturnUrl=", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reference_that_ends_before_it_begins_is_explained_at_the_field_with_both_dates()
    {
        var clerk = await Clerk.SignedIn(issuer, Shipyard);

        var page = WebUtility.HtmlDecode(await (await clerk.Post("/console/issue/employment-reference", ("reference", "E-order"), ("claim.from", "2020"), ("claim.until", "2019"))).Content.ReadAsStringAsync());

        Assert.Contains("“\u2068Until\u2069” (\u20682019\u2069) lies before “\u2068From\u2069” (\u20682020\u2069)", page);
        Assert.Contains("data-testid=\"error-until\"", page);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_get_the_same_answer()
    {
        var known = issuer.Service<IssuerSeed>().Access[0].UserName;
        var wrong = await (await new Clerk(issuer).Post("/console/sign-in", ("userName", known), ("password", "wrong"))).Content.ReadAsStringAsync();
        var unknown = await (await new Clerk(issuer).Post("/console/sign-in", ("userName", "nobody@example.org"), ("password", "wrong"))).Content.ReadAsStringAsync();

        Assert.NotEmpty(Clerk.TestId(wrong, "sign-in-error"));
        Assert.Equal(Clerk.TestId(wrong, "sign-in-error"), Clerk.TestId(unknown, "sign-in-error"));
        Assert.Contains("nobody@example.org", unknown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_a_password_is_guessed_until_the_account_locks()
    {
        await using (var scope = issuer.App.Services.CreateAsyncScope())
            await StaffAccounts.CreateAsync(scope.ServiceProvider.GetRequiredService<Microsoft.AspNetCore.Identity.UserManager<StaffUser>>(), scope.ServiceProvider.GetRequiredService<IssuerDb>(), "locked@example.org", College, "a right password", StaffRoles.Clerk);
        var clerk = new Clerk(issuer);
        for (var i = 0; i < 10; i++) await clerk.Post("/console/sign-in", ("userName", "locked@example.org"), ("password", $"guess {i}"));

        var right = await clerk.Post("/console/sign-in", ("userName", "locked@example.org"), ("password", "a right password"));

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.NotEmpty(Clerk.TestId(await right.Content.ReadAsStringAsync(), "sign-in-error"));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/console")]
    [InlineData("/console@evil.example", false)]
    public async Task Attack_the_sign_in_sends_to_another_site(string target, bool refused = true)
    {
        var access = issuer.Service<IssuerSeed>().Access[0];

        var answer = await new Clerk(issuer).Post("/console/sign-in?ReturnUrl=" + Uri.EscapeDataString(target), ("userName", access.UserName), ("password", access.Password));

        Assert.Equal(refused ? "/console" : target, answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("/console")]
    [InlineData("/console/sign-in")]
    [InlineData("/console/sign-out")]
    [InlineData("/console/issue/qualification")]
    [InlineData("/console/credentials/AAAAAAAAAAAAAAAAAAAAAA/offer?handler=New")]
    [InlineData("/console/credentials/AAAAAAAAAAAAAAAAAAAAAA/offer?handler=Code")]
    [InlineData("/console/credentials/AAAAAAAAAAAAAAAAAAAAAA/revocation")]
    public async Task Attack_another_site_posts_a_form(string path)
    {
        var clerk = await Clerk.SignedIn(issuer);

        var answer = await clerk.PostWithout(path, Form());

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("data-testid=\"expired\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_staff_of_one_organisation_open_anothers_credential()
    {
        var id = await Collected();
        var foreign = await Clerk.SignedIn(issuer, Ministry);

        foreach (var page in new[] { "", "/offer", "/revocation", "/suspension", "/reinstatement", "/mark" })
            Assert.Equal(HttpStatusCode.NotFound, (await foreign.Get($"/console/credentials/{id}{page}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await foreign.Post($"/console/credentials/{id}/revocation", ("reason", "not mine"), ("confirmed", "true"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await foreign.Get("/console/issue/qualification")).StatusCode);
        Assert.Equal("collected", (await Json(await issuer.Api(HttpMethod.Get, College, "/" + id)))["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_form_shows_every_claim_that_somebody_types_and_fills_in_the_organisation()
    {
        var html = await (await Clerk.SignedIn(issuer)).Page("/console/issue/qualification");

        Assert.All(TypeDefinition.Find("qualification")!.Claims.Where(c => c.Derived is null), c => Assert.Contains($"id=\"claim.{c.Name}\"", html, StringComparison.Ordinal));
        Assert.Contains("value=\"Port Selin Technical College\"", html, StringComparison.Ordinal);
        Assert.Contains("<option value=\"XT\" selected=\"selected\">Talmara</option>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("original_issuer", html, StringComparison.Ordinal); // the depositary's service writes it
        Assert.DoesNotContain("issuer.", html.Replace("identity-issuer", "", StringComparison.Ordinal), StringComparison.Ordinal);

        var person = await (await Clerk.SignedIn(issuer, Ministry)).Page("/console/issue/person");
        Assert.DoesNotContain("age_over_18", person, StringComparison.Ordinal);
        Assert.Contains("<option value=\"QS\">Stateless</option>", person, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_form_keeps_what_was_typed_and_says_beside_each_field_what_is_wrong()
    {
        var clerk = await Clerk.SignedIn(issuer);

        var answer = await clerk.Post("/console/issue/qualification", Form("Typed Name", "", ("claim.level_eqf", "four"), ("claim.title", ""), ("claim.kind", "")));
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("value=\"Typed Name\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"four\"", html, StringComparison.Ordinal);
        Assert.All(["reference", "level_eqf", "title", "kind"], f => Assert.NotEmpty(Clerk.TestId(html, "error-" + f)));
        Assert.Empty(Clerk.TestId(html, "error-holder_name"));
    }

    [Fact]
    public async Task Errors_come_in_the_language_of_the_page()
    {
        var clerk = await Clerk.SignedIn(issuer);

        var html = await (await clerk.Post("/console/issue/qualification?lang=ar", Form(changes: [("claim.awarded_on", "2024-06")]))).Content.ReadAsStringAsync();

        Assert.Contains("lang=\"ar\" dir=\"rtl\"", html, StringComparison.Ordinal);
        Assert.Equal(Strings.For("ar")["issuer.error.date"], Clerk.TestId(html, "error-awarded_on"));
    }

    [Fact]
    public async Task The_language_changes_without_losing_what_was_typed()
    {
        var clerk = await Clerk.SignedIn(issuer);

        var html = await (await clerk.Post("/console/issue/qualification?lang=ar&handler=Language", Form("Half Typed", "R-9"))).Content.ReadAsStringAsync();

        Assert.Contains("lang=\"ar\" dir=\"rtl\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"Half Typed\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"R-9\"", html, StringComparison.Ordinal);
        Assert.Contains("dir=\"rtl\"", await clerk.Page("/console"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_a_name_holds_markup()
    {
        var clerk = await Clerk.SignedIn(issuer);
        const string Name = "<img src=x onerror=alert(1)>\"'&";
        var id = await Issued(clerk, Name, "<b>ref</b>");
        await clerk.Post("/console", ("search", "<b>ref</b>"));

        foreach (var path in new[] { "/console", $"/console/credentials/{id}", $"/console/credentials/{id}/offer", $"/console/credentials/{id}/revocation" })
        {
            var html = await clerk.Page(path);
            Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_six_digits_are_not_in_the_page_until_they_are_asked_for()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var id = await Issued(clerk);
        var digits = TxCode(await Json(await issuer.Api(HttpMethod.Get, College, "/" + id)));

        var before = await clerk.Page($"/console/credentials/{id}/offer");
        var asked = await clerk.Post($"/console/credentials/{id}/offer?handler=Code");

        Assert.Contains("<svg", before, StringComparison.Ordinal);
        Assert.DoesNotContain(digits, before, StringComparison.Ordinal);
        Assert.Equal(digits, Clerk.TestId(await asked.Content.ReadAsStringAsync(), "tx-code"));
        Assert.True(asked.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task A_new_offer_ends_the_one_before()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var id = await Issued(clerk);
        var first = await issuer.InDb(db => db.Offers.Where(o => o.CredentialId == id).Select(o => o.Id).SingleAsync());

        await clerk.Post($"/console/credentials/{id}/offer?handler=New");

        Assert.Equal(HttpStatusCode.NotFound, (await issuer.Http.GetAsync($"/{College}/offers/{first}")).StatusCode);
        Assert.Equal(2, await issuer.InDb(db => db.Offers.CountAsync(o => o.CredentialId == id)));
    }

    [Fact]
    public async Task A_search_finds_within_the_organisation_and_stays_out_of_the_address()
    {
        var clerk = await Clerk.SignedIn(issuer);
        await Issued(clerk, "Searched Person", "Needle-1");

        var answer = await clerk.Post("/console", ("search", "needle-1"));
        Assert.Equal("/console", answer.Headers.Location!.OriginalString);
        Assert.DoesNotContain(answer.Headers.GetValues("Set-Cookie"), c => c.Contains("needle", StringComparison.OrdinalIgnoreCase));
        var found = await clerk.Page("/console");
        await clerk.Post("/console", ("search", "no such thing"));
        var nothing = await clerk.Page("/console");

        Assert.Contains("Searched Person", found, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"nothing-found\"", nothing, StringComparison.Ordinal);
        Assert.DoesNotContain("Searched Person", await (await Clerk.SignedIn(issuer, Ministry)).Page("/console"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_comes_in_pages()
    {
        var clerk = await Clerk.SignedIn(issuer);
        for (var i = 0; i < 21; i++) await issuer.Prepare(reference: $"Leaf-{i:00}");
        await clerk.Post("/console", ("search", "leaf-"));

        var first = await clerk.Page("/console");
        var second = await clerk.Page("/console?p=2");

        Assert.Contains("href=\"/console?p=2\"", first, StringComparison.Ordinal);
        Assert.Equal((20, 1), (Lines(first), Lines(second)));
        Assert.Equal(HttpStatusCode.OK, (await clerk.Get("/console?p=nonsense")).StatusCode);
        static int Lines(string html) => html.Split("data-testid=\"credential\"").Length - 1;
    }

    [Theory]
    [InlineData("", "true", "error-reason")]
    [InlineData("  x ", "true", "error-reason")]
    [InlineData("A real reason", "", "error-confirmed")]
    public async Task A_revocation_needs_a_reason_and_a_confirmation(string reason, string confirmed, string error)
    {
        var clerk = await Clerk.SignedIn(issuer);
        var id = await Collected();

        var answer = await clerk.Post($"/console/credentials/{id}/revocation", ("reason", reason), ("confirmed", confirmed));
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty(Clerk.TestId(html, error));
        Assert.Contains(reason.Trim(), html, StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"reason\"", await clerk.Page($"/console/credentials/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_is_suspended_reinstated_and_revoked_with_each_step_in_its_history()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var id = await Collected();
        var path = $"/console/credentials/{id}";

        await clerk.Post(path + "/suspension", ("reason", "Under review"));
        var suspended = await clerk.Page(path);
        await clerk.Post(path + "/reinstatement");
        await clerk.Post(path + "/revocation", ("reason", "Awarded by mistake"), ("confirmed", "true"));
        var revoked = await clerk.Page(path);
        var again = await clerk.Post(path + "/revocation", ("reason", "Once more"), ("confirmed", "true"));

        Assert.Equal("Suspended", Clerk.TestId(suspended, "state"));
        Assert.Equal("Under review", Clerk.TestId(suspended, "reason"));
        Assert.Equal("Revoked", Clerk.TestId(revoked, "state"));
        Assert.Contains("Reinstated", revoked, StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"revoke\"", revoked, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Asking_for_changes_is_not_recorded_as_reading_and_reading_is()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var id = await Collected();
        Task<int> Reads() => issuer.InDb(db => db.AccessLog.CountAsync(e => e.CredentialId == id && e.Act == "read"));

        var mark = JsonNode.Parse(await clerk.Page($"/console/credentials/{id}/mark"))!["mark"]!.GetValue<string>();
        Assert.Equal(0, await Reads());
        var html = await clerk.Page($"/console/credentials/{id}");

        Assert.Equal(1, await Reads());
        Assert.StartsWith("Collected.", mark, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"copy\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_forgets_the_search()
    {
        var clerk = await Clerk.SignedIn(issuer);
        await clerk.Post("/console", ("search", "amina"));

        var answer = await clerk.Post("/console/sign-out");

        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("identity-issuer-search=;", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Redirect, (await clerk.Get("/console")).StatusCode);
    }

    [Fact]
    public async Task The_pages_are_marked_as_a_demonstration_and_hold_no_inline_code()
    {
        var clerk = await Clerk.SignedIn(issuer);
        var id = await Issued(clerk);

        foreach (var path in new[] { "/console", "/console/issue", "/console/issue/training", $"/console/credentials/{id}", $"/console/credentials/{id}/offer" })
        {
            var html = await clerk.Page(path);
            Assert.NotEmpty(Clerk.TestId(html, "demonstration"));
            Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<style", html, StringComparison.Ordinal);
            Assert.DoesNotContain(" onclick", html, StringComparison.Ordinal);
        }
        foreach (var asset in new[] { "identity.css", "tokens.css", "console.css", "console.js" })
            Assert.Equal(HttpStatusCode.OK, (await issuer.Http.GetAsync("/console/" + asset)).StatusCode);
    }

    [Fact]
    public void Every_text_stands_in_every_language()
    {
        var english = Strings.For("en").Keys.Where(k => k.StartsWith("issuer.", StringComparison.Ordinal)).Order().ToList();

        Assert.True(english.Count > 300);
        foreach (var language in Strings.Languages) Assert.Equal(english, Strings.For(language).Keys.Where(k => k.StartsWith("issuer.", StringComparison.Ordinal)).Order());
        Assert.All(TypeDefinition.All.SelectMany(t => t.Claims).Select(c => c.Kind).Distinct().Where(k => k is not ClaimKind.Text and not ClaimKind.PartialDate),
            k => Assert.NotNull(Strings.For("ar").Find("issuer.error." + k.ToString().ToLowerInvariant())));
    }
}
