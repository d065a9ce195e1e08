using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Presentations;

/// <summary>A recognition body's statement shown beside the qualification that it is about.</summary>
public class OriginalLinkTests
{
    private static readonly byte[] Salt = [.. Enumerable.Range(7, OriginalDigest.SaltLength).Select(i => (byte)i)];
    private static readonly string[] Covered = ["holder_name", "title", "kind", "awarded_on"];

    [Fact]
    public async Task A_statement_beside_its_own_qualification_is_linked_whichever_copy_is_shown()
    {
        await using var scene = await Scene.OpenAsync();
        await using var centre = await CentreAsync(scene);
        var statement = centre.Issue("recognition", Statement(scene));

        Assert.Equal("linked", await LinkAsync(scene, statement, scene.College.Issue("qualification", Scene.Diploma), Covered));
        Assert.Equal("linked", await LinkAsync(scene, statement, scene.College.Issue("qualification", Scene.Diploma), Covered));
    }

    [Fact]
    public async Task Attack_a_statement_about_a_better_diploma_is_not_taken_for_this_one()
    {
        await using var scene = await Scene.OpenAsync();
        await using var centre = await CentreAsync(scene);
        var better = new JsonObject(Scene.Diploma.Select(c => KeyValuePair.Create(c.Key, c.Value?.DeepClone()))) { ["title"] = "Master of Engineering" };

        Assert.Equal("differs", await LinkAsync(scene, centre.Issue("recognition", Statement(scene)), scene.College.Issue("qualification", better), Covered));
    }

    [Fact]
    public async Task Without_what_links_them_nothing_is_said()
    {
        await using var scene = await Scene.OpenAsync();
        await using var centre = await CentreAsync(scene);
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var without = Statement(scene);
        without.Remove("original_salt");

        Assert.Equal("not_shown", await LinkAsync(scene, centre.Issue("recognition", Statement(scene)), diploma, ["holder_name"]));
        Assert.Equal("not_shown", await LinkAsync(scene, centre.Issue("recognition", without), diploma, Covered));
    }

    private static Task<TestIssuer> CentreAsync(Scene scene) =>
        TestIssuer.StartAsync(scene.Clock, scene.Verifier.Ledger, "Norvia Recognition Centre", true, "urn:identity:recognition:1");

    private static JsonObject Statement(Scene scene)
    {
        Assert.True(OriginalDigest.TryCompute(TypeDefinition.Find("qualification")!, scene.College.Issuer, Scene.Diploma, Salt, out var digest));
        return new JsonObject
        {
            ["holder_name"] = "Amina Okoye-Reyes", ["original_title"] = "Diploma in Welding", ["outcome"] = "full", ["outcome_type"] = "statement", ["level_national"] = "Level 4",
            ["decided_on"] = "2026-02-01", ["original_digest"] = Base64Url.Encode(digest), ["original_salt"] = Base64Url.Encode(Salt),
        };
    }

    private static async Task<string> LinkAsync(Scene scene, TestCredential statement, TestCredential diploma, string[] shown)
    {
        var query = JsonNode.Parse("""
            {"credentials":[
              {"id":"s","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:recognition:1"]},"claims":[{"path":["outcome"]}]},
              {"id":"o","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:qualification:1"]},"claims":[{"path":["holder_name"]}]}]}
            """)!;
        var (created, request) = await scene.AskAsync(new JsonObject { ["dcql_query"] = query, ["purpose"] = "To compare" });
        var link = statement.Document.Disclosures.Any(d => d.Name == "original_salt") ? new[] { "outcome", "original_digest", "original_salt" } : ["outcome", "original_digest"];
        var token = new JsonObject { ["s"] = new JsonArray(scene.Show(statement, request, link)), ["o"] = new JsonArray(scene.Show(diploma, request, shown)) };
        await scene.Wallet.AnswerAsync(request, token);
        var result = await scene.ResultAsync(created);
        Assert.Equal("valid", (string)result["outcome"]!);
        var only = Assert.Single(result["links"]!.AsArray())!;
        Assert.Equal(("s", "o"), ((string)only["statement"]!, (string)only["original"]!));
        return (string)only["result"]!;
    }
}
