using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>`/.well-known/jwt-vc-issuer` (SD-JWT VC §4): the issuer's keys, or where they are.</summary>
public sealed record JwtVcIssuerMetadata(string Issuer, IReadOnlyList<Jwk> Keys, string? JwksUri)
{
    /// <summary>The address of an issuer's metadata: the well-known part stands between host and path.</summary>
    public static Uri WellKnown(Uri issuer) => throw new NotImplementedException();

    /// <summary>Reads metadata for an issuer; false with a reason when `issuer` differs in a single character, or not exactly one of jwks and jwks_uri is there. Keys we cannot use are passed over.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, string issuer, [NotNullWhen(true)] out JwtVcIssuerMetadata? metadata, out string reason) => throw new NotImplementedException();

    /// <summary>Reads a JWK set; keys we cannot use are passed over.</summary>
    public static bool TryParseKeys(JsonNode? jwks, out IReadOnlyList<Jwk> keys, out string reason) => throw new NotImplementedException();

    /// <summary>The metadata as published.</summary>
    public JsonObject ToJson() => throw new NotImplementedException();
}
