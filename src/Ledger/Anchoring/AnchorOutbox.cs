using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Anchoring;

/// <summary>
/// The rows of <c>ledger_anchors</c>. Every change is one statement, so a crash lies before or after it, never within; those that look
/// before they write hold the log's head, so that two processes cannot both find that a row is missing.
/// </summary>
internal sealed class AnchorOutbox(DbContext db, long chainId, string contract)
{
    private IQueryable<AnchorRow> Rows => db.Set<AnchorRow>().AsNoTracking();

    /// <summary>Something is recorded that the chain does not have.</summary>
    public Task<bool> AnyFinalAboveAsync(long size, CancellationToken ct) => Rows.AnyAsync(a => a.State == AnchorState.Final && a.Size > size, ct);

    public Task<bool> IsFinalAsync(long size, CancellationToken ct) => Rows.AnyAsync(a => a.State == AnchorState.Final && a.Size == size, ct);

    /// <summary>Something is left to record about sizes the chain has: its newest anchor, or what became of an earlier intent.</summary>
    public async Task<bool> IsOpenAsync(long latest, CancellationToken ct) =>
        !await IsFinalAsync(latest, ct) || await Rows.AnyAsync(a => a.State == AnchorState.Intended && a.Size <= latest, ct);

    public Task MarkLostAboveAsync(long size, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"UPDATE ledger_anchors SET state = {AnchorState.Lost} WHERE state = {AnchorState.Final} AND size > {size}", ct);

    /// <summary>
    /// Writes down what is about to be sent. The row of an earlier attempt at the same size is used again, with the new block:
    /// the chain was asked since and did not have the size then.
    /// </summary>
    public async Task<long> IntendAsync(long size, byte[] root, long sinceBlock, CancellationToken ct)
    {
        await using var turn = await SqlSession.BeginAsync(db, ct);
        await turn.HoldHeadAsync(null, ct);
        var id = await IntendHeldAsync(size, root, sinceBlock, ct);
        await turn.CommitAsync(ct);
        return id;
    }

    private async Task<long> IntendHeldAsync(long size, byte[] root, long sinceBlock, CancellationToken ct)
    {
        var again = await db.Database.ExecuteSqlAsync(
            $"UPDATE ledger_anchors SET since_block = {sinceBlock}, root = {root} WHERE size = {size} AND state = {AnchorState.Intended}", ct);
        if (again == 0)
        {
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO ledger_anchors (size, root, state, since_block, chain_id, contract) VALUES ({size}, {root}, {AnchorState.Intended}, {sinceBlock}, {chainId}, {contract})", ct);
        }

        return await Rows.Where(a => a.Size == size && a.State == AnchorState.Intended).Select(a => a.Id).SingleAsync(ct);
    }

    /// <summary>Intents up to a size whose fate is settled.</summary>
    public Task DropIntentsAsync(long size, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"DELETE FROM ledger_anchors WHERE state = {AnchorState.Intended} AND size <= {size}", ct);

    /// <summary>Records that the intent is on the chain for good, unless another process has recorded it.</summary>
    public Task CompleteAsync(long id, RegistryEvent.Anchored done, CancellationToken ct)
    {
        var at = done.Place;
        return db.Database.ExecuteSqlAsync(
            $"""
            UPDATE ledger_anchors SET state = {AnchorState.Final}, root = {done.Root}, transaction_hash = {at.Transaction}, block = {(long)at.Block},
            block_hash = {at.BlockHash}, block_time = {Micros.Of(at.BlockTime)} WHERE id = {id} AND state = {AnchorState.Intended}
            AND NOT EXISTS (SELECT 1 FROM ledger_anchors other WHERE other.size = {done.Size} AND other.state = {AnchorState.Final})
            """, ct);
    }

    /// <summary>Records an anchor found on the chain, unless it is recorded already.</summary>
    public async Task AdoptAsync(RegistryEvent.Anchored found, CancellationToken ct)
    {
        await using var turn = await SqlSession.BeginAsync(db, ct);
        await turn.HoldHeadAsync(null, ct);
        if (await IsFinalAsync(found.Size, ct)) return;
        var id = await IntendHeldAsync(found.Size, found.Root, (long)found.Place.Block, ct);
        await CompleteAsync(id, found, ct);
        await turn.CommitAsync(ct);
    }

    /// <summary>The block from which to look for what we sent: the earliest intent, or 0 where no intent tells of this size.</summary>
    public async Task<long> SinceAsync(long size, CancellationToken ct)
    {
        var intents = await Rows.Where(a => a.State == AnchorState.Intended && a.Size <= size).ToListAsync(ct);
        var recorded = await IsFinalAsync(size, ct);
        return intents.Count > 0 && (recorded || intents.Exists(a => a.Size == size)) ? intents.Min(a => a.SinceBlock) : 0;
    }

    /// <summary>Stops the sequencer with a sentence for the operator, or lets it go on.</summary>
    public Task SetFaultAsync(string? fault, CancellationToken ct) => fault is null
        ? db.Database.ExecuteSqlAsync($"UPDATE ledger_state SET fault = NULL WHERE id = 1 AND fault IS NOT NULL", ct)
        : db.Database.ExecuteSqlAsync($"UPDATE ledger_state SET fault = {fault} WHERE id = 1", ct);
}
