using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Issuer.Authorization;

/// <summary>A DPoP proof that holds for one request: the thumbprint of its key.</summary>
/// <param name="Thumbprint">RFC 7638, base64url.</param>
/// <param name="Replay">The row that keeps it from being used again.</param>
internal sealed record DpopProof(string Thumbprint, UsedNonce Replay);

/// <summary>What a DPoP proof is compared with.</summary>
/// <param name="Method">The HTTP method of the request.</param>
/// <param name="Uri">The endpoint's own address, without query and fragment.</param>
/// <param name="AccessToken">The token beside it at a protected endpoint, or null.</param>
/// <param name="IsOurNonce">True for a nonce that this server gave and that has not ended.</param>
/// <param name="Now">The time of the request.</param>
internal sealed record DpopExpectation(string Method, string Uri, string? AccessToken, Func<string, bool> IsOurNonce, DateTimeOffset Now);

/// <summary>Checks a DPoP proof in the order of RFC 9449, 4.3. Whether it was seen before is the database's to say.</summary>
internal static class Dpop
{
    public const string Header = "DPoP";
    public const string NonceHeader = "DPoP-Nonce";
    public const string InvalidProof = "invalid_dpop_proof";
    public const string UseNonce = "use_dpop_nonce";

    /// <summary>The algorithms of <c>dpop_signing_alg_values_supported</c>.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["ES256", "EdDSA"];

    private const int MaxLength = 4096, MaxJti = 512;
    private static readonly TimeSpan PastWindow = TimeSpan.FromMinutes(5), FutureWindow = TimeSpan.FromMinutes(1);

    /// <summary>A thumbprint as RFC 9449, 10 sends it: base64url of 32 bytes.</summary>
    public static bool IsThumbprint(string text) => Base64Url.TryDecode(text, out var bytes) && bytes.Length == 32;

    public static DpopProof? Check(string text, DpopExpectation expected, out OAuthError? error)
    {
        // Steps 2 to 7: one signed JWT of this type, an algorithm of ours, a public key that made the signature.
        if (text.Length > MaxLength) return Refuse("The DPoP proof is too long.", out error);
        if (!Jws.TryParse(text, out var jws, out var reason)) return Refuse($"The DPoP proof is no signed JWT: {reason}.", out error);
        if (jws.Type != "dpop+jwt") return Refuse("The DPoP proof's typ must be dpop+jwt.", out error);
        if (!Jwk.TryParse(jws.Header["jwk"], out var key, out reason)) return Refuse($"The DPoP proof's jwk cannot be used: {reason}.", out error);
        if (!VerificationKey.TryImport(key, out var verifier, out reason)) return Refuse($"The DPoP proof's jwk cannot be used: {reason}.", out error);
        using (verifier)
            if (!jws.Verify(verifier)) return Refuse("The DPoP proof's signature is wrong.", out error);

        // Steps 3, 8 and 9.
        if (StrictJson.Text(jws.Payload["jti"]) is not { Length: > 0 and <= MaxJti } jti) return Refuse("The DPoP proof's jti is missing or too long.", out error);
        if (StrictJson.Text(jws.Payload["htm"]) != expected.Method) return Refuse("The DPoP proof is for another HTTP method.", out error);
        if (!IsSameEndpoint(StrictJson.Text(jws.Payload["htu"]), expected.Uri)) return Refuse("The DPoP proof is for another address.", out error);

        // Step 11 before step 10: the nonce of a proof that is stale anyway is nothing to renew.
        if (StrictJson.Time(jws.Payload["iat"]) is not { } iat || iat < expected.Now - PastWindow || iat > expected.Now + FutureWindow)
            return Refuse("The DPoP proof's iat is missing, too old or in the future.", out error);

        // Step 12.
        if (expected.AccessToken is { } token && StrictJson.Text(jws.Payload["ath"]) != Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token))))
            return Refuse("The DPoP proof's ath is not the hash of the access token.", out error);

        // Step 10.
        if (StrictJson.Text(jws.Payload["nonce"]) is not { } nonce || !expected.IsOurNonce(nonce))
        {
            error = new OAuthError(UseNonce, "Use the nonce of the DPoP-Nonce header in a new proof.");
            return null;
        }
        error = null;
        var thumbprint = key.ThumbprintText();
        // Kept by the proof's own time, so that one from the future cannot outlive its row; neither address nor method enters, so that no spelling of them makes it new.
        var seen = SHA256.HashData(Encoding.UTF8.GetBytes(new JsonArray("dpop", thumbprint, jti).ToJsonString()));
        return new DpopProof(thumbprint, new UsedNonce { Hash = seen, ExpiresAt = iat + PastWindow + FutureWindow });
    }

    // Compared after the normalisation of RFC 3986, 6.2.2 and 6.2.3; query and fragment do not count.
    private static bool IsSameEndpoint(string? htu, string endpoint) =>
        htu is { Length: <= 2000 } && Uri.TryCreate(htu, UriKind.Absolute, out var said) && said.UserInfo.Length == 0
        && said.GetLeftPart(UriPartial.Path) == new Uri(endpoint).GetLeftPart(UriPartial.Path);

    private static DpopProof? Refuse(string description, out OAuthError error)
    {
        error = new OAuthError(InvalidProof, description);
        return null;
    }
}
