using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Verifier.Registration;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Registration;

public class DeskTests
{
    [Fact]
    public async Task The_desk_asks_under_its_own_keys_and_names_its_purpose_and_the_public_page_under_others()
    {
        await using var scene = await Scene.OpenAsync();

        var (_, desk) = await scene.AskAsync(new JsonObject { ["type"] = "qualification", ["required"] = new JsonArray("title"), ["purpose_id"] = "title" });
        var (_, page) = await scene.AskAsync("diploma");

        Assert.Equal("title", Purpose(desk));
        Assert.Equal("diploma", Purpose(page));
        Assert.Equal("To see a title", (string)desk["purpose"]!);
        Assert.Equal("Test desk", (string)desk["client_metadata"]!["client_name"]!);
        Assert.NotEqual((string)desk["client_id"]!, (string)page["client_id"]!);
    }

    [Fact]
    public async Task The_desk_s_challenge_is_signed_by_its_registered_key_and_answered_to_a_verdict()
    {
        await using var scene = await Scene.OpenAsync();
        var (credential, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);

        var created = await scene.Browser.PostJsonAsync("/api/desk/challenges", new JsonObject { ["type"] = "qualification", ["required"] = new JsonArray("title"), ["purpose_id"] = "title" }, HttpStatusCode.Created);

        Assert.True(CompactChallenge.TryParse((string)created["text"]!, out var challenge, out var reason), reason);
        Assert.Equal(("title", "Test desk"), (challenge.PurposeId, challenge.Name));
        var verdict = await scene.Browser.PostJsonAsync($"/api/challenges/{created["id"]}/answer", new JsonObject { ["proof"] = CompactHolder.Answer(credential, challenge.Required, challenge, holder) }, HttpStatusCode.OK);
        Scene.Is("valid", "valid", verdict);
    }

    [Theory]
    [InlineData("""{"type":"qualification","required":["title"],"purpose":"x"}""")]
    [InlineData("""{"purpose":"x","dcql_query":{"credentials":[{"id":"q","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:qualification:1"]},"claims":[{"path":["title"]}]}]}}""")]
    public async Task Attack_a_question_of_one_s_own_on_the_public_page_is_refused_for_its_own_reason(string body)
    {
        await using var scene = await Scene.OpenAsync();

        var refused = await scene.Browser.PostJsonAsync("/api/requests", (JsonObject)JsonNode.Parse(body)!, HttpStatusCode.Forbidden);

        Assert.Equal("urn:identity:problem:public_page_questions_only", (string)refused["type"]!);
    }

    [Theory]
    [InlineData("""{"purpose_id":"title","type":"qualification","required":["title","holder_name"]}""", "beyond_registration")]
    [InlineData("""{"purpose_id":"title","type":"qualification","required":["title"],"optional":["result"]}""", "beyond_registration")]
    [InlineData("""{"purpose_id":"title","template":"diploma"}""", "beyond_registration")]
    [InlineData("""{"purpose_id":"title","dcql_query":{"credentials":[{"id":"q","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:person:1"]}}]}}""", "beyond_registration")]
    [InlineData("""{"purpose_id":"title","dcql_query":{"credentials":[{"id":"q","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:qualification:1","urn:identity:person:1"]},"claims":[{"path":["title"]}]}]}}""", "beyond_registration")]
    [InlineData("""{"purpose_id":"marketing","type":"qualification","required":["title"]}""", "unknown_purpose")]
    [InlineData("""{"type":"qualification","required":["title"]}""", "unknown_purpose")]
    public async Task Attack_the_desk_cannot_ask_beyond_its_registration(string body, string code)
    {
        await using var scene = await Scene.OpenAsync();

        var refused = await scene.Browser.PostJsonAsync("/api/desk/requests", (JsonObject)JsonNode.Parse(body)!, HttpStatusCode.Forbidden);

        Assert.Equal($"urn:identity:problem:{code}", (string)refused["type"]!);
    }

    [Fact]
    public async Task A_registration_that_is_over_closes_the_desk()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Clock.SetWall(FakeClock.Begin.AddDays(30));

        var refused = await scene.Browser.PostJsonAsync("/api/desk/requests", new JsonObject { ["type"] = "qualification", ["required"] = new JsonArray("title"), ["purpose_id"] = "title" }, HttpStatusCode.Forbidden);

        Assert.Equal("urn:identity:problem:not_registered", (string)refused["type"]!);
        Assert.False((bool)(await (await scene.Browser.GetAsync("/api/desk")).JsonAsync())["registered"]!);
    }

    [Fact]
    public async Task Attack_without_an_operator_s_key_the_desk_is_closed_and_a_removed_key_no_longer_opens_it()
    {
        await using var scene = await Scene.OpenAsync();
        using var stranger = scene.Verifier.Browser();
        var body = new JsonObject { ["purpose_id"] = "title", ["type"] = "qualification", ["required"] = new JsonArray("title") };

        await stranger.PostJsonAsync("/api/desk/requests", body, HttpStatusCode.Unauthorized);
        await stranger.PostJsonAsync("/api/desk/challenges", body, HttpStatusCode.Unauthorized);
        await stranger.PostJsonAsync("/api/desk/session", new JsonObject { ["key"] = "wrong" }, HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/desk")).StatusCode);

        // With the key in its cookie the browser is in, until it signs out or the key's line is taken out.
        var entered = await stranger.PostAsync("/api/desk/session", System.Net.Http.Json.JsonContent.Create(new JsonObject { ["key"] = scene.Verifier.OperatorKey }));
        Assert.Equal(HttpStatusCode.NoContent, entered.StatusCode);
        Assert.Contains("httponly", string.Join(';', entered.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("tester", (string)(await (await stranger.GetAsync("/api/desk")).JsonAsync())["operator"]!);
        Assert.Equal(HttpStatusCode.NoContent, (await stranger.DeleteAsync("/api/desk/session")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/desk")).StatusCode);
        await stranger.PostAsync("/api/desk/session", System.Net.Http.Json.JsonContent.Create(new JsonObject { ["key"] = scene.Verifier.OperatorKey }));
        Assert.Equal("tester", (string)(await (await stranger.GetAsync("/api/desk")).JsonAsync())["operator"]!);
        DeskOperators.Add(Path.Combine(scene.Verifier.Folder, "operators"), "tester");
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/desk")).StatusCode);
    }

    private static string? Purpose(JsonObject request) => (string?)request["verifier_info"]?[0]?["data"]?["purpose"];
}
