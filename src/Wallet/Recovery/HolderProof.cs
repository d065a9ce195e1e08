using System.Security.Cryptography;
using Identity.Credentials.Jose;

namespace Identity.Wallet.Recovery;

/// <summary>
/// Shows that a request comes from one wallet: header <c>Holder-Proof</c>, a JWT of typ <c>identity-recovery-holder+jwt</c> by its key (header <c>jwk</c>) over <c>aud</c> (the
/// address), <c>htm</c>, <c>iat</c> (a day to either side: old phones tell the time badly) and <c>body</c> (SHA-256, base64url). Sent twice it does nothing twice.
/// </summary>
internal static class HolderProof
{
    public const string Typ = "identity-recovery-holder+jwt", Header = "Holder-Proof";
    private const int MaxLength = 4096;
    private static readonly TimeSpan Window = TimeSpan.FromDays(1);

    /// <summary>The thumbprint of the key, or null where the proof is missing or wrong.</summary>
    public static string? Read(HttpContext http, byte[] body, RecoverySettings settings, DateTimeOffset now)
    {
        var text = http.Request.Headers[Header].ToString();
        if (text.Length is 0 or > MaxLength || !Jws.TryParse(text, out var jws, out _) || jws.Type != Typ) return null;
        if (!Jwk.TryParse(jws.Header["jwk"], out var jwk, out _) || !VerificationKey.TryImport(jwk, out var key, out _)) return null;
        using (key)
        {
            if (!jws.Verify(key)) return null;
        }
        return StrictJson.Text(jws.Payload["aud"]) == settings.PublicUrl + http.Request.Path && StrictJson.Text(jws.Payload["htm"]) == http.Request.Method
            && StrictJson.Time(jws.Payload["iat"]) is { } iat && (iat - now).Duration() < Window
            && StrictJson.Text(jws.Payload["body"]) == Base64Url.Encode(SHA256.HashData(body)) ? jwk.ThumbprintText() : null;
    }
}
