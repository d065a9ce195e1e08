using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>The check that the one who shows a credential holds its key and meant this verifier and this request (RFC 9901 §7.3).</summary>
public static class KeyBinding
{
    /// <summary>The `typ` of a key binding JWT.</summary>
    public const string Typ = "kb+jwt";

    /// <summary>How far the holder's clock may be ahead of ours.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>
    /// False with a machine code: `kb_missing`, `kb_malformed`, `kb_typ`, `kb_signature`, `kb_sd_hash`, `kb_audience`, `kb_nonce`, `kb_iat`.
    /// There is no way to leave nonce or audience out.
    /// </summary>
    /// <param name="document">The presentation.</param>
    /// <param name="holder">The key of the credential's `cnf`.</param>
    /// <param name="requiredNonce">The nonce of our request.</param>
    /// <param name="requiredAudience">Our full client_id.</param>
    /// <param name="now">Now.</param>
    /// <param name="window">How old the signature may be; one minute into the future is allowed for.</param>
    /// <param name="reason">The code.</param>
    /// <exception cref="ArgumentException">No nonce or audience to compare with: a fault of the caller, not of the presentation.</exception>
    public static bool TryVerify(SdJwtDocument document, Jwk holder, string requiredNonce, string requiredAudience, DateTimeOffset now, TimeSpan window, out string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(requiredNonce);
        ArgumentException.ThrowIfNullOrEmpty(requiredAudience);

        if (document.KeyBindingJwt is null) return Refuse("kb_missing", out reason);
        if (!Jws.TryParse(document.KeyBindingJwt, out var jwt, out _)) return Refuse("kb_malformed", out reason);
        if (jwt.Type != Typ) return Refuse("kb_typ", out reason);
        if (!VerificationKey.TryImport(holder, out var key, out _)) return Refuse("kb_signature", out reason);
        using (key)
        {
            if (!jwt.Verify(key)) return Refuse("kb_signature", out reason);
        }
        if (!Is("sd_hash", document.Hash.Digest(document.Unbound))) return Refuse("kb_sd_hash", out reason);
        if (!Is("aud", requiredAudience)) return Refuse("kb_audience", out reason); // one string: a list with ours among others is refused
        if (!Is("nonce", requiredNonce)) return Refuse("kb_nonce", out reason);
        if (StrictJson.Time(jwt.Payload["iat"]) is not { } issuedAt || issuedAt < now - window || issuedAt > now + Ahead) return Refuse("kb_iat", out reason);
        if (jwt.Payload.ContainsKey("exp") && !(StrictJson.Time(jwt.Payload["exp"]) > now)) return Refuse("kb_iat", out reason);
        if (jwt.Payload.ContainsKey("nbf") && !(StrictJson.Time(jwt.Payload["nbf"]) <= now + Ahead)) return Refuse("kb_iat", out reason);
        reason = "";
        return true;

        bool Is(string claim, string expected) => string.Equals(StrictJson.Text(jwt.Payload[claim]), expected, StringComparison.Ordinal);
    }

    private static bool Refuse(string code, out string reason)
    {
        reason = code;
        return false;
    }
}
