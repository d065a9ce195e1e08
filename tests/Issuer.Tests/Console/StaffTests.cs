using System.Net;
using System.Text.Json.Nodes;
using Identity.Issuer.Data;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Console;

public sealed class StaffTests : IAsyncLifetime
{
    private readonly IssuerFixture _issuer = new();

    public Task InitializeAsync() => _issuer.InitializeAsync();

    public Task DisposeAsync() => _issuer.DisposeAsync();

    private Task<Clerk> Admin() => Clerk.SignedIn(_issuer, role: "admin");

    private async Task<(string User, string Password, int Number)> Added(Clerk admin, params string[] roles)
    {
        var user = $"new-{Guid.NewGuid().ToString("n")[..6]}@example.org";
        var answer = await admin.Post("/console/staff/new", [("userName", user), .. roles.Select(r => ("roles", r))]);
        var password = Clerk.TestId(await answer.Content.ReadAsStringAsync(), "one-time-password");
        Assert.NotEmpty(password);
        return (user, password, await _issuer.InDb(db => db.Users.Where(u => u.UserName == user).Select(u => u.Number).SingleAsync()));
    }

    private static Task<HttpResponseMessage> SignIn(Clerk person, string user, string password) => person.Post("/console/sign-in", ("userName", user), ("password", password));

    [Fact]
    public async Task A_new_person_changes_the_one_time_password_before_anything_else()
    {
        var (user, password, _) = await Added(await Admin(), "clerk");
        var person = new Clerk(_issuer);
        Assert.Equal("/console", (await SignIn(person, user, password)).Headers.Location!.OriginalString);

        Assert.Equal("/console/account", (await person.Get("/console")).Headers.Location!.OriginalString);
        Assert.Equal("/console/account", (await person.Get("/console/issue")).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.Post("/console/account?handler=Password", ("current", password), ("next", "short"))).StatusCode);
        Assert.Equal("/console", (await person.Post("/console/account?handler=Password", ("current", password), ("next", "a password of my own"))).Headers.Location!.OriginalString);

