using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Authorization;

/// <summary>Encrypted messages (OpenID4VCI 1.0, 10) and the ways to name a holder key (appendix F.1), through HTTP.</summary>
public sealed class EncryptionAndKeysTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Theory]
    [InlineData("A128GCM")]
    [InlineData("A256GCM")]
    public async Task An_encrypted_request_gets_an_encrypted_answer(string enc)
    {
        using var key = Es256Key.Create();
        using var answers = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var token = await issuer.AccessToken(await issuer.Prepare());
        var request = Request([issuer.Proof(key, await issuer.Nonce())]);
        request["credential_response_encryption"] = Wish(answers, enc);

        var answer = await Encrypted(token, request, enc);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/jwt", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(Jwe.TryDecrypt(await answer.Content.ReadAsStringAsync(), kid => kid == "mine" ? answers : null, out var plain, out var reason), reason);
        Assert.Single(JsonNode.Parse(plain)!["credentials"]!.AsArray());
    }

    [Fact]
    public async Task An_encrypted_request_without_a_wish_gets_a_plain_answer_and_errors_are_never_encrypted()
    {
        using var key = Es256Key.Create();
        using var answers = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var token = await issuer.AccessToken(await issuer.Prepare());
        var wrong = Request([issuer.Proof(key, "made-up")]);
        wrong["credential_response_encryption"] = Wish(answers, "A128GCM");

        Assert.Equal("invalid_nonce", await Error(await Encrypted(token, wrong)));
        Assert.Equal("application/json", (await Encrypted(token, Request([issuer.Proof(key, await issuer.Nonce())]))).Content.Headers.ContentType!.MediaType);
    }

    public static TheoryData<string> BadWishes => new()
    {
        "7", "{}", """{"enc":"A128GCM"}""",
        """{"jwk":{"kty":"oct","k":"AAAA","alg":"dir"},"enc":"A128GCM"}""",
    };

    [Theory]
    [MemberData(nameof(BadWishes))]
    public async Task Attack_encryption_parameters_that_cannot_be_used(string wish) => Assert.Equal("invalid_encryption_parameters", await Refused(_ => JsonNode.Parse(wish)!));

    [Fact]
    public async Task Attack_encryption_with_another_algorithm_a_key_without_one_or_compression()
    {
        Assert.Equal("invalid_encryption_parameters", await Refused(w => With(w, j => j["enc"] = "A128CBC-HS256")));
        Assert.Equal("invalid_encryption_parameters", await Refused(w => With(w, j => j["enc"] = "A192GCM")));
        Assert.Equal("invalid_encryption_parameters", await Refused(w => With(w, j => j.Remove("enc"))));
        Assert.Equal("invalid_encryption_parameters", await Refused(w => With(w, j => j["zip"] = "DEF")));
        Assert.Equal("invalid_encryption_parameters", await Refused(w => With(w, j => j["jwk"]!.AsObject().Remove("alg"))));
        Assert.Equal("invalid_encryption_parameters", await Refused(w => With(w, j => j["jwk"]!["alg"] = "ECDH-ES+A128KW")));
        Assert.Equal("invalid_encryption_parameters", await Refused(w => With(w, j => j["jwk"]!["use"] = "sig")));
        Assert.Equal("invalid_encryption_parameters", await Refused(w => With(w, j => j["jwk"]!["x"] = j["jwk"]!["y"]!.GetValue<string>())));
    }

    [Fact]
    public async Task Attack_an_encrypted_answer_is_asked_for_in_a_plain_request()
    {
        using var key = Es256Key.Create();
        using var answers = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var token = await issuer.AccessToken(await issuer.Prepare());
        var request = Request([issuer.Proof(key, await issuer.Nonce())]);
        request["credential_response_encryption"] = Wish(answers, "A128GCM");

        Assert.Equal("invalid_encryption_parameters", await Error(await issuer.Credential(token, request)));
    }

    [Theory]
    [InlineData("a.b.c.d.e")]
    [InlineData("")]
    [InlineData("{}")]
    public async Task Attack_an_encrypted_request_that_nobody_can_decrypt(string body)
    {
        var token = await issuer.AccessToken(await issuer.Prepare());
        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/jwt");

        Assert.Equal("invalid_encryption_parameters", await Error(await issuer.Credential(token, content)));
    }

    [Theory]
    [InlineData("jwk", "ES256")]
    [InlineData("jwk", "EdDSA")]
    [InlineData("did:jwk", "ES256")]
    [InlineData("did:jwk", "EdDSA")]
    [InlineData("did:key", "ES256")]
    [InlineData("did:key", "EdDSA")]
    public async Task A_key_named_in_any_offered_way_gets_a_credential_that_its_holder_can_show(string naming, string algorithm)
    {
        ISigner key = algorithm == "EdDSA" ? Ed25519Key.Create() : Es256Key.Create();
        var token = await issuer.AccessToken(await issuer.Prepare());
        var proof = issuer.Proof(key, await issuer.Nonce(), header: h => Name(h, naming, key.PublicKey));

        var json = await Json(await issuer.Credential(token, Request([proof])));

        Assert.True(SdJwtDocument.TryParse(json["credentials"]![0]!["credential"]!.GetValue<string>(), out var document, out var reason), reason);
        Assert.True(SdJwtVc.TryRead(document, out var credential, out reason), reason);
        Assert.True(credential.HolderKey!.SameKey(key.PublicKey));
        var now = issuer.Clock.GetUtcNow();
        var shown = SdJwtHolder.Present(document, [new ClaimPath("title")], new KeyBindingRequest("verifier", "nonce-nonce-nonce-nonce", now), key);
        Assert.True(SdJwtDocument.TryParse(shown, out var presentation, out reason), reason);
        Assert.True(KeyBinding.TryVerify(presentation, credential.HolderKey, "nonce-nonce-nonce-nonce", "verifier", now, TimeSpan.FromMinutes(5), out reason), reason);
    }

    [Theory]
    [InlineData("did:web:issuer.example#key")]
    [InlineData("did:jwk:e30#0")]
    [InlineData("did:jwk:!!!#0")]
    [InlineData("did:key:zNotAKey#zNotAKey")]
    [InlineData("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")]
    [InlineData("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#other")]
    [InlineData("key-1")]
    [InlineData("")]
    public async Task Attack_a_key_id_that_names_no_key_of_the_prover(string kid)
    {
        using var key = Es256Key.Create();
        Assert.Equal("invalid_proof", await ProofError(key, h =>
        {
            h.Remove("jwk");
            h["kid"] = kid;
        }));
    }

    [Fact]
    public async Task Attack_a_did_of_another_key_two_names_for_one_key_or_a_private_key_in_a_did()
    {
        using var key = Es256Key.Create();
        using var other = Es256Key.Create();
        Assert.Equal("invalid_proof", await ProofError(key, h => Name(h, "did:key", other.PublicKey)));
        Assert.Equal("invalid_proof", await ProofError(key, h => h["kid"] = DidKey.OfJwk(key.PublicKey)));
        var withPrivate = key.PublicKey.ToJson();
        withPrivate["d"] = "AAAA";
        Assert.Equal("invalid_proof", await ProofError(key, h =>
        {
            h.Remove("jwk");
            h["kid"] = $"did:jwk:{Base64Url.Encode(Encoding.UTF8.GetBytes(withPrivate.ToJsonString()))}#0";
        }));
        // One key, named twice in a batch.
        var token = await issuer.AccessToken(await issuer.Prepare());
        var nonce = await issuer.Nonce();
        Assert.Equal("invalid_proof", await Error(await issuer.Credential(token, Request([issuer.Proof(key, nonce), issuer.Proof(key, nonce, header: h => Name(h, "did:key", key.PublicKey))]))));
    }

    [Fact]
    public async Task The_metadata_offers_what_is_accepted()
    {
        var metadata = await Json(await issuer.Http.GetAsync($"/.well-known/openid-credential-issuer/{College}"));

        Assert.Equal(["A128GCM", "A256GCM"], metadata["credential_request_encryption"]!["enc_values_supported"]!.AsArray().Select(n => n!.GetValue<string>()));
        Assert.Equal("ECDH-ES", metadata["credential_response_encryption"]!["alg_values_supported"]![0]!.GetValue<string>());
        Assert.False(metadata["credential_response_encryption"]!["encryption_required"]!.GetValue<bool>());
        var sdJwt = metadata["credential_configurations_supported"]!["qualification"]!;
        Assert.Equal(["jwk", "did:jwk", "did:key"], sdJwt["cryptographic_binding_methods_supported"]!.AsArray().Select(n => n!.GetValue<string>()));
        Assert.Equal(["ES256", "EdDSA"], sdJwt["proof_types_supported"]!["jwt"]!["proof_signing_alg_values_supported"]!.AsArray().Select(n => n!.GetValue<string>()));
    }

    private static void Name(JsonObject header, string naming, Jwk key)
    {
        if (naming == "jwk") return;
        header.Remove("jwk");
        header["kid"] = naming == "did:jwk" ? DidKey.OfJwk(key) : DidKey.OfKey(key);
    }

    private async Task<string> ProofError(Es256Key key, Action<JsonObject> header)
    {
        var token = await issuer.AccessToken(await issuer.Prepare());
        return await Error(await issuer.Credential(token, Request([issuer.Proof(key, await issuer.Nonce(), header: header)])));
    }

    private async Task<string> Refused(Func<JsonObject, JsonNode> change)
    {
        using var key = Es256Key.Create();
        using var answers = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var token = await issuer.AccessToken(await issuer.Prepare());
        var request = Request([issuer.Proof(key, await issuer.Nonce())]);
        request["credential_response_encryption"] = change(Wish(answers, "A128GCM"));
        return await Error(await Encrypted(token, request));
    }

    private static JsonObject With(JsonObject json, Action<JsonObject> change)
    {
        change(json);
        return json;
    }

    private static JsonObject Wish(ECDiffieHellman key, string enc) => new() { ["jwk"] = (Jwk.From(key) with { Alg = "ECDH-ES", Use = "enc", Kid = "mine" }).ToJson(), ["enc"] = enc };

    private async Task<HttpResponseMessage> Encrypted(string token, JsonObject request, string enc = "A128GCM")
    {
        var metadata = await Json(await issuer.Http.GetAsync($"/.well-known/openid-credential-issuer/{College}"));
        Assert.True(Jwk.TryParse(metadata["credential_request_encryption"]!["jwks"]!["keys"]![0], out var key, out var reason), reason);
        var content = new StringContent(Jwe.Encrypt(Encoding.UTF8.GetBytes(request.ToJsonString()), key, enc, RandomNumberGenerator.Fill));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/jwt");
        return await issuer.Credential(token, content);
    }
}
