using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>What two people give, or two people take away, nobody lets go to a new phone alone.</summary>
public sealed partial class RecoveryTests
{
    [Theory]
    [InlineData(Ministry, "person")]
    [InlineData(Shipyard, "employment-reference")]
    public async Task Attack_one_clerk_lets_go_what_two_people_give_or_take_away(string organisation, string type)
    {
        var id = await HeldBack(organisation, type);
        var clerk = await Clerk.SignedIn(issuer, organisation);
        Assert.Contains("ask a second person", await clerk.Page($"/console/credentials/{id}"), StringComparison.Ordinal);

        await LetGo(clerk, id);
        await LetGo(clerk, id);

        Assert.Empty(await Moved(organisation));
        var page = await clerk.Page($"/console/credentials/{id}");
        Assert.Contains("recovery-asked", page, StringComparison.Ordinal);
        Assert.DoesNotContain("recovery-let-go", page, StringComparison.Ordinal);
        await clerk.Post($"/console/credentials/{id}/approval?handler=Approve");
        Assert.Empty(await Moved(organisation));

        // The second person sees the name in the record, why it was held and at which desk; then it moves.
        var approver = await Clerk.SignedIn(issuer, organisation, "approver");
        Assert.Contains("Amina Okoye-Reyes", await approver.Page("/console/approvals"), StringComparison.Ordinal);
        var question = await approver.Page($"/console/credentials/{id}/approval");
        Assert.Contains("Let it move to the new phone?", question, StringComparison.Ordinal);
        Assert.Contains("7KQ2M4XD", question, StringComparison.Ordinal);
        await approver.Post($"/console/credentials/{id}/approval?handler=Approve", ("asked", await issuer.Asked(organisation, id)));
        Assert.Single(await Moved(organisation));
        var acts = await issuer.InDb(db => db.Events.Where(e => e.CredentialId == id && e.Act.StartsWith("recovery_")).Select(e => new { e.Act, e.Actor }).ToListAsync());
        Assert.NotEqual(acts.Single(e => e.Act == "recovery_asked").Actor, acts.Single(e => e.Act == "recovery_let_go").Actor);
    }

