using System.Buffers.Binary;
using Identity.Credentials.Transparency;

namespace Identity.Ledger.Mirror;

/// <summary>A log's whole tree in memory: every entry's position, and any earlier root in a few hashes.</summary>
internal sealed class MirrorTree
{
    private readonly Dictionary<EntryKey, long> _positions = [];
    private readonly List<UInt128> _prefixes = [];
    private readonly Dictionary<(int Level, long Number), byte[]> _tiles = [];
    private readonly TreeFrontier _border = new();

    public long Size => _border.Size;

    public byte[] Root() => _border.Root();

    /// <summary>The root when the log had this many entries, at least one and at most <see cref="Size"/>.</summary>
    public byte[] RootAt(long size) => ProofPlan.Root(size).Build(Read)[0];

    public bool TryFind(ReadOnlySpan<byte> entry, out long index)
    {
        index = -1;
        return entry.Length == MerkleTree.HashSize && _positions.TryGetValue(EntryKey.Of(entry), out index);
    }

    public void Append(byte[] entry)
    {
        _positions.TryAdd(EntryKey.Of(entry), Size); // the first place counts
        _prefixes.Add(BinaryPrimitives.ReadUInt128BigEndian(entry));
        _border.Append(MerkleTree.LeafHash(entry), Keep);
    }

    /// <summary>The first 16 bytes of the entries from one position to before another.</summary>
    public IEnumerable<UInt128> Prefixes(long first, long past) => _prefixes.GetRange((int)first, (int)(past - first));

    /// <summary>The audit path of an entry in the tree of this size, which holds it and is at most <see cref="Size"/>.</summary>
    public IReadOnlyList<byte[]> Path(long index, long size) => ProofPlan.Inclusion(index, size).Build(Read);

    /// <summary>The path between the trees of two sizes, at least one and at most <see cref="Size"/>.</summary>
    public IReadOnlyList<byte[]> Consistency(long first, long second) => ProofPlan.Consistency(first, second).Build(Read);

    /// <summary>The bytes of a tile of hashes; null where the tree has not so much.</summary>
    public byte[]? Tile(TileId tile) =>
        tile.Level >= 0 && Tiles.Has(tile, Size) && _tiles.TryGetValue((tile.Level, tile.Index), out var hashes) ? hashes[..(tile.Width * MerkleTree.HashSize)] : null;

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

    /// <summary>32 bytes that are compared by value without an allocation.</summary>
    private readonly record struct EntryKey(ulong A, ulong B, ulong C, ulong D)
    {
        public static EntryKey Of(ReadOnlySpan<byte> entry) => new(
            BinaryPrimitives.ReadUInt64BigEndian(entry), BinaryPrimitives.ReadUInt64BigEndian(entry[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(entry[16..]), BinaryPrimitives.ReadUInt64BigEndian(entry[24..]));
    }
}
