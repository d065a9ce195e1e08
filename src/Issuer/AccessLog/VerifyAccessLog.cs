using Identity.Issuer.Data;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.AccessLog;

/// <summary>What a check of an organisation's access log found.</summary>
/// <param name="Sealed">Rows in the chain, as far as it is whole.</param>
/// <param name="Waiting">Rows not sealed yet: seconds old.</param>
/// <param name="BrokenAt">The place of the first row that does not fit; null where all fit.</param>
/// <param name="Problem">changed, missing, cut_off, head_differs or head_not_logged; null where all fit.</param>
/// <param name="LoggedTo">The last place that a head in the public log fixes.</param>
/// <param name="LoggedAt">When that head went there.</param>
public sealed record AccessLogCheck(long Sealed, int Waiting, long? BrokenAt, string? Problem, long LoggedTo, DateTimeOffset? LoggedAt);

/// <summary>
/// Walks the chain from its first row and compares it with the heads in the public log. Finds a row that was changed, removed or put in,
/// and an end that was cut off. Whoever rewrites the whole table and its heads is found by the public log, which keeps the entries of the true ones.
/// </summary>
public sealed class VerifyAccessLog(IssuerDb db)
{
    /// <summary>Checks one organisation's log.</summary>
    public async Task<AccessLogCheck> RunAsync(string organisation, CancellationToken ct)
    {
        var heads = await db.AccessHeads.AsNoTracking().Where(h => h.Organisation == organisation).OrderBy(h => h.Sequence).ToListAsync(ct);
        var bySequence = heads.ToDictionary(h => h.Sequence);
        var waiting = await db.AccessLog.CountAsync(e => e.Organisation == organisation && e.Sequence == null, ct);
        var (done, previous) = (0L, new byte[32]);
        // The chain's end is read first: what is sealed meanwhile is not yet looked for.
        var end = await db.AccessChains.AsNoTracking().SingleOrDefaultAsync(c => c.Organisation == organisation, ct);
        var last = end?.Sequence ?? 0;

        AccessLogCheck Broken(long at, string problem) => new(done, waiting, at, problem, heads.LastOrDefault()?.Sequence ?? 0, heads.LastOrDefault()?.At);

        await foreach (var row in db.AccessLog.AsNoTracking().Where(e => e.Organisation == organisation && e.Sequence != null && e.Sequence <= last).OrderBy(e => e.Sequence).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (row.Sequence != done + 1) return Broken(done + 1, "missing");
            var hash = row.HashAfter(previous, done + 1);
            if (!hash.AsSpan().SequenceEqual(row.Hash)) return Broken(done + 1, "changed");
            if (bySequence.TryGetValue(done + 1, out var head) && !(hash.AsSpan().SequenceEqual(head.Hash) && AccessHead.EntryOf(head.Salt, head.Hash).AsSpan().SequenceEqual(head.Entry)))
                return Broken(done + 1, "head_differs");
            (done, previous) = (done + 1, hash);
        }
        if (done < last || (end is not null && !previous.AsSpan().SequenceEqual(end.Hash)) || heads.LastOrDefault()?.Sequence > done) return Broken(done + 1, "cut_off");
        foreach (var head in heads)
            if (await LedgerLog.FindAsync(db, head.Entry, ct) is EntryPlace.Unknown) return Broken(head.Sequence, "head_not_logged");
        return new AccessLogCheck(done, waiting, null, null, heads.LastOrDefault()?.Sequence ?? 0, heads.LastOrDefault()?.At);
    }
}
