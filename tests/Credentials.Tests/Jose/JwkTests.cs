using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Tests.Jose;

public sealed class JwkTests
{
    // RFC 9449 §4.1 and §6.1: a DPoP key and its thumbprint (`jkt`).
    private const string DpopKey = """{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}""";

    // RFC 8037 appendix A.2.
    private const string OkpKey = """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""";

    [Theory]
    [InlineData(DpopKey, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")]
    [InlineData(OkpKey, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    public void Thumbprints_are_those_of_the_standards(string json, string thumbprint)
    {
        Assert.True(Jwk.TryParse(JsonNode.Parse(json), out var key, out _));
        Assert.Equal(thumbprint, key.ThumbprintText());
    }

    [Fact]
    public void Names_and_uses_do_not_change_the_thumbprint()
    {
        var json = JsonNode.Parse(DpopKey)!.AsObject();
        json["kid"] = "other";
        json["use"] = "enc";
        json["ext"] = true;

        Assert.True(Jwk.TryParse(json, out var key, out _));
        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", key.ThumbprintText());
    }

    [Theory]
    [InlineData("d", "AAAA")]
    [InlineData("k", "AAAA")]
    [InlineData("p", "AAAA")]
    public void A_private_member_is_refused(string name, string value)
    {
        var json = JsonNode.Parse(DpopKey)!.AsObject();
        json[name] = value;

        Assert.False(Jwk.TryParse(json, out _, out _));
        Assert.True(Jwk.ContainsPrivate(json));
    }

    [Theory]
    [InlineData("""{"kty":"RSA","n":"AQAB","e":"AQAB"}""")]
    [InlineData("""{"kty":"oct","k":"AQAB"}""")]
    [InlineData("""{"kty":"EC","crv":"P-384","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}""")]
    [InlineData("""{"kty":"EC","crv":"secp256k1","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}""")]
    [InlineData("""{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs=","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":5,"y":[]}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public void Keys_of_other_kinds_and_points_off_the_curve_are_refused(string json) =>
        Assert.False(Jwk.TryParse(JsonNode.Parse(json), out _, out _));

    [Fact]
    public void A_compressed_point_comes_back_whole()
    {
        for (var i = 0; i < 20; i++)
        {
            using var key = Es256Key.Create();
            var compressed = key.PublicKey.Compressed();

            Assert.Equal(33, compressed.Length);
            Assert.True(Jwk.TryFromCompressed(compressed, out var again));
            Assert.True(again.SameKey(key.PublicKey));
        }
    }

    [Theory]
    [InlineData("02ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")] // x = p
    [InlineData("02ffffffff00000001000000000000000000000001000000000000000000000004")] // x ≥ p
    [InlineData("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")]
    [InlineData("026b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2")]
    [InlineData("")]
    public void A_compressed_point_that_is_none_is_refused(string hex) => Assert.False(Jwk.TryFromCompressed(Convert.FromHexString(hex), out _));

    [Fact]
    public void An_x_that_no_point_has_is_refused()
    {
        var refused = 0;
        for (byte i = 0; i < 64; i++)
        {
            var point = new byte[33];
            (point[0], point[32]) = (2, i);
            if (!Jwk.TryFromCompressed(point, out var key)) refused++;
            else using (ECDsa.Create(key.Parameters())) { } // throws for a point off the curve
        }
        Assert.InRange(refused, 16, 48); // about half of all numbers are no x
    }
}
