using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Tests.Console;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

public sealed class ExplainStatusTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    private async Task<HttpResponseMessage> Ask(Es256Key key, string? nonce = null, string organisation = College, Action<JsonObject>? header = null, Action<JsonObject>? payload = null, string language = "en")
    {
        var h = new JsonObject { ["typ"] = "identity-status-request+jwt", ["alg"] = key.Algorithm, ["jwk"] = key.PublicKey.ToJson() };
        var p = new JsonObject { ["aud"] = $"{Url}/{organisation}/status-reason", ["iat"] = issuer.Clock.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = nonce ?? await issuer.Nonce(organisation) };
        header?.Invoke(h);
        payload?.Invoke(p);
        return await Send(new JsonObject { ["proof"] = Jws.Sign(h, p, key), ["language"] = language }, organisation);
    }

    private Task<HttpResponseMessage> Send(JsonNode body, string organisation = College)
    {
        return issuer.Http.PostAsync($"/{organisation}/status-reason", new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"));
    }

    private async Task<(string Id, List<Es256Key> Keys)> Collected()
    {
        var prepared = await issuer.Prepare();
        List<Es256Key> keys = [Es256Key.Create(), Es256Key.Create()];
        await issuer.Collect(await issuer.AccessToken(prepared), keys);
        return (prepared["id"]!.GetValue<string>(), keys);
    }

    [Fact]
    public async Task The_holder_reads_reason_date_and_whom_to_turn_to_with_the_key_of_any_copy()
    {
        var (id, keys) = await Collected();
        Assert.Equal("valid", (await Json(await Ask(keys[0])))["state"]!.GetValue<string>());
        await issuer.Api(HttpMethod.Post, College, $"/{id}/revocation", new JsonObject { ["code"] = "issued_in_error", ["reason"] = "The exam was another person's" });

        foreach (var key in keys)
        {
            var answer = await Json(await Ask(key));
            Assert.Equal("revoked", answer["state"]!.GetValue<string>());
            Assert.Equal("2026-11-20T10:17:33Z", answer["since"]!.GetValue<string>());
            Assert.Equal(("issued_in_error", "It was issued by mistake.", "The exam was another person's"),
                (answer["reason"]!["code"]!.GetValue<string>(), answer["reason"]!["text"]!.GetValue<string>(), answer["reason"]!["sentence"]!.GetValue<string>()));
            Assert.Equal("Port Selin Technical College", answer["appeal"]!["organisation"]!.GetValue<string>());
        }
        Assert.Equal("صدرت خطأً.", (await Json(await Ask(keys[0], language: "ar")))["reason"]!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_holder_sees_who_looked_by_role_and_number_and_never_by_name()
    {
        var (id, keys) = await Collected();
        await issuer.Api(HttpMethod.Get, College, "/" + id);
        await issuer.Api(HttpMethod.Get, College, "/" + id);

        var text = await (await Ask(keys[0])).Content.ReadAsStringAsync();
        var read = JsonNode.Parse(text)!["history"]!.AsArray().Single(l => l!["act"]!.GetValue<string>() == "read")!;

        Assert.Equal((2, "Program no. 1"), (read["times"]!.GetValue<int>(), read["who"]!.GetValue<string>()));
        Assert.DoesNotContain("@", text, StringComparison.Ordinal);
        Assert.DoesNotContain("issuer.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_a_clerk_puts_it_on_another_phone_and_the_holder_does_not_see_it()
    {
        var (id, keys) = await Collected();
        using var other = Es256Key.Create();
        var again = new JsonObject { ["offer"] = await Json(await issuer.Api(HttpMethod.Post, College, $"/{id}/offer")) };
        await issuer.Collect(await issuer.AccessToken(again), [other]);

        var taken = (await Json(await Ask(keys[0])))["history"]!.AsArray().Where(l => l!["act"]!.GetValue<string>() == "collected").ToList();

        Assert.Equal((2, "the person’s wallet", "Collected"), (taken.Sum(l => l!["times"]!.GetValue<int>()), taken[0]!["who"]!.GetValue<string>(), taken[0]!["what"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Attack_a_look_is_hidden_behind_thousands_of_others()
    {
        var (id, keys) = await Collected();
        await issuer.Api(HttpMethod.Get, College, "/" + id);
        AccessEntry Line(string actor, string act, int day) => new() { Organisation = College, At = issuer.Clock.GetUtcNow().AddDays(day).AddMinutes(1), Actor = actor, Role = "clerk", Act = act, CredentialId = id, Why = act == "read" ? "look_up" : "list" };
        await issuer.InDb(db =>
        {
            db.AccessLog.AddRange(Enumerable.Range(0, 1500).Select(_ => Line("staff:9", "listed", 0)));
            db.AccessLog.AddRange(Enumerable.Range(0, 400).Select(day => Line("staff:9", "listed", day)));
            db.AccessLog.AddRange(Enumerable.Range(0, 800).Select(day => Line("staff:9", "read", day)));
            return db.SaveChangesAsync();
        });

        var lines = (await Json(await Ask(keys[0])))["history"]!.AsArray();
        long Times(string act, string actor) => lines.Where(l => l!["act"]!.GetValue<string>() == act && l["who"]!.GetValue<string>().EndsWith(actor, StringComparison.Ordinal)).Sum(l => l!["times"]!.GetValue<long>());

        Assert.Equal((1, 1, 1), (Times("created", "Program no. 1"), Times("offered", "Program no. 1"), Times("read", "Program no. 1")));
        Assert.Equal((1900, 800), (Times("listed", "no. 9"), Times("read", "no. 9")));
        Assert.InRange(lines.Count, 3, 400); // the wallet reads a thousand
        var page = await (await Clerk.SignedIn(issuer, role: "auditor")).Page($"/console/credentials/{id}");
        Assert.Contains("2702", page, StringComparison.Ordinal); // with the auditor's own
    }

    [Fact]
    public async Task A_replaced_credential_says_so()
    {
        var (id, keys) = await Collected();
        await issuer.Api(HttpMethod.Post, College, $"/{id}/correction", new JsonObject { ["claims"] = Diploma() });

        var answer = await Json(await Ask(keys[1]));

        Assert.True(answer["replaced"]!.GetValue<bool>());
        Assert.Equal("replaced", answer["reason"]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_somebody_else_asks()
    {
        var (_, keys) = await Collected();
        using var stranger = Es256Key.Create();

        Assert.Equal("unknown_copy", await Error(await Ask(stranger), HttpStatusCode.NotFound));
        // The holder's public key, which a verifier has seen, under another's signature.
        Assert.Equal("invalid_proof", await Error(await Ask(stranger, header: h => h["jwk"] = keys[0].PublicKey.ToJson())));
        // The right key at another organisation: the same answer as for a stranger.
        Assert.Equal("unknown_copy", await Error(await Ask(keys[0], organisation: Ministry), HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task Attack_a_proof_is_replayed_or_made_for_something_else()
    {
        var (_, keys) = await Collected();
        var nonce = await issuer.Nonce();
        Assert.Equal(HttpStatusCode.OK, (await Ask(keys[0], nonce)).StatusCode);

        Assert.Equal("invalid_nonce", await Error(await Ask(keys[0], nonce)));
        Assert.Equal("invalid_nonce", await Error(await Ask(keys[0], "made-up")));
        Assert.Equal("invalid_nonce", await Error(await Ask(keys[0], await issuer.Nonce(Ministry))));
        Assert.Equal("invalid_proof", await Error(await Ask(keys[0], header: h => h["typ"] = "openid4vci-proof+jwt")));
        Assert.Equal("invalid_proof", await Error(await Ask(keys[0], header: h => h["typ"] = "kb+jwt")));
        Assert.Equal("invalid_proof", await Error(await Ask(keys[0], payload: p => p["aud"] = $"{Url}/{College}")));
        Assert.Equal("invalid_proof", await Error(await Ask(keys[0], payload: p => p["iat"] = issuer.Clock.GetUtcNow().AddDays(-2).ToUnixTimeSeconds())));
        Assert.Equal("invalid_proof", await Error(await Ask(keys[0], payload: p => p.Remove("nonce"))));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"proof":7}""")]
    [InlineData("""{"proof":"a.b.c"}""")]
    public async Task A_malformed_body_is_a_bad_request(string body)
    {
        var answer = await issuer.Http.PostAsync($"/{College}/status-reason", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Contains(await Error(answer), new[] { "invalid_request", "invalid_proof" });
    }
}
