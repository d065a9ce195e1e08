using Identity.Credentials.Transparency;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Log;

/// <summary>Reads what the log has published: nothing past the newest signed checkpoint leaves it.</summary>
internal sealed class LogReader(DbContext db)
{
    /// <summary>The newest signed checkpoint; null before the first.</summary>
    public Task<CheckpointRow?> NewestAsync(CancellationToken ct) =>
        db.Set<CheckpointRow>().AsNoTracking().OrderByDescending(c => c.Size).FirstOrDefaultAsync(ct);

    /// <summary>The checkpoint to be served: the newest, or, where cosignatures are waited for, the newest that was released (<see cref="ReleaseAsync"/>); null before the first.</summary>
    public Task<CheckpointRow?> ServedAsync(int required, CancellationToken ct) => required == 0 ? NewestAsync(ct) : db.Set<CheckpointRow>().AsNoTracking()
        .Where(c => c.Size <= db.Set<LogStateRow>().Single(s => s.Id == 1).Served).OrderByDescending(c => c.Size).FirstOrDefaultAsync(ct);

    /// <summary>The checkpoint to be served (<see cref="ServedAsync"/>) as it is published, with its cosignatures; null before the first.</summary>
    public async Task<string?> PublishedAsync(int required, CancellationToken ct) => await ServedAsync(required, ct) is { } served ? await CosignedAsync(served.Size, served.Note, ct) : null;

    /// <summary>
    /// Releases the newest checkpoint that has enough cosignatures, or has waited for them long enough, or is being anchored (what the chain has must be served). Once released it stays so, whatever
    /// clock or settings say later: to a mirror a smaller one would be a rollback.
    /// </summary>
    public async Task ReleaseAsync(int required, DateTimeOffset waitedSince, CancellationToken ct)
    {
        var since = Micros.Of(waitedSince);
        var newest = await db.Set<CheckpointRow>()
            .Where(c => required == 0 || c.SignedAt <= since || db.Set<CosignatureRow>().Count(s => s.Size == c.Size) >= required || db.Set<AnchorRow>().Any(a => a.Size >= c.Size))
            .MaxAsync(c => (long?)c.Size, ct) ?? 0;
        if (await db.Set<LogStateRow>().AnyAsync(s => s.Id == 1 && s.Served < newest, ct))
            await db.Database.ExecuteSqlAsync($"UPDATE ledger_state SET served = {newest} WHERE id = 1 AND served < {newest}", ct);
    }

    /// <summary>The bytes of a tile or entry bundle; null where the published tree has not so much.</summary>
    public async Task<byte[]?> TileAsync(TileId tile, CancellationToken ct)
    {
        var published = await db.Set<CheckpointRow>().MaxAsync(c => (long?)c.Size, ct) ?? 0;
        if (!Tiles.Has(tile, published)) return null;
        var first = tile.Index * Tiles.Full;
        if (tile.Level == Tiles.Entries)
        {
            var entries = await db.Set<EntryRow>().Where(e => e.Index >= first && e.Index < first + tile.Width).OrderBy(e => e.Index).Select(e => e.Entry).ToListAsync(ct);
            return Tiles.EncodeEntries(entries);
        }

        var hashes = await db.Set<TileRow>().Where(t => t.Level == tile.Level && t.Number == tile.Index).Select(t => t.Hashes).SingleAsync(ct);
        return hashes[..(tile.Width * MerkleTree.HashSize)];
    }

    /// <summary>
    /// The receipt of an entry against the checkpoint of this size, which must be a published one that holds it. One question to the database. What the inner hashes say is taken
    /// as it is: hold the path against a root before it leaves.
    /// </summary>
    /// <param name="inner">False makes the path of the tiles' own hashes alone.</param>
    /// <exception cref="InvalidDataException">The tree of this size is not there whole, or has no checkpoint.</exception>
    public async Task<TlogProof> ProveAsync(long index, long size, CancellationToken ct, bool inner = true)
    {
        var plan = ProofPlan.Inclusion(index, size);
        var places = plan.Nodes.Append(new TreeNode(0, index)).Select(node => Place(node, size)).Distinct(); // the entry's own tile always: of one entry alone the plan needs none
        var note = "";
        await using var sql = await SqlSession.ReadAsync(db, ct);
        var tiles = (await sql.QueryAsync(ct, row =>
            {
                if (note.Length == 0) note = row.GetString(4); // the same on every row
                return (Place: (row.GetInt32(0), row.GetInt64(1)), Hashes: row.GetFieldValue<byte[]>(2), Inner: row.IsDBNull(3) || !inner ? [] : row.GetFieldValue<byte[]>(3));
            },
            $"""
            SELECT t.level, t.number, t.hashes, t.inner_hashes, c.note
            FROM ledger_checkpoints c CROSS JOIN (VALUES {string.Join(", ", places)}) AS place CROSS JOIN ledger_tiles t
            WHERE c.size = @size AND t.level = place.column1 AND t.number = place.column2
            """,
            ("@size", size))).ToDictionary(tile => tile.Place);
        return new TlogProof(index, plan.Build(Read), note);

        byte[] Read(TreeNode node) =>
            (tiles.TryGetValue(Place(node, size), out var tile) ? Tiles.Read(node, tile.Hashes, tile.Inner) : null) ?? throw Narrow(node, size);
    }

    /// <summary>The root of the first <paramref name="size"/> entries, at least one and not more than the tree has; from the tiles' own hashes alone, since the chain's is compared with it.</summary>
    public async Task<byte[]> RootAsync(long size, CancellationToken ct)
    {
        return (await BuildAsync(ProofPlan.Root(size), size, ct))[0];
    }

    /// <summary>The proof that the tree of <paramref name="size"/> entries continues that of <paramref name="from"/>, 0 &lt; from ≤ size; from the tiles' own hashes.</summary>
    public Task<IReadOnlyList<byte[]>> ConsistencyAsync(long from, long size, CancellationToken ct) => BuildAsync(ProofPlan.Consistency(from, size), size, ct);

    /// <summary>The checkpoint as it is published: with the cosignatures that have come.</summary>
    public async Task<string> CosignedAsync(long size, string note, CancellationToken ct) =>
        note + string.Concat(await db.Set<CosignatureRow>().Where(c => c.Size == size).OrderBy(c => c.Witness).Select(c => c.Line).ToListAsync(ct));

    private async Task<IReadOnlyList<byte[]>> BuildAsync(ProofPlan plan, long size, CancellationToken ct)
    {
        var tiles = new Dictionary<(int, long), byte[]>();
        foreach (var (level, number) in plan.Nodes.Select(node => Place(node, size)).Distinct())
        {
            tiles[(level, number)] = await db.Set<TileRow>().Where(t => t.Level == level && t.Number == number).Select(t => t.Hashes).SingleAsync(ct);
        }

        return plan.Build(node => Tiles.Read(node, tiles[Place(node, size)]) ?? throw Narrow(node, size));
    }

    private static (int Level, long Number) Place(TreeNode node, long size)
    {
        var tile = Tiles.Holding(node, size);
        return (tile.Level, tile.Index);
    }

    private static InvalidDataException Narrow(TreeNode node, long size) => new($"{Tiles.Path(Tiles.Holding(node, size))} of the tree of {size} entries is not stored.");
}
