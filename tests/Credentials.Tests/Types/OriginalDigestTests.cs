using System.Text.Json.Nodes;
using Identity.Credentials.Types;

namespace Identity.Credentials.Tests.Types;

public sealed class OriginalDigestTests
{
    private const string Issuer = "https://issuer.example/port-selin";
    private static readonly TypeDefinition Qualification = TypeDefinition.Find("qualification")!;
    private static readonly byte[] Salt = [.. Enumerable.Range(0, OriginalDigest.SaltLength).Select(i => (byte)i)];

    private static JsonObject Diploma() => new()
    {
        ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Diploma in Welding", ["kind"] = "diploma", ["awarded_on"] = "2024-06-28",
        ["awarding_body"] = "Port Selin Technical College", ["awarding_country"] = "XT", ["origin"] = "original",
    };

    private static byte[] Digest(JsonObject claims, string issuer = Issuer, byte[]? salt = null)
    {
        Assert.True(OriginalDigest.TryCompute(Qualification, issuer, claims, salt ?? Salt, out var digest));
        return digest;
    }

    [Fact]
    public void What_is_optional_or_belongs_to_one_copy_changes_nothing()
    {
        var other = Diploma();
        other["level_eqf"] = 4;
        other["holder_name_native"] = "أمينة";
        other["iat"] = 1_700_000_000;

        Assert.Equal(Digest(Diploma()), Digest(other));
    }

    [Fact]
    public void Every_mandatory_claim_the_issuer_and_the_salt_change_it()
    {
        var digest = Digest(Diploma());
        foreach (var claim in OriginalDigest.Claims(Qualification))
        {
            var other = Diploma();
            other[claim.Name] = (string)other[claim.Name]! + "x";
            Assert.NotEqual(digest, Digest(other));
        }
        Assert.NotEqual(digest, Digest(Diploma(), "https://issuer.example/other"));
        Assert.NotEqual(digest, Digest(Diploma(), salt: new byte[OriginalDigest.SaltLength]));
    }

    [Fact]
    public void The_bytes_are_fixed() =>
        Assert.Equal("785534d0447c03650bf68cbb688abefa6912f64c3a24f7fa57e1e2960c6b0720", Convert.ToHexStringLower(Digest(Diploma())));

    [Fact]
    public void Without_a_mandatory_claim_or_with_a_value_of_no_form_there_is_none()
    {
        foreach (var value in new JsonNode?[] { null, new JsonObject(), 1.5, "\ud800", new JsonArray(1) })
        {
            var claims = Diploma();
            claims["title"] = value;
            Assert.False(OriginalDigest.TryCompute(Qualification, Issuer, claims, Salt, out _));
        }
    }
}
