namespace Identity.Issuer.Issuance;

/// <summary>What a wallet said became of one credential answer (OpenID4VCI 1.0, 11).</summary>
public sealed class WalletNotice
{
    /// <summary>SHA-256 of the <c>notification_id</c>.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>The offer that the credentials were collected with.</summary>
    public required string OfferId { get; init; }

    /// <summary>The credential.</summary>
    public required string CredentialId { get; init; }

    /// <summary>The last event: <c>credential_accepted</c>, <c>credential_failure</c>, <c>credential_deleted</c>; null before any.</summary>
    public string? Event { get; set; }
}
