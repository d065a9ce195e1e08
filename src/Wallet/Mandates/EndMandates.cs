using Identity.Hosting;
using Identity.Wallet.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Mandates;

/// <summary>What came of saying two words.</summary>
public enum WordsSaid
{
    /// <summary>The mandate that has them is over. Whose it was is not told.</summary>
    Ended,

    /// <summary>No mandate in force has them.</summary>
    Unknown,

    /// <summary>Too many wrong ones from this account within an hour.</summary>
    TooMany,
}

/// <summary>Ends mandates: by the person's word, by two words said at any desk, by time. The same step erases or seals what was kept.</summary>
internal sealed class EndMandates(WalletDb db, PersonsKeys keys, Sittings sittings, TimeProvider clock)
{
    /// <summary>Wrong words from one account within an hour.</summary>
    public const int MostWrong = 10;

    /// <summary>How long what a card opens is kept after the last mandate.</summary>
    public static readonly TimeSpan SealedFor = TimeSpan.FromDays(365);

    /// <summary>How long the log of a mandate that is over is kept.</summary>
    public static readonly TimeSpan LogKept = TimeSpan.FromDays(90);

    /// <summary>Somebody says the two words to a member of staff of any desk, there or on the phone.</summary>
    public async Task<WordsSaid> ByWordsAsync(Seat seat, string? first, string? second, string language, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(MakeMandate.Turn, ct);
        if (await TooManyAsync(seat.Staff, ct)) return WordsSaid.TooMany;
        MandateRow? row = null;
        if (MandateWords.TryRead(first, second, language, out var words))
        {
            var hash = keys.HashOf(words);
            row = await db.Mandates.SingleOrDefaultAsync(m => m.WordsHash == hash, ct);
        }
        var found = row is not null && row.IsLive(clock.GetUtcNow());
        if (found)
        {
            End(row!, "words", seat.Staff);
            await EraseAsync(row!, ct);
        }
        else
        {
            await CountWrongAsync(seat.Staff, ct);
        }
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        if (found) sittings.CloseMandate(row!.Id);
        return found ? WordsSaid.Ended : WordsSaid.Unknown;
    }

    /// <summary>The person, at the desk, wants it to end.</summary>
    public async Task ByPersonAsync(Seat seat, string id, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(MakeMandate.Turn, ct);
        if (await db.Mandates.SingleOrDefaultAsync(m => m.Id == id && m.Desk == seat.Desk && m.State == MandateState.Live, ct) is not { } row) return;
        End(row, "person", seat.Staff);
        await EraseAsync(row, ct);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        sittings.CloseMandate(id);
    }

    /// <summary>Ends what is past its time, and deletes what is kept no longer.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        sittings.CloseOver();
        var now = clock.GetUtcNow();
        foreach (var id in await db.Mandates.Where(m => m.State == MandateState.Live && m.Until <= now).Select(m => m.Id).ToListAsync(ct))
        {
            await using var turn = await db.Database.BeginExclusiveAsync(MakeMandate.Turn, ct);
            if (await db.Mandates.SingleOrDefaultAsync(m => m.Id == id && m.State == MandateState.Live, ct) is not { } row) continue;
            End(row, "time", "");
            await EraseAsync(row, ct);
            await db.SaveChangesAsync(ct);
            await turn.CommitAsync(ct);
            sittings.CloseMandate(id);
        }
        var (undecided, forgotten) = (now - MandateRow.Deciding, now - LogKept);
        await db.Mandates.Where(m => m.State == MandateState.Proposed && m.MadeAt < undecided).ExecuteDeleteAsync(ct);
        await db.Vaults.Where(v => v.KeptUntil < now && !db.Mandates.Any(m => m.Vault == v.Id && m.State == MandateState.Live)).ExecuteDeleteAsync(ct);
        await db.Acts.Where(a => db.Mandates.Any(m => m.Id == a.Mandate && m.EndedAt < forgotten)).ExecuteDeleteAsync(ct);
        await db.Mandates.Where(m => m.EndedAt < forgotten).ExecuteDeleteAsync(ct);
    }

    /// <summary>The step itself, in the caller's transaction.</summary>
    internal void End(MandateRow row, string by, string staff)
    {
        if (row.End(by, clock.GetUtcNow())) db.Acts.Add(new ActRow { Mandate = row.Id, At = row.EndedAt!.Value, Staff = staff, What = "ended", About = by });
    }

    /// <summary>Whether this account has said too many wrong words; they are forgotten after an hour.</summary>
    internal async Task<bool> TooManyAsync(string staff, CancellationToken ct)
    {
        var since = clock.GetUtcNow() - TimeSpan.FromHours(1);
        return await db.WrongWords.AnyAsync(w => w.Staff == staff && w.Since > since && w.Count >= MostWrong, ct);
    }

    /// <summary>Counts a wrong try.</summary>
    internal async Task CountWrongNowAsync(string staff, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(MakeMandate.Turn, ct);
        await CountWrongAsync(staff, ct);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
    }

    /// <summary>Counts a wrong try, in the caller's transaction.</summary>
    internal async Task CountWrongAsync(string staff, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var wrong = await db.WrongWords.SingleOrDefaultAsync(w => w.Staff == staff, ct);
        if (wrong is null) db.WrongWords.Add(new WrongWordsRow { Staff = staff, Since = now, Count = 1 });
        else (wrong.Since, wrong.Count) = wrong.Since > now - TimeSpan.FromHours(1) ? (wrong.Since, wrong.Count + 1) : (now, 1);
    }

    private async Task EraseAsync(MandateRow row, CancellationToken ct)
    {
        if (await db.Vaults.SingleOrDefaultAsync(v => v.Id == row.Vault, ct) is not { } vault) return;
        if (row.AtEnd == AtEnd.Erase) db.Vaults.Remove(vault);
        else vault.KeptUntil = clock.GetUtcNow() + SealedFor;
    }
}
