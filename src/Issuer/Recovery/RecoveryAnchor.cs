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

    /// <summary>When the record was last moved to a new phone; null where it never was.</summary>
    public DateTimeOffset? RecoveredAt { get; set; }

    /// <summary>Thumbprint of the key that it was moved to then: another key needs a recovery that was completed later.</summary>
    public string? RecoveredBy { get; set; }

    /// <summary>When a desk had decided and the record was held back all the same, for staff to look at; null where none is.</summary>
    public DateTimeOffset? HeldAt { get; private set; }

    /// <summary>Thumbprint of the key that it would have moved to.</summary>
    public string? HeldFor { get; private set; }

    /// <summary><c>differs</c> (the document that the desk read had another name or date of birth) or <c>cannot_tell</c> (one of the two has no name in Latin letters).</summary>
    public string? HeldBecause { get; private set; }

    /// <summary>The desk, the mandate and who of its staff, as the attestation names them.</summary>
    public string? HeldAfter { get; private set; }

    /// <summary>Thumbprint of the key to which staff let it move all the same; no other one profits.</summary>
    public string? LetGo { get; private set; }

    /// <summary>Rises with each change; of two at once one wins.</summary>
    public int Version { get; set; }

    /// <summary>Holds it back. False where it was held for the same key and reason, and after the same desk's word, before.</summary>
    public bool Hold(string key, string because, string after, DateTimeOffset now)
    {
        if (HeldFor == key && HeldBecause == because && HeldAfter == after) return false;
        (HeldAt, HeldFor, HeldBecause, HeldAfter, Version) = (now, key, because, after, Version + 1);
        return true;
    }

    /// <summary>Whether it is held from this key, and nobody has let it go to it.</summary>
    public bool IsHeldFrom(string key) => HeldFor == key && LetGo != key;

    /// <summary>Staff let it move to the key that it is held from (<see cref="IsHeldFrom"/>).</summary>
    public void Release(string key) => (LetGo, Version) = (key, Version + 1);

    /// <summary>It has moved.</summary>
    public void Moved(string key, string offer, DateTimeOffset now)
    {
        (OfferId, RecoveredAt, RecoveredBy, Version) = (offer, now, key, Version + 1);
        (HeldAt, HeldFor, HeldBecause, HeldAfter, LetGo) = (null, null, null, null, null);
    }
}

/// <summary>What a wallet told before it told something else: it proves the holder for thirty days more, so that whoever takes an unlocked phone does not take the way back.</summary>
public sealed class EarlierAnchor
{
    /// <summary>How long it stays good.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>The record.</summary>
    public required string CredentialId { get; init; }

    /// <summary>The tag that attestations name.</summary>
    public required string Tag { get; init; }

    /// <summary>SHA-256 of the secret for this issuer.</summary>
    public required byte[] SecretHash { get; init; }

    /// <summary>When it was told.</summary>
    public required DateTimeOffset SetAt { get; init; }

    /// <summary>Until when it proves the holder.</summary>
    public required DateTimeOffset Until { get; init; }
}
