using Identity.Credentials.Accreditation;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Closing;

/// <summary>The outcome of an act on a closing.</summary>
public abstract record ClosingAct
{
    private ClosingAct() { }

    /// <summary>Done; of an agreement, the worker does the rest.</summary>
    public sealed record Done(OrganisationClosing Closing) : ClosingAct;

    /// <summary>What was sent cannot be used. <paramref name="Field"/> is one of depositary, notice, contact.</summary>
    public sealed record Invalid(string Field, string Reason) : ClosingAct;

    /// <summary>Not possible from the present state; <paramref name="Why"/> is a word of <c>closing.error.WORD</c>.</summary>
    public sealed record Refused(string Why, string Reason) : ClosingAct;

    /// <summary>The ledger cannot be read now.</summary>
    public sealed record NoLedger : ClosingAct;
}

/// <summary>Asks that an organisation be closed, and decides that, each by another person. From the agreement on nothing is issued; everything else is the work of <see cref="CloseOrganisation"/>.</summary>
public sealed class AskClosing(IssuerDb db, ChainRecord record, TimeProvider clock)
{
    /// <summary>The organisation's closing, or null where nobody ever asked.</summary>
    public Task<OrganisationClosing?> FindAsync(Organisation organisation, CancellationToken ct) =>
        db.Closings.AsNoTracking().SingleOrDefaultAsync(c => c.Organisation == organisation.Slug, ct);

    /// <summary>Asks a second person.</summary>
    /// <param name="organisation">What is to end.</param>
    /// <param name="depositary">Id of the organisation that shall take over, 64 hexadecimal digits; null or empty for nobody yet.</param>
    /// <param name="notice">A sentence for everybody, 3 to 500 characters, in English.</param>
    /// <param name="contact">Where people turn to afterwards, at most 200 characters.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<ClosingAct> AskAsync(Organisation organisation, string? depositary, string? notice, string? contact, Actor actor, CancellationToken ct)
    {
        if (Reasons.Sentence(notice) is not { } sentence) return new ClosingAct.Invalid("notice", "Give a sentence of 3 to 500 characters for everybody.");
        var turn = contact?.Trim() is { Length: > 0 } given ? given : null;
        if (turn is not null && (turn.Length > 200 || turn.Any(char.IsControl))) return new ClosingAct.Invalid("contact", "Give at most 200 characters in one line.");
        byte[]? id = null;
        if (!string.IsNullOrWhiteSpace(depositary))
        {
            if (await record.TryReadAsync(ct) is not { } events) return new ClosingAct.NoLedger();
            id = new ChainTree(events).Organisations.Where(o => o.Roles.HasFlag(OrganisationRoles.Depositary)).Select(o => o.Id)
                .FirstOrDefault(o => Convert.ToHexStringLower(o) == depositary.Trim().ToLowerInvariant() && !o.AsSpan().SequenceEqual(organisation.Profile.Id()));
            if (id is null) return new ClosingAct.Invalid("depositary", "Name another organisation that is registered as a depositary, by its id of 64 hexadecimal digits, or nobody.");
        }
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        var closing = await db.Closings.SingleOrDefaultAsync(c => c.Organisation == organisation.Slug, ct);
        if (closing?.IsClosing == true) return new ClosingAct.Refused("begun", "The organisation is being closed already, or is closed.");
        if (!await FitsAsync(organisation, sentence, turn, ct)) return Long();
        if (closing is null) db.Closings.Add(closing = new OrganisationClosing { Organisation = organisation.Slug, AskedBy = "", AskedAt = default, Notice = "" });
        (closing.State, closing.AskedBy, closing.AskedAt, closing.Depositary, closing.Notice, closing.Contact, closing.DecidedBy) = (ClosingState.Asked, actor.ToString(), clock.GetUtcNow(), id, sentence, turn, null);
        closing.Version++;
        db.Log(organisation.Slug, null, actor, "closing_asked", clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new ClosingAct.Done(closing);
    }

    /// <summary>A second person agrees, for good: offers end, nothing is issued or changed from here on.</summary>
    /// <param name="organisation">What ends.</param>
    /// <param name="seen">The request that was seen (<see cref="OrganisationClosing.Version"/>): no other is agreed to.</param>
    /// <param name="agree">False to refuse it.</param>
    /// <param name="actor">The second person.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<ClosingAct> DecideAsync(Organisation organisation, int seen, bool agree, Actor actor, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await db.Closings.SingleOrDefaultAsync(c => c.Organisation == organisation.Slug, ct) is not { State: ClosingState.Asked } closing) return new ClosingAct.Refused("nothing", "Nobody asks for a closing.");
        if (closing.Version != seen) return new ClosingAct.Refused("other", "What waits now is not what was seen. Look at it and decide then.");
        if (closing.AskedBy == actor.ToString()) return new ClosingAct.Refused("same", "Another person than the one who asked must decide.");
        if (agree && !await FitsAsync(organisation, closing.Notice, closing.Contact, ct)) return Long();
        var now = clock.GetUtcNow();
        (closing.State, closing.DecidedBy, closing.BegunAt) = (agree ? ClosingState.Begun : ClosingState.Returned, actor.ToString(), agree ? now : null);
        closing.Version++;
        if (agree)
        {
            foreach (var offer in await db.Offers.Where(o => o.State == OfferState.Open).Join(db.Credentials.Where(c => c.Organisation == organisation.Slug), o => o.CredentialId, c => c.Id, (o, c) => o).ToListAsync(ct)) offer.Kill();
        }
        db.Log(organisation.Slug, null, actor, agree ? "closing_agreed" : "closing_refused", now);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new ClosingAct.Done(closing);
    }

    // Nothing goes back once it is agreed: what the ledger would not take is refused before.
    private async Task<bool> FitsAsync(Organisation organisation, string notice, string? contact, CancellationToken ct)
    {
        var lists = await db.StatusLists.Where(l => l.Organisation == organisation.Slug).Select(l => l.Number).ToListAsync(ct);
        return ClosingStatement.Fits(ClosingStatement.Write(organisation.Profile.Id(), [.. lists.Select(number => new FinalList(organisation.StatusListUri(number), new byte[32]))], CloseOrganisation.Notice(notice), contact));
    }

    private static ClosingAct.Refused Long() => new("long", "The closing statement would be longer than the ledger takes: there are too many status lists for a notice of this length.");
}