        Assert.Equal(HttpStatusCode.OK, (await person.Get("/console")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SignIn(new Clerk(_issuer), user, password)).StatusCode);
    }

    [Fact]
    public async Task A_one_time_password_ends_after_three_days()
    {
        var (user, password, _) = await Added(await Admin(), "clerk");
        _issuer.Clock.Move(TimeSpan.FromHours(73));

        Assert.NotEmpty(Clerk.TestId(await (await SignIn(new Clerk(_issuer), user, password)).Content.ReadAsStringAsync(), "sign-in-error"));
    }

    [Theory]
    [InlineData("not an address", "clerk")]
    [InlineData("clerk@port-selin.example", "clerk")]
    [InlineData("roles@example.org", "emperor")]
    public async Task What_cannot_be_added_is_said(string user, string role)
    {
        var answer = await (await Admin()).Post("/console/staff/new", ("userName", user), ("roles", role));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty(Clerk.TestId(await answer.Content.ReadAsStringAsync(), "problem"));
    }

    [Fact]
    public async Task Attack_the_last_administrator_is_removed()
    {
        var admin = await Admin();
        var number = await _issuer.InDb(db => db.Users.Where(u => u.UserName == "admin@port-selin.example").Select(u => u.Number).SingleAsync());

        Assert.Equal(HttpStatusCode.Conflict, (await admin.Post($"/console/staff/{number}?handler=Disable")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.Post($"/console/staff/{number}?handler=Roles", ("roles", "clerk"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await admin.Post($"/console/staff/{number}?handler=Roles")).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await admin.Get("/console/staff")).StatusCode);
    }

    [Fact]
    public async Task A_role_that_is_taken_away_and_an_access_that_is_ended_count_with_the_next_request()
    {
        var admin = await Admin();
        var clerk = await Clerk.SignedIn(_issuer);
        var number = await _issuer.InDb(db => db.Users.Where(u => u.UserName == "clerk@port-selin.example").Select(u => u.Number).SingleAsync());

        await admin.Post($"/console/staff/{number}?handler=Roles", ("roles", "auditor"));
        Assert.Equal("/console/not-allowed", (await clerk.Get("/console/issue")).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await clerk.Get("/console")).StatusCode);
        await admin.Post($"/console/staff/{number}?handler=Disable");

        Assert.Equal("/console/sign-in", (await clerk.Get("/console")).Headers.Location!.OriginalString);
        var access = _issuer.App.Services.GetService(typeof(IssuerSeed)) as IssuerSeed;
        Assert.NotEmpty(Clerk.TestId(await (await SignIn(new Clerk(_issuer), "clerk@port-selin.example", access!.Access[0].Password)).Content.ReadAsStringAsync(), "sign-in-error"));
    }

    [Fact]
    public async Task A_reset_gives_a_new_one_time_password_and_ends_the_old_one()
    {
        var admin = await Admin();
        var (user, password, number) = await Added(admin, "clerk");

        var html = await (await admin.Post($"/console/staff/{number}?handler=Reset")).Content.ReadAsStringAsync();
        var fresh = Clerk.TestId(html, "one-time-password");

        Assert.NotEqual(password, fresh);
        Assert.Equal(HttpStatusCode.OK, (await SignIn(new Clerk(_issuer), user, password)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await SignIn(new Clerk(_issuer), user, fresh)).StatusCode);
        Assert.DoesNotContain(fresh, await admin.Page($"/console/staff/{number}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_an_administrator_reaches_the_staff_of_another_organisation()
    {
        var foreign = await Clerk.SignedIn(_issuer, Ministry, "admin");
        var number = await _issuer.InDb(db => db.Users.Where(u => u.Organisation == College).MaxAsync(u => u.Number)) + 50;

        Assert.Equal(HttpStatusCode.NotFound, (await foreign.Get($"/console/staff/{number}")).StatusCode);
        Assert.DoesNotContain("port-selin", await foreign.Page("/console/staff"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_passkeys_are_required_a_password_alone_leads_only_to_making_one()
    {
        var admin = await Admin();
        var clerk = await Clerk.SignedIn(_issuer);
        var html = await admin.Page("/console/settings");
        Assert.Contains("name=\"version\" value=\"0\"", html, StringComparison.Ordinal);

        var saved = await admin.Post("/console/settings", ("contact", "Appeals office, Harbour Street 3"), ("days", "30"), ("passkeys", "true"), ("version", "0"));

        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        foreach (var person in new[] { clerk, admin }) Assert.Equal("/console/account", (await person.Get("/console")).Headers.Location!.OriginalString);
        var account = await clerk.Page("/console/account");
        Assert.NotEmpty(Clerk.TestId(account, "must-passkey"));
        var options = JsonNode.Parse(await (await clerk.Post("/console/account?handler=PasskeyOptions")).Content.ReadAsStringAsync())!;
        Assert.Equal("localhost", options["rp"]!["id"]!.GetValue<string>());
        foreach (var damaged in new[] { "", "{}", "not json", """{"id":"AA","rawId":"AA","type":"public-key","response":{}}""" })
            Assert.Equal(HttpStatusCode.BadRequest, (await clerk.Post("/console/account?handler=AddPasskey", ("name", "x"), ("credential", damaged))).StatusCode);
    }

    [Fact]
    public async Task Attack_a_passkey_is_added_or_removed_at_a_screen_that_was_left_open()
    {
        var clerk = await Clerk.SignedIn(_issuer);
        var user = await _issuer.InDb(db => db.Users.SingleAsync(u => u.UserName == "clerk@port-selin.example"));
        await _issuer.InDb(db =>
        {
            db.Add(new Microsoft.AspNetCore.Identity.IdentityUserPasskey<string> { UserId = user.Id, CredentialId = [1, 2, 3], Data = new() { Name = "Counter 7", PublicKey = [1], AttestationObject = [1], ClientDataJson = [1] } });
            return db.SaveChangesAsync();
        });

        foreach (var (handler, field) in new[] { ("RemovePasskey", ("id", "010203")), ("AddPasskey", ("credential", "{}")) })
            foreach (var guess in new[] { "", "a guess of somebody" })
            {
                var answer = await clerk.Post($"/console/account?handler={handler}", field, ("current", guess));
                Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
                Assert.Equal("The present password is wrong.", Clerk.TestId(await answer.Content.ReadAsStringAsync(), "problem"));
            }
        Assert.Contains("Counter 7", await clerk.Page("/console/account"), StringComparison.Ordinal);
        Assert.Equal(4, await _issuer.InDb(db => db.Users.Where(u => u.Id == user.Id).Select(u => u.AccessFailedCount).SingleAsync()));

        var access = (_issuer.App.Services.GetService(typeof(IssuerSeed)) as IssuerSeed)!.Access[0];
        Assert.Equal(HttpStatusCode.OK, (await clerk.Post("/console/account?handler=RemovePasskey", ("id", "010203"), ("current", access.Password))).StatusCode);
        Assert.DoesNotContain("Counter 7", await clerk.Page("/console/account"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"AA","signature":"AA"}}""")]
    public async Task Attack_a_damaged_passkey_signs_in(string credential)
    {
        var person = new Clerk(_issuer);
        await person.Post("/console/sign-in?handler=PasskeyOptions");

        var answer = await person.Post("/console/sign-in?handler=Passkey", ("credential", credential));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEmpty(Clerk.TestId(await answer.Content.ReadAsStringAsync(), "sign-in-error"));
        Assert.Equal(HttpStatusCode.Redirect, (await person.Get("/console")).StatusCode);
    }

    [Fact]
    public async Task The_settings_reach_the_holder_and_of_two_forms_one_wins()
    {
        var admin = await Admin();
        await admin.Post("/console/settings", ("contact", "Appeals office, Harbour Street 3"), ("days", "30"), ("version", "0"));

        Assert.Equal(HttpStatusCode.Conflict, (await admin.Post("/console/settings", ("contact", "Somebody else"), ("version", "0"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Post("/console/settings", ("days", "soon"), ("version", "1"))).StatusCode);
        Assert.Equal("Appeals office, Harbour Street 3", await _issuer.InDb(db => db.OrganisationSettings.Where(s => s.Organisation == College).Select(s => s.AppealContact).SingleAsync()));
    }

    [Fact]
    public async Task An_approver_decides_at_the_console_and_a_clerk_corrects_what_comes_back()
    {
        var clerk = await Clerk.SignedIn(_issuer, Ministry);
        var approver = await Clerk.SignedIn(_issuer, Ministry, "approver");
        var made = await clerk.Post("/console/issue/person", ("reference", "P-1"), ("claim.full_name", "Amina Okoye-Reyes"), ("claim.assurance", "document-checked"), ("claim.issuing_country", "XT"));
        var id = made.Headers.Location!.OriginalString.Split('/')[3];
        Assert.Equal("/console/not-allowed", (await clerk.Post($"/console/credentials/{id}/approval?handler=Approve")).Headers.Location!.OriginalString);
        Assert.Contains(id, await approver.Page("/console/approvals"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.BadRequest, (await approver.Post($"/console/credentials/{id}/approval?handler=Return", ("asked", "issue-1"), ("reason", " "))).StatusCode);
        Assert.Equal("/console/approvals", (await approver.Post($"/console/credentials/{id}/approval?handler=Return", ("asked", "issue-1"), ("reason", "The date of birth is missing"))).Headers.Location!.OriginalString);
        Assert.Contains("The date of birth is missing", await clerk.Page($"/console/credentials/{id}"), StringComparison.Ordinal);
        var corrected = await clerk.Post($"/console/credentials/{id}/correction", ("claim.full_name", "Amina Okoye-Reyes"), ("claim.birth_date", "1995"), ("claim.assurance", "document-checked"), ("claim.issuing_country", "XT"));
        var newer = corrected.Headers.Location!.OriginalString.Split('/')[3];
        await approver.Post($"/console/credentials/{newer}/approval?handler=Approve", ("asked", "issue-1"));

        Assert.Equal("Offered", Clerk.TestId(await clerk.Page($"/console/credentials/{newer}"), "state"));
    }

    [Fact]
    public async Task The_auditor_reads_filters_and_saves_the_access_log_and_is_in_it()
    {
        var prepared = await _issuer.Prepare();
        var id = prepared["id"]!.GetValue<string>();
        await (await Clerk.SignedIn(_issuer)).Page($"/console/credentials/{id}");
        var auditor = await Clerk.SignedIn(_issuer, role: "auditor");

        var html = await auditor.Page($"/console/access-log?record={id}&act=read");
        Assert.Single(html.Split("data-testid=\"log-row\"").Skip(1));
        Assert.Contains("clerk@port-selin.example", html, StringComparison.Ordinal);
        Assert.NotEmpty(Clerk.TestId(html, "log-whole"));
        var csv = await (await auditor.Get($"/console/access-log?handler=Csv&record={id}")).Content.ReadAsStringAsync();
        Assert.StartsWith("sequence,time,actor,role,act,record,why,hash\r\n", csv, StringComparison.Ordinal);
        Assert.Contains($",staff:1,clerk,read,\"{id}\",look_up,", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("@", csv, StringComparison.Ordinal);

        Assert.Equal(1, await _issuer.InDb(db => db.AccessLog.CountAsync(e => e.Act == "log_exported")));
    }
}
