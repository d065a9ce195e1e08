using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Issuer.Recognition;
using Identity.Issuer.Tests.Bulk;
using Identity.Issuer.Tests.Console;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>The rules of a fair procedure, on every way in which a statement is written. The whole path, with a wallet and a verifier, is played by the journey of the Host.</summary>
public sealed class RecognitionTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private static readonly TypeDefinition Type = TypeDefinition.Find("recognition")!;

    internal static JsonObject Decision(string outcome = "full") => new()
    {
        ["outcome"] = outcome, ["outcome_type"] = "statement", ["level_national"] = "Norvia framework, level 4", ["level_eqf"] = 4,
        ["reasons"] = "Level, workload and outcomes agree.", ["appeal"] = "In writing within 30 days.",
    };

    private static JsonObject OnPaper(string outcome = "full")
    {
        var claims = Decision(outcome);
        foreach (var (name, value) in new[]
        {
            ("holder_name", "Amina Okoye-Reyes"), ("original_title", "Welding Technician"), ("original_body", "Port Selin Technical College"), ("original_country", "XT"),
            ("evidence", "documents"), ("authority", "Norvia Recognition Centre"), ("authority_country", "XN"), ("decided_on", "2026-11-20"),
        }) claims[name] = value;
        return claims;
    }

    private Task<HttpResponseMessage> Prepare(JsonObject claims) =>
        issuer.Api(HttpMethod.Post, Centre, "", new JsonObject { ["type"] = "recognition", ["reference"] = $"NRC-{Guid.NewGuid():n}", ["claims"] = claims });

    private static async Task<IEnumerable<string>> Refused(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        return (await Json(answer))["errors"]!.AsObject().Select(e => e.Key);
    }

    // A case as it stands after a diploma was shown and found valid; by default one that names no status list.
    internal static async Task<string> Answered(IssuerFixture issuer, StatusPlace? place = null, string validUntil = "2036-01-01T00:00:00Z")
    {
        var shown = issuer.Service<IDataProtectionProvider>().CreateProtector("recognition")
            .Protect(JsonSerializer.Serialize(new ShownQualification($"{Url}/{College}", "qualification", Diploma(), place), JsonSerializerOptions.Web));
        var status = place is null ? "not_checked" : "passed";
        var one = new RecognitionCase
        {
            Id = Base64Url.Encode(Guid.NewGuid().ToByteArray()), Organisation = Centre, Reference = "NRC-2", CreatedAt = issuer.Clock.GetUtcNow(), CreatedBy = "staff:1",
            State = CaseState.Answered, Shown = shown, ChangedAt = issuer.Clock.GetUtcNow(), AsOf = issuer.Clock.GetUtcNow(),
            VerdictJson = $$$"""{"outcome":"valid","reason":"valid","checks":[{"name":"status","result":"{{{status}}}"}],"credential":{"validUntil":"{{{validUntil}}}"}}""",
        };
        await issuer.InDb(db =>
        {
            db.RecognitionCases.Add(one);
            return db.SaveChangesAsync();
        });
        return one.Id;
    }

    private Task<string> Answered() => Answered(issuer);

    private async Task<HttpResponseMessage> Decide(string id, JsonObject claims)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{Centre}/recognition/{id}/statement") { Content = JsonContent.Create(new JsonObject { ["claims"] = claims }) };
        request.Headers.Add("X-Api-Key", issuer.ApiKey(Centre));
        return await issuer.Http.SendAsync(request);
    }

    private async Task<(string Id, JsonObject Claims)> Statement()
    {
        var made = await Decide(await Answered(), Decision());
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var id = (await Json(made))["id"]!.GetValue<string>();
        return (id, (await Json(await issuer.Api(HttpMethod.Get, Centre, "/" + id)))["claims"]!.AsObject());
    }

    private Task<HttpResponseMessage> Correct(string id, JsonObject claims) => issuer.Api(HttpMethod.Post, Centre, $"/{id}/correction", new JsonObject { ["claims"] = claims.DeepClone() });

    [Fact]
    public void Full_recognition_needs_no_difference() => Assert.Empty(StatementRules.Check(Type, Decision()));

    [Theory]
    [InlineData("partial", "differences")]
    [InlineData("other-level", "differences")]
    [InlineData("conditional", "differences")]
    [InlineData("conditional", "condition")]
    [InlineData("none", "differences")]
    [InlineData("none", "way_ahead")]
    public void Less_than_full_recognition_names_what_it_rests_on(string outcome, string missing)
    {
        var written = Decision(outcome);
        Assert.Contains(missing, StatementRules.Check(Type, written).Keys);
        written[missing] = "  ";
        Assert.Contains(missing, StatementRules.Check(Type, written).Keys);
        written[missing] = "Half the workload.";
        Assert.DoesNotContain(missing, StatementRules.Check(Type, written).Keys);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(8, false)]
    [InlineData(9, true)]
    public void A_level_lies_between_1_and_8(int level, bool refused) =>
        Assert.Equal(refused, StatementRules.Check(Type, new JsonObject { ["outcome"] = "full", ["level_eqf"] = level }).ContainsKey("level_eqf"));

    [Theory]
    [InlineData("holder_name")]
    [InlineData("original_title")]
    [InlineData("original_digest")]
    [InlineData("authority")]
    public async Task Attack_an_evaluator_writes_what_follows_from_the_qualification(string claim)
    {
        var written = Decision();
        written[claim] = "somebody else";

        Assert.Equal([claim], await Refused(await Decide(await Answered(), written)));
    }

    [Theory]
    [InlineData("evidence", "signed-credential")]
    [InlineData("original_digest", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("original_salt", "AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Attack_a_statement_that_rests_on_a_credential_is_written_without_a_case(string claim, string value)
    {
        var claims = OnPaper();
        claims[claim] = value;

        Assert.Contains(claim, await Refused(await Prepare(claims)));
    }

    [Fact]
    public async Task Attack_a_refusal_without_difference_and_way_ahead_is_written_by_the_ordinary_ways()
    {
        Assert.Equal(["differences", "way_ahead"], await Refused(await Prepare(OnPaper("none"))));
        Assert.Equal(HttpStatusCode.Created, (await Prepare(OnPaper())).StatusCode);

        // By the form of the console.
        var clerk = await Clerk.SignedIn(issuer, Centre);
        Assert.Contains("data-testid=\"by-case\"", await clerk.Page("/console/issue/recognition"));
        Assert.DoesNotContain("claim.original_digest", await clerk.Page("/console/issue/recognition"));
        var form = OnPaper("none");
        form["evidence"] = "signed-credential";
        var page = await (await clerk.Post("/console/issue/recognition", [("reference", "NRC-3"), .. Fields(form)])).Content.ReadAsStringAsync();
        foreach (var name in new[] { "differences", "way_ahead", "evidence" }) Assert.Contains($"data-testid=\"error-{name}\"", page);
        Assert.Equal(0, await issuer.InDb(db => db.Credentials.CountAsync(c => c.Reference == "NRC-3")));

        // By a file of many.
        var names = OnPaper("none").Select(c => c.Key).ToList();
        var csv = $"reference,{string.Join(',', names)}\n";
        csv += $"NRC-4,{Row(OnPaper("none"), names)}\n";
        csv += $"NRC-5,{Row(form, names)}\n";
        var uploaded = await clerk.PostFile("/console/bulk", Encoding.UTF8.GetBytes(csv), "many.csv", ("type", "recognition"));
        var job = await BulkJobTests.Settled(clerk, uploaded.Headers.Location!.OriginalString);
        Assert.Contains("data-state=\"refused\"", job);
        Assert.Contains("Only a case rests on the signed credential.", WebUtility.HtmlDecode(job));
        Assert.Contains("Anything but full recognition needs a substantial difference.", job);
        Assert.Contains("A refusal must say what can be done next.", job);
    }

    [Theory]
    [InlineData("holder_name", "Somebody Else")]
    [InlineData("original_title", "Doctor of Medicine")]
    [InlineData("original_awarded_on", "2001-01-01")]
    [InlineData("original_digest", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("evidence", "documents")]
    [InlineData("decided_on", "2020-01-01")]
    public async Task Attack_a_correction_turns_a_statement_to_another_holder_title_or_date(string claim, string value)
    {
        var (id, claims) = await Statement();
        claims[claim] = value;

        Assert.Equal([claim], await Refused(await Correct(id, claims)));
        Assert.Equal("offered", (await Json(await issuer.Api(HttpMethod.Get, Centre, "/" + id)))["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_a_correction_refuses_without_difference_and_way_ahead()
    {
        var (id, claims) = await Statement();
        claims["outcome"] = "none";

        Assert.Equal(["differences", "way_ahead"], await Refused(await Correct(id, claims)));
    }

    [Fact]
    public async Task A_correction_changes_the_decision_and_keeps_what_was_shown()
    {
        var (id, before) = await Statement();

        // A program need not say what stays; the console shows it without fields.
        var first = await Correct(id, Decision("partial") is var decision && (decision["differences"] = "Half the workload.") is not null ? decision : []);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var newer = (await Json(first))["id"]!.GetValue<string>();
        var clerk = await Clerk.SignedIn(issuer, Centre);
        var page = await clerk.Page($"/console/credentials/{newer}/correction");
        Assert.Contains("data-testid=\"fixed\"", page);
        Assert.DoesNotContain("claim.holder_name", page);
        var second = await clerk.Post($"/console/credentials/{newer}/correction", [("claim.holder_name", "Somebody Else"), .. Fields(Decision())]);
        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);

        var after = (await Json(await issuer.Api(HttpMethod.Get, Centre, "/" + second.Headers.Location!.OriginalString.Split('/')[3])))["claims"]!.AsObject();
        foreach (var name in StatementRules.Given) Assert.True(JsonNode.DeepEquals(before[name], after[name]), name);
        Assert.Equal("full", after["outcome"]!.GetValue<string>());
        Assert.False(after.ContainsKey("differences"));
    }

    [Fact]
    public async Task Attack_a_statement_on_paper_is_corrected_into_one_that_rests_on_a_credential()
    {
        var id = (await Json(await Prepare(OnPaper())))["id"]!.GetValue<string>();
        var claims = OnPaper();
        claims["evidence"] = "signed-credential";

        Assert.Equal(["evidence"], await Refused(await Correct(id, claims)));
        Assert.Equal(HttpStatusCode.Created, (await Correct(id, OnPaper())).StatusCode);
    }

    private static (string, string)[] Fields(JsonObject claims) => [.. claims.Select(c => ("claim." + c.Key, c.Value!.ToString()))];

    private static string Row(JsonObject claims, IEnumerable<string> names) => string.Join(',', names.Select(n => $"\"{claims[n]}\""));
}
