using System.Security.Cryptography;
using Identity.Hosting;
using Identity.Wallet.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Mandates;

/// <summary>The person comes back within the time of the mandate and opens what is kept: by the two words and the PIN, or by the card.</summary>
internal sealed class OpenMandate(WalletDb db, PersonsKeys keys, Sittings sittings, EndMandates ending, TimeProvider clock)
{
    /// <returns>Id of the mandate; null where nothing opened. Why is not told: a wrong word, a wrong PIN, another desk's and one that is over look alike and cost the same work.</returns>
    public async Task<string?> RunAsync(Seat seat, string? first, string? second, string language, string? pin, string? card, CancellationToken ct)
    {
        if (await ending.TooManyAsync(seat.Staff, ct)) return null;
        var (row, key) = string.IsNullOrWhiteSpace(card) ? await ByWordsAsync(seat, first, second, language, pin, ct) : await ByCardAsync(seat, card, ct);
        return await OpenAsync(seat, row?.Id, key, ct);
    }

    private async Task<(MandateRow?, PersonsKey)> ByWordsAsync(Seat seat, string? first, string? second, string language, string? pin, CancellationToken ct)
    {
        MandateRow? row = null;
        if (MandateWords.TryRead(first, second, language, out var words))
        {
            var hash = keys.HashOf(words);
            row = await db.Mandates.AsNoTracking().SingleOrDefaultAsync(m => m.WordsHash == hash && m.Desk == seat.Desk && !m.WithCard, ct);
        }
        var salt = row is null ? null : await db.Vaults.Where(v => v.Id == row.Vault).Select(v => v.Salt).SingleOrDefaultAsync(ct);
        PersonsKeys.TryPin(pin, out var digits);
        return (row, keys.OfPin(words, digits, row?.Vault ?? "", salt ?? RandomNumberGenerator.GetBytes(16)));
    }

    private async Task<(MandateRow?, PersonsKey?)> ByCardAsync(Seat seat, string card, CancellationToken ct) => keys.TryCard(card, out var key)
        ? (await db.Mandates.AsNoTracking().SingleOrDefaultAsync(m => m.Vault == key.Vault && m.Desk == seat.Desk && m.State == MandateState.Live, ct), key)
        : (null, null);

    private async Task<string?> OpenAsync(Seat seat, string? id, PersonsKey? key, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(MakeMandate.Turn, ct);
        var now = clock.GetUtcNow();
        var row = id is null ? null : await db.Mandates.SingleOrDefaultAsync(m => m.Id == id, ct);
        var open = row is not null && row.IsLive(now) && !(row.ClosedUntil > now);
        var right = open && await db.Vaults.AsNoTracking().SingleOrDefaultAsync(v => v.Id == row!.Vault, ct) is { } vault && Vault.TryOpen(vault.Content, key!, out _);
        if (open) row!.Tried(right, now);
        if (right) db.Acts.Add(new ActRow { Mandate = id!, At = now, Staff = seat.Staff, What = "opened", About = "" });
        else await ending.CountWrongAsync(seat.Staff, ct);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        if (!right) return null;
        sittings.Open(seat.Session, id!, key!);
        return id;
    }
}
