using Identity.Credentials.Accreditation;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Accreditations;

/// <summary>What an organisation is to be entitled to.</summary>
/// <param name="Holder">Its id, 64 hexadecimal digits.</param>
/// <param name="Under">The number of the accreditation of one's own under which this stands.</param>
/// <param name="Right">What it lets its holder do.</param>
/// <param name="Scope">For what.</param>
/// <param name="From">From when; null for now.</param>
/// <param name="Until">The first moment it no longer holds; null for no end of its own.</param>
public sealed record Wish(string? Holder, ulong Under, AccreditationRight Right, Scope Scope, DateTimeOffset? From, DateTimeOffset? Until);

/// <summary>The outcome of asking for a grant or a withdrawal.</summary>
public abstract record AccreditationAsked
{
    private AccreditationAsked() { }

    /// <summary>Stored, or for a trial found right; the worker does the rest.</summary>
    public sealed record Begun(AccreditationAct Act) : AccreditationAsked;

    /// <summary>Nothing was stored. <paramref name="Field"/> is one of holder, under, right, scope, from, until, at, reason.</summary>
    public sealed record Refused(string Field, string Reason) : AccreditationAsked;

    /// <summary>The organisation granted no accreditation of this number.</summary>
    public sealed record NotFound : AccreditationAsked;

    /// <summary>The ledger cannot be read now.</summary>
    public sealed record NoLedger : AccreditationAsked;
}

/// <summary>Asks that the organisation entitle another, or take that back. Everything after that is the work of <see cref="WriteAccreditations"/>.</summary>
public sealed class AskAccreditation(IssuerDb db, ChainRecord record, TimeProvider clock)
{
    /// <summary>Entitles. With <paramref name="trial"/> everything is looked at and nothing is stored.</summary>
    public async Task<AccreditationAsked> GrantAsync(Organisation organisation, Wish wish, Actor actor, bool trial, CancellationToken ct)
    {
        if (await record.TryReadAsync(ct) is not { } events) return new AccreditationAsked.NoLedger();
        var (tree, now, own) = (new ChainTree(events), Seconds(clock.GetUtcNow()), organisation.Profile.Id());
        if (tree.Find(wish.Under) is not { } above || !above.Holder.AsSpan().SequenceEqual(own) || !above.Right.HasFlag(AccreditationRight.Accredit) || !tree.InForce(wish.Under, now))
            return new AccreditationAsked.Refused("under", "Name an accreditation of your own that is in force and lets you entitle others.");
        if (wish.Holder is not { Length: 64 } || !wish.Holder.All(char.IsAsciiHexDigit) || tree.Organisations.All(o => Convert.ToHexStringLower(o.Id) != wish.Holder.ToLowerInvariant()))
            return new AccreditationAsked.Refused("holder", "Name an organisation that is registered on the ledger, by its id of 64 hexadecimal digits.");
        if (wish.Right is AccreditationRight.None) return new AccreditationAsked.Refused("right", "Say whether it may issue, accredit others, or both.");
        if (wish.Right.HasFlag(AccreditationRight.Issue) && wish.Scope.Types is null) return new AccreditationAsked.Refused("scope", "Name the types that it may issue.");
        if (wish.Scope.Fault() is { } fault) return new AccreditationAsked.Refused("scope", $"The scope cannot be used: {fault}.");
        var from = wish.From is { } stated ? Seconds(stated) : now;
        if (wish.Until is { } end && (end <= from || end <= now)) return new AccreditationAsked.Refused("until", "The end lies after the beginning, and ahead.");
        if (tree.ChainOf(wish.Under).Min(link => link.Until) is { } last && (wish.Until is null || wish.Until > last)) return new AccreditationAsked.Refused("until", $"Your own accreditation ends at {last:u}: name an end that is no later.");
        if (tree.ChainOf(wish.Under).Count >= AccreditationChain.MaxLinks) return new AccreditationAsked.Refused("under", "A chain has at most eight links.");
        var (holder, scope) = (Convert.FromHexString(wish.Holder), wish.Scope.Canonical());
        // From the look to the save nobody else asks: the same twice would be granted twice.
        await using var turn = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        // The same again gives nobody anything, and the worker knows its own grant by its values.
        if (tree.HeldBy(holder).Any(l => l.Parent == wish.Under && l.Right == wish.Right && l.Text == scope && l.WithdrawnAt is null && (l.Until is null || l.Until > now))
            || await db.AccreditationActs.AnyAsync(a => a.Organisation == organisation.Slug && a.State == AccreditationActState.Waiting && a.Number == (long)wish.Under && a.Holder == holder && a.Right == wish.Right && a.Scope == scope, ct))
            return new AccreditationAsked.Refused("holder", "It has this very accreditation already, or it is on its way.");

        var act = new AccreditationAct
        {
            Id = RecordId.New(now), Organisation = organisation.Slug, Kind = AccreditationActKind.Grant, Number = (long)wish.Under, Holder = holder, Right = wish.Right, Scope = scope, From = from,
            Until = wish.Until is { } until ? Seconds(until) : null, AskedAt = clock.GetUtcNow(), AskedBy = actor.ToString(),
        };
        if (!trial)
        {
            await StoreAsync(act, actor, "accreditation_granted", ct);
            await turn.CommitAsync(ct);
        }
        return new AccreditationAsked.Begun(act);
    }

