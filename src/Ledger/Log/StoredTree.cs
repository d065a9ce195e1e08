using System.Security.Cryptography;
using Identity.Credentials.Transparency;

namespace Identity.Ledger.Log;

/// <summary>
/// The right border of the stored tree, opened to grow: appending touches the last tile of each level and nothing else.
/// It lives for one transaction.
/// </summary>
internal sealed class StoredTree
{
    private readonly Dictionary<(int Level, long Number), List<byte>> _tiles;
    private readonly TreeFrontier _border;

    private StoredTree(Dictionary<(int, long), List<byte>> tiles, TreeFrontier border)
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
        var tiles = new Dictionary<(int Level, long Number), List<byte>>();
        await using var select = sql.Prepare("SELECT hashes FROM ledger_tiles WHERE level = @level AND number = @number", "@level", "@number");
        foreach (var tile in TreeFrontier.NodesFor(size).Select(node => Tiles.Holding(node, size)).Distinct())
        {
            var stored = await select.QueryAsync(ct, row => row.GetFieldValue<byte[]>(0), tile.Level, tile.Index);
            if (stored.Count == 1) tiles[(tile.Level, tile.Index)] = [.. stored[0]];
        }

        var border = TreeFrontier.Load(size, Read);
        if (!CryptographicOperations.FixedTimeEquals(border.Root(), root)) throw Damaged(size);
        return new StoredTree(tiles, border);

        byte[] Read(TreeNode node)
        {
            var tile = Tiles.Holding(node, size);
            var hashes = tiles.TryGetValue((tile.Level, tile.Index), out var bytes) && bytes.Count == tile.Width * MerkleTree.HashSize ? bytes.ToArray() : [];
            return Tiles.Read(node, hashes) ?? throw Damaged(size);
        }
    }

    public void Append(byte[] entry) => _border.Append(MerkleTree.LeafHash(entry), Keep);

    /// <summary>Writes the tiles that grew.</summary>
    public async Task SaveAsync(SqlSession sql, CancellationToken ct)
    {
        await using var write = sql.Prepare(
            "INSERT INTO ledger_tiles (level, number, hashes) VALUES (@level, @number, @hashes) ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
            "@level", "@number", "@hashes");
        foreach (var ((level, number), hashes) in _tiles) await write.RunAsync(ct, level, number, hashes.ToArray());
    }

    private void Keep(TreeNode node, byte[] hash)
    {
        if (node.Level % 8 != 0) return; // the levels between are recomputed from the tile
        var tile = (node.Level / 8, node.Index / Tiles.Full);
        if (!_tiles.TryGetValue(tile, out var hashes)) _tiles[tile] = hashes = new List<byte>(Tiles.Full * MerkleTree.HashSize);
        hashes.AddRange(hash);
    }

    private static InvalidDataException Damaged(long size) =>
        new($"The stored tree of {size} entries does not give the root that was committed with it. Restore the database; the log signs nothing until then.");
}
