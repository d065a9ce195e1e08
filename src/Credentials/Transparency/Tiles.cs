using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Identity.Credentials.Transparency;

/// <summary>Names one tile: 256 hashes (or fewer at the right border) of one level, or a bundle of entries.</summary>
/// <param name="Level">0…7 for hashes of subtrees of 256^Level leaves; <see cref="Tiles.Entries"/> for an entry bundle.</param>
/// <param name="Index">Position within the level.</param>
/// <param name="Width">1…256 hashes or entries; less than 256 is a partial tile.</param>
public readonly record struct TileId(int Level, long Index, int Width);

/// <summary>The tiles of C2SP tlog-tiles: paths, which tiles a tree has, and their bytes.</summary>
public static class Tiles
{
    /// <summary>Hashes in a full tile.</summary>
    public const int Full = 256;

    /// <summary>The level that stands for entry bundles.</summary>
    public const int Entries = -1;

    private const int MaxLevel = 7; // 256^8 leaves is past what a long counts

    /// <summary>The path below the log's prefix, for example <c>tile/0/x001/x234/067.p/8</c> or <c>tile/entries/000</c>.</summary>
    public static string Path(TileId tile)
    {
        var number = (tile.Index % 1000).ToString("000", CultureInfo.InvariantCulture);
        for (var rest = tile.Index / 1000; rest > 0; rest /= 1000)
        {
            number = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:000}/{number}");
        }

