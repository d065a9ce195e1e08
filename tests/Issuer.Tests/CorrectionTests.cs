using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Issuer.Status;
using Identity.Issuer.Tests.Console;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

public sealed class CorrectionTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private static string Id(JsonObject prepared) => prepared["id"]!.GetValue<string>();

    private async Task<JsonObject> Details(string id, string organisation = College) => await Json(await issuer.Api(HttpMethod.Get, organisation, "/" + id));

    // Four copies in each format, so eight indices.
    private async Task<(string Id, IReadOnlyList<(int List, int Index)> Places)> Collected()
    {
        var prepared = await issuer.Prepare();
        var keys = Enumerable.Range(0, 4).Select(_ => Es256Key.Create()).ToList();
        var token = await issuer.AccessToken(prepared);
        var places = new List<(int, int)>();
        foreach (var text in await issuer.Collect(token, keys))
        {
            Assert.True(SdJwtVc.TryParse(text, out var credential, out var reason), reason);
            places.Add((int.Parse(credential.Status!.Uri.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture), (int)credential.Status!.Index));
        }
        foreach (var text in await issuer.Collect(token, keys, "qualification-compact"))
        {
            Assert.True(Base64Url.TryDecode(text, out var bytes) && CompactCredential.TryDecode(bytes, out var compact, out _));
            Assert.True(CompactCredential.TryDecode(bytes, out compact, out _));
            places.Add(((int)compact!.Issuer.List, (int)compact.Issuer.Index));
        }
        Assert.Equal(8, places.Distinct().Count());
        return (Id(prepared), places);
    }

    private async Task<StatusValue> Status((int List, int Index) place)
    {
        Assert.True(StatusListToken.TryParse(await issuer.Http.GetStringAsync($"/{College}/status/{place.List}"), out var token, out var reason), reason);
        return (StatusValue)token.List.Get(place.Index);
    }

    [Fact]
    public async Task A_revocation_ends_every_copy_in_every_format_and_no_other()
    {
        var (other, untouched) = await Collected();
        var (id, places) = await Collected();

        await issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", new JsonObject { ["code"] = "issued_in_error" });

        foreach (var place in places) Assert.Equal(StatusValue.Invalid, await Status(place));
        foreach (var place in untouched) Assert.Equal(StatusValue.Valid, await Status(place));
        Assert.Equal("collected", (await Details(other))["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_correction_ends_every_copy_and_offers_the_right_one_in_one_act()
    {
        var (id, places) = await Collected();
        var claims = Diploma();
        claims["level_eqf"] = 5;

        var answer = await issuer.Api(HttpMethod.Post, College, $"/{id}/correction", new JsonObject { ["claims"] = claims, ["reason"] = "The level was wrong" });
        var corrected = await Json(answer);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.NotNull(corrected["offer"]!["txCode"]);
        foreach (var place in places) Assert.Equal(StatusValue.Invalid, await Status(place));
        var old = await Details(id);
        Assert.Equal(("revoked", "replaced", "The level was wrong", Id(corrected)),
            (old["state"]!.GetValue<string>(), old["stateCode"]!.GetValue<string>(), old["stateReason"]!.GetValue<string>(), old["replacedBy"]!.GetValue<string>()));
        var newer = await Details(Id(corrected));
        Assert.Equal((id, 5, old["reference"]!.GetValue<string>()), (newer["replaces"]!.GetValue<string>(), newer["claims"]!["level_eqf"]!.GetValue<int>(), newer["reference"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_correction_that_is_refused_leaves_the_old_one_as_it_was()
    {
        var (id, places) = await Collected();
        var claims = Diploma();
        claims.Remove("title");
        var before = await issuer.InDb(db => db.Credentials.CountAsync());

        var answer = await issuer.Api(HttpMethod.Post, College, $"/{id}/correction", new JsonObject { ["claims"] = claims });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("collected", (await Details(id))["state"]!.GetValue<string>());
        Assert.Equal(StatusValue.Valid, await Status(places[0]));
        Assert.Equal(before, await issuer.InDb(db => db.Credentials.CountAsync()));
    }

    [Fact]
    public async Task Two_corrections_at_once_leave_one_new_credential()
    {
        var (id, _) = await Collected();

        var answers = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => issuer.Api(HttpMethod.Post, College, $"/{id}/correction", new JsonObject { ["claims"] = Diploma() })));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Conflict);
        Assert.Equal(1, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Replaces == id)));
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.BadRequest)]
    [InlineData("other", null, HttpStatusCode.BadRequest)]
    [InlineData("replaced", "by hand", HttpStatusCode.BadRequest)]
    [InlineData("under_review", "not for revocations", HttpStatusCode.BadRequest)]
    [InlineData("fraud", "x", HttpStatusCode.BadRequest)]
    [InlineData("fraud", null, HttpStatusCode.OK)]
    [InlineData(null, "a sentence alone", HttpStatusCode.OK)]
    public async Task A_revocation_has_a_code_and_where_that_says_nothing_a_sentence(string? code, string? reason, HttpStatusCode expected)
    {
        var prepared = await issuer.Prepare();

        var answer = await issuer.Api(HttpMethod.Post, College, $"/{Id(prepared)}/revocation", new JsonObject { ["code"] = code, ["reason"] = reason });

        Assert.Equal(expected, answer.StatusCode);
    }

    internal static JsonObject Reference() => new()
    {
        ["holder_name"] = "Amina Okoye-Reyes", ["job_title"] = "Welder", ["from"] = "2023-02", ["employer"] = "Harbour Yard", ["employer_country"] = "XN",
    };

    private async Task<(string Id, Es256Key Key)> CollectedReference()
    {
        var prepared = await issuer.Prepare(Reference(), Shipyard, "employment-reference");
        var key = Es256Key.Create();
        await issuer.Collect(await issuer.AccessToken(prepared, Shipyard), [key], "employment-reference", Shipyard);
        return (Id(prepared), key);
    }

    [Fact]
    public async Task A_reference_is_corrected_by_a_dated_addition_and_stays_in_force()
    {
        var (id, _) = await CollectedReference();

        var answer = await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/addition", new JsonObject { ["text"] = "The work began in March 2023." });
        var added = await Json(answer);
        using var key = Es256Key.Create();
        var text = Assert.Single(await issuer.Collect(await issuer.AccessToken(added, Shipyard), [key], "employment-reference", Shipyard));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("collected", (await Details(id, Shipyard))["state"]!.GetValue<string>());
        Assert.True(SdJwtVc.TryParse(text, out var credential, out var reason), reason);
        // In clear: whoever is shown this version sees the addition.
        Assert.Equal("2026-11-20: The work began in March 2023.", credential.Document.Jwt.Payload["additions"]![0]!.GetValue<string>());
        Assert.Equal(id, (await Details(Id(added), Shipyard))["addsTo"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_an_employer_takes_a_reference_away()
    {
        var (id, _) = await CollectedReference();
        var claims = Reference();
        claims["job_title"] = "Cleaner";

        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/correction", new JsonObject { ["claims"] = claims })).StatusCode);
        foreach (var body in new JsonObject[] { new() { ["reason"] = "left without notice" }, new() { ["code"] = "issued_in_error" }, new() { ["code"] = "holder_asked", ["reason"] = "so they say" } })
            Assert.Equal(HttpStatusCode.BadRequest, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/revocation", body)).StatusCode);
        var asked = await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/revocation", new JsonObject { ["code"] = "fraud", ["reason"] = "a forged signature" });

        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        Assert.Equal("collected", (await Details(id, Shipyard))["state"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/revocation", new JsonObject { ["code"] = "fraud" })).StatusCode);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_second_person_decides_on_the_revocation_of_a_reference(bool agrees)
    {
        var (id, _) = await CollectedReference();
        await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/revocation", new JsonObject { ["code"] = "fraud", ["reason"] = "a forged signature" });

        var decided = await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/{(agrees ? "approval" : "return")}?asked=revocation-1", new JsonObject { ["reason"] = "no proof of that" }, issuer.ApproverKey(Shipyard));

        Assert.Equal(HttpStatusCode.OK, decided.StatusCode);
        var details = await Details(id, Shipyard);
        Assert.Equal(agrees ? ("revoked", "fraud") : ("collected", null), (details["state"]!.GetValue<string>(), details["stateCode"]?.GetValue<string>()));
        Assert.Null(details["awaits"]);
    }

    [Theory]
    [InlineData("suspension", "revocation", "revoked")]
    [InlineData("revocation", "revocation", "revoked")]
    [InlineData("suspension", "suspension", "suspended")]
    public async Task Attack_a_second_person_agrees_to_something_else_than_was_seen(string seen, string then, string end)
    {
        var (id, _) = await CollectedReference();
        await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/{seen}", new JsonObject { ["code"] = seen == "suspension" ? "under_review" : "wrong_person" });
        var approver = await Clerk.SignedIn(issuer, Shipyard, "approver");
        var path = $"/console/credentials/{id}/approval";
        Assert.Equal(2, (await approver.Page(path)).Split($"name=\"asked\" value=\"{seen}-1\"").Length - 1);
        // Meanwhile a colleague decides, and somebody asks for more.
        var key = issuer.ApproverKey(Shipyard);
        await issuer.Return(Shipyard, id, "no letter was shown");
        await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/{then}", new JsonObject { ["code"] = then == "suspension" ? "holder_asked" : "fraud", ["reason"] = "a forged signature" });

        var approved = await approver.Post(path + "?handler=Approve", ("asked", $"{seen}-1"));
        var returned = await approver.Post(path + "?handler=Return", ("asked", $"{seen}-1"), ("reason", "no letter was shown"));
        var unsaid = await approver.Post(path + "?handler=Approve");
        var byProgram = await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/approval?asked={seen}-1", key: key);
        var backByProgram = await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/return?asked={seen}-1", new JsonObject { ["reason"] = "no letter was shown" }, key);

        Assert.All([approved, returned, unsaid, byProgram, backByProgram], a => Assert.Equal(HttpStatusCode.Conflict, a.StatusCode));
        var page = await approved.Content.ReadAsStringAsync();
        Assert.StartsWith("Something else is being asked", Clerk.TestId(page, "problem"), StringComparison.Ordinal);
        Assert.Contains($"name=\"asked\" value=\"{then}-2\"", page, StringComparison.Ordinal);
        var details = await Details(id, Shipyard);
        Assert.Equal(("collected", then), (details["state"]!.GetValue<string>(), details["awaits"]!.GetValue<string>()));
        Assert.Single(details["events"]!.AsArray(), e => e!["act"]!.GetValue<string>().EndsWith("_refused", StringComparison.Ordinal));
        // Now it was seen.
        await approver.Post(path + "?handler=Approve", ("asked", $"{then}-2"));
        Assert.Equal(end, (await Details(id, Shipyard))["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_an_employer_suspends_a_reference_alone_and_for_ever()
    {
        var (id, _) = await CollectedReference();
        foreach (var body in new JsonObject[] { new() { ["reason"] = "left without notice" }, new() { ["code"] = "other", ["reason"] = "left without notice" }, new() { ["code"] = "fraud" } })
            Assert.Equal(HttpStatusCode.BadRequest, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/suspension", body)).StatusCode);

        var asked = await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/suspension", new JsonObject { ["code"] = "under_review" });
        var details = await Details(id, Shipyard);

        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        Assert.Equal(("collected", "suspension", "under_review"), (details["state"]!.GetValue<string>(), details["awaits"]!.GetValue<string>(), details["awaitsCode"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/suspension", new JsonObject { ["code"] = "under_review" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/revocation", new JsonObject { ["code"] = "fraud" })).StatusCode);
        // Nor at the console.
        var (other, _) = await CollectedReference();
        var clerk = await Clerk.SignedIn(issuer, Shipyard);
        await clerk.Post($"/console/credentials/{other}/suspension", ("code", "under_review"));
        Assert.Equal("collected", (await Details(other, Shipyard))["state"]!.GetValue<string>());
        Assert.Contains("data-testid=\"suspension-asked\"", await clerk.Page($"/console/credentials/{other}"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_second_person_decides_on_the_suspension_of_a_reference_and_one_alone_ends_it(bool agrees)
    {
        var (id, _) = await CollectedReference();
        await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/suspension", new JsonObject { ["code"] = "under_review", ["reason"] = "a letter says it is forged" });
        var approver = await Clerk.SignedIn(issuer, Shipyard, "approver");
        Assert.Contains("Agree and suspend", await approver.Page($"/console/credentials/{id}/approval"));

        var decided = await issuer.Api(HttpMethod.Post, Shipyard, $"/{id}/{(agrees ? "approval" : "return")}?asked=suspension-1", new JsonObject { ["reason"] = "no letter was shown" }, issuer.ApproverKey(Shipyard));

        Assert.Equal(HttpStatusCode.OK, decided.StatusCode);
        var details = await Details(id, Shipyard);
        Assert.Equal(agrees ? ("suspended", "under_review") : ("collected", null), (details["state"]!.GetValue<string>(), details["stateCode"]?.GetValue<string>()));
        Assert.Equal(agrees ? "suspended" : "suspension_refused", details["events"]!.AsArray()[^1]!["act"]!.GetValue<string>());
        Assert.Null(details["awaits"]);
        Assert.All(await issuer.InDb(db => db.StatusEntries.AsNoTracking().Where(e => e.CredentialId == id).ToListAsync()), e => Assert.Equal((int)(agrees ? StatusValue.Suspended : StatusValue.Valid), e.Value));
        if (agrees) Assert.Equal(HttpStatusCode.OK, (await issuer.Api(HttpMethod.Delete, Shipyard, $"/{id}/suspension")).StatusCode);
        Assert.Equal("collected", (await Details(id, Shipyard))["state"]!.GetValue<string>());
    }

    [Fact]
    public void What_is_asked_of_a_second_person_follows_from_the_reason() => Assert.Empty(Reasons.HoldingReference.Intersect(Reasons.AgainstReference));

    [Fact]
    public async Task Additions_cannot_be_given_as_claims_and_a_diploma_takes_none()
    {
        var claims = Reference();
        claims["additions"] = new JsonArray("2020-01-01: worked well");
        var (id, _) = await Collected();

        Assert.Equal(HttpStatusCode.BadRequest, (await issuer.Api(HttpMethod.Post, Shipyard, "", new JsonObject { ["type"] = "employment-reference", ["reference"] = "r", ["claims"] = claims })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, College, $"/{id}/addition", new JsonObject { ["text"] = "a sentence" })).StatusCode);
    }
}