    /// <summary>Takes back what the organisation granted, from now or a later time on.</summary>
    public async Task<AccreditationAsked> WithdrawAsync(Organisation organisation, ulong number, DateTimeOffset? at, string? reason, Actor actor, CancellationToken ct)
    {
        if (await record.TryReadAsync(ct) is not { } events) return new AccreditationAsked.NoLedger();
        var (tree, now) = (new ChainTree(events), Seconds(clock.GetUtcNow()));
        if (tree.GrantedBy(organisation.Profile.Id()).FirstOrDefault(l => l.Number == number) is not { } link) return new AccreditationAsked.NotFound();
        if (Reasons.Sentence(reason) is not { } sentence) return new AccreditationAsked.Refused("reason", "Give a sentence of 3 to 500 characters.");
        var from = at is { } stated ? Seconds(stated) : now;
        if (from < now) return new AccreditationAsked.Refused("at", "Take it back from now or later: only whoever stands above you may date it back.");
        if (from >= link.Until) return new AccreditationAsked.Refused("at", "The accreditation ends before by itself.");
        if (from >= link.WithdrawnAt) return new AccreditationAsked.Refused("at", "It was taken back before, from no later a time.");
        if (await db.AccreditationActs.AnyAsync(a => a.Organisation == organisation.Slug && a.State == AccreditationActState.Waiting && a.Kind == AccreditationActKind.Withdrawal && a.Number == (long)number, ct))
            return new AccreditationAsked.Refused("at", "A withdrawal of it is on its way.");
        var act = new AccreditationAct
        {
            Id = RecordId.New(now), Organisation = organisation.Slug, Kind = AccreditationActKind.Withdrawal, Number = (long)number, From = from, Reason = sentence, AskedAt = clock.GetUtcNow(), AskedBy = actor.ToString(),
        };
        await StoreAsync(act, actor, "accreditation_withdrawn", ct);
        return new AccreditationAsked.Begun(act);
    }

    /// <summary>What the organisation asked for, newest first, at most two hundred.</summary>
    public async Task<IReadOnlyList<AccreditationAct>> ListAsync(Organisation organisation, CancellationToken ct) =>
        await db.AccreditationActs.AsNoTracking().Where(a => a.Organisation == organisation.Slug).OrderByDescending(a => a.Id).Take(200).ToListAsync(ct);

    private async Task StoreAsync(AccreditationAct act, Actor actor, string what, CancellationToken ct)
    {
        db.AccreditationActs.Add(act);
        db.Log(act.Organisation, null, actor, what, act.AskedAt);
        await db.SaveChangesAsync(ct);
    }

    private static DateTimeOffset Seconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
