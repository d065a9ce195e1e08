using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Tests.Console;

/// <summary>Keys of the management API, made and withdrawn at the console.</summary>
public sealed class ProgramsTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private const string Page = "/console/programs", Api = $"/api/{IssuerFixture.College}/credentials";

    [Fact]
    public async Task A_key_is_shown_once_works_in_its_role_and_ends_when_it_is_withdrawn()
    {
        var admin = await Clerk.SignedIn(issuer, role: "admin");
        var key = await Made(admin, "Student register", "auditor");
        Assert.DoesNotContain(key, await admin.Page(Page));
        Assert.Equal(HttpStatusCode.OK, await Status(HttpMethod.Get, key));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(HttpMethod.Post, key));

        var number = await issuer.InDb(db => db.ApiKeys.Where(k => k.Label == "Student register").Select(k => k.Number).SingleAsync());
        Assert.Equal(HttpStatusCode.Redirect, (await admin.Post($"{Page}?handler=Withdraw", ("number", $"{number}"))).StatusCode);

        Assert.Equal(HttpStatusCode.Unauthorized, await Status(HttpMethod.Get, key));
        Assert.Equal(HttpStatusCode.Conflict, (await admin.Post($"{Page}?handler=Withdraw", ("number", $"{number}"))).StatusCode);
        Assert.Equal(["api_key_made", "api_key_withdrawn"], await issuer.InDb(db => db.AccessLog.Where(e => e.Organisation == IssuerFixture.College && e.Why == $"api:{number}").OrderBy(e => e.Id).Select(e => e.Act).ToListAsync()));
        Assert.Contains("Student register", await (await Clerk.SignedIn(issuer, role: "auditor")).Page("/console/access-log"));
    }

    [Theory, InlineData("", "clerk"), InlineData("a\u0000b", "clerk"), InlineData("A program", ""), InlineData("A program", "admin"), InlineData("A program", "clerk,admin"), InlineData("A program", "15")]
    public async Task Attack_a_key_without_name_or_with_a_role_that_programs_cannot_have(string label, string roles)
    {
        var admin = await Clerk.SignedIn(issuer, role: "admin");
        var before = await issuer.InDb(db => db.ApiKeys.CountAsync());

        var answer = await admin.Post($"{Page}?handler=Add", [("label", label), .. roles.Split(',').Select(r => ("roles", r))]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(before, await issuer.InDb(db => db.ApiKeys.CountAsync()));
    }

    [Fact]
    public async Task Attack_an_administrator_withdraws_a_key_of_another_organisation()
    {
        await Made(await Clerk.SignedIn(issuer, IssuerFixture.Ministry, "admin"), "Theirs", "clerk");
        var number = await issuer.InDb(db => db.ApiKeys.Where(k => k.Label == "Theirs").Select(k => k.Number).SingleAsync());
        var own = await issuer.InDb(db => db.ApiKeys.AnyAsync(k => k.Organisation == IssuerFixture.College && k.Number == number && k.WithdrawnAt == null));

        await (await Clerk.SignedIn(issuer, role: "admin")).Post($"{Page}?handler=Withdraw", ("number", $"{(own ? number + 100 : number)}"));

        Assert.Null(await issuer.InDb(db => db.ApiKeys.Where(k => k.Label == "Theirs").Select(k => k.WithdrawnAt).SingleAsync()));
    }

    private static async Task<string> Made(Clerk admin, string label, string role)
    {
        var answer = await admin.Post($"{Page}?handler=Add", ("label", label), ("roles", role));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Regex.Match(await answer.Content.ReadAsStringAsync(), "data-testid=\"api-key\">(identity_api_[A-Za-z0-9_-]{43})<").Groups[1].Value;
    }

    private async Task<HttpStatusCode> Status(HttpMethod method, string key)
    {
        using var request = new HttpRequestMessage(method, Api) { Headers = { { "X-Api-Key", key } } };
        if (method == HttpMethod.Post) request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        return (await issuer.Http.SendAsync(request)).StatusCode;
    }
}
