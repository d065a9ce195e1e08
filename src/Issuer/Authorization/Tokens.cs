namespace Identity.Issuer.Authorization;

/// <summary>An access token as stored: its hash and what it opens.</summary>
public sealed class AccessToken
{
    /// <summary>SHA-256 of the token.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Slug of the organisation whose endpoints it opens.</summary>
    public required string Organisation { get; init; }

    /// <summary>The offer it was given for.</summary>
    public required string OfferId { get; init; }

    /// <summary>The only credential it opens.</summary>
    public required string CredentialId { get; init; }

    /// <summary>When it ends; at most 5 minutes after it was given (OpenID4VCI 1.0: longer ones would have to be sender-constrained).</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A nonce that a proof has used up. Kept until the nonce would have expired anyway.</summary>
public sealed class UsedNonce
{
    /// <summary>SHA-256 of the nonce; the primary key makes the second use fail.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>When the row may go.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
