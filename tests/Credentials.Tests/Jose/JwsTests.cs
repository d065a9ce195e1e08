using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Jose;

public sealed class JwsTests
{
    [Fact]
    public void Signs_and_verifies_with_both_algorithms()
    {
        using var es256 = Es256Key.Create();
        using var eddsa = Ed25519Key.Create();
        foreach (var signer in new ISigner[] { es256, eddsa })
        {
            var text = Jws.Sign(new JsonObject { ["typ"] = "x" }, new JsonObject { ["name"] = "Amina Okoye-Reyes ق" }, signer);

            Assert.True(Jws.TryParse(text, out var jws, out _));
            Assert.Equal(("x", "Amina Okoye-Reyes ق"), (jws.Type, (string?)jws.Payload["name"]));
            Assert.True(jws.Verify(Import(signer.PublicKey)));
        }
    }

    [Fact]
    public void Verifies_the_es256_example_of_rfc_7515()
    {
        // Appendix A.3.
        const string text = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        var json = JsonNode.Parse("""{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""");
        Assert.True(Jwk.TryParse(json, out var key, out _));

        Assert.True(Jws.TryParse(text, out var jws, out _));
        Assert.True(jws.Verify(Import(key)));
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_seen()
    {
        using var key = Es256Key.Create();
        var text = Jws.Sign([], new JsonObject { ["a"] = 1 }, key);
        var verifier = Import(key.PublicKey);

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.') continue;
            var altered = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];

            Assert.False(Jws.TryParse(altered, out var jws, out _) && jws.Verify(verifier), $"position {i}");
        }
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{"alg":"PS256"}""")]
    [InlineData("""{"alg":"es256"}""")]
    [InlineData("""{"alg":"ES256","alg":"none"}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"alg":["ES256"]}""")]
    [InlineData("""{}""")]
    [InlineData("""{"alg":"ES256","crit":["exp"]}""")]
    [InlineData("""{"alg":"ES256","crit":[]}""")]
    [InlineData("""{"alg":"ES256","b64":false}""")]
    public void Other_algorithms_and_critical_extensions_are_refused(string header) =>
        Assert.False(Jws.TryParse($"{Encode(header)}.{Encode("{}")}.{Base64Url.Encode(new byte[64])}", out _, out _));

    [Theory]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData(null)]
    public void Other_numbers_of_parts_are_refused(string? text) => Assert.False(Jws.TryParse(text, out _, out _));

    [Fact]
    public void A_mac_made_with_the_public_key_is_refused()
    {
        using var key = Es256Key.Create();
        var input = $"{Encode("""{"alg":"HS256"}""")}.{Encode("{}")}";
        var mac = HMACSHA256.HashData(key.PublicKey.Compressed(), Encoding.ASCII.GetBytes(input));

        Assert.False(Jws.TryParse($"{input}.{Base64Url.Encode(mac)}", out _, out _));
    }

    [Fact]
    public void A_header_naming_another_algorithm_than_the_keys_is_refused()
    {
        using var es256 = Es256Key.Create();
        using var eddsa = Ed25519Key.Create();
        var input = $"{Encode("""{"alg":"ES256"}""")}.{Encode("{}")}";
        var text = $"{input}.{Base64Url.Encode(eddsa.Sign(Encoding.ASCII.GetBytes(input)))}";

        Assert.True(Jws.TryParse(text, out var jws, out _));
        Assert.False(jws.Verify(Import(eddsa.PublicKey)));
        Assert.False(jws.Verify(Import(es256.PublicKey)));
        Assert.Throws<ArgumentException>(() => Jws.Sign(new JsonObject { ["alg"] = "EdDSA" }, [], es256));
    }

    [Fact]
    public void A_key_inside_the_header_is_not_believed()
    {
        using var ours = Es256Key.Create();
        using var attacker = Es256Key.Create();
        var text = Jws.Sign(new JsonObject { ["jwk"] = attacker.PublicKey.ToJson(), ["jku"] = "https://attacker.example/keys" }, [], attacker);

        Assert.True(Jws.TryParse(text, out var jws, out _));
        Assert.False(jws.Verify(Import(ours.PublicKey)));
    }

    [Fact]
    public void A_signature_of_zeros_or_in_der_or_empty_is_refused()
    {
        using var key = Es256Key.Create();
        var input = $"{Encode("""{"alg":"ES256"}""")}.{Encode("{}")}";
        var der = key.Raw.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        foreach (var signature in new[] { new byte[64], der, [], new byte[63], new byte[65] })
        {
            Assert.True(Jws.TryParse($"{input}.{Base64Url.Encode(signature)}", out var jws, out _));
            Assert.False(jws.Verify(Import(key.PublicKey)));
        }
    }

    [Fact]
    public void A_key_meant_for_encryption_verifies_nothing()
    {
        using var key = Es256Key.Create();

        Assert.False(VerificationKey.TryImport(key.PublicKey with { Use = "enc" }, out _, out _));
        Assert.False(VerificationKey.TryImport(key.PublicKey with { Alg = "ECDH-ES" }, out _, out _));
        Assert.False(VerificationKey.TryImport(key.PublicKey with { Alg = "EdDSA" }, out _, out _));
    }

    [Fact]
    public void One_kept_key_serves_several_threads()
    {
        using var es256 = Es256Key.Create();
        using var eddsa = Ed25519Key.Create();
        foreach (var signer in new ISigner[] { es256, eddsa })
        {
            var verifier = Import(signer.PublicKey);
            var good = signer.Sign("good"u8);
            var bad = signer.Sign("bad"u8);

            Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
            {
                Assert.True(verifier.Verify("good"u8, good));
                Assert.False(verifier.Verify("good"u8, bad));
            });
        }
    }

    [Fact]
    public void A_private_key_survives_a_file()
    {
        using var key = Es256Key.Create();
        using var again = Es256Key.FromPkcs8(key.ToPkcs8());
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var bitcoin = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));

        Assert.True(again.PublicKey.SameKey(key.PublicKey));
        Assert.Throws<CryptographicException>(() => Es256Key.FromPkcs8(other.ExportPkcs8PrivateKey()));
        Assert.Throws<CryptographicException>(() => Es256Key.FromPkcs8(bitcoin.ExportPkcs8PrivateKey()));
    }

    private static VerificationKey Import(Jwk jwk) => VerificationKey.TryImport(jwk, out var key, out var reason) ? key : throw new InvalidOperationException(reason);

    private static string Encode(string text) => Base64Url.Encode(Encoding.UTF8.GetBytes(text));
}
