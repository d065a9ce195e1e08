using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;

namespace Identity.Credentials.SdJwt;

/// <summary>A credential as SD-JWT VC (draft-ietf-oauth-sd-jwt-vc-19): its processed claims and what the format itself defines. Signature, trust and status are judged elsewhere.</summary>
/// <param name="Document">What was parsed.</param>
/// <param name="Claims">The processed payload, everything disclosed in place.</param>
/// <param name="Vct">Its type.</param>
/// <param name="Issuer">`iss`, or null where only the certificate names the issuer.</param>
/// <param name="IssuedAt">`iat`.</param>
/// <param name="NotBefore">`nbf`.</param>
/// <param name="Expires">`exp`.</param>
/// <param name="HolderKey">The key of `cnf`, or null for a bearer credential.</param>
/// <param name="Status">Where its status is to be asked, or null.</param>
public sealed record SdJwtVc(
    SdJwtDocument Document, JsonObject Claims, string Vct, string? Issuer, DateTimeOffset? IssuedAt, DateTimeOffset? NotBefore, DateTimeOffset? Expires,
    Jwk? HolderKey, StatusReference? Status)
{
    /// <summary>The `typ` and, after "application/", the media type.</summary>
    public const string Typ = "dc+sd-jwt";

    /// <summary>Claims that are never selectively disclosed, nor anything inside them (§2.2.2.3).</summary>
    public static readonly IReadOnlyList<string> AlwaysVisible = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"];

    /// <summary>Parses, processes and reads; false with a reason. Unknown claims stay in <see cref="Claims"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SdJwtVc? credential, out string reason)
    {
        credential = null;
        return SdJwtDocument.TryParse(text, out var document, out reason) && TryRead(document, out credential, out reason);
    }

    /// <summary>
    /// Processes and reads a document; false with a reason for a rule of RFC 9901 §7.1 broken, another `typ`, no `vct`, a disclosure of what must stay visible,
    /// times that are not numbers, a `cnf` without a key we know, or a status that cannot be asked.
    /// </summary>
    public static bool TryRead(SdJwtDocument document, [NotNullWhen(true)] out SdJwtVc? credential, out string reason)
    {
        credential = null;
        if (document.Jwt.Type != Typ) return Refuse("typ is not dc+sd-jwt", out reason);
        if (!document.TryProcess(out var claims, out var disclosed, out reason)) return false;
        if (disclosed.Any(d => d.Path.Segments[0] is string name && AlwaysVisible.Contains(name))) return Refuse("a claim that must stay visible was disclosed", out reason);
        if (StrictJson.Text(claims["vct"]) is not { Length: > 0 } vct) return Refuse("vct is missing", out reason);
        if (claims.ContainsKey("iss") && StrictJson.Text(claims["iss"]) is null) return Refuse("iss is not a string", out reason);
        if (!TryTime("iat", out var issuedAt) || !TryTime("nbf", out var notBefore) || !TryTime("exp", out var expires)) return Refuse("iat, nbf or exp is not a time", out reason);

        Jwk? holder = null;
        if (claims.TryGetPropertyValue("cnf", out var cnf) && !Jwk.TryParse((cnf as JsonObject)?["jwk"], out holder, out reason)) return Refuse($"cnf: {reason}", out reason);
        StatusReference? status = null;
        if (claims.TryGetPropertyValue("status", out var node) && !StatusReference.TryParse(node, out status, out reason)) return false;

        credential = new SdJwtVc(document, claims, vct, StrictJson.Text(claims["iss"]), issuedAt, notBefore, expires, holder, status);
        reason = "";
        return true;

        bool TryTime(string name, out DateTimeOffset? time)
        {
            time = StrictJson.Time(claims[name]);
            return time is not null || !claims.ContainsKey(name);
        }
    }

    /// <summary>False with `expired` or `not_yet_valid` when the processed claims say so. Where there is no `nbf`, `iat` stands in: nothing issued in the future is in force.</summary>
    public bool IsTimely(DateTimeOffset now, TimeSpan skew, out string reason)
    {
        reason = Expires is { } end && now - skew >= end ? "expired"
            : (NotBefore ?? IssuedAt) is { } start && now + skew < start ? "not_yet_valid"
            : "";
        return reason.Length == 0;
    }

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
