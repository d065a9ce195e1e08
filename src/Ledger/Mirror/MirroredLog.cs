using Identity.Credentials.Transparency;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

/// <summary>One registered log as far as it has been checked. Guarded by the lock of the data it belongs to.</summary>
internal sealed class MirroredLog(string origin, LogKey key)
{
    private const int MaxRecent = 1024;

    private readonly SortedList<long, RegistryEvent.Anchored> _verified = [];
    private readonly List<RegistryEvent.Anchored> _open = [];
    private LogKey[] _keys = [key]; // replaced, never changed: a look reads it while the chain is followed
    private readonly SortedList<long, (string Note, DateTimeOffset SeenAt)> _recent = [];

    public string Origin { get; } = origin;

    /// <summary>The Ed25519 key on the chain, whose newer checkpoints count.</summary>
    public byte[] Key => _keys[^1].Ed25519;

    /// <summary>Every key that the chain has or had for it.</summary>
    public IReadOnlyList<LogKey> Keys => _keys;

    /// <summary>The key changed, and what rests on the one before has not been looked at again.</summary>
    public bool IsKeyNew { get; private set; }

    /// <summary>Where the chain has the newest change of the key.</summary>
    public EventPlace KeySince => _keys[^1].Since;

    /// <summary>When other mirrors were last asked.</summary>
    public DateTimeOffset PeersAskedAt { get; set; }

    /// <summary>How the last comparison with each of them went.</summary>
    public Dictionary<Uri, PeerLook> Peers { get; } = [];

    /// <summary>The other mirror that the last look read the log from; null where it was the log's own address.</summary>
    public Uri? ReadFrom { get; set; }

    public MirrorTree Tree { get; set; } = new();

    /// <summary>The newest checkpoint that was checked, as published.</summary>
    public string? Note { get; set; }

    /// <summary>The largest tree of which enough witnesses cosigned a checkpoint, and how many did; 0 before the first. Every smaller tree is a part of it.</summary>
    public (long Size, int Count) Witnessed { get; private set; }

    /// <summary>How many cosigned the newest checkpoint.</summary>
    public int NewestCount { get; private set; }

    /// <summary>Counts the cosignatures of a checkpoint that was checked and whose tree is here.</summary>
    /// <returns>Whether it is the largest yet that has enough.</returns>
    public bool Count(Checkpoint checkpoint, WitnessPolicy policy, DateTimeOffset now)
    {
        if (policy.Witnesses.Count == 0) return false;
        var count = policy.Count(checkpoint.Note!, now);
        if (checkpoint.Size >= Tree.Size) NewestCount = count;
        if (count < policy.Required || checkpoint.Size < Witnessed.Size || (checkpoint.Size == Witnessed.Size && count <= Witnessed.Count)) return false;
        Witnessed = (checkpoint.Size, count);
        return true;
    }

    /// <summary>When the log last showed a checkpoint that held; null before, and after a restart.</summary>
    public DateTimeOffset? CheckedAt { get; set; }

    /// <summary>Anchored sizes whose signed checkpoint is in the file, and when it was first seen; null where it was fetched afterwards.</summary>
    public SortedList<long, DateTimeOffset?> Noted { get; } = [];

    /// <summary>Set once the log has contradicted itself or the chain; lifted only when the key that it rests on is replaced.</summary>
    public string? Alarm { get; set; }

    /// <summary>Why the last look brought nothing; null when it went well.</summary>
    public string? Problem { get; set; }

    /// <summary>The largest size on the chain, checked or not.</summary>
    public long AnchoredSize { get; private set; }

    /// <summary>Whether the chain's key signed the checkpoint. One of more entries than the log had when the key changed must not be signed with the old key: that one is a thief's to use.</summary>
    public bool IsSigned(Checkpoint checkpoint)
    {
        var keys = _keys;
        for (var at = 0; at < keys.Length; at++)
        {
            if ((at + 1 == keys.Length || checkpoint.Size <= keys[at + 1].FromSize) && checkpoint.Verify(Origin, keys[at].Ed25519)) return true;
        }

        return false;
    }

    /// <summary>The same of a note as published; one that cannot be read is not signed.</summary>
    public bool IsSigned(string? note) => note is not null && Checkpoint.TryParse(note, out var checkpoint, out _) && checkpoint!.Origin == Origin && IsSigned(checkpoint);

    /// <summary>Whether a note is the signed checkpoint of what an anchor has.</summary>
    public bool IsSigned(string note, RegistryEvent.Anchored anchor) =>
        IsSigned(note) && Checkpoint.TryParse(note, out var checkpoint, out _) && checkpoint!.Size == anchor.Size && checkpoint.Root.AsSpan().SequenceEqual(anchor.Root);

    /// <summary>The chain has another key for the log, or another operator alone.</summary>
    public void Change(RegistryEvent.LogChanged changed)
    {
        if (changed.Ed25519Key.Length != 32 || changed.Ed25519Key.AsSpan().SequenceEqual(Key)) return;
        _keys = [.. _keys, new LogKey(changed.Ed25519Key, changed.FromSize, changed.Place)];
        IsKeyNew = true;
    }

