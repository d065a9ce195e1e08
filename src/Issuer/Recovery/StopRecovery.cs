using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Recovery;

/// <summary>
/// Stops that a record moves to a new phone, and allows it again. Of a type that two people give, or that two people take away, stopping asks a second person first, with a reason, and leaves the
/// offer that a move has made: whose copies have ended has nothing else.
/// </summary>
public sealed class StopRecovery(IssuerDb db, TimeProvider clock)
{
    private static readonly Step.Refused Nothing = new("There is nothing to stop or to allow.");

    /// <summary>A clerk stops it.</summary>
    /// <param name="organisation">Whose record.</param>
    /// <param name="credentialId">The record.</param>
    /// <param name="reason">A sentence of 3 to 500 characters; needed where a second person is asked (<see cref="TypeDefinition.IsOfTwoPeople"/>).</param>
    /// <param name="actor">The clerk.</param>
    /// <param name="ct">Ends the work.</param>
    public Task<Step> RunAsync(Organisation organisation, string credentialId, string? reason, Actor actor, CancellationToken ct) => RunAsync(organisation, credentialId, true, async (credential, anchor) =>
    {
        if (TypeDefinition.Find(credential.Type) is { IsOfTwoPeople: true })
            return Reasons.Sentence(reason) is { } sentence ? (credential.AskRecoveryStop(sentence, actor), "recovery_stop_asked", sentence) : (new Step.Refused("Give a sentence of 3 to 500 characters."), "", null);
        await db.EndOpenOffersAsync(credentialId, ct);
        Set(anchor, clock.GetUtcNow());
        return (new Step.Taken(), "recovery_stopped", Reasons.Sentence(reason));
    }, actor, ct);

    /// <summary>A second person agrees that it is stopped.</summary>
    internal Task<Step> AgreeAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct) => RunAsync(organisation, credentialId, true, (credential, anchor) =>
    {
        var reason = credential.AskedReason;
        if (credential.AgreeRecoveryStop(actor) is Step.Refused refused) return Task.FromResult<(Step, string, string?)>((refused, "", null));
        Set(anchor, clock.GetUtcNow());
        return Task.FromResult<(Step, string, string?)>((new Step.Taken(), "recovery_stopped", reason));
    }, actor, ct);

    /// <summary>A clerk allows it again.</summary>
    public Task<Step> AllowAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct) => RunAsync(organisation, credentialId, false, (_, anchor) =>
    {
        Set(anchor, null);
        return Task.FromResult<(Step, string, string?)>((new Step.Taken(), "recovery_allowed", null));
    }, actor, ct);

    private static void Set(RecoveryAnchor anchor, DateTimeOffset? stopped) => (anchor.StoppedAt, anchor.Version) = (stopped, anchor.Version + 1);

    private async Task<Step> RunAsync(
        Organisation organisation, string credentialId, bool stop, Func<CredentialRecord, RecoveryAnchor, Task<(Step Step, string Act, string? Reason)>> change, Actor actor, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await db.Credentials.SingleOrDefaultAsync(c => c.Id == credentialId && c.Organisation == organisation.Slug, ct) is not { } credential
            || await db.RecoveryAnchors.SingleOrDefaultAsync(a => a.CredentialId == credentialId, ct) is not { } anchor || anchor.StoppedAt is null != stop) return Nothing;
        var (step, act, reason) = await change(credential, anchor);
        if (step is Step.Refused) return step;
        db.Record(organisation.Slug, credentialId, actor, act, clock.GetUtcNow(), reason);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return step;
    }
}
