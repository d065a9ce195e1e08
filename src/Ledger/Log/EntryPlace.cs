namespace Identity.Ledger.Log;

/// <summary>How far an entry has come.</summary>
public abstract record EntryPlace
{
    private EntryPlace() { }

    /// <summary>The log has never heard of it.</summary>
    public sealed record Unknown : EntryPlace;

    /// <summary>Stored, waiting for the sequencer.</summary>
    public sealed record Waiting : EntryPlace;

    /// <summary>It has its place in the log; no anchor that covers it is final yet.</summary>
    public sealed record Logged(long Index) : EntryPlace;

    /// <summary>It has its place, and <paramref name="Anchor"/> is the earliest anchor that covers it.</summary>
    public sealed record Anchored(long Index, AnchorCoordinates Anchor) : EntryPlace;
}

/// <summary>Where on which chain a checkpoint's root is kept. Hashes of the chain are "0x" and 64 digits.</summary>
/// <param name="Size">Entries in the anchored tree.</param>
/// <param name="Root">Its root, 32 bytes.</param>
/// <param name="Time">Time stamp of the block.</param>
public sealed record AnchorCoordinates(
    ulong ChainId, string Contract, long Size, byte[] Root, string Transaction, ulong Block, string BlockHash, DateTimeOffset Time);

/// <summary>An entry of the log with its place.</summary>
public sealed class LoggedEntry
{
    /// <summary>Its place, from 0.</summary>
    public required long Position { get; init; }

    /// <summary>32 bytes.</summary>
    public required byte[] Entry { get; init; }
}