    /// <summary>The log as the chain alone has it: nothing read of it yet.</summary>
    public MirroredLog Unread()
    {
        var fresh = new MirroredLog(Origin, _keys[0]);
        fresh._keys = _keys;
        foreach (var anchor in _verified.Values.Concat(_open)) fresh.Add(anchor);
        return fresh;
    }

    /// <summary>What rested on the old key was looked at again.</summary>
    public void Settled() => IsKeyNew = false;

    public void Add(RegistryEvent.Anchored anchor)
    {
        _open.Add(anchor);
        AnchoredSize = Math.Max(AnchoredSize, anchor.Size);
    }

    /// <summary>Compares what the chain has with the tree, as far as the tree reaches; the first contradiction is an alarm.</summary>
    public string? CheckAnchors()
    {
        foreach (var anchor in _open.Where(a => a.Size <= Tree.Size).ToList())
        {
            if (anchor.Size < 1 || !Tree.RootAt(anchor.Size).AsSpan().SequenceEqual(anchor.Root))
                return $"The root that the chain has for {anchor.Size} entries is not the root of the entries that the log serves.";
            _open.Remove(anchor);
            _verified.TryAdd(anchor.Size, anchor);
        }

        return null;
    }

    /// <summary>The earliest checked anchor that covers a position.</summary>
    public RegistryEvent.Anchored? AnchorOf(long index)
    {
        var at = FirstAbove(_verified, index);
        if (at == _verified.Count) return null;
        var first = _verified.GetValueAtIndex(at);
        // One that was proven late may be followed by one that is proven for an earlier time, and covers the position as well.
        return first.IsLate ? _verified.Values.Skip(at).MinBy(anchor => anchor.Place.BlockTime) : first;
    }

    /// <summary>The anchor of this size, checked against a tree or not.</summary>
    public RegistryEvent.Anchored? AnchorAt(long size) => _verified.GetValueOrDefault(size) ?? _open.Find(anchor => anchor.Size == size);

    /// <summary>The earliest checked anchor that covers a position and whose signed checkpoint is kept: what a receipt can be made of.</summary>
    public RegistryEvent.Anchored? NotedAnchorOf(long index) => FirstAbove(Noted, index) is var at && at < Noted.Count ? _verified.GetValueOrDefault(Noted.GetKeyAtIndex(at)) : null;

    /// <summary>Checked anchors in the order of their sizes.</summary>
    public IList<RegistryEvent.Anchored> Anchors => _verified.Values;

    /// <summary>A checkpoint held; whether its size will be anchored is not known yet.</summary>
    public void Remember(long size, string note, DateTimeOffset now)
    {
        _recent.TryAdd(size, (note, now));
        if (_recent.Count > MaxRecent) _recent.RemoveAt(0);
    }

    /// <summary>Checkpoints of sizes that turned out to be anchored and are not kept yet.</summary>
    public List<(long Size, string Note, DateTimeOffset SeenAt)> ToKeep()
    {
        List<(long, string, DateTimeOffset)> found = [.. _recent.Where(r => _verified.ContainsKey(r.Key) && !Noted.ContainsKey(r.Key)).Select(r => (r.Key, r.Value.Note, r.Value.SeenAt))];
        while (_recent.Count > 0 && _recent.GetKeyAtIndex(0) < Covered) _recent.RemoveAt(0); // sizes are anchored in their order
        return found;
    }

    /// <summary>Anchors whose signed checkpoint was never seen, the newest first.</summary>
    public IEnumerable<RegistryEvent.Anchored> Unnoted() => Noted.Count == _verified.Count ? [] : _verified.Values.Reverse().Where(anchor => !Noted.ContainsKey(anchor.Size));

    /// <summary>Whether the log may be relied on, and everything that the chain has of it from before a time has been read and checked.</summary>
    /// <param name="until">The time.</param>
    /// <param name="required">How many witnesses are asked for: without them what is anchored does not count.</param>
    public bool IsWholeBefore(DateTimeOffset until, int required) =>
        Alarm is null && _open.TrueForAll(anchor => anchor.Place.BlockTime >= until) && (required == 0 || _verified.All(anchor => anchor.Key <= Witnessed.Size || anchor.Value.Place.BlockTime >= until));

    /// <summary>The positions whose earliest checked anchor is neither before the one time nor at or after the other.</summary>
    public (long First, long Past) AnchoredBetween(DateTimeOffset from, DateTimeOffset until)
    {
        // Sizes on the chain only grow, and so do the times of its blocks.
        var (first, past) = (0L, 0L);
        foreach (var (size, anchor) in _verified)
        {
            if (anchor.Place.BlockTime < from) first = size;
            if (anchor.Place.BlockTime < until) past = size;
        }

        return (first, Math.Max(first, past));
    }

    /// <summary>Entries that a checked anchor covers.</summary>
    public long Covered => _verified.Count == 0 ? 0 : _verified.GetKeyAtIndex(_verified.Count - 1);

    private static int FirstAbove<T>(SortedList<long, T> sizes, long index)
    {
        int low = 0, high = sizes.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sizes.GetKeyAtIndex(middle) > index) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
