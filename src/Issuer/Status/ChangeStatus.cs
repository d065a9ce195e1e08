using Identity.Credentials.StatusList;
using Identity.Hosting;
using Identity.Credentials.Types;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Status;

/// <summary>The outcome of a change of status.</summary>
public abstract record StatusChange
{
    private StatusChange() { }

    /// <summary>All copies have the new status, and the list that says so is published.</summary>
    public sealed record Changed(CredentialRecord Credential) : StatusChange;

    /// <summary>The organisation has no such credential.</summary>
    public sealed record NotFound : StatusChange;

    /// <summary>A second person must agree first; nothing has changed yet.</summary>
    public sealed record Asked(CredentialRecord Credential) : StatusChange;

    /// <summary>A reason is needed: a code of <paramref name="Codes"/>, and with <c>other</c> a sentence of 3 to 500 characters.</summary>
    public sealed record ReasonMissing(IReadOnlyList<string> Codes) : StatusChange;

    /// <summary>Not possible from the present state; <paramref name="Reason"/> is a sentence.</summary>
    public sealed record Refused(string Reason) : StatusChange;
}

/// <summary>Revokes, suspends and reinstates. One step covers every copy of the credential in every format, collected or still to come.</summary>
/// <remarks>Two changes at once: one wins, the other throws <see cref="DbUpdateConcurrencyException"/>.</remarks>
public sealed class ChangeStatus(IssuerDb db, PublishStatus publisher, TimeProvider clock)
{
    /// <summary>
    /// Ends a credential for ever, its open offers with it. One that is corrected by addition ends only on the grounds of
    /// <see cref="Reasons.AgainstReference"/>, and only when a second person agrees: then this only asks.
    /// </summary>
    /// <param name="organisation">Whose credential.</param>
    /// <param name="credentialId">Which.</param>
    /// <param name="code">One of <see cref="Reasons.Revocation"/>; null means <c>other</c>.</param>
    /// <param name="reason">A sentence that the holder reads; needed with <c>other</c>.</param>
    /// <param name="actor">Who.</param>
    /// <param name="ct">Ends the work.</param>
    public Task<StatusChange> RevokeAsync(Organisation organisation, string credentialId, string? code, string? reason, Actor actor, CancellationToken ct) =>
        EndAsync(organisation, credentialId, code, reason, actor, (Reasons.Revocation, Reasons.AgainstReference), (c, why, said) => c.Revoke(why, said, clock.GetUtcNow()), "revoked", StatusValue.Invalid, ct);

    /// <summary>
    /// Takes a credential out of force for a time; codes are those of <see cref="Reasons.Suspension"/>. For one that is corrected by addition, which a
    /// suspension without end would take away as well, this only asks, on the grounds of <see cref="Reasons.HoldingReference"/>.
    /// </summary>
    public Task<StatusChange> SuspendAsync(Organisation organisation, string credentialId, string? code, string? reason, Actor actor, CancellationToken ct) =>
        EndAsync(organisation, credentialId, code, reason, actor, (Reasons.Suspension, Reasons.HoldingReference), (c, why, said) => c.Suspend(why, said, clock.GetUtcNow()), "suspended", StatusValue.Suspended, ct);

