using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Issuer.Organisations;
using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;
using static Identity.Issuer.Tests.Persons;

namespace Identity.Issuer.Tests;

public sealed class ApprovalTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private static JsonObject Why(string text) => new() { ["reason"] = text };

    [Fact]
    public async Task A_person_waits_for_a_second_person_and_is_then_on_offer()
    {
        var prepared = await issuer.PreparePerson();
        Assert.Equal("awaiting", prepared["state"]!.GetValue<string>());
        Assert.Null(prepared["offer"]);

        var answer = await issuer.ApprovedPerson(Id(prepared));

        Assert.Equal("offered", answer["state"]!.GetValue<string>());
        using var key = Es256Key.Create();
        Assert.Single(await issuer.Collect(await issuer.AccessToken(answer, Ministry), [key], "person", Ministry));
    }

    [Fact]
    public async Task Attack_a_clerks_key_approves_and_an_approvers_key_prepares()
    {
        var prepared = await issuer.PreparePerson();

        Assert.Equal(HttpStatusCode.Forbidden, (await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/approval")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await issuer.Api(HttpMethod.Post, Ministry, "", new JsonObject { ["type"] = "person", ["reference"] = "r", ["claims"] = Person() }, issuer.ApproverKey(Ministry))).StatusCode);
        Assert.Equal("awaiting", await issuer.StateOf(Ministry, Id(prepared)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Attack_an_approver_gets_link_and_code_to_collect_in_the_persons_name(bool offeredBefore)
    {
        var path = "/" + Id(await issuer.PreparePerson());
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
        var key = await issuer.KeyOfBothAsync();
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
        var prepared = await issuer.PreparePerson();
        var offer = await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/offer");
        Assert.Equal(HttpStatusCode.OK, offer.StatusCode);
        var token = await issuer.AccessToken(new JsonObject { ["offer"] = await Json(offer) }, Ministry);
        using var key = Es256Key.Create();

        await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce(Ministry), Ministry)], "person"), Ministry);

        Assert.Equal(0, await issuer.InDb(db => db.Copies.CountAsync(c => c.CredentialId == Id(prepared))));
        Assert.Equal("awaiting", await issuer.StateOf(Ministry, Id(prepared)));
    }

    [Fact]
    public async Task What_was_returned_has_a_reason_and_no_way_on_but_a_corrected_one()
    {
        var prepared = await issuer.PreparePerson();
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
        Assert.Equal("returned", await issuer.StateOf(Ministry, Id(prepared)));
    }

    [Theory, InlineData("approval"), InlineData("return")]
    public async Task A_program_that_does_not_say_what_it_decides_decides_nothing(string decision)
    {
        var id = Id(await issuer.PreparePerson());

        var unsaid = await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/{decision}", Why("the year is 1994"), issuer.ApproverKey(Ministry));
        var empty = await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/{decision}?asked=", Why("the year is 1994"), issuer.ApproverKey(Ministry));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (unsaid.StatusCode, empty.StatusCode));
        Assert.Contains("asked", (await Json(unsaid))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("awaiting", await issuer.StateOf(Ministry, id));
        var said = await issuer.Api(HttpMethod.Post, Ministry, $"/{id}/{decision}?asked=issue-1", Why("the year is 1994"), issuer.ApproverKey(Ministry));
        Assert.Equal(HttpStatusCode.OK, said.StatusCode);
    }

    [Fact]
    public async Task Two_approvals_at_once_leave_one_winner()
    {
        var prepared = await issuer.PreparePerson();

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
        var old = Id(await issuer.PreparePerson());
        await issuer.ApprovedPerson(old);
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
        Assert.Equal("awaiting", await issuer.StateOf(Ministry, newer));
        // It can be sent back, and what is prepared instead of it stands for the revoked one too.
        Assert.Equal(HttpStatusCode.OK, (await issuer.Return(Ministry, newer, "The first one was a fraud")).StatusCode);
        await Correct(newer, "1997", HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task What_is_prepared_instead_of_a_returned_correction_ends_the_wrong_one_too()
    {
        var old = Id(await issuer.PreparePerson());
        await issuer.ApprovedPerson(old);
        var second = Id(await Correct(old, "1996"));
        await issuer.Return(Ministry, second, "The year is 1997");

        var third = Id(await Correct(second, "1997"));
        await Correct(old, "1998", HttpStatusCode.Conflict);
        await issuer.ApprovedPerson(third);

        var ended = await Json(await issuer.Api(HttpMethod.Get, Ministry, "/" + old));
        Assert.Equal(("revoked", third), (ended["state"]!.GetValue<string>(), ended["replacedBy"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_corrected_person_ends_the_wrong_one_only_with_the_approval()
    {
        var prepared = await issuer.PreparePerson();
        var approved = await issuer.ApprovedPerson(Id(prepared));
        using var key = Es256Key.Create();
        await issuer.Collect(await issuer.AccessToken(approved, Ministry), [key], "person", Ministry);
        var claims = Person();
        claims["birth_date"] = "1996";

        var corrected = await Json(await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/correction", new JsonObject { ["claims"] = claims }));
        Assert.Equal("collected", await issuer.StateOf(Ministry, Id(prepared)));
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/correction", new JsonObject { ["claims"] = claims.DeepClone() })).StatusCode);
        await issuer.Approve(Ministry, Id(corrected));

        var old = await Json(await issuer.Api(HttpMethod.Get, Ministry, "/" + Id(prepared)));
        Assert.Equal(("revoked", "replaced", Id(corrected)), (old["state"]!.GetValue<string>(), old["stateCode"]!.GetValue<string>(), old["replacedBy"]!.GetValue<string>()));
        Assert.All(await issuer.InDb(db => db.StatusEntries.AsNoTracking().Where(e => e.CredentialId == Id(prepared)).ToListAsync()), e => Assert.Equal((int)StatusValue.Invalid, e.Value));
    }
}
