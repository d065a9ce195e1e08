using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;

namespace Identity.Credentials.SdJwt;

/// <summary>A credential as SD-JWT VC (draft-ietf-oauth-sd-jwt-vc-19): its processed claims and what the format itself defines. Signature, trust and status are judged elsewhere.</summary>
public sealed record SdJwtVc(
    SdJwtDocument Document, JsonObject Claims, string Vct, string? Issuer, DateTimeOffset? IssuedAt, DateTimeOffset? NotBefore, DateTimeOffset? Expires,
    Jwk? HolderKey, StatusReference? Status)
{
    /// <summary>The `typ` and, after "application/", the media type.</summary>
    public const string Typ = "dc+sd-jwt";

    /// <summary>Claims that are never selectively disclosed, nor anything inside them (§2.2.2.3).</summary>
    public static readonly IReadOnlyList<string> AlwaysVisible = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"];

    /// <summary>Parses, processes and reads; false with a reason. Unknown claims stay in <see cref="Claims"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SdJwtVc? credential, out string reason) => throw new NotImplementedException();

    /// <summary>Processes and reads a document; false with a reason.</summary>
    public static bool TryRead(SdJwtDocument document, [NotNullWhen(true)] out SdJwtVc? credential, out string reason) => throw new NotImplementedException();

    /// <summary>False with `expired` or `not_yet_valid` when the processed claims say so.</summary>
    public bool IsTimely(DateTimeOffset now, TimeSpan skew, out string reason) => throw new NotImplementedException();
}
