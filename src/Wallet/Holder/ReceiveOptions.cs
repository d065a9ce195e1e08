using Identity.Credentials.Jose;

namespace Identity.Wallet.Holder;

/// <summary>How a holder key is named in a key proof (OpenID4VCI 1.0, appendix F.1).</summary>
public enum KeyNaming
{
    /// <summary>The key itself, header <c>jwk</c>.</summary>
    Jwk,

    /// <summary>Header <c>kid</c> with a did:jwk URL.</summary>
    DidJwk,

    /// <summary>Header <c>kid</c> with a did:key URL.</summary>
    DidKey,
}

/// <summary>What a holder wants beyond the plain way of receiving. The defaults are the plain way.</summary>
public sealed record ReceiveOptions
{
    /// <summary>One-time copies, each under a new key.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Algorithm of the holder keys, <c>ES256</c> or <c>EdDSA</c>. Ed25519 keys get no compact form, which is for P-256 alone.</summary>
    public string Algorithm { get; init; } = "ES256";

    /// <summary>How keys are named in proofs.</summary>
    public KeyNaming Naming { get; init; } = KeyNaming.Jwk;

    /// <summary>Bind tokens to a fresh key of this session (RFC 9449).</summary>
    public bool Dpop { get; init; }

    /// <summary>Content encryption of requests and answers, <c>A128GCM</c> or <c>A256GCM</c>; null sends them as JSON.</summary>
    public string? Encryption { get; init; }

    /// <summary>Ask with authorization_details instead of scopes, and then by credential identifier.</summary>
    public bool ByDetails { get; init; }

    internal ISigner NewKey() => Algorithm == "EdDSA" ? Ed25519Key.Create() : Es256Key.Create();
}
