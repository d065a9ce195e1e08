using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;

namespace Identity.Issuer.Keys;

/// <summary>A signing key of an organisation with its certificates.</summary>
/// <param name="signer">Signs credentials and status lists.</param>
/// <param name="chain">The certificate chain without its anchor, base64 DER, leaf first (RFC 7515, 4.1.6).</param>
public sealed class IssuerKey(ISigner signer, IReadOnlyList<string> chain)
{
    /// <summary>Signs.</summary>
    public ISigner Signer { get; } = signer;

    /// <summary>Thumbprint (RFC 7638), the <c>kid</c> of everything it signs.</summary>
    public string Id { get; } = signer.PublicKey.ThumbprintText();

    /// <summary>The encoded header of every SD-JWT VC that it signs.</summary>
    public string CredentialHeader { get => field ??= Jws.EncodeHeader(new JsonObject { ["typ"] = SdJwtVc.Typ, ["kid"] = Id, ["x5c"] = X5c() }, Signer); }

    /// <summary>A new <c>x5c</c> array.</summary>
    public JsonArray X5c() => [.. chain.Select(c => (JsonNode)JsonValue.Create(c))];
}
