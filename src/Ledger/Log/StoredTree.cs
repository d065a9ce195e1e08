using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Identity.Credentials.Transparency;

namespace Identity.Ledger.Log;

/// <summary>
/// The right border of the stored tree, opened to grow: appending touches the last tile of each level and nothing else.
/// It lives for one transaction.
/// </summary>
internal sealed class StoredTree
{
    private readonly Dictionary<(int Level, long Number), (List<byte> Hashes, List<byte> Inner)> _tiles;
    private readonly TreeFrontier _border;

    private StoredTree(Dictionary<(int, long), (List<byte>, List<byte>)> tiles, TreeFrontier border)
    {
        _tiles = tiles;
        _border = border;
    }

    public long Size => _border.Size;

    public byte[] Root() => _border.Root();

    /// <summary>Reads the last tile of every level.</summary>
    /// <exception cref="InvalidDataException">The tiles do not give the root that was committed with them: the database is damaged.</exception>
    public static async Task<StoredTree> OpenAsync(SqlSession sql, long size, byte[] root, CancellationToken ct)
    {
        var tiles = new Dictionary<(int Level, long Number), (List<byte> Hashes, List<byte> Inner)>();
        await using var select = sql.Prepare("SELECT hashes FROM ledger_tiles WHERE level = @level AND number = @number", "@level", "@number");
        foreach (var tile in TreeFrontier.NodesFor(size).Select(node => Tiles.Holding(node, size)).Distinct())
        {
            var stored = await select.QueryAsync(ct, row => row.GetFieldValue<byte[]>(0), tile.Level, tile.Index);
            if (stored.Count != 1 || stored[0].Length != tile.Width * MerkleTree.HashSize) throw Damaged(size);
            // Worked out again, not read: the border needs them anyway, and they are right then whoever wrote the tile.
            tiles[(tile.Level, tile.Index)] = ([.. stored[0]], [.. Tiles.Inner(stored[0])]);
        }

        var border = TreeFrontier.Load(size, Read);
        if (!CryptographicOperations.FixedTimeEquals(border.Root(), root)) throw Damaged(size);
        return new StoredTree(tiles, border);

        byte[] Read(TreeNode node)
        {
            var tile = Tiles.Holding(node, size);
            var (hashes, inner) = tiles[(tile.Level, tile.Index)];
            return Tiles.Read(node, CollectionsMarshal.AsSpan(hashes), CollectionsMarshal.AsSpan(inner))!;
        }
    }

    public void Append(byte[] entry) => _border.Append(MerkleTree.LeafHash(entry), Keep);

    /// <summary>Writes the tiles that grew.</summary>
    public async Task SaveAsync(SqlSession sql, CancellationToken ct)
    {
        await using var write = sql.Prepare(
            """
            INSERT INTO ledger_tiles (level, number, hashes, inner_hashes) VALUES (@level, @number, @hashes, @inner)
            ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes, inner_hashes = excluded.inner_hashes
            """,
            "@level", "@number", "@hashes", "@inner");
        foreach (var ((level, number), (hashes, inner)) in _tiles) await write.RunAsync(ct, level, number, hashes.ToArray(), inner.ToArray());
    }

    private void Keep(TreeNode node, byte[] hash)
    {
        if (node.Level % 8 != 0 && !Tiles.IsInner(node)) return; // a pair is one hashing away
        var place = (node.Level / 8, (node.Index << (node.Level % 8)) / Tiles.Full);
        if (!_tiles.TryGetValue(place, out var tile)) _tiles[place] = tile = ([], []);
        (Tiles.IsInner(node) ? tile.Inner : tile.Hashes).AddRange(hash);
    }

    private static InvalidDataException Damaged(long size) =>
        new($"The stored tree of {size} entries does not give the root that was committed with it. Restore the database; the log signs nothing until then.");
}
