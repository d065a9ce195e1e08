using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;
using static Identity.Issuer.Tests.Persons;

namespace Identity.Issuer.Tests;

/// <summary>What two people gave once, one of them alone gives no second time: on a second phone, or on paper.</summary>
public sealed class GivenTwiceTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task Attack_one_clerk_puts_what_two_people_gave_on_a_second_phone()
    {
        var prepared = await issuer.PreparePerson();
        var path = "/" + Id(prepared);
        await issuer.Approve(Ministry, path[1..]);
        using var key = Es256Key.Create();
        await issuer.Collect(await issuer.AccessToken(await Json(await issuer.Api(HttpMethod.Get, Ministry, path)), Ministry), [key], "person", Ministry);
        var clerk = await Console.Clerk.SignedIn(issuer, Ministry);

        var second = await issuer.Api(HttpMethod.Post, Ministry, path + "/offer");
        var byPage = await clerk.Post($"/console/credentials{path}/offer?handler=New");
        var page = await clerk.Page($"/console/credentials{path}/offer");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (second.StatusCode, byPage.StatusCode));
        Assert.Contains("second person", (await Json(second))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("needs-two", page, StringComparison.Ordinal);
        Assert.DoesNotContain("new-offer", page, StringComparison.Ordinal);
        // The way that is left: two people again, and the first phone's copies end.
        var replaced = await Json(await issuer.Api(HttpMethod.Post, Ministry, path + "/correction", new JsonObject { ["claims"] = Person() }));
        Assert.Equal("awaiting", replaced["state"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await issuer.Approve(Ministry, Id(replaced))).StatusCode);
        Assert.Equal("revoked", await issuer.StateOf(Ministry, Id(prepared)));
    }

    [Fact]
    public async Task Attack_one_clerk_prints_another_copy_of_what_two_people_gave()
    {
        var id = await CollectedAsync();
        var clerk = await Console.Clerk.SignedIn(issuer, Ministry);

        Assert.Contains("needs-second", await clerk.Page($"/console/credentials/{id}/paper"), StringComparison.Ordinal);
        await clerk.Post($"/console/credentials/{id}/paper");
        var byProgram = await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/paper");
        var page = await clerk.Page($"/console/credentials/{id}/paper");

        Assert.Equal(HttpStatusCode.Conflict, byProgram.StatusCode); // it was asked for already
        Assert.Contains("paper-asked", page, StringComparison.Ordinal);
        Assert.DoesNotContain("make-paper", page, StringComparison.Ordinal);
        Assert.DoesNotContain("paper-code", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/approval")).StatusCode);
        Assert.Equal(0, await PapersAsync(id));

        // The second person sees what it is about; then it can be printed, by the clerk.
        var approver = await Console.Clerk.SignedIn(issuer, Ministry, "approver");
        Assert.Contains("Amina Okoye-Reyes", await approver.Page("/console/approvals"), StringComparison.Ordinal);
        Assert.Contains("Agree to a paper?", await approver.Page($"/console/credentials/{id}/approval"), StringComparison.Ordinal);
        await approver.Post($"/console/credentials/{id}/approval?handler=Approve", ("asked", await issuer.Asked(Ministry, id)));
        Assert.Contains("paper-code", await clerk.Page($"/console/credentials/{id}/paper"), StringComparison.Ordinal);
        Assert.Equal(1, await PapersAsync(id));
        Assert.Equal("collected", await issuer.StateOf(Ministry, id));
        var acts = (await Json(await issuer.Api(HttpMethod.Get, Ministry, "/" + id)))["events"]!.AsArray().Select(e => (Act: (string)e!["act"]!, Who: (string)e["actor"]!)).ToList();
        Assert.NotEqual(acts.Single(e => e.Act == "paper_asked").Who, acts.Single(e => e.Act == "paper_made").Who);

        // And the next one again.
        Assert.Equal(HttpStatusCode.Accepted, (await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/paper")).StatusCode);
        Assert.Equal(1, await PapersAsync(id));
    }

    [Fact]
    public async Task A_paper_that_is_not_agreed_to_is_not_made()
    {
        var id = await CollectedAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/paper")).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await issuer.Return(Ministry, id, "nobody asked for one")).StatusCode);

        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Approve(Ministry, id)).StatusCode);
        Assert.Equal(0, await PapersAsync(id));
        Assert.Equal("collected", await issuer.StateOf(Ministry, id));
    }

    [Fact]
    public async Task Attack_whoever_asked_for_a_paper_agrees_to_it()
    {
        var id = await CollectedAsync();
        var both = await issuer.KeyOfBothAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/paper", key: both)).StatusCode);

        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Approve(Ministry, id, both)).StatusCode);
        Assert.Equal(0, await PapersAsync(id));
        Assert.Equal(HttpStatusCode.OK, (await issuer.Approve(Ministry, id)).StatusCode);
        Assert.Equal(1, await PapersAsync(id));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Attack_one_clerk_prints_what_two_people_gave_and_puts_it_on_a_phone_as_well(bool begun)
    {
        var prepared = await issuer.PreparePerson();
        var approved = await issuer.ApprovedPerson(Id(prepared));
        var offer = await issuer.Offer(approved);
        var token = begun ? await issuer.AccessToken(approved, Ministry) : null;
        var clerk = await Console.Clerk.SignedIn(issuer, Ministry);
        Assert.Contains("instead-of-offer", await clerk.Page($"/console/credentials/{Id(prepared)}/paper"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/paper")).StatusCode);

        using var key = Es256Key.Create();
        if (begun)
            Assert.Equal(HttpStatusCode.Unauthorized, (await issuer.Credential(token!, Request([issuer.Proof(key, await issuer.Nonce(Ministry), Ministry)], "person"), Ministry)).StatusCode);
        else
            Assert.Equal("invalid_grant", await Error(await issuer.Token(Code(offer), TxCode(approved), Ministry)));
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/offer")).StatusCode);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Attack_one_clerk_redeems_an_offer_makes_a_second_one_for_the_person_and_collects_as_well(bool beforeApproval)
    {
        var id = Id(await issuer.PreparePerson());
        if (!beforeApproval) await issuer.ApprovedPerson(id);
        var first = await OfferedAgain(id);
        var begun = await Json(await issuer.Token(Code(await issuer.Offer(first)), TxCode(first), Ministry));
        using var own = Es256Key.Create();
        if (beforeApproval) Assert.Equal(HttpStatusCode.Accepted, (await Ask()).StatusCode);

        var second = await OfferedAgain(id);
        if (beforeApproval) await issuer.ApprovedPerson(id);

        using var persons = Es256Key.Create();
        Assert.Single(await issuer.Collect(await issuer.AccessToken(second, Ministry), [persons], "person", Ministry));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Ask()).StatusCode);
        if (beforeApproval)
            Assert.Equal("invalid_grant", await Error(await issuer.Http.PostAsync($"/{Ministry}/token", new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = (string)begun["refresh_token"]! }))));
        Assert.Equal([persons.PublicKey.ThumbprintText()], await issuer.InDb(db => db.Copies.Where(c => c.CredentialId == id).Select(c => c.HolderKey).ToListAsync()));
        Assert.Equal(0, await issuer.InDb(db => db.DeferredIssues.CountAsync(d => d.CredentialId == id)));

        async Task<HttpResponseMessage> Ask() => await issuer.Credential((string)begun["access_token"]!, Request([issuer.Proof(own, await issuer.Nonce(Ministry), Ministry)], "person"), Ministry);
    }

    private async Task<JsonObject> OfferedAgain(string id)
    {
        var answer = await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/offer");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new JsonObject { ["offer"] = await Json(answer) };
    }

    [Fact]
    public async Task Attack_a_clerk_prints_the_paper_that_the_persons_wallet_made()
    {
        var approved = await issuer.ApprovedPerson(Id(await issuer.PreparePerson()));
        var token = await issuer.AccessToken(approved, Ministry);
        Assert.Equal(HttpStatusCode.OK, (await issuer.Credential(token, new JsonObject { ["credential_configuration_id"] = "person-paper" }, Ministry)).StatusCode);
        Assert.Equal(1, await PapersAsync(Id(approved)));

        var page = await (await Console.Clerk.SignedIn(issuer, Ministry)).Page($"/console/credentials/{Id(approved)}/paper");

        Assert.Contains("in-force", page, StringComparison.Ordinal);
        Assert.DoesNotContain("paper-code", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paper_asked_for_before_the_phone_was_lost_is_not_agreed_to_after_it()
    {
        var id = await CollectedAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/paper")).StatusCode);
        await issuer.InDb(async db =>
        {
            Assert.IsType<Issuance.Step.Taken>((await db.Credentials.SingleAsync(c => c.Id == id)).Recover(issuer.Clock.GetUtcNow()));
            return await db.SaveChangesAsync();
        });

        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Approve(Ministry, id)).StatusCode);
        Assert.Equal(0, await PapersAsync(id));
    }

    private async Task<string> CollectedAsync()
    {
        var prepared = await issuer.PreparePerson();
        using var key = Es256Key.Create();
        await issuer.Collect(await issuer.AccessToken(await issuer.ApprovedPerson(Id(prepared)), Ministry), [key], "person", Ministry);
        return Id(prepared);
    }

    private Task<int> PapersAsync(string id) => issuer.InDb(db => db.Copies.CountAsync(c => c.CredentialId == id && c.Format == Configurations.PaperFormat));

    [Fact]
    public async Task Attack_the_yes_to_one_paper_is_sent_again_for_the_next_one()
    {
        var id = await CollectedAsync();
        await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/paper");
        var first = await issuer.Asked(Ministry, id);
        Assert.Equal(HttpStatusCode.OK, (await issuer.Approve(Ministry, id)).StatusCode);
        await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/paper");

        var again = await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/approval?asked={first}", key: issuer.ApproverKey(Ministry));

        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains(await issuer.Asked(Ministry, id), (await Json(again))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(1, await PapersAsync(id));
        Assert.Equal(HttpStatusCode.OK, (await issuer.Approve(Ministry, id)).StatusCode);
        Assert.Equal(2, await PapersAsync(id));
    }
}
