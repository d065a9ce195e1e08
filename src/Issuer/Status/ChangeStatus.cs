using Identity.Credentials.StatusList;
using Identity.Hosting;
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

    /// <summary>A reason is needed: 3 to 500 characters.</summary>
    public sealed record ReasonMissing : StatusChange;

    /// <summary>Not possible from the present state; <paramref name="Reason"/> is a sentence.</summary>
    public sealed record Refused(string Reason) : StatusChange;
}

/// <summary>Revokes, suspends and reinstates. One step covers every copy of the credential, collected or still to come.</summary>
/// <remarks>Two changes at once: one wins, the other throws <see cref="DbUpdateConcurrencyException"/>.</remarks>
public sealed class ChangeStatus(IssuerDb db, PublishStatus publisher, TimeProvider clock)
{
    /// <summary>Ends a credential for ever, its open offers with it.</summary>
    public Task<StatusChange> RevokeAsync(Organisation organisation, string credentialId, string? reason, Actor actor, CancellationToken ct) =>
        WithReasonAsync(reason, text => RunAsync(organisation, credentialId, c => c.Revoke(text, clock.GetUtcNow()), "revoked", text, StatusValue.Invalid, actor, ct));

    /// <summary>Takes a credential out of force for a time.</summary>
    public Task<StatusChange> SuspendAsync(Organisation organisation, string credentialId, string? reason, Actor actor, CancellationToken ct) =>
        WithReasonAsync(reason, text => RunAsync(organisation, credentialId, c => c.Suspend(text, clock.GetUtcNow()), "suspended", text, StatusValue.Suspended, actor, ct));

    /// <summary>Puts a suspended credential back in force.</summary>
    public Task<StatusChange> ReinstateAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct) =>
        RunAsync(organisation, credentialId, c => c.Reinstate(clock.GetUtcNow()), "reinstated", null, StatusValue.Valid, actor, ct);

    private static async Task<StatusChange> WithReasonAsync(string? reason, Func<string, Task<StatusChange>> run) =>
        reason?.Trim() is { Length: >= 3 and <= 500 } text && !text.Any(char.IsControl) ? await run(text) : new StatusChange.ReasonMissing();

    private async Task<StatusChange> RunAsync(
        Organisation organisation, string credentialId, Func<CredentialRecord, Step> step, string act, string? reason, StatusValue value, Actor actor, CancellationToken ct)
    {
        List<int> lists;
        CredentialRecord? credential;
        await using (var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct))
        {
            credential = await db.Credentials.SingleOrDefaultAsync(c => c.Id == credentialId && c.Organisation == organisation.Slug, ct);
            if (credential is null) return new StatusChange.NotFound();
            if (step(credential) is Step.Refused refused) return new StatusChange.Refused(refused.Reason);

            var entries = await db.StatusEntries.Where(e => e.CredentialId == credentialId).ToListAsync(ct);
            foreach (var entry in entries) entry.Value = (int)value;
            lists = [.. entries.Select(e => e.List).Distinct()];
            if (value is StatusValue.Invalid)
                foreach (var offer in await db.Offers.Where(o => o.CredentialId == credentialId && o.State == OfferState.Open).ToListAsync(ct)) offer.Kill();
            db.Events.Add(new CredentialEvent { CredentialId = credentialId, At = clock.GetUtcNow(), Actor = actor.ToString(), Act = act, Reason = reason });
            await db.SaveChangesAsync(ct);
            await db.StatusLists.Where(l => l.Organisation == organisation.Slug && lists.Contains(l.Number))
                .ExecuteUpdateAsync(l => l.SetProperty(x => x.Revision, x => x.Revision + 1), ct);
            await transaction.CommitAsync(ct);
        }
        // A crash here leaves the list older than the records by one revision: the next reader of the list publishes it.
        foreach (var list in lists) await publisher.CurrentAsync(organisation, list, ct);
        return new StatusChange.Changed(credential);
    }
}