        var level = tile.Level == Entries ? "entries" : tile.Level.ToString(CultureInfo.InvariantCulture);
        var partial = tile.Width == Full ? "" : string.Create(CultureInfo.InvariantCulture, $".p/{tile.Width}");
        return $"tile/{level}/{number}{partial}";
    }

    /// <summary>Reads a path; only the one spelling that <see cref="Path"/> writes is accepted.</summary>
    public static bool TryParsePath(string? path, out TileId tile)
    {
        tile = default;
        if (path is null || path.Length > 80 || !path.StartsWith("tile/", StringComparison.Ordinal)) return false;
        var parts = path["tile/".Length..].Split('/');
        if (parts.Length < 2) return false;

        int level;
        if (parts[0] == "entries") level = Entries;
        else if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out level) || level > MaxLevel) return false;

        var width = Full;
        var last = parts.Length - 1;
        if (parts[last - 1].EndsWith(".p", StringComparison.Ordinal) && last >= 2)
        {
            if (!int.TryParse(parts[last], NumberStyles.None, CultureInfo.InvariantCulture, out width) || width is < 1 or >= Full) return false;
            last--;
            parts[last] = parts[last][..^2];
        }

        long index = 0;
        for (var at = 1; at <= last; at++)
        {
            var digits = at < last ? parts[at].TrimStart('x') : parts[at];
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var part) || part > 999) return false;
            if (index > (long.MaxValue - part) / 1000) return false;
            index = (index * 1000) + part;
        }

        tile = new TileId(level, index, width);
        return Path(tile) == path;
    }

    /// <summary>The tile of a level that covers an index of that level in a tree of the given size: its width is what the tree fills of it.</summary>
    public static TileId At(int level, long index, long size)
    {
        var hashes = size >> (8 * Math.Max(level, 0));
        return new TileId(level, index, (int)Math.Min(Full, hashes - (index * Full)));
    }

    /// <summary>Whether a tree of this size has all that the tile names.</summary>
    public static bool Has(TileId tile, long size) => tile.Index <= size / Full && (tile.Index * Full) + tile.Width <= size >> (8 * Math.Max(tile.Level, 0));

    /// <summary>Every tile and entry bundle that a tree of <paramref name="to"/> leaves has and one of <paramref name="from"/> had not.</summary>
    public static IEnumerable<TileId> Between(long from, long to)
    {
        for (var level = Entries; level <= MaxLevel; level++)
        {
            var shift = 8 * Math.Max(level, 0);
            var had = from >> shift;
            var has = to >> shift;
            if (has == had) continue;
            for (var index = had / Full; index * Full < has; index++) yield return At(level, index, to);
        }
    }

    /// <summary>Where a stored node lies: the narrowest tile that fixes it, which is the one a tree of <paramref name="size"/> leaves serves.</summary>
    public static TileId Holding(TreeNode node, long size)
    {
        var level = node.Level / 8;
        var first = node.Index << (node.Level % 8);
        return At(level, first / Full, size);
    }

    /// <summary>The hash of a node from the bytes of the tile that holds it; null when the tile is too narrow for it.</summary>
    public static byte[]? Read(TreeNode node, ReadOnlySpan<byte> tile)
    {
        var count = 1 << (node.Level % 8);
        var first = (int)((node.Index << (node.Level % 8)) % Full);
        if (tile.Length < (first + count) * MerkleTree.HashSize) return null;
        var hashes = new byte[count][];
        for (var at = 0; at < count; at++) hashes[at] = tile.Slice((first + at) * MerkleTree.HashSize, MerkleTree.HashSize).ToArray();
        return MerkleTree.Root(hashes);
    }

    /// <summary>
    /// The same, with one hashing at most where the tile's <see cref="Inner"/> hashes have the node. They are taken as they are: hold what is built of them against a root.
    /// </summary>
    public static byte[]? Read(TreeNode node, ReadOnlySpan<byte> tile, ReadOnlySpan<byte> inner)
    {
        var level = (node.Level % 8) - 1; // above the pairs
        if (level < 1) return Read(node, tile);
        // n pairs complete ⌊n/2⌋ + ⌊n/4⌋ + … nodes, which is n less the bits set in n. So many lie before those that the node's last pair completes, one on each level.
        var pairs = (int)((((node.Index + 1) << level) - 1) % (Full / 2));
        var at = (pairs - BitOperations.PopCount((uint)pairs) + level - 1) * MerkleTree.HashSize;
        return at + MerkleTree.HashSize <= inner.Length ? inner.Slice(at, MerkleTree.HashSize).ToArray() : Read(node, tile);
    }

    /// <summary>
    /// What a log may keep beside a tile so that a path need not hash it all: the nodes over 4, 8, … 128 of its hashes (126 of a full tile; a pair is one hashing away), in the order
    /// in which a growing tree completes them, so that they only grow with the tile.
    /// </summary>
    public static byte[] Inner(ReadOnlySpan<byte> tile)
    {
        var inner = new List<byte>(tile.Length / 2);
        var border = new TreeFrontier();
        for (var at = 0; at < tile.Length; at += MerkleTree.HashSize)
        {
            border.Append(tile.Slice(at, MerkleTree.HashSize).ToArray(), (node, hash) =>
            {
                if (IsInner(node)) inner.AddRange(hash);
            });
        }

        return [.. inner];
    }

    /// <summary>Whether a node is one of the <see cref="Inner"/> hashes of the tile that holds it.</summary>
    public static bool IsInner(TreeNode node) => node.Level % 8 > 1;

    /// <summary>An entry bundle: each entry after its length as a big-endian uint16.</summary>
    public static byte[] EncodeEntries(IReadOnlyList<byte[]> entries)
    {
        var bytes = new byte[entries.Sum(e => 2 + e.Length)];
        var at = 0;
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), checked((ushort)entry.Length));
            entry.CopyTo(bytes, at + 2);
            at += 2 + entry.Length;
        }

        return bytes;
    }

    /// <summary>Reads a bundle of exactly <paramref name="width"/> entries of 32 bytes; anything else is refused.</summary>
    public static bool TryDecodeEntries(ReadOnlySpan<byte> bytes, int width, out IReadOnlyList<byte[]> entries)
    {
        entries = [];
        const int Step = 2 + MerkleTree.HashSize;
        if (width is < 1 or > Full || bytes.Length != width * Step) return false;
        var read = new byte[width][];
        for (var at = 0; at < width; at++)
        {
            var item = bytes.Slice(at * Step, Step);
            if (BinaryPrimitives.ReadUInt16BigEndian(item) != MerkleTree.HashSize) return false;
            read[at] = item[2..].ToArray();
        }

        entries = read;
        return true;
    }
}
