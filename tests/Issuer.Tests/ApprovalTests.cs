using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Issuer.Organisations;
using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

public sealed class ApprovalTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private static JsonObject Person() => new() { ["full_name"] = "Amina Okoye-Reyes", ["birth_date"] = "1995", ["assurance"] = "document-checked", ["issuing_country"] = "XT" };

    private static JsonObject Why(string text) => new() { ["reason"] = text };

    private Task<JsonObject> Prepare() => issuer.Prepare(Person(), Ministry, "person");

    // An approver sees no offer; whoever hands over reads it.
    private async Task<JsonObject> Approved(string id)
    {
        Assert.Equal(HttpStatusCode.OK, (await issuer.Approve(Ministry, id)).StatusCode);
        return await Json(await issuer.Api(HttpMethod.Get, Ministry, "/" + id));
    }

    private static string Id(JsonObject prepared) => prepared["id"]!.GetValue<string>();

    private async Task<string> State(string organisation, string id) => (await Json(await issuer.Api(HttpMethod.Get, organisation, "/" + id)))["state"]!.GetValue<string>();

    [Fact]
    public async Task A_person_waits_for_a_second_person_and_is_then_on_offer()
    {
        var prepared = await Prepare();
        Assert.Equal("awaiting", prepared["state"]!.GetValue<string>());
        Assert.Null(prepared["offer"]);

        var answer = await Approved(Id(prepared));

        Assert.Equal("offered", answer["state"]!.GetValue<string>());
        using var key = Es256Key.Create();
        Assert.Single(await issuer.Collect(await issuer.AccessToken(answer, Ministry), [key], "person", Ministry));
    }

    [Fact]
    public async Task Attack_one_clerk_puts_what_two_people_gave_on_a_second_phone()
    {
        var prepared = await Prepare();
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
        Assert.Equal("revoked", await State(Ministry, Id(prepared)));
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
        Assert.Equal("collected", await State(Ministry, id));
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
        Assert.Equal("collected", await State(Ministry, id));
    }

    [Fact]
    public async Task Attack_whoever_asked_for_a_paper_agrees_to_it()
    {
        var id = await CollectedAsync();
        var both = await KeyOfBothAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/paper", key: both)).StatusCode);

        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Approve(Ministry, id, both)).StatusCode);
        Assert.Equal(0, await PapersAsync(id));
        Assert.Equal(HttpStatusCode.OK, (await issuer.Approve(Ministry, id)).StatusCode);
        Assert.Equal(1, await PapersAsync(id));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Attack_one_clerk_prints_what_two_people_gave_and_puts_it_on_a_phone_as_well(bool begun)
    {
        var prepared = await Prepare();
        var approved = await Approved(Id(prepared));
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
        var id = Id(await Prepare());
        if (!beforeApproval) await Approved(id);
        var first = await OfferedAgain(id);
        var begun = await Json(await issuer.Token(Code(await issuer.Offer(first)), TxCode(first), Ministry));
        using var own = Es256Key.Create();
        if (beforeApproval) Assert.Equal(HttpStatusCode.Accepted, (await Ask()).StatusCode);

        var second = await OfferedAgain(id);
        if (beforeApproval) await Approved(id);

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
        var approved = await Approved(Id(await Prepare()));
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

    private async Task<string> KeyOfBothAsync()
    {
        var key = Management.ApiKeys.Create();
        await issuer.InDb(async db =>
        {
            await Management.ApiKeys.AddAsync(db, key, Ministry, "both", Data.StaffRoles.Clerk | Data.StaffRoles.Approver, issuer.Clock.GetUtcNow());
            return await db.SaveChangesAsync();
        });
        return key;
    }

    private async Task<string> CollectedAsync()
    {
        var prepared = await Prepare();
        using var key = Es256Key.Create();
        await issuer.Collect(await issuer.AccessToken(await Approved(Id(prepared)), Ministry), [key], "person", Ministry);
        return Id(prepared);
    }

    private Task<int> PapersAsync(string id) => issuer.InDb(db => db.Copies.CountAsync(c => c.CredentialId == id && c.Format == Configurations.PaperFormat));

    [Fact]
    public async Task Attack_a_clerks_key_approves_and_an_approvers_key_prepares()
    {
        var prepared = await Prepare();

        Assert.Equal(HttpStatusCode.Forbidden, (await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/approval")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await issuer.Api(HttpMethod.Post, Ministry, "", new JsonObject { ["type"] = "person", ["reference"] = "r", ["claims"] = Person() }, issuer.ApproverKey(Ministry))).StatusCode);
        Assert.Equal("awaiting", await State(Ministry, Id(prepared)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Attack_an_approver_gets_link_and_code_to_collect_in_the_persons_name(bool offeredBefore)
    {
        var path = "/" + Id(await Prepare());
        if (offeredBefore) await issuer.Api(HttpMethod.Post, Ministry, path + "/offer");

        var approved = await Json(await issuer.Approve(Ministry, path[1..]));
        var read = await Json(await issuer.Api(HttpMethod.Get, Ministry, path, key: issuer.ApproverKey(Ministry)));

        Assert.Equal(("offered", "offered"), (approved["state"]!.GetValue<string>(), read["state"]!.GetValue<string>()));
        Assert.Null(approved["offer"]);
        Assert.Null(read["offer"]);
        Assert.NotNull((await Json(await issuer.Api(HttpMethod.Get, Ministry, path)))["offer"]!["txCode"]);
    }

    [Fact]
    public async Task Attack_one_key_with_both_roles_approves_what_it_prepared()
    {
        var key = await KeyOfBothAsync();
        var prepared = await Json(await issuer.Api(HttpMethod.Post, Ministry, "", new JsonObject { ["type"] = "person", ["reference"] = "r", ["claims"] = Person() }, key));

        var own = await issuer.Approve(Ministry, Id(prepared), key);
        var returned = await issuer.Return(Ministry, Id(prepared), "not by me", key);

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (own.StatusCode, returned.StatusCode));
        Assert.Contains("prepared", (await Json(own))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await issuer.Approve(Ministry, Id(prepared))).StatusCode);
    }

    [Fact]
    public async Task Nothing_is_signed_before_the_approval_even_where_it_was_offered()
    {
        var prepared = await Prepare();
        var offer = await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/offer");
        Assert.Equal(HttpStatusCode.OK, offer.StatusCode);
        var token = await issuer.AccessToken(new JsonObject { ["offer"] = await Json(offer) }, Ministry);
        using var key = Es256Key.Create();

        await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce(Ministry), Ministry)], "person"), Ministry);

        Assert.Equal(0, await issuer.InDb(db => db.Copies.CountAsync(c => c.CredentialId == Id(prepared))));
        Assert.Equal("awaiting", await State(Ministry, Id(prepared)));
    }

    [Fact]
    public async Task What_was_returned_has_a_reason_and_no_way_on_but_a_corrected_one()
    {
        var prepared = await Prepare();
        var path = "/" + Id(prepared);

        Assert.Equal(HttpStatusCode.BadRequest, (await issuer.Return(Ministry, path[1..], " ")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await issuer.Return(Ministry, path[1..], "The year of birth is not that of the passport")).StatusCode);

        var details = await Json(await issuer.Api(HttpMethod.Get, Ministry, path));
        Assert.Equal(("returned", "The year of birth is not that of the passport"), (details["state"]!.GetValue<string>(), details["stateReason"]!.GetValue<string>()));
        foreach (var step in new[] { "/approval", "/return" })
            Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Ministry, $"{path}{step}?asked=issue-1", Why("once more"), issuer.ApproverKey(Ministry))).StatusCode);
        foreach (var step in new[] { "/offer", "/revocation", "/suspension" })
            Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Ministry, path + step, Why("once more"))).StatusCode);
        var corrected = await Json(await issuer.Api(HttpMethod.Post, Ministry, path + "/correction", new JsonObject { ["claims"] = Person() }));
        Assert.Equal("awaiting", corrected["state"]!.GetValue<string>());
        Assert.Equal("returned", await State(Ministry, Id(prepared)));
    }

    [Theory, InlineData("approval"), InlineData("return")]
    public async Task A_program_that_does_not_say_what_it_decides_decides_nothing(string decision)
    {
        var id = Id(await Prepare());

        var unsaid = await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/{decision}", Why("the year is 1994"), issuer.ApproverKey(Ministry));
        var empty = await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/{decision}?asked=", Why("the year is 1994"), issuer.ApproverKey(Ministry));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (unsaid.StatusCode, empty.StatusCode));
        Assert.Contains("asked", (await Json(unsaid))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("awaiting", await State(Ministry, id));
        var said = await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/{decision}?asked=issue-1", Why("the year is 1994"), issuer.ApproverKey(Ministry));
        Assert.Equal(HttpStatusCode.OK, said.StatusCode);
    }

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

    [Fact]
    public async Task Two_approvals_at_once_leave_one_winner()
    {
        var prepared = await Prepare();

        var asked = await issuer.Asked(Ministry, Id(prepared));

        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/approval?asked={asked}", key: issuer.ApproverKey(Ministry))));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Conflict);
        Assert.Equal(1, await issuer.InDb(db => db.Offers.CountAsync(o => o.CredentialId == Id(prepared))));
    }

    private async Task<JsonObject> Correct(string id, string year, HttpStatusCode expected = HttpStatusCode.Created)
    {
        var claims = Person();
        claims["birth_date"] = year;
        var answer = await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/correction", new JsonObject { ["claims"] = claims });
        Assert.Equal(expected, answer.StatusCode);
        return await Json(answer);
    }

    [Fact]
    public async Task Attack_a_correction_brings_back_what_was_revoked_meanwhile()
    {
        var old = Id(await Prepare());
        await Approved(old);
        var newer = Id(await Correct(old, "1996"));
        var approver = await Clerk.SignedIn(issuer, Ministry, "approver");
        var before = WebUtility.HtmlDecode(await approver.Page($"/console/credentials/{newer}/approval"));
        await issuer.Api(HttpMethod.Post, Ministry, $"/{old}/revocation", new JsonObject { ["code"] = "fraud", ["reason"] = "the passport is forged" });

        var approved = await issuer.Approve(Ministry, newer);
        var page = WebUtility.HtmlDecode(await approver.Page($"/console/credentials/{newer}/approval"));
        var pressed = await approver.Post($"/console/credentials/{newer}/approval?handler=Approve", ("asked", await issuer.Asked(Ministry, newer)));

        // The page says which one it takes the place of and what differs; then that that one was revoked, and why.
        Assert.Equal("Offered", Clerk.TestId(before, "replaced-state"));
        Assert.Contains("Before: \u20681995\u2069", before, StringComparison.Ordinal);
        Assert.Contains("Now: \u20681996\u2069", before, StringComparison.Ordinal);
        Assert.DoesNotContain("differs-full_name", before, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"approve\"", before, StringComparison.Ordinal);
        Assert.Contains("the passport is forged", page, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"replaced-revoked\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"approve\"", page, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Conflict), (approved.StatusCode, pressed.StatusCode));
        Assert.Contains("revoked", (await Json(approved))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("awaiting", await State(Ministry, newer));
        // It can be sent back, and what is prepared instead of it stands for the revoked one too.
        Assert.Equal(HttpStatusCode.OK, (await issuer.Return(Ministry, newer, "The first one was a fraud")).StatusCode);
        await Correct(newer, "1997", HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_is_prepared_instead_of_a_returned_correction_ends_the_wrong_one_too()
    {
        var old = Id(await Prepare());
        await Approved(old);
        var second = Id(await Correct(old, "1996"));
        await issuer.Return(Ministry, second, "The year is 1997");

        var third = Id(await Correct(second, "1997"));
        await Correct(old, "1998", HttpStatusCode.Conflict);
        await Approved(third);

        var ended = await Json(await issuer.Api(HttpMethod.Get, Ministry, "/" + old));
        Assert.Equal(("revoked", third), (ended["state"]!.GetValue<string>(), ended["replacedBy"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_corrected_person_ends_the_wrong_one_only_with_the_approval()
    {
        var prepared = await Prepare();
        var approved = await Approved(Id(prepared));
        using var key = Es256Key.Create();
        await issuer.Collect(await issuer.AccessToken(approved, Ministry), [key], "person", Ministry);
        var claims = Person();
        claims["birth_date"] = "1996";

        var corrected = await Json(await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/correction", new JsonObject { ["claims"] = claims }));
        Assert.Equal("collected", await State(Ministry, Id(prepared)));
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/correction", new JsonObject { ["claims"] = claims.DeepClone() })).StatusCode);
        await issuer.Approve(Ministry, Id(corrected));

        var old = await Json(await issuer.Api(HttpMethod.Get, Ministry, "/" + Id(prepared)));
        Assert.Equal(("revoked", "replaced", Id(corrected)), (old["state"]!.GetValue<string>(), old["stateCode"]!.GetValue<string>(), old["replacedBy"]!.GetValue<string>()));
        Assert.All(await issuer.InDb(db => db.StatusEntries.AsNoTracking().Where(e => e.CredentialId == Id(prepared)).ToListAsync()), e => Assert.Equal((int)StatusValue.Invalid, e.Value));
    }
}
