using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>A credential on paper: signed in the same exchange or at a counter, one in force at a time, ended with the credential.</summary>
public sealed class PaperTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private static readonly (char From, char To)[] Scripts =
    [
        ('a', 'z'), ('а', 'я'), ('\u0621', '\u064A'), ('\u0905', '\u0939'), ('\u0985', '\u09A8'), ('\u0D9A', '\u0DB1'),
        ('\u0BAE', '\u0BB9'), ('\u1000', '\u1020'), ('\u1200', '\u1240'), ('\u4E00', '\u9F00'), ('\u0E01', '\u0E2E'), ('\u10D0', '\u10F0'),
    ];

    [Fact]
    public async Task A_wallet_collects_a_paper_with_the_same_token_and_without_a_key()
    {
        var prepared = await issuer.Prepare();
        var token = await issuer.AccessToken(prepared);
        using var key = Es256Key.Create();
        await issuer.Collect(token, [key]);

        var text = await Paper(token);

        Assert.True(CompactPaper.TryParse(text, out var paper, out var reason), reason);
        Assert.InRange(paper.Encoded.Length, 100, CompactPaper.MaxIssued);
        Assert.Equal("Amina Okoye-Reyes", paper.Claims(TypeDefinition.Find("qualification"))["holder_name"]!.GetValue<string>());
        Assert.Equal(text, await Paper(token)); // a lost answer
        var copies = (await Details(prepared))["copies"]!.AsArray();
        Assert.Equal(Convert.ToHexStringLower(paper.LogEntry), Assert.Single(copies, c => c!["format"]!.GetValue<string>() == "identity-compact-paper")!["entry"]!.GetValue<string>());
        Assert.Equal(StatusValue.Valid, await Status(paper));
    }

    [Fact]
    public async Task A_newer_paper_ends_the_older_one_and_nothing_else()
    {
        var prepared = await issuer.Prepare();
        using var key = Es256Key.Create();
        await issuer.Collect(await issuer.AccessToken(prepared), [key]);
        var first = await MakePaper(prepared);

        var second = await MakePaper(prepared);

        Assert.Equal(StatusValue.Invalid, await Status(first));
        Assert.Equal(StatusValue.Valid, await Status(second));
        Assert.NotEqual((first.List, first.Index), (second.List, second.Index));
        Assert.Equal("collected", (await Details(prepared))["state"]!.GetValue<string>());
        Assert.Equal(2, (await Entries(prepared)).Count(e => e == StatusValue.Valid)); // the copy in the wallet, and the newer paper
        Assert.Contains((await Details(prepared))["events"]!.AsArray(), e => e!["act"]!.GetValue<string>() == "paper_made" && e["actor"]!.GetValue<string>().StartsWith("api:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_without_a_phone_gets_a_paper_alone_and_an_offer_then_leaves_that_paper_in_force()
    {
        var prepared = await issuer.Prepare();
        var printed = await MakePaper(prepared);

        var offer = await issuer.Offer(prepared);

        Assert.Equal(["qualification", "qualification-compact"], offer["credential_configuration_ids"]!.AsArray().Select(i => i!.GetValue<string>()));
        using var key = Es256Key.Create();
        await issuer.Collect(await issuer.AccessToken(prepared), [key]);
        Assert.Equal(StatusValue.Valid, await Status(printed));
    }

    [Fact]
    public async Task Attack_a_reinstated_credential_does_not_bring_back_a_paper_that_had_ended()
    {
        var prepared = await issuer.Prepare();
        var lost = await MakePaper(prepared);
        var kept = await MakePaper(prepared);

        await issuer.Api(HttpMethod.Post, College, $"/{Id(prepared)}/suspension", new JsonObject { ["reason"] = "under review" });
        Assert.Equal((StatusValue.Invalid, StatusValue.Suspended), (await Status(lost), await Status(kept)));
        await issuer.Api(HttpMethod.Delete, College, $"/{Id(prepared)}/suspension");

        Assert.Equal((StatusValue.Invalid, StatusValue.Valid), (await Status(lost), await Status(kept)));
    }

    [Fact]
    public async Task A_correction_ends_the_paper_with_everything_else()
    {
        var prepared = await issuer.Prepare();
        var paper = await MakePaper(prepared);
        var corrected = Diploma();
        corrected["title"] = "Welding Engineer";

        var answer = await issuer.Api(HttpMethod.Post, College, $"/{Id(prepared)}/correction", new JsonObject { ["claims"] = corrected });

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(StatusValue.Invalid, await Status(paper));
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, College, $"/{Id(prepared)}/paper")).StatusCode);
    }

    [Fact]
    public async Task A_lost_paper_ends_without_a_new_one()
    {
        var prepared = await issuer.Prepare();
        var paper = await MakePaper(prepared);

        Assert.Equal(HttpStatusCode.NoContent, (await issuer.Api(HttpMethod.Delete, College, $"/{Id(prepared)}/paper")).StatusCode);

        Assert.Equal(StatusValue.Invalid, await Status(paper));
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Delete, College, $"/{Id(prepared)}/paper")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await issuer.Api(HttpMethod.Post, College, "/unknown/paper")).StatusCode);
    }

    [Fact]
    public async Task Attack_an_employer_takes_a_reference_away_by_making_or_ending_its_paper()
    {
        var claims = new JsonObject { ["holder_name"] = "Amina Okoye-Reyes", ["job_title"] = "Welder", ["from"] = "2021-03", ["employer"] = "Harbour Yard", ["employer_country"] = "XN" };
        var prepared = await issuer.Prepare(claims, Shipyard, "employment-reference");
        // Kept in a drawer before the worker has anything: there is none to be had.
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{Id(prepared)}/paper")).StatusCode);
        using var key = Es256Key.Create();
        await issuer.Collect(await issuer.AccessToken(prepared, Shipyard), [key], "employment-reference", Shipyard);
        var made = await issuer.Api(HttpMethod.Post, Shipyard, $"/{Id(prepared)}/paper");
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        Assert.True(CompactPaper.TryParse((await Json(made))["text"]!.GetValue<string>(), out var paper, out _));

        Assert.Equal(HttpStatusCode.Accepted, (await issuer.Api(HttpMethod.Post, Shipyard, $"/{Id(prepared)}/paper")).StatusCode); // a second person is asked
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Delete, Shipyard, $"/{Id(prepared)}/paper")).StatusCode);

        Assert.Equal(StatusValue.Valid, await Status(paper, Shipyard));
        // An offer names it all the same: the worker's wallet, after a move to a new phone too, ends that one.
        var offer = (await Json(await issuer.Api(HttpMethod.Get, Shipyard, "/" + Id(prepared))))["offer"]!["byValueLink"]!.GetValue<string>();
        Assert.Contains("employment-reference-paper", Uri.UnescapeDataString(offer));
    }

    [Fact]
    public async Task A_revoked_credential_names_no_paper_in_force()
    {
        var prepared = await issuer.Prepare();
        var paper = await MakePaper(prepared);

        await issuer.Api(HttpMethod.Post, College, $"/{Id(prepared)}/revocation", new JsonObject { ["reason"] = "issued in error" });

        Assert.Equal(StatusValue.Invalid, await Status(paper));
        var id = Id(prepared);
        Assert.Null(await issuer.InDb(db => db.Credentials.Where(c => c.Id == id).Select(c => c.PaperIndex).SingleAsync()));
    }

    [Fact]
    public async Task Attack_a_paper_of_another_organisation_is_out_of_reach()
    {
        var prepared = await issuer.Prepare();
        var answer = await issuer.Http.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/{Shipyard}/credentials/{Id(prepared)}/paper") { Headers = { { "X-Api-Key", issuer.ApiKey(Shipyard) } } });

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await issuer.Api(HttpMethod.Post, College, $"/{Id(prepared)}/paper", key: issuer.ApproverKey(College))).StatusCode);
    }

    [Fact]
    public async Task A_paper_that_waits_for_a_second_person_comes_with_the_rest()
    {
        var claims = new JsonObject { ["full_name"] = "Amina Okoye-Reyes", ["full_name_native"] = "أمينة أوكوي رييس", ["birth_date"] = "1994-03-05", ["assurance"] = "document-checked", ["issuing_country"] = "XT" };
        var prepared = await issuer.Prepare(claims, Ministry, "person");
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/paper")).StatusCode);
        await issuer.Approve(Ministry, Id(prepared));

        Assert.Equal(HttpStatusCode.OK, (await issuer.Api(HttpMethod.Post, Ministry, $"/{Id(prepared)}/paper")).StatusCode);
    }

    [Fact]
    public async Task The_text_of_a_paper_is_forgotten_when_it_can_no_longer_be_printed()
    {
        var prepared = await issuer.Prepare();
        await MakePaper(prepared);
        var id = Id(prepared);
        Task<string?> Text() => issuer.InDb(db => db.Copies.Where(c => c.CredentialId == id).Select(c => c.Body).SingleAsync());
        async Task<bool> Forget(TimeSpan later)
        {
            await issuer.InDb(async db => { await ForgetExpired.RunAsync(db, issuer.Clock.GetUtcNow() + later, default); return true; });
            return await Text() is null;
        }

        Assert.False(await Forget(TimeSpan.FromMinutes(59)));
        Assert.True(await Forget(TimeSpan.FromDays(4)));
    }

    [Fact]
    public void No_paper_is_ever_above_its_cap_whatever_the_script_of_the_name_and_the_person_stays_on_it()
    {
        var random = new Random(20261123);
        using var issuerKey = Es256Key.Create();
        var (made, trimmed, none) = (0, 0, 0);
        for (var round = 0; round < 600; round++)
        {
            var type = TypeDefinition.All[round % TypeDefinition.All.Count];
            var (from, to) = Scripts[round % Scripts.Length];
            var claims = new JsonObject(type.Claims.Where(c => c.Mandatory || random.Next(3) > 0).Select(c => KeyValuePair.Create<string, JsonNode?>(c.Name, QrForecastTests.Some(c, from, to, random))));
            var forecast = PaperSize.Forecast(type, claims);
            if (PaperSize.Fit(type, claims) is not { } fitting)
            {
                Assert.Null(forecast.Version);
                none++;
                continue;
            }
            var paper = CompactPaper.Issue(type, fitting, uint.MaxValue, uint.MaxValue, ushort.MaxValue, int.MaxValue, issuerKey, random.NextBytes);

            Assert.InRange(paper.Encoded.Length, 1, CompactPaper.MaxIssued);
            Assert.Equal(forecast.Bytes, paper.Encoded.Length);
            Assert.InRange(forecast.Version!.Value, 1, 15);
            Assert.Contains(type.QrClaims, c => c.Compare && fitting.ContainsKey(c.Name));
            Assert.Equal(claims.ContainsKey("original_issuer"), fitting.ContainsKey("original_issuer"));
            Assert.All(type.QrClaims.Where(c => c.Mandatory), c => Assert.True(fitting.ContainsKey(c.Name)));
            Assert.All(forecast.LeftOut, name => Assert.False(type.Claim(name)!.Mandatory));
            made++;
            if (forecast.LeftOut.Count > 0) trimmed++;
        }
        Assert.True(made > 300 && trimmed > 20 && none > 20, $"{made} made, {trimmed} trimmed, {none} too long");
    }

    [Fact]
    public void A_paper_leaves_out_what_would_only_spare_showing_what_stands_on_it()
    {
        var person = TypeDefinition.Find("person")!;
        var claims = new JsonObject { ["full_name"] = "Amina", ["birth_date"] = "1994-03-05", ["age_over_18"] = true, ["assurance"] = "high" };

        Assert.False(PaperSize.Fit(person, claims)!.ContainsKey("age_over_18"));
        claims.Remove("birth_date");
        Assert.True(PaperSize.Fit(person, claims)!.ContainsKey("age_over_18"));
    }

    private static string Id(JsonObject prepared) => prepared["id"]!.GetValue<string>();

    private async Task<JsonObject> Details(JsonObject prepared) => await Json(await issuer.Api(HttpMethod.Get, College, "/" + Id(prepared)));

    private async Task<CompactPaper> MakePaper(JsonObject prepared)
    {
        var answer = await issuer.Api(HttpMethod.Post, College, $"/{Id(prepared)}/paper");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(CompactPaper.TryParse((await Json(answer))["text"]!.GetValue<string>(), out var paper, out var reason), reason);
        return paper;
    }

    private async Task<string> Paper(string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/{College}/credential") { Content = JsonContent.Create(new JsonObject { ["credential_configuration_id"] = "qualification-paper" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var answer = await issuer.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Assert.Single((await Json(answer))["credentials"]!.AsArray())!["credential"]!.GetValue<string>();
    }

    private async Task<StatusValue> Status(CompactPaper paper, string organisation = College)
    {
        Assert.True(StatusListToken.TryParse(await issuer.Http.GetStringAsync($"/{organisation}/status/{paper.List}"), out var token, out var reason), reason);
        return (StatusValue)token.List.Get(paper.Index);
    }

    private async Task<List<StatusValue>> Entries(JsonObject prepared)
    {
        var id = Id(prepared);
        return await issuer.InDb(db => db.StatusEntries.Where(e => e.CredentialId == id).Select(e => (StatusValue)e.Value).ToListAsync());
    }
}
