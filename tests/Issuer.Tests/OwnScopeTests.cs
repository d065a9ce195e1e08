using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Types;
using Identity.Issuer.Organisations;
using Identity.Issuer.Tests.Bulk;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>What an organisation may issue by its own accreditations, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class OwnScopeTests(SteppedLedger world) : IClassFixture<SteppedLedger>
{
    private static readonly string Qualification = TypeDefinition.Find("qualification")!.Vct;

    private static JsonObject With(string name, JsonNode value)
    {
        var claims = Diploma();
        claims[name] = value;
        return claims;
    }

    private static JsonObject National(string framework, string level)
    {
        var claims = With("nqf_framework", framework);
        (claims["nqf_edition"], claims["nqf_level"]) = ("2019", level);
        return claims;
    }

    private Task Read() => world.Issuer.Service<ChainRecord>().ReadAsync(default);

    private Task<HttpResponseMessage> Prepare(string reference, JsonObject claims, string type = "qualification") =>
        world.Issuer.Api(HttpMethod.Post, College, "", new JsonObject { ["type"] = type, ["reference"] = reference, ["claims"] = claims });

    private static async Task Refused(string field, string[] words, HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var error = Assert.Single((await Json(answer))["errors"]!.AsObject());
        Assert.Equal(field, error.Key);
        Assert.All(words, word => Assert.Contains(word, (string)error.Value![0]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Attack_an_organisation_issues_beyond_its_own_accreditation()
    {
        // Nobody has accredited it yet: there is no scope of its own to go beyond.
        await Read();
        Assert.Equal(HttpStatusCode.Created, (await Prepare("before", With("level_eqf", 8))).StatusCode);

        var number = await world.Grant(College, AccreditationRight.Issue, new Scope([Qualification], Eqf: new LevelRange(1, 4), Nqf: new Dictionary<string, LevelRange> { ["XTQF"] = new(1, 5) }, Fields: ["07"], Jurisdictions: ["XT"]));
        // What nobody has read yet stops nothing.
        Assert.Equal(HttpStatusCode.Created, (await Prepare("unread", With("level_eqf", 8))).StatusCode);
        await Read();
        string[] link = [$"Accreditation {number} of Port Selin Technical College"];

        await Refused("level_eqf", [.. link, "1–4"], await Prepare("level", With("level_eqf", 5)));
        await Refused("nqf_level", [.. link, "XTQF 1–5"], await Prepare("national", National("XTQF", "6")));
        Assert.Equal(HttpStatusCode.Created, (await Prepare("national", National("XTQF", "5"))).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Prepare("other framework", National("XNQF", "8"))).StatusCode); // nobody can compare it, and the verdict says so
        await Refused("field_iscedf", [.. link, "07"], await Prepare("field", With("field_iscedf", "0111")));
        await Refused("awarding_country", [.. link, "XT"], await Prepare("country", With("awarding_country", "XN")));
        await Refused("type", link, await Prepare("type", new JsonObject { ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Fire safety", ["topic"] = "safety", ["provider_country"] = "XT", ["provider"] = "Port Selin Technical College", ["completed_on"] = "2024-06-30" }, "training"));
        var right = await Prepare("right", With("field_iscedf", "0715"));
        Assert.Equal(HttpStatusCode.Created, right.StatusCode);
        await Refused("level_eqf", link, await world.Issuer.Api(HttpMethod.Post, College, $"/{(await Json(right))["id"]}/correction", new JsonObject { ["claims"] = With("level_eqf", 6) }));
        Assert.Equal(["before", "national", "other framework", "right", "unread"], await world.Issuer.InDb(db => db.Credentials.Where(c => c.Organisation == College).Select(c => c.Reference).OrderBy(r => r).ToListAsync()));

        // The form says so at its field, and a file at its row.
        var clerk = await Console.Clerk.SignedIn(world.Issuer);
        var form = With("level_eqf", 7).Select(c => ("claim." + c.Key, c.Value!.ToString())).ToArray();
        var page = WebUtility.HtmlDecode(await (await clerk.Post("/console/issue/qualification", [.. form, ("reference", "form")])).Content.ReadAsStringAsync());
        Assert.Contains("data-testid=\"error-level_eqf\"", page, StringComparison.Ordinal);
        Assert.Contains("1–4", page, StringComparison.Ordinal);
        const string File = "reference,holder_name,title,kind,level_eqf,nqf_framework,nqf_level,awarded_on,awarding_body,awarding_country,origin\r\n"
            + "F-1,Amina,Welding,diploma,7,,,2024-06-30,Port Selin Technical College,XT,original\r\nF-2,Amina,Welding,diploma,4,XTQF,6,2024-06-30,Port Selin Technical College,XT,original\r\n";
        var job = await BulkJobTests.Upload(clerk, File);
        await BulkJobTests.Settled(clerk, job);
        var errors = await world.Issuer.InDb(db => db.BulkErrors.Select(e => e.Code + " " + e.Field).Order().ToListAsync());
        Assert.Equal(["beyond_allowed level_eqf", "beyond_allowed nqf_level"], errors);

        // Taken back, it covers nothing any more.
        (await world.Registry.WithdrawAsync(world.Root, number, DateTimeOffset.UtcNow)).Require();
        await Read();
        await Refused("type", link, await Prepare("late", Diploma()));
        // Another organisation of this service, which nobody accredited, goes on.
        Assert.Equal(HttpStatusCode.Created, (await world.Issuer.Api(HttpMethod.Post, Ministry, "", new JsonObject { ["type"] = "person", ["reference"] = "P-1", ["claims"] = new JsonObject { ["full_name"] = "Amina Okoye-Reyes", ["assurance"] = "document-checked", ["issuing_country"] = "XT" } })).StatusCode);
    }
}
