using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;

namespace Identity.Credentials.Tests.SdJwt;

/// <summary>Keys and credentials for the tests, and SD-JWTs made by hand so that each can break one rule.</summary>
internal static class SdJwtKit
{
    public static readonly Es256Key Issuer = Es256Key.Create();
    public static readonly Es256Key Holder = Es256Key.Create();
    public static readonly VerificationKey IssuerKey = VerificationKey.TryImport(Issuer.PublicKey, out var key, out var reason) ? key : throw new InvalidOperationException(reason);
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public const string Audience = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk";
    public const string Nonce = "n-0S6_WzA2Mj";

    public static JsonObject Header(string typ = "dc+sd-jwt") => new() { ["typ"] = typ };

    public static JsonObject Claims() => new()
    {
        ["iss"] = "http://localhost:5001/port-selin",
        ["iat"] = Now.AddDays(-1).ToUnixTimeSeconds(),
        ["exp"] = Now.AddDays(365).ToUnixTimeSeconds(),
        ["vct"] = "urn:identity:qualification:1",
        ["cnf"] = new JsonObject { ["jwk"] = Holder.PublicKey.ToJson() },
        ["status"] = new JsonObject { ["status_list"] = new JsonObject { ["idx"] = 7, ["uri"] = "http://localhost:5001/port-selin/status/1" } },
        ["family_name"] = "Okoye-Reyes",
        ["given_name"] = "Amina",
        ["address"] = new JsonObject { ["locality"] = "Port Selin", ["country"] = "TM" },
        ["languages"] = new JsonArray("en", "ar", "fil"),
        ["level"] = 4,
    };

    public static readonly ClaimPath[] Selective =
    [
        new("family_name"), new("given_name"), new("address"), new("address", "locality"), new("languages", null), new("level"),
    ];

    public static SdJwtDocument Issue(JsonObject? claims = null, int decoys = 0) =>
        Parse(SdJwtIssuer.Issue(Header(), claims ?? Claims(), Selective, Issuer, RandomNumberGenerator.Fill, decoys));

    public static SdJwtDocument Parse(string text) =>
        SdJwtDocument.TryParse(text, out var document, out var reason) ? document : throw new InvalidOperationException(reason);

    public static string Encode(string text) => Base64Url.Encode(Encoding.UTF8.GetBytes(text));

    public static string Digest(string ascii) => Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(ascii)));

    /// <summary>An SD-JWT signed by the issuer over exactly this payload, with exactly these disclosures given as JSON.</summary>
    public static string ByHand(string payload, params string[] disclosures) =>
        string.Concat(disclosures.Select(Encode).Prepend(Sign(Header(), payload)).Select(p => p + "~"));

    public static string Sign(JsonObject header, string payload)
    {
        var input = $"{Encode(new JsonObject { ["alg"] = "ES256", ["typ"] = header["typ"]?.DeepClone() }.ToJsonString())}.{Encode(payload)}";
        return $"{input}.{Base64Url.Encode(Issuer.Sign(Encoding.ASCII.GetBytes(input)))}";
    }

    /// <summary>The digest, in quotes, of a disclosure given as JSON.</summary>
    public static string D(string disclosure) => $"\"{Digest(Encode(disclosure))}\"";

    public static string Refusal(string text)
    {
        if (!SdJwtDocument.TryParse(text, out var document, out var reason)) return reason;
        return document.TryProcess(out _, out reason) ? "" : reason;
    }
}
