using System.Buffers.Binary;
using Identity.Credentials.Transparency;

namespace Identity.Ledger.Mirror;

/// <summary>A log's whole tree in memory: every entry with its position, and any earlier root in a few hashes.</summary>
internal sealed class MirrorTree
{
    private readonly EntryList _entries;
    private readonly Dictionary<(int Level, long Number), byte[]> _tiles = [];
    private TreeFrontier _border = new();

    /// <param name="expected">How many entries it will have at once.</param>
    public MirrorTree(int expected = 0) => _entries = new EntryList(expected);

    public long Size => _border.Size;

    /// <summary>The tree of these entries, 256 in each array but the last, hashed by all cores.</summary>
    public static MirrorTree Load(IReadOnlyList<byte[]> bundles)
    {
        var tree = new MirrorTree(bundles.Count * Tiles.Full);
        var whole = bundles.TakeWhile(bundle => bundle.Length == Tiles.Full * MerkleTree.HashSize).Count();
        var (leaves, roots) = (new byte[whole][], new byte[whole][]);
        Parallel.For(0, whole, at => (leaves[at], roots[at]) = Hash(bundles[at]));
        var above = new TreeFrontier();
        for (var at = 0; at < whole; at++)
        {
            for (var entry = 0; entry < Tiles.Full; entry++) tree._entries.Add(bundles[at].AsSpan(entry * MerkleTree.HashSize, MerkleTree.HashSize));
            tree._tiles[(0, at)] = leaves[at];
            above.Append(roots[at], (node, hash) => tree.Keep(node with { Level = node.Level + 8 }, hash));
        }

        tree._border = TreeFrontier.Load((long)whole * Tiles.Full, tree.Read);
        // What is no whole entry is left out: the root tells.
        foreach (var entry in bundles.Skip(whole).SelectMany(bundle => bundle.Chunk(MerkleTree.HashSize)).Where(entry => entry.Length == MerkleTree.HashSize)) tree.Append(entry);
        return tree;
    }

    public byte[] Root() => _border.Root();

    /// <summary>The root when the log had this many entries, at least one and at most <see cref="Size"/>.</summary>
    public byte[] RootAt(long size) => ProofPlan.Root(size).Build(Read)[0];

    public bool TryFind(ReadOnlySpan<byte> entry, out long index) => (index = _entries.Find(entry)) >= 0; // the first place counts

    public void Append(byte[] entry)
    {
        _entries.Add(entry);
        _border.Append(MerkleTree.LeafHash(entry), Keep);
    }

    /// <summary>The first 16 bytes of the entries from one position to before another.</summary>
    public IEnumerable<UInt128> Prefixes(long first, long past)
    {
        for (; first < past; first++) yield return BinaryPrimitives.ReadUInt128BigEndian(_entries[first]);
    }

    /// <summary>The audit path of an entry in the tree of this size, which holds it and is at most <see cref="Size"/>.</summary>
    public IReadOnlyList<byte[]> Path(long index, long size) => ProofPlan.Inclusion(index, size).Build(Read);

    /// <summary>The path between the trees of two sizes, at least one and at most <see cref="Size"/>.</summary>
    public IReadOnlyList<byte[]> Consistency(long first, long second) => ProofPlan.Consistency(first, second).Build(Read);

    /// <summary>The bytes of a tile or entry bundle; null where the tree has not so much.</summary>
    public byte[]? Tile(TileId tile)
    {
        if (!Tiles.Has(tile, Size)) return null;
        if (tile.Level == Tiles.Entries) return Tiles.EncodeEntries([.. Enumerable.Range(0, tile.Width).Select(at => _entries[(tile.Index * Tiles.Full) + at].ToArray())]);
        return _tiles.TryGetValue((tile.Level, tile.Index), out var hashes) ? hashes[..(tile.Width * MerkleTree.HashSize)] : null;
    }

    /// <summary>The root that the tree would have after these entries.</summary>
    public byte[] RootWith(IEnumerable<byte[]> entries)
    {
        var border = TreeFrontier.Load(Size, Read);
        foreach (var entry in entries) border.Append(MerkleTree.LeafHash(entry));
        return border.Root();
    }

    private byte[] Read(TreeNode node)
    {
        var tile = Tiles.Holding(node, Size);
        return Tiles.Read(node, _tiles[(tile.Level, tile.Index)])!;
    }

    private void Keep(TreeNode node, byte[] hash)
    {
        if (node.Level % 8 != 0) return;
        var tile = (node.Level / 8, node.Index / Tiles.Full);
        if (!_tiles.TryGetValue(tile, out var hashes)) _tiles[tile] = hashes = new byte[Tiles.Full * MerkleTree.HashSize];
        hash.CopyTo(hashes, (int)(node.Index % Tiles.Full) * MerkleTree.HashSize);
    }

    private static (byte[] Leaves, byte[] Root) Hash(byte[] bundle)
    {
        var leaves = new byte[bundle.Length];
        var border = new TreeFrontier();
        for (var at = 0; at < bundle.Length; at += MerkleTree.HashSize)
        {
            var leaf = MerkleTree.LeafHash(bundle.AsSpan(at, MerkleTree.HashSize));
            leaf.CopyTo(leaves, at);
            border.Append(leaf);
        }

        return (leaves, border.Root());
    }
}
