using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Presentations;

/// <summary>Attacks 54–60 and what else comes to the response address.</summary>
public class ProtocolAttackTests
{
    [Fact]
    public async Task Attack_54_fewer_claims_than_asked_is_not_an_answer()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        Scene.Is("not_valid", "asks_not_met", await scene.VerdictAsync(diploma, request => scene.Show(diploma, request, "holder_name", "title")));
    }

    [Fact]
    public async Task Attack_54_a_missing_credential_leaves_the_other_without_a_green_verdict()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync(TwoCredentials());

        await scene.Wallet.AnswerAsync(request, Scene.Token("q", scene.Show(diploma, request, "holder_name")));

        var verdict = (JsonObject)(await scene.ResultAsync(created))["verdicts"]![0]!["verdict"]!;
        Scene.Is("not_valid", "asks_not_met", verdict);
    }

    [Fact]
    public async Task Attack_54_an_extra_query_id_or_a_second_presentation_is_refused_and_nothing_of_it_kept()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var second = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync("diploma");
        var extra = Scene.Token("qualification", scene.Show(diploma, request));
        extra["more"] = new JsonArray(scene.Show(second, request));

        Assert.Equal(HttpStatusCode.BadRequest, (await scene.Wallet.AnswerAsync(request, extra)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", scene.Show(diploma, request), scene.Show(second, request)))).StatusCode);

        var result = await scene.ResultAsync(created);
        Assert.Equal("fetched", result["state"]!.GetValue<string>());
        Assert.Null(result["verdicts"]);
    }

    [Fact]
    public async Task Attack_55_a_plumber_is_no_welder_and_a_child_not_over_18()
    {
        await using var scene = await Scene.OpenAsync();
        var plumber = scene.College.Issue("qualification", With(Scene.Diploma, "occupation", "7126"));
        var child = scene.Ministry.Issue("person", With(Scene.Person, "age_over_18", false));

        Scene.Is("not_valid", "asks_not_met", await scene.VerdictAsync(plumber, r => scene.Show(plumber, r, "holder_name", "title", "occupation"), "welder"));
        Scene.Is("not_valid", "asks_not_met", await scene.VerdictAsync(child, r => scene.Show(child, r, "age_over_18"), "over18", "person"));
    }

    [Fact]
    public async Task Attack_51_another_type_under_the_asked_id_is_not_an_answer()
    {
        await using var scene = await Scene.OpenAsync();
        var person = scene.Ministry.Issue("person", Scene.Person);

        Scene.Is("not_valid", "asks_not_met", await scene.VerdictAsync(person, request => scene.Show(person, request, "age_over_18")));
    }

    [Fact]
    public async Task Attack_56_a_bare_string_in_vp_token_is_refused()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (_, request) = await scene.AskAsync("diploma");

        var answer = await scene.Wallet.AnswerAsync(request, new JsonObject { ["qualification"] = scene.Show(diploma, request) });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("invalid_request", (await answer.JsonAsync())["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_57_a_foreign_state_is_refused_and_of_many_answers_one_counts()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync("diploma");
        var (_, other) = await scene.AskAsync("diploma");
        var foreign = (JsonObject)request.DeepClone();
        foreign["state"] = other["state"]!.DeepClone();
        var token = Scene.Token("qualification", scene.Show(diploma, request));

        Assert.Equal(HttpStatusCode.BadRequest, (await scene.Wallet.AnswerAsync(foreign, (JsonObject)token.DeepClone())).StatusCode);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => scene.Wallet.AnswerAsync(request, (JsonObject)token.DeepClone())));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.BadRequest));
        Assert.Equal("valid", (await scene.ResultAsync(created))["outcome"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Gone, (await scene.Browser.GetAsync(created["requestUri"]!.GetValue<string>())).StatusCode);
    }

    [Fact]
    public async Task Attack_57_an_answer_to_a_request_that_was_never_fetched_is_refused()
    {
        await using var scene = await Scene.OpenAsync();
        var created = await scene.Browser.PostJsonAsync("/api/requests", new JsonObject { ["template"] = "diploma", ["response_mode"] = "direct_post" }, HttpStatusCode.Created);
        var uri = created["requestUri"]!.GetValue<string>().Replace("/requests/", "/responses/");

        var answer = await scene.Browser.PostAsync(uri, new FormUrlEncodedContent(new Dictionary<string, string> { ["error"] = "access_denied", ["state"] = "x" }));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("created", (await scene.ResultAsync(created))["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_58_another_browser_with_the_id_and_the_code_learns_nothing()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync("diploma", "same_device");
        var redirect = (await (await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", scene.Show(diploma, request)))).JsonAsync())["redirect_uri"]!.GetValue<string>();
        var code = redirect.Split('=')[1];
        using var thief = scene.Verifier.Browser();
        await thief.PostJsonAsync("/api/requests", new JsonObject { ["template"] = "diploma" }, HttpStatusCode.Created); // a session of its own

        Assert.Equal(HttpStatusCode.NotFound, (await thief.GetAsync($"/api/requests/{created["id"]}?response_code={code}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await scene.Browser.GetAsync($"/api/requests/{created["id"]}?response_code=wrong")).StatusCode);
        Assert.Equal("fetched", (await scene.ResultAsync(created))["state"]!.GetValue<string>());
        Assert.Equal("answered", (await scene.ResultAsync(created, code))["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_59_the_request_id_of_the_qr_opens_no_result()
    {
        await using var scene = await Scene.OpenAsync();
        var (created, request) = await scene.AskAsync("diploma");
        var requestId = created["requestUri"]!.GetValue<string>().Split('/')[^1];

        foreach (var id in new[] { requestId, request["state"]!.GetValue<string>(), "x", new string('A', 43) })
            Assert.Equal(HttpStatusCode.NotFound, (await scene.Browser.GetAsync($"/api/requests/{id}")).StatusCode);
    }

    [Fact]
    public async Task Attack_60_answers_encrypted_to_another_requests_key_or_not_at_all_are_refused()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync("diploma");
        var (_, other) = await scene.AskAsync("diploma");
        Assert.True(Jwk.TryParse(other["client_metadata"]!["jwks"]!["keys"]![0], out var otherKey, out _));
        Assert.True(Jwk.TryParse(request["client_metadata"]!["jwks"]!["keys"]![0], out var ownKey, out _));
        var token = Scene.Token("qualification", scene.Show(diploma, request));

        var otherKid = await scene.Wallet.AnswerAsync(request, (JsonObject)token.DeepClone(), otherKey: otherKey);
        var noKid = await scene.Wallet.AnswerAsync(request, (JsonObject)token.DeepClone(), otherKey: ownKey with { Kid = null });
        var lentKid = await scene.Wallet.AnswerAsync(request, (JsonObject)token.DeepClone(), otherKey: otherKey with { Kid = ownKey.Kid });
        var plain = await scene.Wallet.PostAsync(request, new() { ["state"] = request["state"]!.GetValue<string>(), ["vp_token"] = token.ToJsonString() });

        foreach (var answer in new[] { otherKid, noKid, lentKid, plain }) Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("fetched", (await scene.ResultAsync(created))["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_60_compression_and_another_algorithm_in_the_jwe_header_are_refused()
    {
        await using var scene = await Scene.OpenAsync();
        var (_, request) = await scene.AskAsync("diploma");
        var kid = request["client_metadata"]!["jwks"]!["keys"]![0]!["kid"]!.GetValue<string>();
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var epk = Jwk.From(key).ToJson().ToJsonString();
        string[] headers =
        [
            $$"""{"alg":"ECDH-ES","enc":"A128GCM","zip":"DEF","kid":"{{kid}}","epk":{{epk}}}""",
            $$"""{"alg":"RSA-OAEP","enc":"A128GCM","kid":"{{kid}}"}""",
            $$"""{"alg":"dir","enc":"A128GCM","kid":"{{kid}}"}""",
            $$"""{"alg":"ECDH-ES","enc":"A128GCM","kid":"{{kid}}","epk":{"kty":"EC","crv":"P-256","x":"{{new string('A', 43)}}","y":"{{new string('A', 43)}}"} }""",
        ];

        foreach (var header in headers)
        {
            var jwe = $"{Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(header))}..{Base64Url.Encode(new byte[12])}.{Base64Url.Encode(new byte[50])}.{Base64Url.Encode(new byte[16])}";
            Assert.Equal(HttpStatusCode.BadRequest, (await scene.Wallet.PostAsync(request, new() { ["response"] = jwe })).StatusCode);
        }
    }

    [Fact]
    public async Task Garbage_is_a_400_spoils_nothing_and_never_a_500()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync("diploma");
        var state = request["state"]!.GetValue<string>();
        Dictionary<string, string>[] forms =
        [
            [], new() { ["response"] = "" }, new() { ["response"] = "a.b.c.d.e" }, new() { ["response"] = new string('.', 4) }, new() { ["response"] = "x", ["state"] = state },
            new() { ["state"] = state }, new() { ["error"] = "x" }, new() { ["error"] = "bad\"code", ["state"] = state }, new() { ["error"] = new string('x', 100), ["state"] = state },
        ];

        foreach (var form in forms) Assert.Equal(HttpStatusCode.BadRequest, (await scene.Wallet.PostAsync(request, form)).StatusCode);
        foreach (var payload in new[] { """{}""", """{"vp_token":null}""", """{"vp_token":"x"}""", """{"vp_token":{}}""", """{"vp_token":{"qualification":[]}}""", """{"vp_token":{"qualification":[1]}}""", """{"error":5}""" })
            Assert.Equal(HttpStatusCode.BadRequest, (await scene.Wallet.PostJweAsync(request, (JsonObject)JsonNode.Parse(payload)!)).StatusCode);
        var twice = await scene.Browser.PostAsync(request["response_uri"]!.GetValue<string>(), new StringContent($"state={state}&state={state}&error=a", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded"));
        Assert.Equal(HttpStatusCode.BadRequest, twice.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await scene.Browser.PostAsync("/responses/unknown", new FormUrlEncodedContent(new Dictionary<string, string> { ["error"] = "x" }))).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", scene.Show(diploma, request)))).StatusCode);
        Assert.Equal("valid", (await scene.ResultAsync(created))["outcome"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("not a credential")]
    [InlineData("a.b.c~")]
    [InlineData("IDP:QQQ")]
    [InlineData("~~~~")]
    public async Task A_presentation_that_is_none_gets_a_verdict_that_says_so(string text)
    {
        await using var scene = await Scene.OpenAsync();
        var (created, request) = await scene.AskAsync("diploma");

        var answer = await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", text));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEqual("valid", (await scene.ResultAsync(created))["outcome"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_a_413()
    {
        await using var scene = await Scene.OpenAsync();
        var (_, request) = await scene.AskAsync("diploma");

        var answer = await scene.Browser.PostWhenWantedAsync(request["response_uri"]!.GetValue<string>(), new FormUrlEncodedContent([new("response", new string('a', 900 * 1024))]));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static JsonObject TwoCredentials() => (JsonObject)JsonNode.Parse("""
        {"purpose":"To compare","dcql_query":{"credentials":[
          {"id":"q","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:qualification:1"]},"claims":[{"path":["holder_name"]}]},
          {"id":"p","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:person:1"]},"claims":[{"path":["full_name"]}]}]}}
        """)!;

    private static JsonObject With(JsonObject claims, string name, JsonNode value)
    {
        var changed = (JsonObject)claims.DeepClone();
        changed[name] = value;
        return changed;
    }
}
