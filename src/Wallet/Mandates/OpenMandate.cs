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
        var (row, key, words) = string.IsNullOrWhiteSpace(card) ? await ByWordsAsync(seat, first, second, language, pin, ct) : await ByCardAsync(seat, card, ct);
        if (!await TryAsync(seat, row?.Id, key, "opened", ct)) return null;
        sittings.Open(seat.Session, row!.Id, key!, words);
        return row.Id;
    }

    /// <summary>Whether the person is still there: types the PIN, or gives the card, once more. Wrong ones count like those that open; why it is false is not told.</summary>
    public async Task<bool> IsThereAsync(Seat seat, Sitting sitting, string? pin, string? card, CancellationToken ct)
    {
        if (await ending.TooManyAsync(seat.Staff, ct)) return false;
        PersonsKey? key;
        if (sitting.Words is { } words)
        {
            PersonsKeys.TryPin(pin, out var digits);
            var salt = await db.Vaults.Where(v => v.Id == sitting.Key.Vault).Select(v => v.Salt).SingleOrDefaultAsync(ct);
            key = keys.OfPin(words, digits, sitting.Key.Vault, salt ?? RandomNumberGenerator.GetBytes(16));
        }
        else
        {
            keys.TryCard(card, out key);
        }
        // Another person's card opens another vault.
        return await TryAsync(seat, sitting.Mandate, key?.Vault == sitting.Key.Vault ? key : null, null, ct);
    }

    private async Task<(MandateRow?, PersonsKey, MandateWords)> ByWordsAsync(Seat seat, string? first, string? second, string language, string? pin, CancellationToken ct)
    {
        MandateRow? row = null;
        if (MandateWords.TryRead(first, second, language, out var words))
        {
            var hash = keys.HashOf(words);
            row = await db.Mandates.AsNoTracking().SingleOrDefaultAsync(m => m.WordsHash == hash && m.Desk == seat.Desk && !m.WithCard, ct);
        }
        var salt = row is null ? null : await db.Vaults.Where(v => v.Id == row.Vault).Select(v => v.Salt).SingleOrDefaultAsync(ct);
        PersonsKeys.TryPin(pin, out var digits);
        return (row, keys.OfPin(words, digits, row?.Vault ?? "", salt ?? RandomNumberGenerator.GetBytes(16)), words);
    }

    private async Task<(MandateRow?, PersonsKey?, MandateWords?)> ByCardAsync(Seat seat, string card, CancellationToken ct) => keys.TryCard(card, out var key)
        ? (await db.Mandates.AsNoTracking().SingleOrDefaultAsync(m => m.Vault == key.Vault && m.Desk == seat.Desk && m.State == MandateState.Live, ct), key, null)
        : (null, null, null);

    /// <summary>Tries a key, counts the try, and writes <paramref name="what"/> into the log where it was right.</summary>
    private async Task<bool> TryAsync(Seat seat, string? id, PersonsKey? key, string? what, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(MakeMandate.Turn, ct);
        var now = clock.GetUtcNow();
        var row = id is null ? null : await db.Mandates.SingleOrDefaultAsync(m => m.Id == id, ct);
        var open = row is not null && row.IsLive(now) && !(row.ClosedUntil > now);
        var right = open && key is not null && await db.Vaults.AsNoTracking().SingleOrDefaultAsync(v => v.Id == row!.Vault, ct) is { } vault && Vault.TryOpen(vault.Content, key, out _);
        if (open) row!.Tried(right, now);
        if (right && what is not null) db.Acts.Add(new ActRow { Mandate = id!, At = now, Staff = seat.Staff, What = what, About = "" });
        if (!right) await ending.CountWrongAsync(seat.Staff, ct);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return right;
    }
}
