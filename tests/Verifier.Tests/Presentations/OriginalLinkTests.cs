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
    private static readonly string[] Named = ["outcome", "original_digest", "original_salt", "holder_name", "original_title", "original_awarded_on"];

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

    [Fact]
    public async Task Attack_a_statement_tied_to_this_diploma_that_names_a_better_one_is_not_taken_for_it()
    {
        await using var scene = await Scene.OpenAsync();
        await using var centre = await CentreAsync(scene);
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var better = Statement(scene);
        (better["holder_name"], better["original_title"], better["original_awarded_on"]) = ("Somebody Else", "Master of Engineering", "1999-01-01");

        var (outcome, link) = await ShowAsync(scene, centre.Issue("recognition", better), diploma, Covered, Named);

        Assert.Equal(("cannot_tell", "contradicts"), (outcome, (string)link["result"]!));
        Assert.Equal(["holder_name", "original_awarded_on", "original_title"], Claims(link, "differs"));
        var title = link["fields"]!.AsArray().Single(f => (string)f!["claim"]! == "original_title")!;
        Assert.Equal(("Welding diploma", "Master of Engineering"), ((string)title["original"]!, (string)title["statement"]!));

        // Nor does it help to leave out the link: what is shown is compared all the same.
        better.Remove("original_salt");
        (outcome, link) = await ShowAsync(scene, centre.Issue("recognition", better), diploma, Covered, [.. Named.Where(n => n != "original_salt")]);
        Assert.Equal(("cannot_tell", "contradicts"), (outcome, (string)link["result"]!));
    }

    [Fact]
    public async Task What_one_side_does_not_show_is_not_compared_and_no_fault()
    {
        await using var scene = await Scene.OpenAsync();
        await using var centre = await CentreAsync(scene);
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var spelled = Statement(scene);
        spelled["original_title"] = "WELDING  diploma";

        var (outcome, link) = await ShowAsync(scene, centre.Issue("recognition", spelled), diploma, Covered, ["outcome", "original_digest", "original_salt", "original_title"]);

        Assert.Equal(("valid", "linked"), (outcome, (string)link["result"]!));
        Assert.Equal(["original_title"], Claims(link, "same"));
        Assert.Subset(Claims(link, "not_shown").ToHashSet(), new HashSet<string> { "holder_name", "original_awarded_on" });
        Assert.Empty(Claims(link, "differs"));
    }

    private static string[] Claims(JsonObject link, string result) =>
        [.. link["fields"]!.AsArray().Where(f => (string)f!["result"]! == result).Select(f => (string)f!["claim"]!).Order(StringComparer.Ordinal)];

    private static Task<TestIssuer> CentreAsync(Scene scene) =>
        TestIssuer.StartAsync(scene.Clock, scene.Verifier.Ledger, "Norvia Recognition Centre", true, "urn:identity:recognition:1");

    private static JsonObject Statement(Scene scene)
    {
        Assert.True(OriginalDigest.TryCompute(TypeDefinition.Find("qualification")!, scene.College.Issuer, Scene.Diploma, Salt, out var digest));
        return new JsonObject
        {
            ["holder_name"] = "Amina Okoye-Reyes", ["original_title"] = "Welding diploma", ["outcome"] = "full", ["outcome_type"] = "statement", ["level_national"] = "Level 4",
            ["decided_on"] = "2026-02-01", ["original_digest"] = Base64Url.Encode(digest), ["original_salt"] = Base64Url.Encode(Salt),
        };
    }

    private static async Task<string> LinkAsync(Scene scene, TestCredential statement, TestCredential diploma, string[] shown)
    {
        var link = statement.Document.Disclosures.Any(d => d.Name == "original_salt") ? new[] { "outcome", "original_digest", "original_salt" } : ["outcome", "original_digest"];
        var (outcome, only) = await ShowAsync(scene, statement, diploma, shown, link);
        var result = (string)only["result"]!;
        Assert.Equal(result == "differs" ? "cannot_tell" : "valid", outcome);
        return result;
    }

    private static async Task<(string Outcome, JsonObject Link)> ShowAsync(Scene scene, TestCredential statement, TestCredential diploma, string[] shown, string[] stated)
    {
        var query = JsonNode.Parse("""
            {"credentials":[
              {"id":"s","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:recognition:1"]},"claims":[{"path":["outcome"]}]},
              {"id":"o","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:qualification:1"]},"claims":[{"path":["holder_name"]}]}]}
            """)!;
        var (created, request) = await scene.AskAsync(new JsonObject { ["dcql_query"] = query, ["purpose"] = "To compare" });
        var token = new JsonObject { ["s"] = new JsonArray(scene.Show(statement, request, stated)), ["o"] = new JsonArray(scene.Show(diploma, request, shown)) };
        await scene.Wallet.AnswerAsync(request, token);
        var result = await scene.ResultAsync(created);
        Assert.All(result["verdicts"]!.AsArray(), shown => Assert.Equal("valid", (string)shown!["verdict"]!["outcome"]!));
        var only = Assert.Single(result["links"]!.AsArray())!;
        Assert.Equal(("s", "o"), ((string)only["statement"]!, (string)only["original"]!));
        return ((string)result["outcome"]!, only.AsObject());
    }
}
