using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Authorization;

/// <summary>Sender-constrained tokens (RFC 9449) through HTTP.</summary>
public sealed class DpopTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_is_bound_to_the_key_of_the_proof_and_opens_the_credential_with_it(bool edwards)
    {
        using var key = Es256Key.Create();
        var dpop = new DpopKey(issuer, edwards ? Ed25519Key.Create() : null);
        var token = await Token(dpop);

        var answer = await Credential("DPoP", token, await dpop.Proof("credential", token), key);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEmpty(answer.Headers.GetValues("DPoP-Nonce").Single());
    }

    [Fact]
    public async Task Attack_a_bound_token_as_a_bearer_token_and_a_bearer_token_as_a_bound_one()
    {
        using var key = Es256Key.Create();
        var dpop = new DpopKey(issuer);
        var bound = await Token(dpop);
        var bearer = await issuer.AccessToken(await issuer.Prepare());

        var stolen = await Credential("Bearer", bound, null, key);
        Assert.Equal("invalid_token", await Error(stolen, HttpStatusCode.Unauthorized));
        Assert.Equal("DPoP error=\"invalid_token\", algs=\"ES256 EdDSA\"", stolen.Headers.WwwAuthenticate.ToString());
        Assert.Equal("invalid_token", await Error(await Credential("DPoP", bearer, await dpop.Proof("credential", bearer), key), HttpStatusCode.Unauthorized));
        // A bearer token still opens where nobody used DPoP.
        Assert.Equal(HttpStatusCode.OK, (await Credential("Bearer", bearer, null, key)).StatusCode);
    }

    [Fact]
    public async Task No_token_is_answered_with_both_challenges_and_no_error()
    {
        var answer = await issuer.Http.PostAsync($"/{College}/credential", JsonContent.Create(new JsonObject()));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(["Bearer", "DPoP"], answer.Headers.WwwAuthenticate.Select(c => c.Scheme));
        Assert.DoesNotContain("error", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_proof_without_our_nonce_gets_one_to_use()
    {
        var dpop = new DpopKey(issuer);
        var prepared = await issuer.Prepare();
        var offer = await issuer.Offer(prepared);

        foreach (var nonce in new[] { null, "made-up", await issuer.Nonce() })
        {
            var answer = await Redeem(prepared, offer, await dpop.Proof("token", payload: p => Set(p, "nonce", nonce)));
            Assert.Equal("use_dpop_nonce", await Error(answer));
            Assert.NotEmpty(answer.Headers.GetValues("DPoP-Nonce").Single());
        }
        var token = await Token(dpop);
        using var key = Es256Key.Create();
        var refused = await Credential("DPoP", token, await dpop.Proof("credential", token, payload: p => p.Remove("nonce")), key);
        Assert.Equal("use_dpop_nonce", await Error(refused, HttpStatusCode.Unauthorized));
        Assert.Equal("DPoP error=\"use_dpop_nonce\", algs=\"ES256 EdDSA\"", refused.Headers.WwwAuthenticate.ToString());
        // The offer was not spent by the refused tries.
        Assert.Equal(HttpStatusCode.OK, (await Redeem(prepared, offer, await dpop.Proof("token"))).StatusCode);
    }

    public static TheoryData<string, string?> BadClaims => new()
    {
        { "htm", "GET" }, { "htm", "post" }, { "htm", null },
        { "htu", "http://localhost:5001/port-selin/credential" }, { "htu", "http://localhost:5001/port-selin/token/" }, { "htu", "http://localhost:5001/Port-Selin/token" },
        { "htu", "https://localhost:5001/port-selin/token" }, { "htu", "http://localhost:5002/port-selin/token" }, { "htu", "http://x@localhost:5001/port-selin/token" },
        { "htu", "/port-selin/token" }, { "htu", null },
        { "jti", "" }, { "jti", null },
    };

    [Theory]
    [MemberData(nameof(BadClaims))]
    public async Task Attack_a_proof_for_another_method_or_address_or_without_a_name(string claim, string? value) =>
        Assert.Equal("invalid_dpop_proof", await Refused(dpop => dpop.Proof("token", payload: p => Set(p, claim, value))));

    [Theory]
    [InlineData("http://LOCALHOST:5001/port-selin/token")]
    [InlineData("http://localhost:5001/port-selin/token?query=1")]
    [InlineData("http://localhost:5001/port-selin/token#fragment")]
    [InlineData("http://localhost:5001/x/../port-selin/token")]
    public async Task Spellings_of_the_address_that_mean_the_same_are_the_same(string htu)
    {
        var dpop = new DpopKey(issuer);
        var prepared = await issuer.Prepare();

        Assert.Equal(HttpStatusCode.OK, (await Redeem(prepared, await issuer.Offer(prepared), await dpop.Proof("token", payload: p => p["htu"] = htu))).StatusCode);
    }

    [Theory]
    [InlineData(-301)]
    [InlineData(61)]
    [InlineData(31_536_000)]
    [InlineData(null)]
    public async Task Attack_a_proof_of_another_time(int? offset) => Assert.Equal("invalid_dpop_proof", await Refused(dpop => dpop.Proof("token", payload: p =>
    {
        if (offset is null) p.Remove("iat");
        else p["iat"] = issuer.Clock.GetUtcNow().ToUnixTimeSeconds() + offset;
    })));

    [Fact]
    public async Task Attack_a_proof_that_is_no_proof()
    {
        using var other = Es256Key.Create();
        Assert.Equal("invalid_dpop_proof", await Refused(dpop => dpop.Proof("token", header: h => h["typ"] = "jwt")));
        Assert.Equal("invalid_dpop_proof", await Refused(dpop => dpop.Proof("token", header: h => h.Remove("typ"))));
        Assert.Equal("invalid_dpop_proof", await Refused(dpop => dpop.Proof("token", header: h => h.Remove("jwk"))));
        Assert.Equal("invalid_dpop_proof", await Refused(dpop => dpop.Proof("token", header: h => h["jwk"]!["d"] = "AAAA")));
        Assert.Equal("invalid_dpop_proof", await Refused(dpop => dpop.Proof("token", signer: other)));
        Assert.Equal("invalid_dpop_proof", await Refused(async dpop => (await dpop.Proof("token")).Replace("ES256", "none")[..^2]));
        Assert.Equal("invalid_dpop_proof", await Refused(_ => Task.FromResult("a.b.c")));
        Assert.Equal("invalid_dpop_proof", await Refused(_ => Task.FromResult(new string('a', 10_000))));
    }

    [Fact]
    public async Task Attack_two_proofs_in_one_request()
    {
        var dpop = new DpopKey(issuer);
        var request = new HttpRequestMessage(HttpMethod.Post, $"/{College}/token") { Content = new FormUrlEncodedContent([new("grant_type", "refresh_token")]) };
        request.Headers.TryAddWithoutValidation("DPoP", new[] { await dpop.Proof("token"), await dpop.Proof("token") });

        Assert.Equal("invalid_dpop_proof", await Error(await issuer.Http.SendAsync(request)));
    }

    [Fact]
    public async Task Attack_a_proof_is_used_again_also_with_another_address_spelt_and_just_before_it_ends()
    {
        using var key = Es256Key.Create();
        var dpop = new DpopKey(issuer);
        var token = await Token(dpop);
        var (now, nonce) = (issuer.Clock.GetUtcNow().ToUnixTimeSeconds(), await dpop.Nonce());
        Task<string> Same(string htu) => dpop.Proof("credential", token, payload: p => (p["jti"], p["iat"], p["nonce"], p["htu"]) = ("same", now + 60, nonce, htu));
        Assert.Equal(HttpStatusCode.OK, (await Credential("DPoP", token, await Same($"{Url}/{College}/credential"), key)).StatusCode);

        Assert.Equal("invalid_dpop_proof", await Error(await Credential("DPoP", token, await Same($"{Url}/{College}/credential"), key), HttpStatusCode.Unauthorized));
        Assert.Equal("invalid_dpop_proof", await Error(await Credential("DPoP", token, await Same($"{Url}/{College}/credential?x=1"), key), HttpStatusCode.Unauthorized));

        // The memory of it lasts as long as its own time is acceptable.
        issuer.Clock.Move(TimeSpan.FromSeconds(290));
        await issuer.InDb(async db =>
        {
            await Identity.Issuer.Data.ForgetExpired.RunAsync(db, issuer.Clock.GetUtcNow(), default);
            return 0;
        });
        var again = await dpop.Proof("credential", token, payload: p => (p["jti"], p["iat"]) = ("same", now + 60));
        Assert.Equal("invalid_dpop_proof", await Error(await Credential("DPoP", token, again, key), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Attack_one_proof_races_itself_and_one_wins()
    {
        var dpop = new DpopKey(issuer);
        var prepared = await issuer.Prepare();
        var offer = await issuer.Offer(prepared);
        var proof = await dpop.Proof("token");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Redeem(prepared, offer, proof))));

        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        foreach (var lost in answers.Where(a => a.StatusCode != HttpStatusCode.OK)) Assert.Equal("invalid_dpop_proof", await Error(lost));
    }

    [Fact]
    public async Task Attack_a_stolen_token_with_the_thiefs_proof_or_a_proof_for_another_token()
    {
        using var key = Es256Key.Create();
        var (dpop, thief) = (new DpopKey(issuer), new DpopKey(issuer));
        var token = await Token(dpop);

        Assert.Equal("invalid_dpop_proof", await Error(await Credential("DPoP", token, await thief.Proof("credential", token), key), HttpStatusCode.Unauthorized));
        Assert.Equal("invalid_dpop_proof", await Error(await Credential("DPoP", token, await dpop.Proof("credential", "another"), key), HttpStatusCode.Unauthorized));
        Assert.Equal("invalid_dpop_proof", await Error(await Credential("DPoP", token, await dpop.Proof("credential"), key), HttpStatusCode.Unauthorized));
        var none = await Credential("DPoP", token, null, key);
        Assert.Equal("invalid_dpop_proof", await Error(none, HttpStatusCode.Unauthorized));
        Assert.Equal("DPoP error=\"invalid_dpop_proof\", algs=\"ES256 EdDSA\"", none.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attack_a_code_that_was_bound_at_the_pushed_request_is_redeemed_without_its_key(bool byHeader)
    {
        var (dpop, thief) = (new DpopKey(issuer), new DpopKey(issuer));
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var form = await flow.Form();
        if (!byHeader) form["dpop_jkt"] = dpop.Thumbprint;
        var pushed = await flow.Push(form, byHeader ? await dpop.Proof("par") : null);
        var page = CodeFlow.Page((await Json(pushed))["request_uri"]!.GetValue<string>());
        var browser = new Browser(issuer.Http);
        await browser.Get(page);
        var code = CodeFlow.Answer(await browser.Post(page, ("code", TxCode(flow.Prepared)), ("act", "give")))["code"];

        Assert.Equal("invalid_dpop_proof", await Error(await flow.Token(code)));
        Assert.Equal("invalid_dpop_proof", await Error(await flow.Token(code, dpop: await thief.Proof("token"))));

        Assert.Equal("DPoP", (await Json(await flow.Token(code, dpop: await dpop.Proof("token"))))["token_type"]!.GetValue<string>());
    }

    [Fact]
    public async Task Attack_the_pushed_request_names_two_keys()
    {
        var dpop = new DpopKey(issuer);
        var flow = new CodeFlow(issuer, await issuer.Prepare());
        var form = await flow.Form();
        form["dpop_jkt"] = new DpopKey(issuer).Thumbprint;

        Assert.Equal("invalid_dpop_proof", await Error(await flow.Push(form, await dpop.Proof("par"))));
    }

    private async Task<string> Refused(Func<DpopKey, Task<string>> proof)
    {
        var prepared = await issuer.Prepare();
        return await Error(await Redeem(prepared, await issuer.Offer(prepared), await proof(new DpopKey(issuer))));
    }

    private async Task<string> Token(DpopKey dpop)
    {
        var prepared = await issuer.Prepare();
        var answer = await Redeem(prepared, await issuer.Offer(prepared), await dpop.Proof("token"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var json = await Json(answer);
        Assert.Equal("DPoP", json["token_type"]!.GetValue<string>());
        return json["access_token"]!.GetValue<string>();
    }

    private Task<HttpResponseMessage> Redeem(JsonObject prepared, JsonObject offer, string proof) => new CodeFlow(issuer, prepared).Post($"/{College}/token", new()
    {
        ["grant_type"] = "urn:ietf:params:oauth:grant-type:pre-authorized_code", ["pre-authorized_code"] = Code(offer), ["tx_code"] = TxCode(prepared),
    }, proof);

    private async Task<HttpResponseMessage> Credential(string scheme, string token, string? proof, ISigner key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/{College}/credential") { Content = JsonContent.Create(Request([issuer.Proof(key, await issuer.Nonce())])) };
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, token);
        if (proof is not null) request.Headers.TryAddWithoutValidation("DPoP", proof);
        return await issuer.Http.SendAsync(request);
    }

    private static void Set(JsonObject json, string member, string? value)
    {
        if (value is null) json.Remove(member);
        else json[member] = value;
    }
}
