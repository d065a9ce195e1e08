using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;
using Identity.Verifier.Tests.World;
using Identity.Verifier.Trust;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Verifier.Tests.Check;

public class CheckTests
{
    [Fact]
    public async Task A_file_without_a_holder_is_valid_and_says_that_nobody_proved_to_hold_it()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        var verdict = await CheckAsync(scene, diploma.Text + "\n");

        Scene.Is("valid", "valid", verdict);
        Assert.Equal("none", verdict["binding"]!.GetValue<string>());
        Assert.Equal("green", verdict["tone"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_verdict_is_given_while_its_record_cannot_be_stored()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        Scene.Is("valid", "valid", await CheckAsync(scene, diploma.Text)); // the status list is at hand now

        await using var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(scene.Verifier.Folder, "verifier.db")};Pooling=False");
        await other.OpenAsync();
        await using var held = await other.BeginTransactionAsync(); // "begin immediate": nobody else writes

        Scene.Is("valid", "valid", await CheckAsync(scene, diploma.Text));
    }

    [Fact]
    public async Task A_file_with_an_old_key_binding_and_a_compact_proof_are_checked_too()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (compact, holder, _) = scene.College.IssueCompact("qualification", Scene.Diploma);
        var created = await scene.Browser.PostJsonAsync("/api/challenges", new JsonObject { ["template"] = "diploma" }, HttpStatusCode.Created);
        Assert.True(CompactChallenge.TryParse(created["text"]!.GetValue<string>(), out var challenge, out _));

        Assert.Equal("valid", (await CheckAsync(scene, diploma.Present("x509_hash:x", "some-nonce", scene.Clock.Now, "title")))["outcome"]!.GetValue<string>());
        var proof = await CheckAsync(scene, CompactHolder.Answer(compact, challenge.Required, challenge, holder));

        Scene.Is("valid", "valid", proof);
        Assert.Equal("none", proof["binding"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_json_of_the_api_is_the_form_of_the_verdict()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var unanchored = scene.College.Issue("qualification", Scene.Diploma, anchor: false);

        foreach (var text in new[] { diploma.Text, unanchored.Text, "nothing" })
        {
            var api = await CheckAsync(scene, text);
            var verdict = VerdictEngine.Check(text, new Expectations.File(), scene.Verifier.Services.GetRequiredService<TrustView>(), scene.Clock.Now);
            api.Remove("receipt"); // signed anew each time
            Assert.Equal(verdict.Facts.StatusUri, api["statusList"]?.GetValue<string>());
            api.Remove("statusList"); // for whoever keeps a proof; no part of what was judged
            Assert.Equal(VerdictJson.ToJson(verdict).ToJsonString(), api.ToJsonString());
        }
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{\"a\":1}")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.~")]
    [InlineData("\u0000\uFFFF~")]
    [InlineData("IDP:ABC")]
    public async Task What_is_no_credential_cannot_be_told(string text)
    {
        await using var scene = await Scene.OpenAsync();

        Assert.Equal("cannot_tell", (await CheckAsync(scene, text))["outcome"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"credential":null}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"credential":""}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"credential":5}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"credential":"\ud800"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"credential":"a","credential":"b"}""", HttpStatusCode.BadRequest)]
    [InlineData("""not json""", HttpStatusCode.BadRequest)]
    public async Task A_wrong_call_is_a_400_and_never_a_500(string body, HttpStatusCode expected)
    {
        await using var scene = await Scene.OpenAsync();

        var response = await scene.Browser.PostAsync("/api/check", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_a_413_and_a_form_a_415()
    {
        await using var scene = await Scene.OpenAsync();

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await scene.Browser.PostWhenWantedAsync("/api/check", new StringContent($$"""{"credential":"{{new string('a', 300 * 1024)}}"}""", Encoding.UTF8, "application/json"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await scene.Browser.PostAsync("/api/check", new FormUrlEncodedContent([]))).StatusCode);
    }

    [Fact]
    public async Task Attack_41_a_disclosure_named_like_a_clear_claim_is_altered()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma, change: payload => payload["expired_long_ago"] = true);
        var disclosure = Identity.Credentials.Jose.Base64Url.Encode(Encoding.UTF8.GetBytes("""["c2FsdHNhbHRzYWx0c2FsdA","awarding_body","Oxford"]"""));

        var verdict = await CheckAsync(scene, diploma.Unbound("title") + disclosure + "~");

        Assert.NotEqual("valid", verdict["outcome"]!.GetValue<string>());
        Assert.Empty((JsonObject)verdict["claims"]!);
    }

    [Fact]
    public async Task Attack_83_no_status_is_fetched_for_a_credential_that_is_forged_unanchored_or_expired()
    {
        await using var scene = await Scene.OpenAsync();
        using var forger = Identity.Credentials.Jose.Es256Key.Create();

        await CheckAsync(scene, scene.College.Issue("qualification", Scene.Diploma, signer: forger).Text);
        await CheckAsync(scene, scene.College.Issue("qualification", Scene.Diploma, anchor: false).Text);
        Scene.Is("not_valid", "expired", await CheckAsync(scene, scene.College.Issue("qualification", Scene.Diploma, change: p => p["exp"] = scene.Clock.Now.AddDays(-2).ToUnixTimeSeconds()).Text));

        Assert.Equal(0, scene.College.StatusFetches);
    }

    [Fact]
    public async Task Checks_are_rate_limited()
    {
        await using var scene = await Scene.OpenAsync("--Limits:work=3");

        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++) codes.Add((await scene.Browser.PostAsync("/api/check", System.Net.Http.Json.JsonContent.Create(new { credential = "x" }))).StatusCode);

        Assert.Equal(3, codes.Count(code => code == HttpStatusCode.OK));
        Assert.Equal(2, codes.Count(code => code == HttpStatusCode.TooManyRequests));
    }

    private static Task<JsonObject> CheckAsync(Scene scene, string text) =>
        scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = text }, HttpStatusCode.OK);
}
