using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using static Identity.Credentials.Tests.SdJwt.SdJwtKit;

namespace Identity.Credentials.Tests.SdJwt;

public sealed class IssueAndPresentTests
{
    [Fact]
    public void Everything_disclosed_gives_the_claims_back()
    {
        var document = Issue(decoys: 3);

        Assert.True(document.Jwt.Verify(IssuerKey));
        Assert.True(document.TryProcess(out var claims, out var reason), reason);
        Assert.True(JsonNode.DeepEquals(Claims(), claims), claims.ToJsonString());
        Assert.Equal(8, document.Disclosures.Count);
    }

    [Fact]
    public void Nothing_disclosed_leaves_only_what_must_stay_visible_and_no_trace()
    {
        var nothing = Parse(SdJwtHolder.Select(Issue(decoys: 2), []));

        Assert.Empty(nothing.Disclosures);
        Assert.True(nothing.TryProcess(out var claims, out _));
        Assert.Equal(["iss", "iat", "exp", "vct", "cnf", "status", "languages"], claims.Select(c => c.Key));
        Assert.Empty(claims["languages"]!.AsArray()); // no {"...":…} is left behind
        Assert.DoesNotContain("Okoye", claims.ToJsonString());
    }

    [Fact]
    public void The_signed_part_does_not_show_names_values_or_order()
    {
        var document = Issue();

        var payload = document.Jwt.Payload.ToJsonString();
        foreach (var hidden in new[] { "family_name", "Okoye", "Amina", "locality", "Port Selin", "\"en\"" }) Assert.DoesNotContain(hidden, payload);
        var digests = document.Jwt.Payload["_sd"]!.AsArray().Select(d => (string)d!).ToArray();
        Assert.Equal(digests.Order(StringComparer.Ordinal), digests);
    }

    [Theory]
    [InlineData("""["given_name"]""", """{"given_name":"Amina","languages":[]}""")]
    [InlineData("""["address","locality"]""", """{"address":{"country":"TM","locality":"Port Selin"},"languages":[]}""")]
    [InlineData("""["address","country"]""", """{"address":{"country":"TM"},"languages":[]}""")]
    [InlineData("""["address"]""", """{"address":{"country":"TM","locality":"Port Selin"},"languages":[]}""")]
    [InlineData("""["languages",1]""", """{"languages":["ar"]}""")]
    [InlineData("""["languages",null]""", """{"languages":["en","ar","fil"]}""")]
    [InlineData("""["languages"]""", """{"languages":["en","ar","fil"]}""")]
    [InlineData("""["nothing"]""", """{"languages":[]}""")]
    public void A_path_discloses_what_lies_on_it_and_nothing_else(string path, string expected)
    {
        Assert.True(ClaimPath.TryParse(JsonNode.Parse(path), out var wanted, out _));

        var shown = Parse(SdJwtHolder.Select(Issue(), [wanted]));

        Assert.True(shown.TryProcess(out var claims, out _));
        foreach (var visible in new[] { "iss", "iat", "exp", "vct", "cnf", "status" }) claims.Remove(visible);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), claims), claims.ToJsonString());
    }

    [Fact]
    public void Salts_differ_and_have_sixteen_bytes()
    {
        var salts = Issue().Disclosures.Select(d => (string)JsonNode.Parse(Decode(d.Encoded))![0]!).ToArray();

        Assert.Equal(salts.Length, salts.Distinct().Count());
        Assert.All(salts, s => Assert.Equal(22, s.Length));

        static byte[] Decode(string text) => Base64Url.TryDecode(text, out var bytes) ? bytes : [];
    }

    [Theory]
    [InlineData("""{"_sd":["x"]}""")]
    [InlineData("""{"...":"x"}""")]
    [InlineData("""{"_sd_alg":"md5"}""")]
    [InlineData("""{"a":{"_sd":1}}""")]
    [InlineData("""{"a":[{"...":"x"}]}""")]
    [InlineData("""{"a":[[{"b":{"_sd_alg":1}}]]}""")]
    public void Claims_with_reserved_names_are_not_issued(string json)
    {
        var claims = JsonNode.Parse(json)!.AsObject();

        Assert.False(SdJwtIssuer.Accepts(claims, out _));
        Assert.Throws<ArgumentException>(() => SdJwtIssuer.Issue(Header(), claims, [], Issuer, RandomNumberGenerator.Fill));
    }

    [Theory]
    [InlineData("""["iss"]""")]
    [InlineData("""["vct"]""")]
    [InlineData("""["cnf","jwk"]""")]
    [InlineData("""["status"]""")]
    public void Claims_that_must_stay_visible_are_not_made_selective(string path)
    {
        Assert.True(ClaimPath.TryParse(JsonNode.Parse(path), out var wanted, out _));

        Assert.Throws<ArgumentException>(() => SdJwtIssuer.Issue(Header(), Claims(), [wanted], Issuer, RandomNumberGenerator.Fill));
    }

    [Fact]
    public void Arrays_of_arrays_are_hidden_element_by_element()
    {
        var claims = JsonNode.Parse("""{"a":[["x","y"],["z"]],"b":null}""")!.AsObject();
        var document = Parse(SdJwtIssuer.Issue(Header(), claims, [new("a", null), new("a", 0, 1), new("b")], Issuer, RandomNumberGenerator.Fill));

        Assert.Equal(4, document.Disclosures.Count);
        Assert.True(document.TryProcess(out var all, out var reason), reason);
        Assert.True(JsonNode.DeepEquals(claims, all));
        Assert.True(Parse(SdJwtHolder.Select(document, [new("a", 0, 0)])).TryProcess(out var some, out _));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"a":[["x"]]}"""), some), some.ToJsonString());
    }

    [Fact]
    public void A_credential_is_read_with_what_the_format_defines()
    {
        Assert.True(SdJwtVc.TryRead(Issue(), out var credential, out var reason), reason);

        Assert.Equal("urn:identity:qualification:1", credential.Vct);
        Assert.Equal("http://localhost:5001/port-selin", credential.Issuer);
        Assert.True(credential.HolderKey!.SameKey(Holder.PublicKey));
        Assert.Equal(("http://localhost:5001/port-selin/status/1", 7), (credential.Status!.Uri, credential.Status.Index));
        Assert.True(credential.IsTimely(Now, TimeSpan.Zero, out _));
    }
}
