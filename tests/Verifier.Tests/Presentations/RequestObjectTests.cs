using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Presentations;

public class RequestObjectTests
{
    [Fact]
    public async Task A_request_carries_everything_a_wallet_needs_and_is_signed_by_the_certificate_it_names()
    {
        await using var scene = await Scene.OpenAsync();
        var created = await scene.Browser.PostJsonAsync("/api/requests", new JsonObject { ["template"] = "diploma" }, HttpStatusCode.Created);
        var response = await scene.Browser.GetAsync(created["requestUri"]!.GetValue<string>());
        Assert.True(Jws.TryParse(await response.Content.ReadAsStringAsync(), out var jws, out _));

        Assert.Equal("oauth-authz-req+jwt", jws.Type);
        Assert.True(X5c.TryParse(jws.Header["x5c"], out var chain, out _));
        Assert.True(X5c.TryLeafKey(chain[0], out var leaf) && VerificationKey.TryImport(leaf, out var key, out _) && jws.Verify(key));
        Assert.NotEqual(chain[0].Subject, chain[0].Issuer);
        Assert.Single(chain);
        var request = jws.Payload;
        Assert.Equal($"x509_hash:{Base64Url.Encode(SHA256.HashData(chain[0].RawData))}", request["client_id"]!.GetValue<string>());
        Assert.Equal("https://self-issued.me/v2", request["aud"]!.GetValue<string>());
        Assert.Equal("vp_token", request["response_type"]!.GetValue<string>());
        Assert.Equal("direct_post.jwt", request["response_mode"]!.GetValue<string>());
        Assert.True(Base64Url.TryDecode(request["nonce"]!.GetValue<string>(), out var nonce) && nonce.Length >= 16);
        Assert.True(Base64Url.TryDecode(request["state"]!.GetValue<string>(), out var state) && state.Length >= 16);
        Assert.False(request.ContainsKey("redirect_uri"));
        var metadata = request["client_metadata"]!;
        Assert.Equal("""["A128GCM","A256GCM"]""", metadata["encrypted_response_enc_values_supported"]!.ToJsonString());
        var jwk = metadata["jwks"]!["keys"]![0]!;
        Assert.Equal(("ECDH-ES", "enc", "P-256"), (jwk["alg"]!.GetValue<string>(), jwk["use"]!.GetValue<string>(), jwk["crv"]!.GetValue<string>()));
        Assert.NotEmpty(jwk["kid"]!.GetValue<string>());
        Assert.False(Jwk.ContainsPrivate(jwk));
    }

    [Fact]
    public async Task A_request_uri_fetched_twice_is_served_twice_and_two_requests_share_nothing()
    {
        await using var scene = await Scene.OpenAsync();
        var (created, first) = await scene.AskAsync("diploma");
        var again = await scene.Wallet.FetchAsync(created["requestUri"]!.GetValue<string>());
        var (_, other) = await scene.AskAsync("diploma");

        Assert.Equal(first["nonce"]!.GetValue<string>(), again["nonce"]!.GetValue<string>());
        foreach (var member in new[] { "nonce", "state", "response_uri" }) Assert.NotEqual(first[member]!.GetValue<string>(), other[member]!.GetValue<string>());
        Assert.NotEqual(Key(first), Key(other));
        static string Key(JsonObject request) => request["client_metadata"]!["jwks"]!["keys"]![0]!["x"]!.GetValue<string>();
    }

