using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Identity.Issuer.Bulk;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Tests.Bulk;

/// <summary>A file of a type that needs a second person: one decision for all its rows, never by whoever asked.</summary>
public sealed class BulkApprovalTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task A_second_person_agrees_to_a_whole_file_and_stands_in_each_record()
    {
        var clerk = await In("clerk");
        var job = await Asked(clerk, "BA", 30);
        Assert.Contains("data-state=\"awaitingapproval\"", await clerk.Page(job));
        Assert.Equal(0, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Reference.StartsWith("BA"))));

        var approver = await In("approver");
        Assert.Contains($"{job}/approval", await approver.Page("/console/approvals"));
        Assert.Equal(30, Regex.Count(await approver.Page($"{job}/approval"), "data-testid=\"row\""));
        var rows = await (await approver.Get($"{job}/approval?handler=Rows")).Content.ReadAsStringAsync();
        Assert.Equal(31, rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(HttpStatusCode.Redirect, (await approver.Post($"{job}/approval?handler=Approve")).StatusCode);

        Assert.Contains("data-state=\"done\"", await BulkJobTests.Settled(clerk, job));
        var made = await issuer.InDb(db => db.Credentials.AsNoTracking().Where(c => c.Reference.StartsWith("BA")).ToListAsync());
        Assert.Equal(30, made.Count);
        Assert.All(made, c => Assert.True(c.State is CredentialState.Offered && c.ApprovedBy is not null && c.ApprovedBy != c.PreparedBy));
        var ids = made.ConvertAll(c => c.Id);
        Assert.Equal(30, await issuer.InDb(db => db.AccessLog.CountAsync(e => ids.Contains(e.CredentialId!) && e.Act == "approved" && e.Role == "approver")));
        Assert.Equal(1, await issuer.InDb(db => db.AccessLog.CountAsync(e => e.Act == "bulk_approved")));
        Assert.Contains("data-testid=\"decided\"", await approver.Page($"{job}/approval"));
        Assert.Equal(HttpStatusCode.Conflict, (await approver.Post($"{job}/approval?handler=Approve")).StatusCode);
    }

    [Fact]
    public async Task A_file_that_is_sent_back_issues_nothing_and_says_why()
    {
        var clerk = await In("clerk");
        var job = await Asked(clerk, "BR", 3);
        var approver = await In("approver");

        Assert.Equal(HttpStatusCode.BadRequest, (await approver.Post($"{job}/approval?handler=Return", ("reason", " "))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await approver.Post($"{job}/approval?handler=Return", ("reason", "Three names are not ours"))).StatusCode);

        var page = await clerk.Page(job);
        Assert.Contains("data-state=\"returned\"", page);
        Assert.Contains("Three names are not ours", page);
        Assert.Equal(0, await issuer.InDb(db => db.BulkRows.CountAsync(r => r.Reference.StartsWith("BR"))));
        Assert.Equal(0, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Reference.StartsWith("BR"))));
    }

    [Fact]
    public async Task Attack_whoever_asked_for_a_file_approves_it()
    {
        var both = await In("clerk");
        var name = issuer.Service<IssuerSeed>().Access.Single(a => a.Organisation == IssuerFixture.Ministry).UserName;
        await issuer.InDb(db => db.Users.Where(u => u.UserName == name).ExecuteUpdateAsync(u => u.SetProperty(x => x.Roles, StaffRoles.Clerk | StaffRoles.Approver)));
        var job = await Asked(both, "BS", 3);

        Assert.Contains("data-testid=\"own\"", await both.Page($"{job}/approval"));
        Assert.Equal(HttpStatusCode.Conflict, (await both.Post($"{job}/approval?handler=Approve")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await both.Post($"{job}/approval?handler=Return", ("reason", "Mine to decide"))).StatusCode);
        Assert.Equal(0, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Reference.StartsWith("BS"))));
    }

    [Fact]
    public async Task Attack_an_approver_opens_a_file_that_nobody_asked_to_issue()
    {
        var clerk = await In("clerk");
        var job = await BulkJobTests.Upload(clerk, People("BN", 3), "person");
        await BulkJobTests.Settled(clerk, job);
        var approver = await In("approver");

        Assert.Equal(HttpStatusCode.NotFound, (await approver.Get($"{job}/approval")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await approver.Get($"{job}/approval?handler=Rows")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await approver.Post($"{job}/approval?handler=Approve")).StatusCode);
        Assert.Equal(0, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Reference.StartsWith("BN"))));
    }

    private Task<Clerk> In(string role) => Clerk.SignedIn(issuer, IssuerFixture.Ministry, role);

    internal static async Task<string> Asked(Clerk clerk, string prefix, int count)
    {
        var job = await BulkJobTests.Upload(clerk, People(prefix, count), "person");
        Assert.Contains("data-state=\"ready\"", await BulkJobTests.Settled(clerk, job));
        await clerk.Post($"{job}?handler=Start");
        return job;
    }

    private static string People(string prefix, int count)
    {
        var text = new StringBuilder().AppendRecord("reference", "full_name", "assurance", "issuing_country");
        for (var i = 1; i <= count; i++) text.AppendRecord($"{prefix}-{i}", $"Person {i}", "document-checked", "XT");
        return text.ToString();
    }
}
