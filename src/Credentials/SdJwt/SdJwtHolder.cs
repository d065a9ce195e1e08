using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>What a verifier's request asks the holder to sign.</summary>
/// <param name="Audience">The verifier's full client_id.</param>
/// <param name="Nonce">The request's nonce.</param>
/// <param name="IssuedAt">Now.</param>
public sealed record KeyBindingRequest(string Audience, string Nonce, DateTimeOffset IssuedAt);

/// <summary>Chooses what to show of an SD-JWT and binds it to a request (RFC 9901 §7.2).</summary>
public static class SdJwtHolder
{
    /// <summary>Where each disclosure stands when everything is disclosed.</summary>
    /// <exception cref="ArgumentException">The document breaks a rule of §7.1.</exception>
    public static IReadOnlyList<(ClaimPath Path, Disclosure Disclosure)> Paths(SdJwtDocument document) => throw new NotImplementedException();

    /// <summary>The SD-JWT with only what lies on, in or above the paths disclosed, and without a key binding: ends with '~'.</summary>
    public static string Select(SdJwtDocument document, IEnumerable<ClaimPath> disclose) => throw new NotImplementedException();

    /// <summary>As <see cref="Select"/>, bound to a request by the holder's key.</summary>
    public static string Present(SdJwtDocument document, IEnumerable<ClaimPath> disclose, KeyBindingRequest request, ISigner holderKey) => throw new NotImplementedException();
}
