using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;

namespace Identity.Credentials.Tests.SdJwt;

public sealed class IssuerMetadataTests
{
    private const string Issuer = "https://issuer.example/port-selin";

    [Theory]
    [InlineData("https://issuer.example", "https://issuer.example/.well-known/jwt-vc-issuer")]
    [InlineData("https://issuer.example/", "https://issuer.example/.well-known/jwt-vc-issuer")]
    [InlineData("http://localhost:5001/port-selin", "http://localhost:5001/.well-known/jwt-vc-issuer/port-selin")]
    public void The_well_known_part_stands_between_host_and_path(string issuer, string expected) =>
        Assert.Equal(expected, JwtVcIssuerMetadata.WellKnown(new Uri(issuer)).AbsoluteUri);

    [Fact]
    public void Published_metadata_is_read_again()
    {
        using var key = Es256Key.Create();
        var published = new JwtVcIssuerMetadata(Issuer, [key.PublicKey with { Kid = "k" }], null).ToJson().ToJsonString();

        Assert.True(JwtVcIssuerMetadata.TryParse(Encoding.UTF8.GetBytes(published), Issuer, out var metadata, out var reason), reason);
        Assert.True(Assert.Single(metadata.Keys).SameKey(key.PublicKey));
    }

    [Theory]
    [InlineData("""{"issuer":"https://issuer.example/port-selin/","jwks":{"keys":[]}}""")]
    [InlineData("""{"issuer":"https://ISSUER.example/port-selin","jwks":{"keys":[]}}""")]
    [InlineData("""{"jwks":{"keys":[]}}""")]
    [InlineData("""{"issuer":"https://issuer.example/port-selin"}""")]
    [InlineData("""{"issuer":"https://issuer.example/port-selin","jwks":{"keys":[]},"jwks_uri":"https://issuer.example/keys"}""")]
    [InlineData("""{"issuer":"https://issuer.example/port-selin","jwks_uri":"file:///keys"}""")]
    [InlineData("""{"issuer":"https://issuer.example/port-selin","jwks":[]}""")]
    [InlineData("""{"issuer":"https://issuer.example/port-selin","issuer":"https://issuer.example/port-selin","jwks":{"keys":[]}}""")]
    public void Metadata_of_another_issuer_or_shape_is_refused(string json) =>
        Assert.False(JwtVcIssuerMetadata.TryParse(Encoding.UTF8.GetBytes(json), Issuer, out _, out _));

    [Fact]
    public void Keys_we_cannot_use_are_passed_over()
    {
        using var key = Es256Key.Create();
        var set = new JsonObject { ["keys"] = new JsonArray(new JsonObject { ["kty"] = "RSA" }, key.PublicKey.ToJson(), 5, null) };

        Assert.True(JwtVcIssuerMetadata.TryParseKeys(set, out var keys, out _));
        Assert.Single(keys);
    }
}
