using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Jose;

public sealed class JweTests
{
    // OpenID4VP 1.0 §8.3: the sample response and the key it is encrypted to.
    private const string Sample =
        "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSIsImtpZCI6ImFjIiwiZXBrIjp7Imt0eSI6IkVDIiwieCI6Im5ubVZwbTNWM2piaGNhZlFhUkJrU1ZOSGx3Wkh3dC05ck9wSnVmeVlJdWsiLCJ5I"
        + "joicjRmakRxd0p5czlxVU9QLV9iM21SNVNaRy0tQ3dPMm1pYzVWU05UWU45ZyIsImNydiI6IlAtMjU2In19..uAYcHRUSSn2X0WPX.yVzlGSYG4qbg0bq18JcUiDRw56yVnbKR8E7S7YlEtzT00RqE3Pw5oTpUG3hdLN"
        + "4taHZ9gC1kwak8JOnJgQ.1wR024_3-qtAlx1oFIUpQQ";

    [Fact]
    public void Decrypts_the_sample_of_openid4vp()
    {
        using var key = Key(
            "YO4epjifD-KWeq1sL2tNmm36BhXnkJ0He-WqMYrp9Fk", "Hekpm0zfK7C-YccH5iBjcIXgf6YdUvNUac_0At55Okk", "Et-3ce0omz8_TuZ96Df9lp0GAaaDoUnDe6X-CRO7Aww");

        Assert.True(Jwe.TryDecrypt(Sample, kid => kid == "ac" ? key : null, out var plaintext, out var reason), reason);
        var payload = JsonNode.Parse(plaintext)!;
        Assert.Equal("eyJhb...YMetA", (string?)payload["vp_token"]!["example_credential_id"]![0]);
    }

    [Fact]
    public void Derives_the_key_of_rfc_7518_appendix_c()
    {
        using var alice = Key(
            "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps", "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
        using var bob = Key(
            "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck", "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");

        Assert.Equal("VqqN6vgjbSBcIijNcacQGg", Base64Url.Encode(Jwe.DeriveKey(alice, bob.PublicKey, "A128GCM", "Alice"u8, "Bob"u8)));
        Assert.Equal("VqqN6vgjbSBcIijNcacQGg", Base64Url.Encode(Jwe.DeriveKey(bob, alice.PublicKey, "A128GCM", "Alice"u8, "Bob"u8)));
    }

    [Theory]
    [InlineData("A128GCM")]
    [InlineData("A256GCM")]
    public void What_is_encrypted_is_decrypted(string enc)
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

        var text = Jwe.Encrypt("secret"u8, Jwk.From(key) with { Kid = "k1" }, enc, RandomNumberGenerator.Fill, "apu"u8, "apv"u8);

        Assert.True(Jwe.TryDecrypt(text, kid => kid == "k1" ? key : null, out var plaintext, out _));
        Assert.Equal("secret", Encoding.UTF8.GetString(plaintext));
    }

    [Fact]
    public void No_two_responses_share_an_ephemeral_key()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

        var seen = Enumerable.Range(0, 10).Select(_ => Jwe.Encrypt("x"u8, Jwk.From(key), "A128GCM", RandomNumberGenerator.Fill).Split('.')[0]).ToHashSet();

        Assert.Equal(10, seen.Count);
    }

    [Fact]
    public void Another_key_or_name_of_a_key_finds_nothing()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var text = Jwe.Encrypt("secret"u8, Jwk.From(key) with { Kid = "k1" }, "A128GCM", RandomNumberGenerator.Fill);

        Assert.False(Jwe.TryDecrypt(text, _ => other, out _, out _));
        Assert.False(Jwe.TryDecrypt(text, kid => kid == "k2" ? key : null, out _, out var reason));
        Assert.Equal("JWE is for a key that is not ours", reason);
    }

    [Theory]
    [InlineData("alg", "\"ECDH-ES+A128KW\"")]
    [InlineData("alg", "\"RSA-OAEP\"")]
    [InlineData("alg", "\"dir\"")]
    [InlineData("enc", "\"A128CBC-HS256\"")]
    [InlineData("enc", "\"none\"")]
    [InlineData("zip", "\"DEF\"")]
    [InlineData("crit", "[]")]
    [InlineData("kid", "5")]
    [InlineData("apu", "\"a=\"")]
    [InlineData("epk", """{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}""")]
    [InlineData("epk", """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("epk", "null")]
    public void A_swapped_algorithm_or_an_invalid_curve_is_refused(string name, string value)
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var parts = Jwe.Encrypt("secret"u8, Jwk.From(key), "A128GCM", RandomNumberGenerator.Fill).Split('.');
        Assert.True(Base64Url.TryDecode(parts[0], out var header));
        var json = JsonNode.Parse(header)!.AsObject();
        json[name] = JsonNode.Parse(value);
        parts[0] = Base64Url.Encode(Encoding.UTF8.GetBytes(json.ToJsonString()));

        Assert.False(Jwe.TryDecrypt(string.Join('.', parts), _ => key, out _, out var reason));
        Assert.NotEqual("JWE does not decrypt", reason); // refused for what it says, before any decryption
    }

    [Fact]
    public void Changed_parts_and_plain_text_are_refused()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var parts = Jwe.Encrypt("secret"u8, Jwk.From(key), "A128GCM", RandomNumberGenerator.Fill).Split('.');
        string With(int part, string text) => string.Join('.', parts.Select((p, i) => i == part ? text : p));

        Assert.False(Jwe.TryDecrypt(With(1, "AAAA"), _ => key, out _, out _));
        Assert.False(Jwe.TryDecrypt(With(2, Base64Url.Encode(new byte[12])), _ => key, out _, out _));
        Assert.False(Jwe.TryDecrypt(With(3, Base64Url.Encode(new byte[6])), _ => key, out _, out _));
        Assert.False(Jwe.TryDecrypt(With(4, Base64Url.Encode(new byte[16])), _ => key, out _, out _));
        Assert.False(Jwe.TryDecrypt(With(4, Base64Url.Encode(new byte[12])), _ => key, out _, out _));
        Assert.False(Jwe.TryDecrypt("""{"vp_token":{}}""", _ => key, out _, out _));
        Assert.False(Jwe.TryDecrypt(string.Join('.', parts), _ => key, out _, out _, maxBytes: 5));
        Assert.True(Jwe.TryDecrypt(string.Join('.', parts), _ => key, out _, out _, maxBytes: 6));
    }

    [Fact]
    public void A_key_for_signing_is_not_encrypted_to()
    {
        using var key = Es256Key.Create();

        Assert.True(Jwe.IsUsable(key.PublicKey with { Use = "enc", Alg = "ECDH-ES" }));
        Assert.False(Jwe.IsUsable(key.PublicKey with { Use = "sig" }));
        Assert.False(Jwe.IsUsable(key.PublicKey with { Alg = "ES256" }));
        Assert.Throws<ArgumentException>(() => Jwe.Encrypt("x"u8, key.PublicKey with { Use = "sig" }, "A128GCM", RandomNumberGenerator.Fill));
    }

    private static ECDiffieHellman Key(string x, string y, string d)
    {
        byte[] Bytes(string text) => Base64Url.TryDecode(text, out var bytes) ? bytes : throw new FormatException();
        return ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(x), Y = Bytes(y) }, D = Bytes(d) });
    }
}
