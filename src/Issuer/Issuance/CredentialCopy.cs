namespace Identity.Issuer.Issuance;

/// <summary>One signed copy of a credential, bound to one key of the holder.</summary>
public sealed class CredentialCopy
{
    /// <summary>Row number.</summary>
    public long Id { get; init; }

    /// <summary>The credential this is a copy of.</summary>
    public required string CredentialId { get; init; }

    /// <summary>Slug of the issuing organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>The offer it was collected with.</summary>
    public required string OfferId { get; init; }

    /// <summary>The grant that it came with (<see cref="Authorization.AccessRight"/>): what one phone fetched has the same. Null where none did: made at a counter, or signed beforehand and not collected yet.</summary>
    public string? Family { get; set; }

    /// <summary>Format identifier: <c>dc+sd-jwt</c>, <c>identity-compact</c> or <c>identity-compact-paper</c>.</summary>
    public required string Format { get; init; }

    /// <summary>RFC 7638 thumbprint of the holder's key, base64url; of a paper <see cref="MakePaper.NoKey"/>.</summary>
    public required string HolderKey { get; init; }

    /// <summary>Number of the status list.</summary>
    public required int List { get; init; }

    /// <summary>Index in the status list.</summary>
    public required int Index { get; init; }

    /// <summary>The 32-byte log entry: SHA-256 of the issuer-signed part.</summary>
    public required byte[] Entry { get; init; }

    /// <summary>When it was signed.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it stops being valid, if ever.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The credential as handed out, kept only while a lost answer may be asked again (the life of the access token), then null.</summary>
    public string? Body { get; set; }
}

/// <summary>Something that happened to a credential. Never changed, never deleted.</summary>
public sealed class CredentialEvent
{
    /// <summary>Row number.</summary>
    public long Id { get; init; }

    /// <summary>The credential.</summary>
    public required string CredentialId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who, as <see cref="Issuance.Actor"/> writes it: <c>staff:NUMBER</c>, <c>api:NUMBER</c>, <c>wallet</c> or <c>system</c>.</summary>
    public required string Actor { get; init; }

    /// <summary>What: created, held, released, offered, offer_locked, deferred, collected, wallet_accepted, wallet_failed, wallet_deleted, suspended, reinstated, revoked, approved, returned, revocation_asked, revocation_refused, suspension_asked, suspension_refused, replaced, added_to, offer_asked, offer_refused, paper_asked, paper_refused, paper_made, paper_ended, recovery_set, recovered, recovery_stopped, recovery_stop_asked, recovery_stop_refused, recovery_allowed, recovery_differs, recovery_cannot_tell, recovery_asked, recovery_refused, recovery_let_go.</summary>
    public required string Act { get; init; }

    /// <summary>The reason given, if any.</summary>
    public string? Reason { get; init; }
}
