namespace Identity.Issuer.Recovery;

/// <summary>
/// What a wallet told about its recovery sheet, for one record. Two hashes of 256 random bits: they say nothing about the person and are different at every issuer.
/// Who steals them can recover nothing, since the secret behind the first is on the sheet alone.
/// </summary>
public sealed class RecoveryAnchor
{
    /// <summary>The record.</summary>
    public required string CredentialId { get; init; }

    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>SHA-256 of the secret for this issuer.</summary>
    public required byte[] SecretHash { get; set; }

    /// <summary>The tag that attestations name.</summary>
    public required string Tag { get; set; }

    /// <summary>When it was told last.</summary>
    public required DateTimeOffset SetAt { get; set; }

    /// <summary>Since when staff do not allow that it is moved; null where they do.</summary>
    public DateTimeOffset? StoppedAt { get; set; }

    /// <summary>The offer that was made when it was last moved: for the new phone alone, never shown to staff.</summary>
    public string? OfferId { get; set; }

    /// <summary>Rises with each change; of two at once one wins.</summary>
    public int Version { get; set; }
}