    /// <summary>Puts a suspended credential back in force; no second person is asked, whatever its type.</summary>
    public Task<StatusChange> ReinstateAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct) =>
        RunAsync(organisation, credentialId, c => c.Reinstate(clock.GetUtcNow()), "reinstated", null, StatusValue.Valid, actor, ct);

    /// <summary>A second person agrees to a revocation or suspension (<see cref="CredentialRecord.Awaits"/>) that was asked for.</summary>
    internal Task<StatusChange> AgreeAsync(Organisation organisation, string credentialId, string asked, Actor actor, CancellationToken ct)
    {
        var (act, value) = asked == "suspension" ? ("suspended", StatusValue.Suspended) : ("revoked", StatusValue.Invalid);
        // Meanwhile another may have decided, and a third asked for something else: what is agreed to is what was seen.
        return RunAsync(organisation, credentialId, c => c.Awaits == asked ? c.AgreeEnd(actor, clock.GetUtcNow()) : new Step.Refused($"Nobody asks for a {asked} any more."), act, null, value, actor, ct);
    }

    /// <summary>Adds the end of every copy and open offer to the unit of work; the caller saves in one transaction with the step, then calls <see cref="PublishAsync"/>.</summary>
    internal async Task<IReadOnlyList<int>> ApplyAsync(Organisation organisation, string credentialId, StatusValue value, CancellationToken ct)
    {
        // What has ended for itself, a paper that a newer one took the place of or the copies on a lost phone, stays ended: the end of one is for ever too.
        var entries = await db.StatusEntries.Where(e => e.Organisation == organisation.Slug && e.CredentialId == credentialId && e.Value != (int)StatusValue.Invalid).ToListAsync(ct);
        foreach (var entry in entries) entry.Value = (int)value;
        if (value is StatusValue.Invalid) await db.EndOpenOffersAsync(credentialId, ct);
        return [.. entries.Select(e => e.List).Distinct()];
    }

    /// <summary>Within the transaction, after saving: the lists are out of date from here on.</summary>
    /// <exception cref="DbUpdateConcurrencyException">The organisation began to close meanwhile: its lists do not change any more.</exception>
    internal async Task MarkAsync(Organisation organisation, IReadOnlyList<int> lists, CancellationToken ct)
    {
        if (await db.IsClosingAsync(organisation.Slug, ct)) throw new DbUpdateConcurrencyException("The organisation is closing.");
        await db.StatusLists.Where(l => l.Organisation == organisation.Slug && lists.Contains(l.Number)).ExecuteUpdateAsync(l => l.SetProperty(x => x.Revision, x => x.Revision + 1), ct);
    }

    /// <summary>After the transaction. A crash before leaves the lists older than the records by one revision: the next reader of a list publishes it.</summary>
    internal async Task PublishAsync(Organisation organisation, IReadOnlyList<int> lists, CancellationToken ct)
    {
        foreach (var list in lists) await publisher.CurrentAsync(organisation, list, ct);
    }

    // A sentence alone is a reason of its own; a code other than “other” needs none.
    private static bool IsReason(IReadOnlyList<string> codes, ref string? code, ref string? reason)
    {
        code ??= Reasons.Other;
        var given = !string.IsNullOrWhiteSpace(reason);
        reason = Reasons.Sentence(reason);
        return codes.Contains(code) && (reason is not null || (!given && code != Reasons.Other));
    }

    // Where one person alone may not, this asks on the grounds that count then.
    private async Task<StatusChange> EndAsync(
        Organisation organisation, string credentialId, string? code, string? reason, Actor actor, (IReadOnlyList<string> Alone, IReadOnlyList<string> Guarded) grounds,
        Func<CredentialRecord, string, string?, Step> step, string act, StatusValue value, CancellationToken ct)
    {
        var guarded = await IsGuardedAsync(organisation, credentialId, ct);
        var codes = guarded ? grounds.Guarded : grounds.Alone;
        if (!IsReason(codes, ref code, ref reason)) return new StatusChange.ReasonMissing(codes);
        return guarded
            ? await AskAsync(organisation, credentialId, code!, reason, actor, ct)
            : await RunAsync(organisation, credentialId, c => step(c, code!, reason), act, reason, value, actor, ct);
    }

    // A credential that somebody holds and that is corrected by addition: one person alone takes it out of force in no way.
    private async Task<bool> IsGuardedAsync(Organisation organisation, string credentialId, CancellationToken ct) =>
        await db.Credentials.AsNoTracking().Where(c => c.Id == credentialId && c.Organisation == organisation.Slug).Select(c => new { c.Type, c.CollectedAt }).SingleOrDefaultAsync(ct)
            is { CollectedAt: not null } found && TypeDefinition.Find(found.Type)?.Correction is CorrectionKind.Addition;

    private async Task<StatusChange> AskAsync(Organisation organisation, string credentialId, string code, string? reason, Actor actor, CancellationToken ct)
    {
        var credential = await db.Credentials.SingleOrDefaultAsync(c => c.Id == credentialId && c.Organisation == organisation.Slug, ct);
        if (credential is null) return new StatusChange.NotFound();
        if (credential.AskEnd(code, reason, actor) is Step.Refused refused) return new StatusChange.Refused(refused.Reason);
        var asked = $"{credential.Awaits}_asked";
        db.Record(organisation.Slug, credentialId, actor, asked, clock.GetUtcNow(), reason);
        await db.SaveChangesAsync(ct);
        return new StatusChange.Asked(credential);
    }

    private async Task<StatusChange> RunAsync(
        Organisation organisation, string credentialId, Func<CredentialRecord, Step> step, string act, string? reason, StatusValue value, Actor actor, CancellationToken ct)
    {
        IReadOnlyList<int> lists;
        CredentialRecord? credential;
        await using (var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct))
        {
            credential = await db.Credentials.SingleOrDefaultAsync(c => c.Id == credentialId && c.Organisation == organisation.Slug, ct);
            if (credential is null) return new StatusChange.NotFound();
            if (step(credential) is Step.Refused refused) return new StatusChange.Refused(refused.Reason);

            lists = await ApplyAsync(organisation, credentialId, value, ct);
            db.Record(organisation.Slug, credentialId, actor, act, clock.GetUtcNow(), reason);
            await db.SaveChangesAsync(ct);
            await MarkAsync(organisation, lists, ct);
            await transaction.CommitAsync(ct);
        }
        await PublishAsync(organisation, lists, ct);
        return new StatusChange.Changed(credential);
    }
}
