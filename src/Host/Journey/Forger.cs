using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;

namespace Identity.Host.Journey;

/// <summary>Makes what the verifier must not believe: a diploma by a college that nobody knows, and a real one with a changed claim.</summary>
internal static class Forger
{
    /// <summary>A well-formed, correctly signed diploma whose issuer is in no registry.</summary>
    public static string UnknownIssuer(DateTimeOffset now)
    {
        using var authority = Es256Key.Create();
        using var key = Es256Key.Create();
        var caRequest = new CertificateRequest("CN=A stranger's authority", authority.Raw, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var ca = caRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        var request = new CertificateRequest("CN=Open Sea Academy", key.Raw, HashAlgorithmName.SHA256);
        using var leaf = request.Create(ca, now.AddDays(-1), now.AddDays(30), RandomNumberGenerator.GetBytes(12));
        var header = new JsonObject { ["alg"] = key.Algorithm, ["typ"] = SdJwtVc.Typ, ["x5c"] = X5c.ToJson([leaf]) };
        var payload = new JsonObject
        {
            ["iss"] = "https://open-sea-academy.example",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["vct"] = "urn:identity:qualification:1",
            ["holder_name"] = "Amina Okoye-Reyes",
            ["title"] = "Master of Everything",
        };
        return SdJwtIssuer.Issue(header, payload, [new ClaimPath("holder_name"), new ClaimPath("title")], key, RandomNumberGenerator.Fill);
    }

    /// <summary>The credential with one disclosed value exchanged for another.</summary>
    public static string Alter(string sdJwt, string claim, string value)
    {
        var parts = sdJwt.Split('~');
        for (var i = 1; i < parts.Length; i++)
        {
            if (parts[i].Length == 0 || !Base64Url.TryDecode(parts[i], out var bytes) || JsonNode.Parse(bytes) is not JsonArray { Count: 3 } disclosure) continue;
            if (StrictJson.Text(disclosure[1]) != claim) continue;
            disclosure[2] = value;
            parts[i] = Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(disclosure.ToJsonString()));
            return string.Join('~', parts);
        }
        throw new JourneyException($"The credential discloses no {claim}.");
    }
}
