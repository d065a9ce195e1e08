using System.Net;
using Identity.Issuer.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Console;

/// <summary>Every address of the console in every role: whatever is added must be added here too.</summary>
public sealed class RolesTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private const string Id = "AAAAAAAAAAAAAAAAAAAAAA";

    // Address pattern, an address of it, who may open it. C clerk, A approver, D administrator, U auditor.
    private static readonly (string Pattern, string Address, string Roles)[] Table =
    [
        ("console", "/console", "CAU"),
        ("console/{**address}", "/console/no/such/page", "CADU"),
        ("console/access-log", "/console/access-log", "U"),
        ("console/account", "/console/account", "CADU"),
        ("console/accreditations", "/console/accreditations", "D"),
        ("console/accreditations/{number:long}/withdrawal", "/console/accreditations/1/withdrawal", "D"),
        ("console/approvals", "/console/approvals", "A"),
        ("console/bulk", "/console/bulk", "C"),
        ("console/bulk/{id}", $"/console/bulk/{Id}", "C"),
        ("console/bulk/{id}/approval", $"/console/bulk/{Id}/approval", "A"),
        ("console/bulk/{id}/{kind:regex(^(letters|slips)$)}", $"/console/bulk/{Id}/letters", "C"),
        ("console/bulk/{id}/mark", $"/console/bulk/{Id}/mark", "C"),
        ("console/closed", "/console/closed", "CADU"),
        ("console/closing", "/console/closing", "D"),
        ("console/closing/approval", "/console/closing/approval", "A"),
        ("console/closing/mark", "/console/closing/mark", "D"),
        ("console/credentials/{id}", $"/console/credentials/{Id}", "CAU"),
        ("console/credentials/{id}/approval", $"/console/credentials/{Id}/approval", "A"),
        ("console/credentials/{id}/correction", $"/console/credentials/{Id}/correction", "C"),
        ("console/credentials/{id}/mark", $"/console/credentials/{Id}/mark", "CAU"),
        ("console/credentials/{id}/offer", $"/console/credentials/{Id}/offer", "C"),
        ("console/credentials/{id}/paper", $"/console/credentials/{Id}/paper", "C"),
        ("console/credentials/{id}/{act:regex(^(revocation|suspension|reinstatement)$)}", $"/console/credentials/{Id}/revocation", "C"),
        ("console/deposits", "/console/deposits", "CADU"),
        ("console/deposits/{id}", $"/console/deposits/{Id}", "CAU"),
        ("console/deposits/{id}/{record}", $"/console/deposits/{Id}/{Id}", "CAU"),
        ("console/export", "/console/export", "D"),
        ("console/export/mark", "/console/export/mark", "D"),
        ("console/history", "/console/history", "DU"),
        ("console/issue", "/console/issue", "C"),
        ("console/issue/{type}", "/console/issue/qualification", "C"),
        ("console/keys", "/console/keys", "D"),
        ("console/keys/mark", "/console/keys/mark", "D"),
        ("console/keys/{thumbprint}/stolen", $"/console/keys/{Id}/stolen", "D"),
        ("console/monitor", "/console/monitor", "DU"),
        ("console/not-allowed", "/console/not-allowed", "CADU"),
        ("console/programs", "/console/programs", "D"),
        ("console/recognition", "/console/recognition", "C"),
        ("console/recognition/{id}", $"/console/recognition/{Id}", "C"),
        ("console/recognition/{id}/mark", $"/console/recognition/{Id}/mark", "C"),
        ("console/settings", "/console/settings", "D"),
        ("console/sign-out", "/console/sign-out", "CADU"),
        ("console/staff", "/console/staff", "DU"),
        ("console/staff/new", "/console/staff/new", "D"),
        ("console/staff/{number:int}", "/console/staff/1", "D"),
    ];

    [Fact]
    public void The_table_holds_every_address_of_the_console()
    {
        var there = issuer.App.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Select(e => e.RoutePattern.RawText!.TrimStart('/')).Where(p => p.StartsWith("console", StringComparison.Ordinal) && !p.Contains('.', StringComparison.Ordinal) && !p.StartsWith("console/sign-in", StringComparison.Ordinal)).Distinct();

        Assert.Equal(Table.Select(t => t.Pattern).Order(StringComparer.Ordinal), there.Order(StringComparer.Ordinal));
    }

    [Theory, InlineData("clerk", 'C'), InlineData("approver", 'A'), InlineData("admin", 'D'), InlineData("auditor", 'U')]
    public async Task Attack_somebody_opens_and_sends_what_is_not_for_the_role(string role, char letter)
    {
        var person = await Clerk.SignedIn(issuer, role: role);
        foreach (var (pattern, address, roles) in Table.Where(t => t.Pattern != "console/sign-out"))
        {
            var answers = new List<HttpResponseMessage> { await person.Get(address) };
            if (!pattern.EndsWith("/mark", StringComparison.Ordinal)) answers.Add(await person.Post(address, ("reason", "not for me"), ("confirmed", "true")));
            foreach (var answer in answers)
            {
                Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
                var denied = answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.OriginalString is "/console/not-allowed" or "/console/staff" && !roles.Contains(letter, StringComparison.Ordinal);
                Assert.True(roles.Contains(letter, StringComparison.Ordinal) ? answer.Headers.Location?.OriginalString != "/console/not-allowed" : denied, $"{role} {answer.RequestMessage!.Method} {pattern}: {(int)answer.StatusCode} {answer.Headers.Location}");
            }
        }
    }

    [Fact]
    public async Task Attack_an_auditor_sees_no_offer_and_no_button_that_changes_anything()
    {
        var prepared = await issuer.Prepare();
        var id = prepared["id"]!.GetValue<string>();
        var auditor = await Clerk.SignedIn(issuer, role: "auditor");

        var html = await auditor.Page($"/console/credentials/{id}");

        Assert.Contains("Welding Technician", html, StringComparison.Ordinal);
        foreach (var button in new[] { "offer", "revoke", "suspend", "correct", "decide" }) Assert.DoesNotContain($"data-testid=\"{button}\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"issue\"", await auditor.Page("/console"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_address_gives_a_page()
    {
        var answer = await (await Clerk.SignedIn(issuer)).Get("/console/nothing/here");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("data-testid=\"missing\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
