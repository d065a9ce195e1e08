using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>The check that the one who shows a credential holds its key and meant this verifier and this request (RFC 9901 §7.3).</summary>
public static class KeyBinding
{
    /// <summary>
    /// False with a machine code: `kb_missing`, `kb_malformed`, `kb_typ`, `kb_signature`, `kb_nonce`, `kb_audience`, `kb_sd_hash`, `kb_iat`.
    /// There is no way to leave nonce or audience out.
    /// </summary>
    /// <param name="document">The presentation.</param>
    /// <param name="holder">The key of the credential's `cnf`.</param>
    /// <param name="requiredNonce">The nonce of our request.</param>
    /// <param name="requiredAudience">Our full client_id.</param>
    /// <param name="now">Now.</param>
    /// <param name="window">How old the signature may be; one minute into the future is allowed for.</param>
    /// <param name="reason">The code.</param>
    public static bool TryVerify(SdJwtDocument document, Jwk holder, string requiredNonce, string requiredAudience, DateTimeOffset now, TimeSpan window, out string reason) => throw new NotImplementedException();
}
