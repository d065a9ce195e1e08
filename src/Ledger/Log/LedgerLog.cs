using Identity.Credentials.Transparency;
using Identity.Ledger.Proofs;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Log;

/// <summary>What an app does with its log: append an entry beside what it proves, and ask how far it has come.</summary>
public static class LedgerLog
{
    /// <summary>Bytes of an entry: one SHA-256 and nothing else.</summary>
    public const int EntrySize = 32;

    /// <summary>Over how many rounds the copies of one batch are spread.</summary>
    public const int SpreadRounds = 3;

    /// <summary>The order of entries in an index, and of those that are placed together.</summary>
    internal static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create(static (one, other) => one.AsSpan().SequenceCompareTo(other));

    /// <summary>
    /// Adds an entry that the caller's own <c>SaveChanges</c> commits, so that no credential leaves without it.
    /// </summary>
    /// <param name="db">A context that maps <see cref="LedgerModel.AddLedger"/>.</param>
    /// <param name="entry">32 bytes, see <see cref="Identity.Credentials.Entry"/>.</param>
    /// <param name="now">The present time.</param>
    /// <param name="spread">Rounds of the sequencer that the entry lets pass: give the n-th copy of a batch n, larger numbers wrap around.</param>
    public static void Append(DbContext db, byte[] entry, DateTimeOffset now, int spread = 0)
    {
        Check(entry);
        ArgumentOutOfRangeException.ThrowIfNegative(spread);
        db.Add(new PendingRow { Entry = entry, AddedAt = Micros.Of(now), Round = spread % SpreadRounds });
    }

    /// <summary>
    /// Adds many entries of different holders at once with one prepared statement, inside the caller's transaction or, without one, in a transaction of its own.
    /// An entry that already waits is left as it is.
    /// </summary>
    public static async Task AppendManyAsync(DbContext db, IReadOnlyList<byte[]> entries, DateTimeOffset now, CancellationToken ct = default)
    {
        foreach (var entry in entries) Check(entry);
        await using var sql = await SqlSession.BeginAsync(db, ct);
        await using var insert = sql.Prepare("INSERT INTO ledger_pending (entry, added_at, round) VALUES (@entry, @added, 0) ON CONFLICT DO NOTHING", "@entry", "@added");
        // In the order of the index: neighbours are on one page.
        foreach (var entry in entries.Order(ByteOrder)) await insert.RunAsync(ct, entry, Micros.Of(now));
        await sql.CommitAsync(ct);
    }

    /// <summary>How far an entry has come.</summary>
    public static async Task<EntryPlace> FindAsync(DbContext db, byte[] entry, CancellationToken ct = default)
    {
        Check(entry);
        var row = await RowAsync();
        if (row is null)
        {
            if (await db.Set<PendingRow>().AnyAsync(p => p.Entry == entry, ct)) return new EntryPlace.Waiting();
            // Between the two questions the sequencer may have given it its place.
            row = await RowAsync();
            if (row is null) return new EntryPlace.Unknown();
        }

        var anchor = await db.Set<AnchorRow>().AsNoTracking()
            .Where(a => a.State == AnchorState.Final && a.Size > row.Index)
            .OrderBy(a => a.Size).FirstOrDefaultAsync(ct);
        return anchor is null ? new EntryPlace.Logged(row.Index) : new EntryPlace.Anchored(row.Index, AnchorState.Coordinates(anchor));

        Task<EntryRow?> RowAsync() => db.Set<EntryRow>().AsNoTracking().SingleOrDefaultAsync(e => e.Entry == entry, ct);
    }

    /// <summary>How many entries the log has once everything appended up to this time is in it; null while some of it waits.</summary>
    public static async Task<long?> SizeWithAllUntilAsync(DbContext db, DateTimeOffset time, CancellationToken ct = default)
    {
        var until = Micros.Of(time);
        if (await db.Set<PendingRow>().AnyAsync(p => p.AddedAt <= until, ct)) return null;
        return await db.Set<LogStateRow>().Select(s => (long?)s.Size).SingleOrDefaultAsync(ct) ?? 0;
    }

    /// <summary>Whether a final anchor covers the first entries of this number.</summary>
    public static async Task<bool> IsAnchoredAsync(DbContext db, long size, CancellationToken ct = default) =>
        size == 0 || await db.Set<AnchorRow>().AnyAsync(a => a.State == AnchorState.Final && a.Size >= size, ct);

