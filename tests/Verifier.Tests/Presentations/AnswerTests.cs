using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.StatusList;
using Identity.TestKit;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Presentations;

public class AnswerTests
{
    [Theory]
    [InlineData("A128GCM", true)]
    [InlineData("A256GCM", true)]
    [InlineData("A256GCM", false)]
    public async Task An_encrypted_answer_to_the_diploma_question_is_valid_with_its_evidence(string enc, bool withState)
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync("diploma");

        var answer = await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", scene.Show(diploma, request)), enc, withState);
        var result = await scene.ResultAsync(created);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False((await answer.JsonAsync()).ContainsKey("redirect_uri"));
        Assert.Equal(("answered", "diploma", "valid", "one"), (Text(result, "state"), Text(result, "template"), Text(result, "outcome"), Text(result, "holders")));
        var verdict = (JsonObject)result["verdicts"]![0]!["verdict"]!;
        Scene.Is("valid", "valid", verdict);
        Assert.Equal("online_key_binding", Text(verdict, "binding"));
        Assert.Equal("Amina Okoye-Reyes", verdict["claims"]!["holder_name"]!.GetValue<string>());
        Assert.False(((JsonObject)verdict["claims"]!).ContainsKey("level_eqf"));
        Assert.Equal("Port Selin Technical College", verdict["credential"]!["issuer"]!["name"]!.GetValue<string>());
        Assert.True(verdict["credential"]!["issuer"]!["demonstration"]!.GetValue<bool>());
        Assert.Equal("""["holder_name"]""", verdict["compare"]!.ToJsonString());
        Assert.True(verdict["ledger"]!["rootMatchesContract"]!.GetValue<bool>());
        Assert.Equal(64, verdict["ledger"]!["entry"]!.GetValue<string>().Length);
    }

    [Fact]
    public async Task A_credential_bound_to_an_ed25519_key_is_valid_and_the_request_says_that_it_may_be()
    {
        await using var scene = await Scene.OpenAsync();
        using var holder = Identity.Credentials.Jose.Ed25519Key.Create();
        using var thief = Identity.Credentials.Jose.Ed25519Key.Create();
        var diploma = scene.College.Issue("qualification", Scene.Diploma, holder: holder);
        var (_, request) = await scene.AskAsync("diploma");

        var verdict = await scene.VerdictAsync(diploma);

        Assert.Contains("EdDSA", request["client_metadata"]!["vp_formats_supported"]!["dc+sd-jwt"]!["kb-jwt_alg_values"]!.AsArray().Select(a => a!.GetValue<string>()));
        Scene.Is("valid", "valid", verdict);
        Assert.Equal("online_key_binding", Text(verdict, "binding"));
        Scene.Is("not_valid", "holder_not_proven", await scene.VerdictAsync(diploma with { Holder = thief }));
    }

    [Fact]
    public async Task A_plain_answer_is_taken_where_the_request_allows_it()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync(new JsonObject { ["template"] = "diploma", ["response_mode"] = "direct_post" });

        var answer = await scene.Wallet.PostAsync(request, new() { ["state"] = Text(request, "state"), ["vp_token"] = Scene.Token("qualification", scene.Show(diploma, request)).ToJsonString() });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("valid", Text(await scene.ResultAsync(created), "outcome"));
    }

    [Fact]
    public async Task Over_18_learns_yes_and_no_date_of_birth()
    {
        await using var scene = await Scene.OpenAsync();
        var person = scene.Ministry.Issue("person", Scene.Person);

        var verdict = await scene.VerdictAsync(person, request => scene.Show(person, request, "age_over_18"), "over18", "person");

        Scene.Is("valid", "valid", verdict);
        Assert.True(verdict["claims"]!["age_over_18"]!.GetValue<bool>());
        Assert.False(((JsonObject)verdict["claims"]!).ContainsKey("birth_date"));
    }

    [Fact]
    public async Task A_revoked_and_a_suspended_diploma_are_genuine_but_ended()
    {
        await using var scene = await Scene.OpenAsync();
        var revoked = scene.College.Issue("qualification", Scene.Diploma);
        var suspended = scene.College.Issue("qualification", Scene.Diploma);
        scene.College.SetStatus(revoked.Index, StatusValue.Invalid);
        scene.College.SetStatus(suspended.Index, StatusValue.Suspended);

        Scene.Is("not_valid", "revoked", await scene.VerdictAsync(revoked));
        Scene.Is("not_valid", "suspended", await scene.VerdictAsync(suspended));
    }

    [Fact]
    public async Task A_diploma_not_yet_anchored_cannot_be_told_and_is_valid_after_its_anchor()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma, anchor: false);

        Scene.Is("cannot_tell", "not_anchored", await scene.VerdictAsync(diploma));
        scene.Verifier.Ledger.Anchor(Identity.Credentials.Entry.OfJwt(diploma.Text.Split('~')[0]));
        Scene.Is("valid", "valid", await scene.VerdictAsync(diploma));
    }

    [Fact]
    public async Task Two_credentials_are_compared_by_name_and_never_called_one_person()
    {
        await using var scene = await Scene.OpenAsync();
        var query = JsonNode.Parse("""
            {"credentials":[
              {"id":"q","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:qualification:1"]},"claims":[{"path":["holder_name"]}]},
              {"id":"p","format":"dc+sd-jwt","meta":{"vct_values":["urn:identity:person:1"]},"claims":[{"path":["full_name"]}]}]}
            """)!;
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var agree = scene.Ministry.Issue("person", Scene.Person);
        var differ = scene.Ministry.Issue("person", new JsonObject(Scene.Person.Select(c => KeyValuePair.Create(c.Key, c.Value?.DeepClone()))) { ["full_name"] = "Somebody Else" });
        var sameKey = scene.Ministry.Issue("person", Scene.Person, holder: diploma.Holder);

        Assert.Equal("names_agree", await HoldersAsync(agree));
        Assert.Equal("names_differ", await HoldersAsync(differ));
        Assert.Equal("same_key", await HoldersAsync(sameKey));

        async Task<string> HoldersAsync(TestCredential person)
        {
            var (created, request) = await scene.AskAsync(new JsonObject { ["dcql_query"] = query.DeepClone(), ["purpose"] = "To compare" });
            var token = new JsonObject { ["q"] = new JsonArray(scene.Show(diploma, request, "holder_name")), ["p"] = new JsonArray(scene.Show(person, request, "full_name")) };
            await scene.Wallet.AnswerAsync(request, token);
            var result = await scene.ResultAsync(created);
            Assert.True(Text(result, "outcome") == "valid", result.ToJsonString());
            return Text(result, "holders");
        }
    }

    [Fact]
    public async Task A_wallet_that_refuses_is_recorded_as_refused_with_its_code()
    {
        await using var scene = await Scene.OpenAsync();
        var (plain, request) = await scene.AskAsync("diploma");
        var (sealedUp, other) = await scene.AskAsync("diploma");

        var inClear = await scene.Wallet.PostAsync(request, new() { ["error"] = "access_denied", ["state"] = Text(request, "state") });
        var encrypted = await scene.Wallet.PostJweAsync(other, new JsonObject { ["error"] = "vp_formats_not_supported" });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (inClear.StatusCode, encrypted.StatusCode));
        var result = await scene.ResultAsync(plain);
        Assert.Equal(("refused", "access_denied"), (Text(result, "state"), Text(result, "error")));
        Assert.Equal("vp_formats_not_supported", Text(await scene.ResultAsync(sealedUp), "error"));
    }

    [Fact]
    public async Task On_the_same_device_the_result_waits_for_the_response_code()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync("diploma", "same_device");

        var answer = await (await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", scene.Show(diploma, request)))).JsonAsync();

        var redirect = Text(answer, "redirect_uri");
        Assert.StartsWith($"{scene.Verifier.Url}/result#response_code=", redirect);
        Assert.Equal("fetched", Text(await scene.ResultAsync(created), "state"));
        Assert.Equal("answered", Text(await scene.ResultAsync(created, redirect.Split('=')[1]), "state"));
    }

    [Fact]
    public async Task Claims_leave_no_trace_in_the_database_and_the_verdict_does()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);

        await scene.VerdictAsync(diploma);
        await scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = diploma.Unbound("holder_name") }, HttpStatusCode.OK);
        var rows = await Data.Rows.ReadAsync(scene.Verifier, 2);

        foreach (var bytes in StoredBytes.Read(scene.Verifier.Folder, "*.db*"))
        {
            Assert.DoesNotContain("Amina", bytes);
            Assert.DoesNotContain("Welding", bytes);
        }
        Assert.Equal([("online", "diploma", "valid"), ("file", null, "valid")], rows.Select(r => (r.Way, r.Template, r.Reason)));
    }

    [Fact]
    public async Task Results_are_forgotten_after_their_time()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var (created, request) = await scene.AskAsync("diploma");
        await scene.Wallet.AnswerAsync(request, Scene.Token("qualification", scene.Show(diploma, request)));

        scene.Clock.Pass(TimeSpan.FromMinutes(20));

        Assert.Equal(HttpStatusCode.NotFound, (await scene.Browser.GetAsync($"/api/requests/{Text(created, "id")}")).StatusCode);
    }

    private static string Text(JsonObject json, string name) => json[name]!.GetValue<string>();
}
