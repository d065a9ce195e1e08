namespace Identity.Ledger.Log;

// Times are UTC microseconds since 1970: every provider orders them alike.

/// <summary>An entry that waits for the next round of the sequencer.</summary>
internal sealed class PendingRow
{
    public required byte[] Entry { get; init; }
    public required long AddedAt { get; init; }

    /// <summary>How many rounds it lets pass, so that the copies of one batch do not become neighbours.</summary>
    public required int Round { get; init; }
}

/// <summary>An entry with its place. Never changed, never removed.</summary>
internal sealed class EntryRow
{
    public required long Index { get; init; }
    public required byte[] Entry { get; init; }
}

/// <summary>Up to 256 hashes of one level, as served; only the last tile of a level grows.</summary>
internal sealed class TileRow
{
    public required int Level { get; init; }
    public required long Number { get; init; }
    public required byte[] Hashes { get; init; }

    /// <summary><see cref="Credentials.Transparency.Tiles.Inner"/> of the hashes, so that a path need not hash; null or too short in a tile that an earlier version wrote, and worked out then.</summary>
    public byte[]? InnerHashes { get; init; }
}

/// <summary>A signed tree head as published.</summary>
internal sealed class CheckpointRow
{
    public required long Size { get; init; }
    public required byte[] Root { get; init; }
    public required string Note { get; init; }
    public required long SignedAt { get; init; }
}

/// <summary>What a witness signed beside a checkpoint.</summary>
internal sealed class CosignatureRow
{
    public required long Size { get; init; }

    /// <summary>The witness's verifier key.</summary>
    public required string Witness { get; init; }

    /// <summary>The signature line or lines, each with its newline.</summary>
    public required string Line { get; init; }

    /// <summary>When the witness says it signed.</summary>
    public required long At { get; init; }
}

/// <summary>The one row that two sequencers fight over: tree head and lease.</summary>
internal sealed class LogStateRow
{
    public required int Id { get; init; }
    public required string Origin { get; init; }
    public required long Size { get; init; }
    public required byte[] Root { get; init; }
    public required string LeaseOwner { get; init; }
    public required long LeaseUntil { get; init; }

    /// <summary>Why the log must not go on, in a sentence for the operator; null while it may.</summary>
    public string? Fault { get; init; }

    /// <summary>Size of the largest checkpoint that others may have seen; 0 before the first.</summary>
    public required long Served { get; init; }
}

/// <summary>One act of anchoring: written before anything is sent, completed when the chain holds it for good.</summary>
internal sealed class AnchorRow
{
    public required long Id { get; init; }
    public required long Size { get; init; }
    public required byte[] Root { get; init; }
    public required int State { get; init; }

    /// <summary>The newest final block when the intent was written: its event cannot lie before.</summary>
    public required long SinceBlock { get; init; }
    public required long ChainId { get; init; }
    public required string Contract { get; init; }
    public string? Transaction { get; init; }
    public long? Block { get; init; }
    public string? BlockHash { get; init; }
    public long? BlockTime { get; init; }
}

/// <summary>What proves an anchor to somebody who asks no node; nothing where none could be had yet.</summary>
internal sealed class ProofRow
{
    /// <summary>The <see cref="AnchorRow"/>.</summary>
    public required long Anchor { get; init; }

    /// <summary><see cref="Proofs.ConsensusName"/>.</summary>
    public required string Consensus { get; init; }

    /// <summary>Of which block: the anchor's, or a later one where the node no longer had the state of that.</summary>
    public required long Block { get; init; }

    /// <summary>RLP, with seals.</summary>
    public required byte[] Header { get; init; }

    /// <summary><see cref="Proofs.StateProof.Encode"/>.</summary>
    public required byte[] Proof { get; init; }
}

/// <summary>The first header of a set of validators: who pinned an earlier set follows them.</summary>
internal sealed class ChangeRow
{
    public required long Block { get; init; }

    /// <summary>RLP, with seals.</summary>
    public required byte[] Header { get; init; }
}