    [Fact]
    public async Task What_a_second_person_does_not_agree_to_stays()
    {
        var id = await HeldBack(Ministry, "person");
        await LetGo(await Clerk.SignedIn(issuer, Ministry), id);

        var refused = await issuer.Return(Ministry, id, "the photograph is of somebody else");

        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Approve(Ministry, id)).StatusCode);
        Assert.Empty(await Moved(Ministry));
        Assert.Equal(1, await issuer.InDb(db => db.Events.CountAsync(e => e.CredentialId == id && e.Act == "recovery_refused")));
    }

    [Theory]
    [InlineData("revocation", "fraud", "revoked")]
    [InlineData("suspension", "under_review", "suspended")]
    public async Task A_let_go_that_waits_does_not_hold_up_the_end_of_a_reference(string end, string code, string state)
    {
        var id = await HeldBack(Shipyard, "employment-reference");
        await LetGo(await Clerk.SignedIn(issuer, Shipyard), id);
        var seen = await issuer.Asked(Shipyard, id);
        Assert.StartsWith("recovery-", seen, StringComparison.Ordinal);

        var asked = await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/{end}", new JsonObject { ["code"] = code, ["reason"] = "a letter says it is forged" });

        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        Assert.Equal(end, (string?)(await Json(await issuer.Api(HttpMethod.Get, Shipyard, "/" + id)))["awaits"]);
        // Whoever still sees the move to a new phone agrees to nothing; the end is agreed to as ever, and the record does not move.
        var approver = await Clerk.SignedIn(issuer, Shipyard, "approver");
        Assert.Equal(HttpStatusCode.Conflict, (await approver.Post($"/console/credentials/{id}/approval?handler=Approve", ("asked", seen))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await issuer.Approve(Shipyard, id)).StatusCode);
        Assert.Equal(state, (string?)(await Json(await issuer.Api(HttpMethod.Get, Shipyard, "/" + id)))["state"]);
        Assert.Empty(await Moved(Shipyard));
    }

    [Fact]
    public async Task Attack_another_phone_asks_between_the_clerk_and_the_second_person()
    {
        var id = await HeldBack(Ministry, "person");
        await LetGo(await Clerk.SignedIn(issuer, Ministry), id);
        using var thief = Es256Key.Create();
        await RecoverAtDesk(Thiefs, by: thief, organisation: Ministry);

        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Approve(Ministry, id)).StatusCode);

        Assert.Empty((await Recovered(await RecoverAtDesk(Thiefs, by: thief, organisation: Ministry)))["offers"]!.AsArray());
    }

    [Fact]
    public async Task Attack_the_page_of_one_phone_agrees_to_another_phone()
    {
        var id = await HeldBack(Ministry, "person");
        var clerk = await Clerk.SignedIn(issuer, Ministry);
        await LetGo(clerk, id);
        var seen = await issuer.Asked(Ministry, id);
        await issuer.Return(Ministry, id, "the photograph is of somebody else");
        // A thief comes to a desk, and a clerk asks for their phone.
        using var thief = Es256Key.Create();
        await RecoverAtDesk(Thiefs, by: thief, organisation: Ministry);
        await clerk.Post($"/console/credentials/{id}?handler=letgo", ("phone", thief.PublicKey.ThumbprintText()));

        var stale = await (await Clerk.SignedIn(issuer, Ministry, "approver")).Post($"/console/credentials/{id}/approval?handler=Approve", ("asked", seen));

        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        Assert.Empty((await Recovered(await RecoverAtDesk(Thiefs, by: thief, organisation: Ministry)))["offers"]!.AsArray());
    }

    [Fact]
    public async Task Attack_whoever_asked_that_it_be_let_go_agrees_to_it()
    {
        var id = await HeldBack(Ministry, "person");
        var asked = await issuer.InDb(async db =>
        {
            var credential = await db.Credentials.SingleAsync(c => c.Id == id);
            var both = new Issuance.Actor("staff", 77, Data.StaffRoles.Clerk | Data.StaffRoles.Approver);
            Assert.IsType<Issuance.Step.Taken>(credential.AskRecovery("phone", both));
            return credential.AgreeRecovery(both);
        });

        Assert.IsType<Issuance.Step.Refused>(asked);
    }

    [Fact]
    public async Task An_asking_ends_when_the_owner_moves_the_record_with_their_own_document()
    {
        var id = await HeldBack(Ministry, "person");
        await LetGo(await Clerk.SignedIn(issuer, Ministry), id);
        using var owner = Es256Key.Create();

        Assert.Single((await Recovered(await RecoverAtDesk(Own, by: owner, organisation: Ministry)))["offers"]!.AsArray());

        Assert.Null((await Json(await issuer.Api(HttpMethod.Get, Ministry, "/" + id)))["awaits"]);
        Assert.Empty(await Moved(Ministry));
    }

    // Held by its owner, and asked for from a new phone with the document of somebody with another name.
    private async Task<string> HeldBack(string organisation, string type)
    {
        JsonObject claims = type == "person" ? new() { ["full_name"] = "Amina Okoye-Reyes", ["birth_date"] = "1990", ["assurance"] = "document-checked", ["issuing_country"] = "XT" } : CorrectionTests.Reference();
        var prepared = await issuer.Prepare(claims, organisation, type);
        var id = prepared["id"]!.GetValue<string>();
        if (type == "person")
        {
            await issuer.Approve(organisation, id);
            prepared = await Json(await issuer.Api(HttpMethod.Get, organisation, "/" + id));
        }
        using var key = Es256Key.Create();
        await issuer.Collect(await issuer.AccessToken(prepared, organisation), [key], type, organisation);
        Assert.Equal(HttpStatusCode.NoContent, (await Anchor(key, _sheet, organisation)).StatusCode);
        await LongAgo(organisation);
        Assert.Empty(await Moved(organisation));
        return id;
    }

    private async Task<JsonArray> Moved(string organisation) => (await Recovered(await RecoverAtDesk(Read("Haddad", "Amina"), organisation: organisation)))["offers"]!.AsArray();

    private Task<HttpResponseMessage> LetGo(Clerk clerk, string id) => clerk.Post($"/console/credentials/{id}?handler=letgo", ("phone", _new.PublicKey.ThumbprintText()));
}
