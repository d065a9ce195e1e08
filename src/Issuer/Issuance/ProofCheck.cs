using Identity.Credentials.Jose;
using Identity.Issuer.Authorization;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Issuance;

/// <summary>Key proofs that were checked: one key for each copy, and the nonces that issuing uses up.</summary>
internal sealed record CheckedProofs(IReadOnlyList<Jwk> Keys, IReadOnlyList<UsedNonce> Nonces);

/// <summary>What proofs are compared with.</summary>
/// <param name="Organisation">The credential issuer, their audience.</param>
/// <param name="Format">The format asked for; it decides which keys can be bound.</param>
/// <param name="ClientId">The client of the access token, or null for an anonymous one.</param>
/// <param name="Now">The time of the request.</param>
internal sealed record ProofExpectation(Organisation Organisation, string Format, string? ClientId, DateTimeOffset Now);

/// <summary>Checks key proofs of type <c>jwt</c> in the order of OpenID4VCI 1.0, appendix F.1 and F.4.</summary>
internal static class ProofCheck
{
    private const int MaxLength = 4096;
    private static readonly TimeSpan PastWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FutureWindow = TimeSpan.FromMinutes(1);

    /// <summary>The ways to name a key (<c>cryptographic_binding_methods_supported</c>). All end as <c>cnf.jwk</c>.</summary>
    public static readonly IReadOnlyList<string> BindingMethods = ["jwk", "did:jwk", "did:key"];

    /// <summary>The algorithms of proofs, by format: the compact proof is bound to P-256 keys alone.</summary>
    public static IReadOnlyList<string> Algorithms(string format) => format == Configurations.CompactFormat ? ["ES256"] : ["ES256", "EdDSA"];

    public static CheckedProofs? Run(IReadOnlyList<string> proofs, ProofExpectation expected, Nonces nonces, out RequestError? error)
    {
        var keys = new List<Jwk>();
        var used = new Dictionary<string, UsedNonce>();
        foreach (var proof in proofs)
        {
            if (One(proof, expected, out error) is not var (key, nonce)) return null;
            // One key, one copy: two copies of one key would be two names for one thing.
            if (keys.Any(k => k.ThumbprintText() == key.ThumbprintText()))
            {
                error = RequestError.Proof("Two proofs have the same key.");
                return null;
            }
            keys.Add(key);
            if (used.ContainsKey(nonce)) continue;
            if (!nonces.TryAccept(expected.Organisation.Slug, nonce, out var row))
            {
                error = new RequestError("invalid_nonce", "The nonce is not of this issuer or has ended. Fetch a new one.");
                return null;
            }
            used.Add(nonce, row);
        }
        error = null;
        return new CheckedProofs(keys, [.. used.Values]);
    }

    private static (Jwk Key, string Nonce)? One(string text, ProofExpectation expected, out RequestError? error)
    {
        if (text.Length > MaxLength) return Refuse("A proof is too long.", out error);
        // F.4: explicitly typed, no unknown algorithm, no MAC, not unsigned.
        if (!Jws.TryParse(text, out var jws, out var reason)) return Refuse($"A proof is no signed JWT: {reason}.", out error);
        if (jws.Type != "openid4vci-proof+jwt") return Refuse("The proof's typ must be openid4vci-proof+jwt.", out error);
        if (!Algorithms(expected.Format).Contains(jws.Algorithm)) return Refuse($"The proof's alg must be {string.Join(" or ", Algorithms(expected.Format))} for this format.", out error);

        if (!TryReadKey(jws, out var key, out reason)) return Refuse(reason, out error);
        if (!VerificationKey.TryImport(key, out var verifier, out reason)) return Refuse($"The proof's key cannot be used: {reason}.", out error);
        using (verifier)
            if (!jws.Verify(verifier)) return Refuse("A proof's signature is wrong.", out error);

        // F.1: iss is the client that asked. Anonymous wallets should leave it out; what some send there says nothing and is not looked at.
        if (expected.ClientId is { } client && jws.Payload.ContainsKey("iss") && StrictJson.Text(jws.Payload["iss"]) != client)
            return Refuse("The proof's iss is not the client of the access token.", out error);
        if (StrictJson.Text(jws.Payload["aud"]) != expected.Organisation.Issuer) return Refuse("The proof's aud must be the credential issuer identifier, as a text.", out error);
        if (StrictJson.Time(jws.Payload["iat"]) is not { } iat || iat < expected.Now - PastWindow || iat > expected.Now + FutureWindow)
            return Refuse("The proof's iat is missing, too old or in the future.", out error);
        if (jws.Payload.ContainsKey("exp") && !(StrictJson.Time(jws.Payload["exp"]) > expected.Now)) return Refuse("The proof has expired.", out error);
        if (StrictJson.Text(jws.Payload["nonce"]) is not { } nonce) return Refuse("The proof lacks the nonce of the nonce endpoint.", out error);
        error = null;
        return (key, nonce);
    }

    // F.1: exactly one way to name the key; the metadata offers jwk, and kid for DIDs that are keys.
    private static bool TryReadKey(Jws jws, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Jwk? key, out string reason)
    {
        key = null;
        var ways = new[] { "jwk", "kid", "x5c", "trust_chain" }.Count(jws.Header.ContainsKey);
        if (ways != 1 || !(jws.Header.ContainsKey("jwk") || jws.Header.ContainsKey("kid")))
        {
            reason = "The proof's header must name its key by jwk alone or by kid alone.";
            return false;
        }
        var read = jws.Header.ContainsKey("jwk") ? Jwk.TryParse(jws.Header["jwk"], out key, out reason) : DidKey.TryResolve(jws.KeyId, out key, out reason);
        if (!read) reason = $"The proof's key cannot be used: {reason}.";
        return read;
    }

    private static (Jwk, string)? Refuse(string description, out RequestError error)
    {
        error = RequestError.Proof(description);
        return null;
    }
}
