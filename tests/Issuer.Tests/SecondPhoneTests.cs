using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;
using Identity.Credentials.StatusList;
using Identity.Issuer.Authorization;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>A reference that a worker has, and an employer who gets it given once more.</summary>
public sealed partial class RecoveryTests
{
    private const string Reference = "employment-reference";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attack_an_employers_clerk_puts_a_reference_on_a_phone_of_their_own_and_recovers_it_away_from_the_worker(bool workerHasSheet)
    {
        var (id, _, worker) = await HeldReference();
        if (workerHasSheet) Assert.Equal(HttpStatusCode.NoContent, (await Anchor(worker[0], _sheet, Shipyard)).StatusCode);
        var clerk = await Clerk.SignedIn(issuer, Shipyard);
        Assert.Contains("Ask a second person", await clerk.Page($"/console/credentials/{id}/offer"), StringComparison.Ordinal);

        // Alone the clerk only asks, and cannot agree.
        var asked = await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/offer");
        Assert.Equal((HttpStatusCode.Accepted, ""), (asked.StatusCode, await asked.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/offer")).StatusCode);
        Assert.Equal(1, await issuer.InDb(db => db.Offers.CountAsync(o => o.CredentialId == id)));
        var page = await clerk.Page($"/console/credentials/{id}/offer");
        Assert.Contains("offer-asked", page, StringComparison.Ordinal);
        Assert.DoesNotContain("new-offer", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/approval?asked=offer-1")).StatusCode);

        // A second person who believes that the worker has a new phone: what the clerk gets then takes nothing away.
        using var own = Es256Key.Create();
        await CollectAgain(id, own);
        var other = new RecoveryCode(RandomNumberGenerator.GetBytes(16));
        Assert.Equal("held_elsewhere", await Error(await Anchor(own, other, Shipyard), HttpStatusCode.Conflict));
        Assert.Equal(HttpStatusCode.NoContent, (await Anchor(worker[1], _sheet, Shipyard)).StatusCode);
        Assert.Equal("held_elsewhere", await Error(await Anchor(own, other, Shipyard), HttpStatusCode.Conflict));
        Assert.Equal([StatusValue.Valid, StatusValue.Valid, StatusValue.Valid], await Statuses(id));

        // The worker reads it, and comes back by the sheet; the clerk's copy ends then.
        var acts = (await Json(await Say("status-reason", "identity-status-request+jwt", worker[0], null, null, Shipyard)))["history"]!.AsArray().Select(line => line!["act"]!.GetValue<string>()).ToList();
        Assert.Superset(new HashSet<string> { "offer_asked", "offered", "collected" }, acts.ToHashSet());
        await LongAgo(Shipyard);
        Assert.Single((await Recovered(await Recover(organisation: Shipyard)))["offers"]!.AsArray());
        Assert.Equal([StatusValue.Invalid, StatusValue.Invalid, StatusValue.Invalid], await Statuses(id));
    }

    [Fact]
    public async Task A_worker_with_a_new_phone_gets_the_reference_once_more_and_keeps_what_the_old_one_has()
    {
        var (id, _, _) = await HeldReference();
        await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/offer");

        var token = await CollectAgain(id, _new);

        Assert.Equal([StatusValue.Valid, StatusValue.Valid, StatusValue.Valid], await Statuses(id));
        Assert.Equal(StatusValue.Valid, await StatusOf(await PaperBy(token))); // there is none yet that it could end
    }

    [Fact]
    public async Task Attack_an_employers_clerk_ends_the_paper_that_the_worker_carries_by_a_second_offer()
    {
        var (id, token, worker) = await HeldReference();
        var carried = await PaperBy(token);
        await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/offer");
        using var own = Es256Key.Create();

        var clerks = await CollectAgain(id, own);

        Assert.Equal("credential_request_denied", await Error(await AskPaper(clerks)));
        Assert.Equal(StatusValue.Valid, await StatusOf(carried));
        // The worker's own phone makes another, and that one ends; so do two people together.
        var newer = await PaperBy(await More(token));
        Assert.Equal((StatusValue.Invalid, StatusValue.Valid), (await StatusOf(carried), await StatusOf(newer)));
        Assert.Equal(HttpStatusCode.Accepted, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/paper")).StatusCode);
        Assert.Equal(StatusValue.Valid, await StatusOf(newer));
        Assert.Equal(HttpStatusCode.OK, (await Agree(id)).StatusCode);
        Assert.Equal(StatusValue.Invalid, await StatusOf(newer));
    }

    [Fact]
    public async Task Attack_a_second_phone_uses_up_the_copies_of_the_first()
    {
        var (id, token, _) = await HeldReference();
        await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/offer");
        using var own = Es256Key.Create();
        await CollectAgain(id, own);
        await issuer.InDb(async db =>
        {
            var one = await db.Copies.AsNoTracking().Where(c => c.CredentialId == id).OrderBy(c => c.Id).LastAsync();
            db.Copies.AddRange(Enumerable.Range(0, IssueCopies.MostADay).Select(n => new CredentialCopy
            {
                CredentialId = id, Organisation = Shipyard, OfferId = $"round-{n}", Family = one.Family, Format = one.Format, HolderKey = one.HolderKey, List = one.List, Index = one.Index, Entry = one.Entry, IssuedAt = Now, ExpiresAt = null,
            }));
            return await db.SaveChangesAsync();
        });
        using var next = Es256Key.Create();

        await issuer.Collect(await More(token), [next], Reference, Shipyard);
    }

    [Fact]
    public async Task Attack_an_employers_clerk_stops_the_way_back_of_a_reference_while_the_new_phone_has_not_fetched_it()
    {
        var (id, _, worker) = await HeldReference();
        Assert.Equal(HttpStatusCode.NoContent, (await Anchor(worker[0], _sheet, Shipyard)).StatusCode);
        await LongAgo(Shipyard);
        var moved = Assert.Single((await Recovered(await Recover(organisation: Shipyard)))["offers"]!.AsArray())!;
        var clerk = await Clerk.SignedIn(issuer, Shipyard);
        Task<HttpResponseMessage> Stop(string reason) => clerk.Post($"/console/credentials/{id}?handler=recovery", ("allow", "false"), ("reason", reason));

        Assert.Equal(HttpStatusCode.BadRequest, (await Stop("")).StatusCode);
        await Stop("a letter says that the phone was sold");

        // Asked for, nothing has stopped. And nobody puts it on another phone before the one that was proved.
        Assert.Contains("recovery_stop-asked", await clerk.Page($"/console/credentials/{id}"), StringComparison.Ordinal);
        moved = Assert.Single((await Recovered(await Recover(organisation: Shipyard)))["offers"]!.AsArray())!;
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/offer")).StatusCode);
        await clerk.Post($"/console/credentials/{id}/approval?handler=Approve", ("asked", "recovery_stop-1"));
        Assert.Equal("recovery_stop", (string?)(await Json(await issuer.Api(HttpMethod.Get, Shipyard, "/" + id)))["awaits"]);

        // The second person reads why. What was on its way arrives; the next move is stopped, and one clerk allows it again.
        Assert.Contains("a letter says that the phone was sold", await (await Clerk.SignedIn(issuer, Shipyard, "approver")).Page($"/console/credentials/{id}/approval"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Agree(id)).StatusCode);
        await issuer.Collect(await RedeemAt(moved, Shipyard), [_new], Reference, Shipyard);
        var stopped = await Recovered(await Recover(organisation: Shipyard));
        Assert.Equal((0, 1), (stopped["offers"]!.AsArray().Count, stopped["left"]!.GetValue<int>()));
        Assert.Equal("a letter says that the phone was sold", await issuer.InDb(db => db.Events.Where(e => e.CredentialId == id && e.Act == "recovery_stopped").Select(e => e.Reason).SingleAsync()));
        await clerk.Post($"/console/credentials/{id}?handler=recovery", ("allow", "true"));
        Assert.Single((await Recovered(await Recover(organisation: Shipyard)))["offers"]!.AsArray());
    }

    [Theory]
    [InlineData("offer")]
    [InlineData("recovery_stop")]
    public async Task Whoever_asks_does_not_agree_and_an_end_takes_the_place_of_what_was_asked(string what)
    {
        var (id, _, _) = await HeldReference();
        var both = new Actor("staff", 77, StaffRoles.Clerk | StaffRoles.Approver);
        var own = await issuer.InDb(async db =>
        {
            var credential = await db.Credentials.SingleAsync(c => c.Id == id);
            Assert.IsType<Step.Taken>(what == "offer" ? credential.AskOffer(both) : credential.AskRecoveryStop("the phone was sold", both));
            await db.SaveChangesAsync();
            return what == "offer" ? credential.AgreeOffer(both) : credential.AgreeRecoveryStop(both);
        });
        Assert.IsType<Step.Refused>(own);

        var end = await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/suspension", new JsonObject { ["code"] = "under_review" });

        Assert.Equal(HttpStatusCode.Accepted, end.StatusCode);
        Assert.Equal("suspension", (string?)(await Json(await issuer.Api(HttpMethod.Get, Shipyard, "/" + id)))["awaits"]);
    }

    [Fact]
    public async Task An_offer_that_was_asked_for_before_the_phone_was_lost_is_not_agreed_to_after_it()
    {
        var (id, _, worker) = await HeldReference();
        await Anchor(worker[0], _sheet, Shipyard);
        await LongAgo(Shipyard);
        await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/offer");

        await Recovered(await Recover(organisation: Shipyard));

        Assert.Null((await Json(await issuer.Api(HttpMethod.Get, Shipyard, "/" + id)))["awaits"]);
    }

    [Fact]
    public async Task What_a_second_person_does_not_agree_to_is_not_offered()
    {
        var (id, _, _) = await HeldReference();
        await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/offer");

        Assert.Equal(HttpStatusCode.OK, (await Agree(id, "return")).StatusCode);

        Assert.Equal(1, await issuer.InDb(db => db.Offers.CountAsync(o => o.CredentialId == id)));
        Assert.Equal(1, await issuer.InDb(db => db.Events.CountAsync(e => e.CredentialId == id && e.Act == "offer_refused")));
    }

    // In the worker's wallet, two copies by one grant.
    private async Task<(string Id, string Token, List<Es256Key> Keys)> HeldReference()
    {
        var prepared = await issuer.Prepare(CorrectionTests.Reference(), Shipyard, Reference);
        List<Es256Key> keys = [Es256Key.Create(), Es256Key.Create()];
        var token = await issuer.AccessToken(prepared, Shipyard);
        await issuer.Collect(token, keys, Reference, Shipyard);
        return (prepared["id"]!.GetValue<string>(), token, keys);
    }

    // A second person agrees to the offer that was asked for, and a phone takes it.
    private async Task<string> CollectAgain(string id, Es256Key key)
    {
        issuer.Clock.Move(TimeSpan.FromSeconds(1)); // the newest offer is the one that is handed over
        Assert.Equal(HttpStatusCode.OK, (await Agree(id)).StatusCode);
        var offered = await Json(await issuer.Api(HttpMethod.Get, Shipyard, "/" + id));
        var token = await issuer.AccessToken(offered, Shipyard);
        await issuer.Collect(token, [key], Reference, Shipyard);
        return token;
    }

    private async Task<HttpResponseMessage> Agree(string id, string decision = "approval")
    {
        var details = await Json(await issuer.Api(HttpMethod.Get, Shipyard, "/" + id));
        return await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/{decision}?asked={details["asked"] ?? details["awaits"]}", new JsonObject { ["reason"] = "nobody asked for it" }, issuer.ApproverKey(Shipyard));
    }

    // Another round of the same grant, as a refresh token gives it.
    private Task<string> More(string token) => issuer.InDb(async db =>
    {
        var hash = Offers.OfferSecrets.Hash(token);
        var before = await db.AccessTokens.SingleAsync(t => t.Hash == hash);
        var next = GiveTokens.AddAccess(db, new AccessRight(before.Organisation, RecordId.New(Now), before.CredentialId, before.Family, null, null, null, false), Now);
        await db.SaveChangesAsync();
        return next;
    });

    private Task<HttpResponseMessage> AskPaper(string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/{Shipyard}/credential") { Content = JsonContent.Create(new JsonObject { ["credential_configuration_id"] = Reference + "-paper" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return issuer.Http.SendAsync(request);
    }

    private async Task<CompactPaper> PaperBy(string token)
    {
        var answer = await AskPaper(token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.True(CompactPaper.TryParse(Assert.Single((await Json(answer))["credentials"]!.AsArray())!["credential"]!.GetValue<string>(), out var paper, out _));
        return paper;
    }

    private async Task<StatusValue> StatusOf(CompactPaper paper)
    {
        Assert.True(StatusListToken.TryParse(await issuer.Http.GetStringAsync($"/{Shipyard}/status/{paper.List}"), out var list, out _));
        return (StatusValue)list.List.Get(paper.Index);
    }

    private async Task<string> RedeemAt(JsonNode offer, string organisation) =>
        (await Recovered(await issuer.Token(Code(await OfferOf(offer)), offer["tx_code"]!.GetValue<string>(), organisation)))["access_token"]!.GetValue<string>();
}
