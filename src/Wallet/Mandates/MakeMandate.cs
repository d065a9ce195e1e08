using System.Security.Cryptography;
using Identity.Hosting;
using Identity.Wallet.Data;
using Identity.Wallet.Desk;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Mandates;

/// <summary>Who acts: a member of staff of one desk, in one session.</summary>
/// <param name="Desk">Slug.</param>
/// <param name="Staff">Name of the account.</param>
/// <param name="Session">Of the sign-in.</param>
public sealed record Seat(string Desk, string Staff, string Session);

/// <summary>What a mandate is to be.</summary>
public sealed record Wanted(string Language, MandateScope Scope, int Minutes, bool WithCard, AtEnd AtEnd);

/// <summary>Makes a mandate with the person: written down, read aloud, agreed to.</summary>
internal sealed class MakeMandate(WalletDb db, PersonsKeys keys, Sittings sittings, EndMandates ending, TimeProvider clock)
{
    /// <summary>Everything that changes mandates takes its turn: a desk has few, and none is changed by two.</summary>
    internal const string Turn = "mandates";

    private const string Letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";

    /// <summary>Writes it down; null where it is none that can be made.</summary>
    public async Task<MandateRow?> ProposeAsync(Seat seat, Wanted wanted, CancellationToken ct)
    {
        var longest = wanted.WithCard ? MandateRow.Longest : MandateRow.LongestWithoutCard;
        if (wanted.Scope == MandateScope.None || (wanted.Scope & ~(MandateScope.Receive | MandateScope.Show | MandateScope.Print | MandateScope.Recover)) != 0) return null;
        if (wanted.Minutes < 1 || wanted.Minutes > longest.TotalMinutes || !DeskView.TheirLanguages.Contains(wanted.Language)) return null;
        // Without a card nothing could open what stays.
        if (wanted.AtEnd == AtEnd.Seal && !wanted.WithCard) return null;
        var row = new MandateRow
        {
            Id = RandomNumberGenerator.GetString(Letters, 8), Desk = seat.Desk, Language = wanted.Language, Scope = wanted.Scope, Minutes = wanted.Minutes,
            WithCard = wanted.WithCard, AtEnd = wanted.AtEnd, MadeAt = clock.GetUtcNow(),
        };
        db.Mandates.Add(row);
        await db.SaveChangesAsync(ct);
        return row;
    }

    /// <summary>The desk's mandate that waits for a yes, or that somebody sits with here; null for any other.</summary>
    public async Task<MandateRow?> FindAsync(Seat seat, string id, CancellationToken ct) =>
        await db.Mandates.AsNoTracking().SingleOrDefaultAsync(m => m.Id == id && m.Desk == seat.Desk && m.State == MandateState.Proposed, ct);

    /// <summary>The person said no: nothing of it stays.</summary>
    public Task DeclineAsync(Seat seat, string id, CancellationToken ct) =>
        db.Mandates.Where(m => m.Id == id && m.Desk == seat.Desk && m.State == MandateState.Proposed).ExecuteDeleteAsync(ct);

    /// <summary>The person agrees, and sits down. Sent twice, it counts once.</summary>
    /// <returns>Null, or why not: <c>pin_form</c>, <c>pin_twice</c>, <c>card_unknown</c>, <c>too_late</c>.</returns>
    public async Task<string?> AgreeAsync(Seat seat, string id, string? pin, string? again, string? card, CancellationToken ct)
    {
        if (sittings.Find(seat.Session, id) is not null) return null;
        if (await FindAsync(seat, id, ct) is not { } proposed) return "too_late";
        var (slip, key, salt) = (new Slip(await FreeWordsAsync(ct), null), (PersonsKey?)null, RandomNumberGenerator.GetBytes(16));
        if (proposed.WithCard)
        {
            if (string.IsNullOrWhiteSpace(card)) slip = slip with { Card = card = PersonsKeys.NewCard() };
            if (!keys.TryCard(card, out key)) return "card_unknown";
        }
        else
        {
            if (!PersonsKeys.TryPin(pin, out var digits)) return "pin_form";
            if (!PersonsKeys.TryPin(again, out var repeated) || repeated != digits) return "pin_twice";
            key = keys.OfPin(slip.Words, digits, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), salt);
        }
        var refusal = await KeepAsync(seat, id, slip.Words, key, salt, ct);
        if (refusal is null) sittings.Open(seat.Session, id, key, proposed.WithCard ? null : slip.Words).Slip = slip;
        return refusal is not null && sittings.Find(seat.Session, id) is not null ? null : refusal;
    }

    // A unique index is the judge; two who draw the same words in the same instant are no case to write code for.
    private async Task<MandateWords> FreeWordsAsync(CancellationToken ct)
    {
        for (; ; )
        {
            var words = MandateWords.New();
            var hash = keys.HashOf(words);
            if (!await db.Mandates.AnyAsync(m => m.WordsHash == hash, ct)) return words;
        }
    }

    private async Task<string?> KeepAsync(Seat seat, string id, MandateWords words, PersonsKey key, byte[] salt, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(Turn, ct);
        var now = clock.GetUtcNow();
        var row = await db.Mandates.SingleOrDefaultAsync(m => m.Id == id && m.Desk == seat.Desk, ct);
        var hash = keys.HashOf(words);
        if (row is null || !row.Agree(key.Vault, hash, now)) return "too_late";
        var vault = await db.Vaults.SingleOrDefaultAsync(v => v.Id == key.Vault, ct);
        if (vault is null) db.Vaults.Add(vault = new VaultRow { Id = key.Vault, Salt = salt, Content = Vault.Empty.Seal(key), KeptUntil = row.Until!.Value });
        else if (!Vault.TryOpen(vault.Content, key, out _)) return "card_unknown";
        // One card, one mandate: a new one takes the place of the one before, and keeps what is kept.
        foreach (var before in await db.Mandates.Where(m => m.Vault == key.Vault && m.State == MandateState.Live && m.Id != id).ToListAsync(ct)) ending.End(before, "card", seat.Staff);
        db.Acts.Add(new ActRow { Mandate = id, At = now, Staff = seat.Staff, What = "agreed", About = "" });
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return null;
    }
}
