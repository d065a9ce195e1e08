using Identity.Hosting;
using Identity.Wallet.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Mandates;

/// <summary>
/// One act for a person. In one transaction: the mandate is looked at again, the act is written into its log, and what is kept changes. What cannot be written down is
/// not done; what the mandate does not cover, or no longer covers, leaves no trace and changes nothing.
/// </summary>
internal sealed class ActUnderMandate(WalletDb db, TimeProvider clock)
{
    /// <summary>The mandate as it is now, while it is live; null afterwards.</summary>
    public async Task<MandateRow?> FindAsync(Sitting sitting, CancellationToken ct) =>
        await db.Mandates.AsNoTracking().SingleOrDefaultAsync(m => m.Id == sitting.Mandate, ct) is { } row && row.IsLive(clock.GetUtcNow()) ? row : null;

    /// <summary>What the person keeps.</summary>
    public async Task<Vault> ReadAsync(Sitting sitting, CancellationToken ct) =>
        await db.Vaults.AsNoTracking().SingleOrDefaultAsync(v => v.Id == sitting.Key.Vault, ct) is { } row && Vault.TryOpen(row.Content, sitting.Key, out var vault) ? vault : Vault.Empty;

    /// <summary>Does one act. False where the mandate does not allow it now.</summary>
    /// <param name="seat">Who acts.</param>
    /// <param name="sitting">With whom.</param>
    /// <param name="scope">What it takes; None for what every mandate allows: reading its own log.</param>
    /// <param name="what">For the log.</param>
    /// <param name="about">Types and names of claims for the log, never a value.</param>
    /// <param name="change">What becomes of what is kept.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<bool> DoAsync(Seat seat, Sitting sitting, MandateScope scope, string what, string about, Func<Vault, Vault>? change, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(MakeMandate.Turn, ct);
        if (!await AddAsync(seat, sitting, scope, what, about, ct)) return false;
        if (change is not null)
        {
            var kept = await db.Vaults.SingleOrDefaultAsync(v => v.Id == sitting.Key.Vault, ct);
            if (kept is null || !Vault.TryOpen(kept.Content, sitting.Key, out var vault)) return false;
            kept.Content = change(vault).Seal(sitting.Key);
            kept.Version++;
        }
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return true;
    }

    /// <summary>Adds the act's line to the unit of work of whoever calls, who saves it in one transaction with the act. False where the mandate does not allow it now.</summary>
    public async Task<bool> AddAsync(Seat seat, Sitting sitting, MandateScope scope, string what, string about, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var row = await db.Mandates.AsNoTracking().SingleOrDefaultAsync(m => m.Id == sitting.Mandate && m.Desk == seat.Desk, ct);
        if (row is null || !row.IsLive(now) || (scope != MandateScope.None && !row.Permits(scope, now))) return false;
        db.Acts.Add(new ActRow { Mandate = row.Id, At = now, Staff = seat.Staff, What = what, About = about });
        return true;
    }

    /// <summary>Every act under the mandate, oldest first; that it was read is one of them.</summary>
    public async Task<IReadOnlyList<ActRow>> LogAsync(Seat seat, Sitting sitting, CancellationToken ct) =>
        await DoAsync(seat, sitting, MandateScope.None, "log", "", null, ct)
            ? await db.Acts.AsNoTracking().Where(a => a.Mandate == sitting.Mandate).OrderBy(a => a.Id).ToListAsync(ct)
            : [];
}
