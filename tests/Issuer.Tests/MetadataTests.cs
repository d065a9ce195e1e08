using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

public sealed class MetadataTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task The_issuer_metadata_names_each_type_in_every_format_and_languages()
    {
        var metadata = await Json(await issuer.Http.GetAsync($"/.well-known/openid-credential-issuer/{College}"));

        Assert.Equal($"{Url}/{College}", metadata["credential_issuer"]!.GetValue<string>());
        Assert.Equal($"{Url}/{College}/credential", metadata["credential_endpoint"]!.GetValue<string>());
        Assert.Equal($"{Url}/{College}/nonce", metadata["nonce_endpoint"]!.GetValue<string>());
        Assert.False(metadata.ContainsKey("authorization_servers"));
        Assert.Equal(10, metadata["batch_credential_issuance"]!["batch_size"]!.GetValue<int>());
        var configurations = metadata["credential_configurations_supported"]!.AsObject();
        Assert.Equal(["qualification", "qualification-compact", "qualification-paper", "training", "training-compact", "training-paper"], configurations.Select(c => c.Key));
        var sdJwt = configurations["qualification"]!;
        Assert.Equal("dc+sd-jwt", sdJwt["format"]!.GetValue<string>());
        Assert.Equal("urn:identity:qualification:1", sdJwt["vct"]!.GetValue<string>());
        Assert.Equal("ES256", sdJwt["proof_types_supported"]!["jwt"]!["proof_signing_alg_values_supported"]![0]!.GetValue<string>());
        Assert.Equal(["ar", "en", "es", "fr"], sdJwt["credential_metadata"]!["display"]!.AsArray().Select(d => d!["locale"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.Equal(TypeDefinition.Find("qualification")!.Claims.Count, sdJwt["credential_metadata"]!["claims"]!.AsArray().Count);
        Assert.Equal("identity-compact", configurations["qualification-compact"]!["format"]!.GetValue<string>());
        var paper = configurations["qualification-paper"]!.AsObject();
        Assert.Equal("identity-compact-paper", paper["format"]!.GetValue<string>());
        Assert.False(paper.ContainsKey("proof_types_supported") || paper.ContainsKey("cryptographic_binding_methods_supported"));
    }

    [Fact]
    public async Task The_authorization_server_metadata_offers_anonymous_pre_authorized_codes()
    {
        var metadata = await Json(await issuer.Http.GetAsync($"/.well-known/oauth-authorization-server/{College}"));

        Assert.Equal($"{Url}/{College}", metadata["issuer"]!.GetValue<string>());
        Assert.Equal($"{Url}/{College}/token", metadata["token_endpoint"]!.GetValue<string>());
        Assert.True(metadata["pre-authorized_grant_anonymous_access_supported"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Type_metadata_says_what_a_holder_can_hide()
    {
        foreach (var type in TypeDefinition.All)
        {
            var metadata = await Json(await issuer.Http.GetAsync($"/types/{type.Name}"));
            Assert.Equal(type.Vct, metadata["vct"]!.GetValue<string>());
            Assert.Equal(type.Claims.Select(c => c.Sd is Disclosability.Always ? "always" : "never"), metadata["claims"]!.AsArray().Select(c => c!["sd"]!.GetValue<string>()));
        }
    }

    [Theory]
    [InlineData("/.well-known/openid-credential-issuer/nobody")]
    [InlineData("/.well-known/openid-credential-issuer/Port-Selin")]
    [InlineData("/.well-known/openid-credential-issuer/port-selin/")]
    [InlineData("/.well-known/oauth-authorization-server/nobody")]
    [InlineData("/.well-known/jwt-vc-issuer/nobody")]
    [InlineData("/types/nothing")]
    [InlineData("/nobody/offers/x")]
    [InlineData("/port-selin/offers/x")]
    public async Task Attack_an_identifier_that_differs_by_a_character_is_nobody(string path)
    {
        var answer = await issuer.Http.GetAsync(path);
        // A slash at the end may reach the same document: the wallet compares the identifier in it, byte for byte.
        if (answer.StatusCode == HttpStatusCode.OK) Assert.Equal($"{Url}/{College}", (await Json(answer))["credential_issuer"]!.GetValue<string>());
        else Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/nobody/token")]
    [InlineData("POST", "/nobody/nonce")]
    [InlineData("POST", "/nobody/credential")]
    public async Task Endpoints_of_nobody_are_not_found(string method, string path) =>
        Assert.Equal(HttpStatusCode.NotFound, (await issuer.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).StatusCode);

    [Theory]
    [InlineData("GET", "/.well-known/openid-credential-issuer/port-selin")]
    [InlineData("GET", "/.well-known/jwt-vc-issuer/port-selin")]
    [InlineData("GET", "/types/person")]
    [InlineData("POST", "/port-selin/nonce")]
    [InlineData("POST", "/port-selin/token")]
    [InlineData("POST", "/port-selin/credential")]
    [InlineData("GET", "/port-selin/status/1")]
    [InlineData("GET", "/log/checkpoint")]
    public async Task Protocol_endpoints_are_open_to_every_origin_and_the_api_is_not(string method, string path)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Origin", "https://wallet.example");

        var answer = await issuer.Http.SendAsync(request);

        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));

        var api = new HttpRequestMessage(HttpMethod.Get, $"/api/{College}/credentials");
        api.Headers.Add("Origin", "https://wallet.example");
        Assert.False((await issuer.Http.SendAsync(api)).Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task The_browser_may_ask_before_it_posts()
    {
        var request = new HttpRequestMessage(HttpMethod.Options, $"/{College}/credential");
        request.Headers.Add("Origin", "https://wallet.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");

        var answer = await issuer.Http.SendAsync(request);

        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("authorization", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Headers")));
    }
}
