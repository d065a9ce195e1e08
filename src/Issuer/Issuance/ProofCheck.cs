using Identity.Credentials.Jose;
using Identity.Issuer.Authorization;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Issuance;

/// <summary>Key proofs that were checked: one key for each copy, and the nonces that issuing uses up.</summary>
internal sealed record CheckedProofs(IReadOnlyList<Jwk> Keys, IReadOnlyList<UsedNonce> Nonces);

/// <summary>Checks key proofs of type <c>jwt</c> in the order of OpenID4VCI 1.0, appendix F.1 and F.4.</summary>
internal static class ProofCheck
{
    private const int MaxLength = 4096;
    private static readonly TimeSpan PastWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FutureWindow = TimeSpan.FromMinutes(1);

    public static CheckedProofs? Run(IReadOnlyList<string> proofs, Organisation organisation, Nonces nonces, DateTimeOffset now, out RequestError? error)
    {
        var keys = new List<Jwk>();
        var used = new Dictionary<string, UsedNonce>();
        foreach (var proof in proofs)
        {
            if (One(proof, organisation, now, out error) is not var (key, nonce)) return null;
            // One key, one copy: two copies of one key would be two names for one thing.
            if (keys.Any(k => k.ThumbprintText() == key.ThumbprintText()))
            {
                error = RequestError.Proof("Two proofs have the same key.");
                return null;
            }
            keys.Add(key);
            if (used.ContainsKey(nonce)) continue;
            if (!nonces.TryAccept(organisation.Slug, nonce, out var row))
            {
                error = new RequestError("invalid_nonce", "The nonce is not of this issuer or has ended. Fetch a new one.");
                return null;
            }
            used.Add(nonce, row);
        }
        error = null;
        return new CheckedProofs(keys, [.. used.Values]);
    }

    private static (Jwk Key, string Nonce)? One(string text, Organisation organisation, DateTimeOffset now, out RequestError? error)
    {
        if (text.Length > MaxLength) return Refuse("A proof is too long.", out error);
        // F.4: explicitly typed, no unknown algorithm, no MAC, not unsigned.
        if (!Jws.TryParse(text, out var jws, out var reason)) return Refuse($"A proof is no signed JWT: {reason}.", out error);
        if (jws.Type != "openid4vci-proof+jwt") return Refuse("The proof's typ must be openid4vci-proof+jwt.", out error);
        if (jws.Algorithm != "ES256") return Refuse("The proof's alg must be ES256.", out error);

        // F.1: exactly one way to name the key; the metadata offers jwk.
        var ways = new[] { "jwk", "kid", "x5c", "trust_chain" }.Count(jws.Header.ContainsKey);
        if (ways != 1 || !jws.Header.ContainsKey("jwk")) return Refuse("The proof's header must name its key by jwk alone.", out error);
        if (!Jwk.TryParse(jws.Header["jwk"], out var key, out reason)) return Refuse($"The proof's jwk cannot be used: {reason}.", out error);
        if (!VerificationKey.TryImport(key, out var verifier, out reason)) return Refuse($"The proof's jwk cannot be used: {reason}.", out error);
        using (verifier)
            if (!jws.Verify(verifier)) return Refuse("A proof's signature is wrong.", out error);

        if (StrictJson.Text(jws.Payload["aud"]) != organisation.Issuer) return Refuse("The proof's aud must be the credential issuer identifier, as a text.", out error);
        if (StrictJson.Time(jws.Payload["iat"]) is not { } iat || iat < now - PastWindow || iat > now + FutureWindow)
            return Refuse("The proof's iat is missing, too old or in the future.", out error);
        if (jws.Payload.ContainsKey("exp") && !(StrictJson.Time(jws.Payload["exp"]) > now)) return Refuse("The proof has expired.", out error);
        if (StrictJson.Text(jws.Payload["nonce"]) is not { } nonce) return Refuse("The proof lacks the nonce of the nonce endpoint.", out error);
        error = null;
        return (key, nonce);
    }

    private static (Jwk, string)? Refuse(string description, out RequestError error)
    {
        error = RequestError.Proof(description);
        return null;
    }
}