    [Fact]
    public async Task The_wallets_nonce_is_echoed_on_post_and_a_foul_one_refused()
    {
        await using var scene = await Scene.OpenAsync();
        var created = await scene.Browser.PostJsonAsync("/api/requests", new JsonObject { ["template"] = "over18" }, HttpStatusCode.Created);
        var uri = created["requestUri"]!.GetValue<string>();

        var good = await scene.Browser.PostAsync(uri, new FormUrlEncodedContent(new Dictionary<string, string> { ["wallet_nonce"] = "abc.DEF-123", ["wallet_metadata"] = "{}" }));
        var foul = await scene.Browser.PostAsync(uri, new FormUrlEncodedContent(new Dictionary<string, string> { ["wallet_nonce"] = "a b\n" }));
        var json = await scene.Browser.PostAsync(uri, new StringContent("{}", Encoding.UTF8, "application/json"));

        Assert.True(Jws.TryParse(await good.Content.ReadAsStringAsync(), out var jws, out _));
        Assert.Equal("abc.DEF-123", jws.Payload["wallet_nonce"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.BadRequest, foul.StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
    }

    [Fact]
    public async Task By_setting_the_dns_name_or_the_response_address_names_the_verifier()
    {
        await using var dns = await Scene.OpenAsync("--Verifier:ClientId=x509_san_dns");
        var (_, request) = await dns.AskAsync("diploma");
        Assert.Equal("x509_san_dns:localhost", request["client_id"]!.GetValue<string>());

        await using var unsigned = await Scene.OpenAsync("--Verifier:ClientId=redirect_uri");
        var created = await unsigned.Browser.PostJsonAsync("/api/requests", new JsonObject { ["template"] = "diploma" }, HttpStatusCode.Created);
        Assert.Null(created["requestUri"]);
        var link = System.Web.HttpUtility.ParseQueryString(new Uri(created["link"]!.GetValue<string>()).Query);
        Assert.Equal($"redirect_uri:{link["response_uri"]}", link["client_id"]);
        Assert.NotNull(JsonNode.Parse(link["dcql_query"]!)!["credentials"]);
    }

    [Fact]
    public async Task The_links_and_the_qr_lead_a_wallet_to_the_request()
    {
        await using var scene = await Scene.OpenAsync();
        var created = await scene.Browser.PostJsonAsync("/api/requests", new JsonObject { ["template"] = "diploma" }, HttpStatusCode.Created);

        Assert.StartsWith("openid4vp://?client_id=x509_hash%3A", created["link"]!.GetValue<string>());
        Assert.Contains("request_uri_method=post", created["link"]!.GetValue<string>());
        Assert.StartsWith("http://localhost:5002/#present?client_id=", created["walletLinks"]![0]!["url"]!.GetValue<string>());
        Assert.StartsWith("<svg", created["qr"]!.GetValue<string>());
        Assert.DoesNotContain(created["id"]!.GetValue<string>(), created["link"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"template":"nope"}""")]
    [InlineData("""{"template":"diploma","type":"person"}""")]
    [InlineData("""{"type":"person","required":["shoe_size"],"purpose":"x"}""")]
    [InlineData("""{"type":"person","required":[null],"purpose":"x"}""")]
    [InlineData("""{"type":"person","required":["full_name","full_name"],"purpose":"x"}""")]
    [InlineData("""{"dcql_query":{"credentials":[]},"purpose":"x"}""")]
    [InlineData("""{"dcql_query":{"credentials":"x"},"purpose":"x"}""")]
    [InlineData("""{"template":"diploma","response_mode":"query"}""")]
    [InlineData("""{"template":"diploma","flow":"sideways"}""")]
    [InlineData("""{"template":"diploma","template":"over18"}""")]
    [InlineData("""[]""")]
    [InlineData("""{"template":""")]
    [InlineData("""null""")]
    public async Task What_cannot_be_asked_is_a_400_with_a_reason(string body)
    {
        await using var scene = await Scene.OpenAsync();

        var response = await scene.Browser.PostAsync("/api/requests", new StringContent(body, Encoding.UTF8, "application/json"));
        // A question of one's own is refused on the public page before it is read; at the desk it is read.
        if (response.StatusCode == HttpStatusCode.Forbidden)
            response = await scene.Browser.PostAsync("/api/desk/requests", new StringContent(body.Replace("\"purpose\":", "\"purpose_id\":\"all\",\"purpose\":", StringComparison.Ordinal), Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Protocol_endpoints_are_open_to_every_origin_and_the_api_to_none()
    {
        await using var scene = await Scene.OpenAsync();
        var created = await scene.Browser.PostJsonAsync("/api/requests", new JsonObject { ["template"] = "diploma" }, HttpStatusCode.Created);

        Assert.Equal("*", await AllowedAsync(created["requestUri"]!.GetValue<string>()));
        Assert.Null(await AllowedAsync($"/api/requests/{created["id"]}"));
        Assert.Null(await AllowedAsync("/api/templates"));

        async Task<string?> AllowedAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Origin", "https://wallet.example");
            var response = await scene.Browser.SendAsync(request);
            Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
            return response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;
        }
    }

    [Fact]
    public async Task After_five_minutes_a_request_is_over_whatever_the_wall_clock_says()
    {
        await using var scene = await Scene.OpenAsync();
        var (created, request) = await scene.AskAsync("diploma");
        scene.Clock.Pass(TimeSpan.FromMinutes(5));
        scene.Clock.SetWall(scene.Clock.Now.AddMinutes(-10));

        var fetched = await scene.Browser.GetAsync(created["requestUri"]!.GetValue<string>());
        var answered = await scene.Wallet.PostAsync(request, new() { ["error"] = "access_denied", ["state"] = request["state"]!.GetValue<string>() });

        Assert.Equal(HttpStatusCode.Gone, fetched.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, answered.StatusCode);
        Assert.Equal("expired", (await scene.ResultAsync(created))["state"]!.GetValue<string>());
    }
}
