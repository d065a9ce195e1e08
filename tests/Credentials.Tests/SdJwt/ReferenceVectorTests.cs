using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.TestKit;
using Xunit.Abstractions;

namespace Identity.Credentials.Tests.SdJwt;

/// <summary>The published examples: RFC 9901's own, the reference implementation's, and OpenID4VP's.</summary>
public sealed class ReferenceVectorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0", "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0", "family_name", "Möbius")]
    [InlineData("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0", "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs", null, "FR")]
    public void Disclosures_hash_as_in_rfc_9901_section_4_2(string encoded, string digest, string? name, string value)
    {
        Assert.True(Disclosure.TryParse(encoded, HashFunction.Sha256, out var disclosure, out _));
        Assert.Equal((digest, name, value), (disclosure.Digest, disclosure.Name, (string?)disclosure.Value));
    }

    [Fact]
    public void Reference_sd_jwts_verify_and_give_the_claims_they_should()
    {
        if (Checkout.SharedVector("sd-jwt/reference-sd-jwts.json") is not { } file) { output.WriteLine("absent: sd-jwt/reference-sd-jwts.json"); return; }
        var all = JsonNode.Parse(File.ReadAllText(file))!.AsArray();
        Assert.Equal(28, all.Count);
        var bound = 0;
        foreach (var vector in all)
        {
            var name = (string?)vector!["name"];
            var document = SdJwtKit.Parse((string)vector["presentation"]!);
            Assert.True(document.Jwt.Verify(Import(vector["issuerJwk"])), name);
            Assert.True(document.TryProcess(out var claims, out var reason), $"{name}: {reason}");
            Assert.True(JsonNode.DeepEquals(vector["verifiedClaims"], claims), $"{name}: {claims.ToJsonString()}");

            var issued = SdJwtKit.Parse((string)vector["issuance"]!);
            Assert.True(issued.TryProcess(out _, out var disclosed, out reason), $"{name}: {reason}");
            Assert.Equal(issued.Disclosures.Count, disclosed.Count);

            if (document.KeyBindingJwt is null) continue;
            bound++;
            Assert.True(Jwk.TryParse(vector["holderJwk"], out var holder, out _));
            var iat = DateTimeOffset.FromUnixTimeSeconds((long)vector["keyBinding"]!["iat"]!);
            Assert.True(KeyBinding.TryVerify(document, holder, (string)vector["nonce"]!, (string)vector["audience"]!, iat, TimeSpan.FromMinutes(5), out reason), $"{name}: {reason}");
        }
        Assert.Equal(5, bound);
    }

    [Fact]
    public void The_presentation_of_openid4vp_verifies_and_reads_as_a_credential()
    {
        if (Checkout.SharedVector("openid4vp") is not { } folder) { output.WriteLine("absent: openid4vp"); return; }
        var text = string.Concat(File.ReadAllLines(Path.Combine(folder, "sd_jwt_vcld__01__sd_jwt_presentation.txt")));
        var verified = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "sd_jwt_vcld__01__verified_contents.json")));
        var issuer = JsonNode.Parse("""{"kty":"EC","crv":"P-256","x":"b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ","y":"Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"}""");

        Assert.True(SdJwtVc.TryParse(text, out var credential, out var reason), reason);
        Assert.True(credential.Document.Jwt.Verify(Import(issuer)));
        Assert.True(JsonNode.DeepEquals(verified, credential.Claims), credential.Claims.ToJsonString());
        Assert.Equal("https://credentials.example.com/example_credential", credential.Vct);
        var at = DateTimeOffset.FromUnixTimeSeconds(1744743394);
        Assert.True(KeyBinding.TryVerify(credential.Document, credential.HolderKey!, "1234567890", "https://verifier.example.org", at, TimeSpan.FromMinutes(5), out reason), reason);
    }

    private static VerificationKey Import(JsonNode? json)
    {
        Assert.True(Jwk.TryParse(json, out var jwk, out var reason), reason);
        Assert.True(VerificationKey.TryImport(jwk, out var key, out reason), reason);
        return key;
    }
}
