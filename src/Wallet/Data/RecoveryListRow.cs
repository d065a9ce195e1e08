namespace Identity.Wallet.Data;

/// <summary>One encrypted list (docs/recovery.md). Id, key and proof come from the holder's code, which never reaches this service.</summary>
public sealed class RecoveryListRow
{
    /// <summary>The list id, 43 characters of base64url.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of the token that reads it.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>Thumbprint of the key of the wallet that may write it, change contacts and stop a recovery.</summary>
    public required string HolderKey { get; set; }

    /// <summary>What the wallet encrypted.</summary>
    public required byte[] Content { get; set; }

    /// <summary>From 1, one more with each write.</summary>
    public required int Version { get; set; }

    /// <summary>Of the last write.</summary>
    public required DateTimeOffset WrittenAt { get; set; }

    /// <summary>When a newer sheet of the same wallet took its place; null where none did.</summary>
    public DateTimeOffset? ReplacedAt { get; set; }

    /// <summary>The newest list, which has its contacts.</summary>
    public string? ReplacedBy { get; set; }

    /// <summary>Whether its sheet proves nothing any more: thirty days after it was replaced.</summary>
    public bool HasEnded(DateTimeOffset now) => ReplacedAt <= now - Recovery.RecoverySettings.OldSheet;
}
