using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Presentations;

/// <summary>Strangers who ask and answer themselves, to fill memory or to break what others do.</summary>
public class HeapAttackTests
{
    [Fact]
    public async Task Attack_heaps_of_answers_push_out_themselves_and_not_the_small_answer_of_somebody_else()
    {
        await using var scene = await Scene.OpenAsync("--Verifier:MaxKept=20000");
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var heap = scene.College.Issue("qualification", With(Scene.Diploma, "title", new string('x', 30_000)));
        var (small, first) = await scene.AskAsync("diploma");
        var (large, second) = await scene.AskAsync("diploma");

        Assert.Equal(HttpStatusCode.OK, (await scene.Wallet.AnswerAsync(first, Scene.Token("qualification", scene.Show(diploma, first)))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await scene.Wallet.AnswerAsync(second, Scene.Token("qualification", scene.Show(heap, second)))).StatusCode);

        Assert.Equal("answered", (await scene.ResultAsync(small))["state"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Browser.GetAsync($"/api/requests/{large["id"]}")).StatusCode);
    }

    [Theory]
    [InlineData("""{"purpose":"p","dcql_query":{"credentials":[{"id":"a","id":"b","format":"dc+sd-jwt","meta":{"vct_values":["x"]}}]}}""")]
    [InlineData("""{"purpose":"p","dcql_query":{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["x"]}}],"z":{"a":1,"a":2}}}""")]
    [InlineData("""{"purpose":"pay\u0000","dcql_query":{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["x"]}}]}}""")]
    [InlineData("""{"purpose":"\u202eno harm","dcql_query":{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["x"]}}]}}""")]
    [InlineData("""{"purpose":"\u2066a","type":"qualification","required":["title"]}""")]
    public async Task Attack_a_member_twice_deep_inside_or_a_purpose_that_reads_otherwise_is_a_400(string body)
    {
        await using var scene = await Scene.OpenAsync();

        var answer = await scene.Browser.PostAsync("/api/desk/requests", new StringContent(body.Replace("\"purpose\":", "\"purpose_id\":\"all\",\"purpose\":", StringComparison.Ordinal), Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Attack_a_question_too_long_for_a_qr_code_is_a_400()
    {
        await using var scene = await Scene.OpenAsync("--Verifier:ClientId=redirect_uri");
        var body = JsonNode.Parse("""{"purpose":"p","purpose_id":"all","dcql_query":{"credentials":[{"id":"a","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:qualification:1"]},"claims":[{"path":["title"],"values":["x"]}]}]}}""")!;
        body["dcql_query"]!["credentials"]![0]!["claims"]![0]!["values"]![0] = new string('x', 4000);

        var answer = await scene.Browser.PostAsync("/api/desk/requests", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static JsonObject With(JsonObject claims, string name, JsonNode value)
    {
        var changed = (JsonObject)claims.DeepClone();
        changed[name] = value;
        return changed;
    }
}
