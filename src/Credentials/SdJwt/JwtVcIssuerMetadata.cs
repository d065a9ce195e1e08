using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>`/.well-known/jwt-vc-issuer` (SD-JWT VC §4): the issuer's keys, or where they are.</summary>
/// <param name="Issuer">The issuer's identifier, equal to `iss` of its credentials.</param>
/// <param name="Keys">Its keys; empty when <paramref name="JwksUri"/> says where they are.</param>
/// <param name="JwksUri">Where the keys are, or null.</param>
public sealed record JwtVcIssuerMetadata(string Issuer, IReadOnlyList<Jwk> Keys, string? JwksUri)
{
    private const int MaxKeys = 100;
    private const string Path = "/.well-known/jwt-vc-issuer";

    /// <summary>The address of an issuer's metadata: the well-known part stands between host and path.</summary>
    /// <exception cref="ArgumentException">Not an absolute http(s) address without query and fragment.</exception>
    public static Uri WellKnown(Uri issuer)
    {
        if (!issuer.IsAbsoluteUri || issuer.Scheme is not ("https" or "http") || issuer.Query.Length > 0 || issuer.Fragment.Length > 0)
            throw new ArgumentException("An issuer is an http(s) address without query and fragment.", nameof(issuer));
        return new Uri(issuer.GetLeftPart(UriPartial.Authority) + Path + issuer.AbsolutePath.TrimEnd('/'));
    }

    /// <summary>Reads metadata for an issuer; false with a reason when `issuer` differs in a single character, or not exactly one of jwks and jwks_uri is there. Keys we cannot use are passed over.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, string issuer, [NotNullWhen(true)] out JwtVcIssuerMetadata? metadata, out string reason)
    {
        metadata = null;
        if (!StrictJson.TryParseObject(json, out var members, out reason)) return false;
        if (!string.Equals(StrictJson.Text(members["issuer"]), issuer, StringComparison.Ordinal)) { reason = "metadata is another issuer's"; return false; }
        if (members.ContainsKey("jwks") == members.ContainsKey("jwks_uri")) { reason = "metadata has not exactly one of jwks and jwks_uri"; return false; }

        IReadOnlyList<Jwk> keys = [];
        var uri = StrictJson.Text(members["jwks_uri"]);
        if (members.ContainsKey("jwks"))
        {
            if (!TryParseKeys(members["jwks"], out keys, out reason)) return false;
        }
        else if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("https" or "http"))
        {
            reason = "jwks_uri is not a web address";
            return false;
        }
        metadata = new JwtVcIssuerMetadata(issuer, keys, uri);
        return true;
    }

    /// <summary>Reads a JWK set; keys we cannot use are passed over.</summary>
    public static bool TryParseKeys(JsonNode? jwks, out IReadOnlyList<Jwk> keys, out string reason)
    {
        keys = [];
        reason = "";
        if (jwks is not JsonObject set || set["keys"] is not JsonArray { Count: <= MaxKeys } items) { reason = "jwks is not a set of at most a hundred keys"; return false; }
        keys = [.. items.Select(item => Jwk.TryParse(item, out var key, out _) ? key : null).OfType<Jwk>()];
        return true;
    }

    /// <summary>The metadata as published.</summary>
    public JsonObject ToJson() => JwksUri is null
        ? new JsonObject { ["issuer"] = Issuer, ["jwks"] = new JsonObject { ["keys"] = new JsonArray(Keys.Select(k => (JsonNode?)k.ToJson()).ToArray()) } }
        : new JsonObject { ["issuer"] = Issuer, ["jwks_uri"] = JwksUri };
}
