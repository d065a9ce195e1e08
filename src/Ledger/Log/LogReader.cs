using Identity.Credentials.Transparency;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Log;

/// <summary>Reads what the log has published: nothing past the newest signed checkpoint leaves it.</summary>
internal sealed class LogReader(DbContext db)
{
    /// <summary>The newest signed checkpoint; null before the first.</summary>
    public Task<CheckpointRow?> NewestAsync(CancellationToken ct) =>
        db.Set<CheckpointRow>().AsNoTracking().OrderByDescending(c => c.Size).FirstOrDefaultAsync(ct);

    /// <summary>The bytes of a tile or entry bundle; null where the published tree has not so much.</summary>
    public async Task<byte[]?> TileAsync(TileId tile, CancellationToken ct)
    {
        var published = await db.Set<CheckpointRow>().MaxAsync(c => (long?)c.Size, ct) ?? 0;
        var first = tile.Index * Tiles.Full;
        if (tile.Index > published / Tiles.Full || first + tile.Width > published >> (8 * Math.Max(tile.Level, 0))) return null;
        if (tile.Level == Tiles.Entries)
        {
            var entries = await db.Set<EntryRow>().Where(e => e.Index >= first && e.Index < first + tile.Width).OrderBy(e => e.Index).Select(e => e.Entry).ToListAsync(ct);
            return Tiles.EncodeEntries(entries);
        }

        var hashes = await db.Set<TileRow>().Where(t => t.Level == tile.Level && t.Number == tile.Index).Select(t => t.Hashes).SingleAsync(ct);
        return hashes[..(tile.Width * MerkleTree.HashSize)];
    }

    /// <summary>The receipt of an entry against the checkpoint of this size, which must be a published one that holds it.</summary>
    public async Task<TlogProof> ProveAsync(long index, long size, CancellationToken ct)
    {
        var path = await BuildAsync(ProofPlan.Inclusion(index, size), size, ct);
        var note = await db.Set<CheckpointRow>().Where(c => c.Size == size).Select(c => c.Note).SingleAsync(ct);
        return new TlogProof(index, path, note);
    }

    /// <summary>The root of the first <paramref name="size"/> entries, at least one and not more than the tree has.</summary>
    public async Task<byte[]> RootAsync(long size, CancellationToken ct) => (await BuildAsync(ProofPlan.Root(size), size, ct))[0];

    private async Task<IReadOnlyList<byte[]>> BuildAsync(ProofPlan plan, long size, CancellationToken ct)
    {
        var tiles = new Dictionary<(int, long), byte[]>();
        foreach (var tile in plan.Nodes.Select(node => Tiles.Holding(node, size)).DistinctBy(t => (t.Level, t.Index)))
        {
            tiles[(tile.Level, tile.Index)] = await db.Set<TileRow>().Where(t => t.Level == tile.Level && t.Number == tile.Index).Select(t => t.Hashes).SingleAsync(ct);
        }

        return plan.Build(node =>
        {
            var tile = Tiles.Holding(node, size);
            return Tiles.Read(node, tiles[(tile.Level, tile.Index)]) ?? throw new InvalidDataException($"Tile {Tiles.Path(tile)} is narrower than the tree.");
        });
    }
}
