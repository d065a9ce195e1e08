namespace Identity.Issuer.Authorization;

/// <summary>What a token opens, and for whom; the same for the access token and the refresh token beside it.</summary>
/// <param name="Organisation">Slug of the organisation whose endpoints it opens.</param>
/// <param name="OfferId">The offer it was given for.</param>
/// <param name="CredentialId">The only credential it opens.</param>
/// <param name="Family">Random; all that comes from one grant shares it, so that it can be ended together.</param>
/// <param name="ClientId">The wallet that named itself, or null for an anonymous one.</param>
/// <param name="KeyThumbprint">RFC 7638 thumbprint of the DPoP key it is bound to, or null for a bearer token.</param>
/// <param name="Configurations">Credential configuration ids with a space between, or null for all of the credential.</param>
/// <param name="ByIdentifier">The token answer named credential identifiers, so requests must use them (OpenID4VCI 1.0, 8.2).</param>
public sealed record AccessRight(
    string Organisation, string OfferId, string CredentialId, string Family, string? ClientId, string? KeyThumbprint, string? Configurations, bool ByIdentifier);

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

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public required string Family { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public string? ClientId { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public string? Configurations { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public bool ByIdentifier { get; init; }

    /// <summary>True where the token reaches a credential configuration of its credential.</summary>
    public bool Covers(string configurationId) => Configurations is null || Configurations.Split(' ').Contains(configurationId);

    /// <summary>The name by which a credential identifier of the token answer is known; unique to credential and configuration.</summary>
    public static string Identifier(string configurationId, string credentialId) => $"{configurationId}.{credentialId}";
}

/// <summary>A refresh token as stored. Given while a credential waits for somebody's agreement, so that the wallet can ask again after days, and to a wallet bound by its key, for more copies.</summary>
public sealed class RefreshToken
{
    /// <summary>SHA-256 of the token.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public required string Organisation { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public required string OfferId { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public required string CredentialId { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public required string Family { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public string? ClientId { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public string? Configurations { get; init; }

    /// <summary>See <see cref="AccessRight"/>.</summary>
    public bool ByIdentifier { get; init; }

    /// <summary>When it ends; its successors end then too.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was exchanged for its successor; a second use then ends the whole family.</summary>
    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>What it opens.</summary>
    public AccessRight Right() => new(Organisation, OfferId, CredentialId, Family, ClientId, KeyThumbprint, Configurations, ByIdentifier);
}

/// <summary>A nonce that a proof has used up, or a DPoP proof that was seen. Kept until it would have expired anyway.</summary>
public sealed class UsedNonce
{
    /// <summary>SHA-256 of the nonce, or of the proof's key and <c>jti</c>; the primary key makes the second use fail.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>When the row may go.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