    /// <summary>How many entries were anchored before this time, by the time stamps of the blocks.</summary>
    public static async Task<long> SizeAnchoredBeforeAsync(DbContext db, DateTimeOffset time, CancellationToken ct = default)
    {
        var before = Micros.Of(time);
        return await db.Set<AnchorRow>().Where(a => a.State == AnchorState.Final && a.BlockTime < before).MaxAsync(a => (long?)a.Size, ct) ?? 0;
    }

    /// <summary>The first entries of the log, to be used within a query.</summary>
    public static IQueryable<byte[]> EntriesBelow(DbContext db, long size) => db.Set<EntryRow>().Where(e => e.Index < size).Select(e => e.Entry);

    /// <summary>How many entries the newest signed checkpoint has: what is published.</summary>
    public static async Task<long> PublishedSizeAsync(DbContext db, CancellationToken ct = default) => await db.Set<CheckpointRow>().MaxAsync(c => (long?)c.Size, ct) ?? 0;

    /// <summary>The entries from one place of the log to before another, to be used within a query.</summary>
    public static IQueryable<LoggedEntry> Between(DbContext db, long from, long until) => db.Set<EntryRow>().Where(e => e.Index >= from && e.Index < until).Select(e => new LoggedEntry { Position = e.Index, Entry = e.Entry });

    /// <summary>Why the log goes on no more, in a sentence, as where the chain has something else of it; null while it goes on.</summary>
    public static Task<string?> FaultAsync(DbContext db, CancellationToken ct = default) => db.Set<LogStateRow>().Where(s => s.Id == 1).Select(s => s.Fault).SingleOrDefaultAsync(ct);

    /// <summary>The receipt of an anchored entry; null while it waits or where the log has never heard of it.</summary>
    public static async Task<Receipt?> FindReceiptAsync(DbContext db, byte[] entry, CancellationToken ct = default) =>
        await FindAsync(db, entry, ct) is EntryPlace.Anchored(var index, var anchor) ? await ProveAsync(db, entry, index, anchor, ct) : null;

    /// <summary>The receipt of an entry at its place. It leads from the entry to the anchored root, or does not leave: where inner hashes lead astray, the tiles' own decide.</summary>
    /// <exception cref="InvalidDataException">The stored tree does not lead there: the database is damaged.</exception>
    internal static async Task<Receipt> ProveAsync(DbContext db, byte[] entry, long index, AnchorCoordinates anchor, CancellationToken ct)
    {
        foreach (var inner in new[] { true, false })
        {
            var proof = await new LogReader(db).ProveAsync(index, anchor.Size, ct, inner);
            if (MerkleTree.VerifyInclusion(index, anchor.Size, MerkleTree.LeafHash(entry), anchor.Root, proof.Path))
                return Receipt.Of(proof with { Checkpoint = await new LogReader(db).CosignedAsync(anchor.Size, proof.Checkpoint, ct) }, anchor, await StateAsync(db, anchor.Size, ct));
        }

        throw new InvalidDataException($"The stored tree does not lead from the entry at {index} to the anchored root of {anchor.Size} entries. Restore the database.");
    }

    /// <summary>What proves the anchor of this size without a node; null until it was kept.</summary>
    private static async Task<SealedState?> StateAsync(DbContext db, long size, CancellationToken ct)
    {
        var kept = await db.Set<ProofRow>().AsNoTracking()
            .Where(p => db.Set<AnchorRow>().Any(a => a.Id == p.Anchor && a.Size == size && a.State == AnchorState.Final)).FirstOrDefaultAsync(ct);
        if (kept is null) return null;
        var changes = await db.Set<ChangeRow>().AsNoTracking().Where(c => c.Block <= kept.Block).OrderByDescending(c => c.Block).Take(SealedState.MostChanges).Select(c => c.Header).ToListAsync(ct);
        changes.Reverse();
        return SealedState.Of(kept.Consensus, kept.Header, kept.Proof, changes);
    }

    private static void Check(byte[] entry)
    {
        if (entry.Length != EntrySize) throw new ArgumentException("An entry is one SHA-256: 32 bytes.", nameof(entry));
    }
}
