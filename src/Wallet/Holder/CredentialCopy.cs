using Identity.Credentials.Compact;
using Identity.Credentials.Jose;

namespace Identity.Wallet.Holder;

/// <summary>
/// One one-time copy of a credential with the key that it is bound to: the SD-JWT VC for an exchange over the network and,
/// where the issuer gives one, the compact form of the same claims for a QR.
/// </summary>
/// <param name="Issuer">The issuer identifier, as in <c>iss</c>.</param>
/// <param name="Vct">The credential type.</param>
/// <param name="Key">The holder key of this copy, P-256 or Ed25519; used for nothing else.</param>
/// <param name="SdJwt">The SD-JWT VC with every disclosure, without key binding.</param>
/// <param name="IssuerKey">The key that signed it, from its certificate.</param>
/// <param name="Compact">The compact form bound to the same key, or null.</param>
public sealed record CredentialCopy(string Issuer, string Vct, ISigner Key, string SdJwt, Jwk IssuerKey, CompactCredential? Compact)
{
    /// <summary>Says what it is and nothing of what it holds.</summary>
    public override string ToString() => $"{Vct} by {Issuer}";
}
