using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Recovery;

/// <summary>
/// Lets a held record move to the phone that it is held from, although the document at the desk had another name. Of a type that two people give, or that two people take away, this
/// asks a second person first: moving a record ends every copy that its holder has.
/// </summary>
public sealed class LetRecordGo(IssuerDb db, TimeProvider clock)
{
    private static readonly Step.Refused Elsewhere = new("The record is not held from this phone, or no longer.");

    /// <summary>A clerk has looked at the person's papers.</summary>
    /// <param name="organisation">Whose record.</param>
    /// <param name="credentialId">The record.</param>
    /// <param name="phone">The key that the clerk saw: what another phone asks for meanwhile is not let go with it.</param>
    /// <param name="actor">The clerk.</param>
    /// <param name="ct">Ends the work.</param>
    public Task<Step> RunAsync(Organisation organisation, string credentialId, string phone, Actor actor, CancellationToken ct) => RunAsync(organisation, credentialId, (credential, anchor) =>
    {
        if (!anchor.IsHeldFrom(phone)) return (Elsewhere, "");
        if (TypeDefinition.Find(credential.Type) is { IsOfTwoPeople: true }) return (credential.AskRecovery(phone, actor), "recovery_asked");
        anchor.Release(phone);
        return (new Step.Taken(), "recovery_let_go");
    }, actor, ct);

    /// <summary>A second person agrees, to the phone that was asked for and to no other.</summary>
    internal Task<Step> AgreeAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct) => RunAsync(organisation, credentialId, (credential, anchor) =>
    {
        var phone = credential.AskedReason;
        if (phone is null || !anchor.IsHeldFrom(phone)) return (Elsewhere, "");
        if (credential.AgreeRecovery(actor) is Step.Refused refused) return (refused, "");
        anchor.Release(phone);
        return (new Step.Taken(), "recovery_let_go");
    }, actor, ct);

    private async Task<Step> RunAsync(Organisation organisation, string credentialId, Func<CredentialRecord, RecoveryAnchor, (Step Step, string Act)> change, Actor actor, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await db.Credentials.SingleOrDefaultAsync(c => c.Id == credentialId && c.Organisation == organisation.Slug, ct) is not { } credential
            || await db.RecoveryAnchors.SingleOrDefaultAsync(a => a.CredentialId == credentialId, ct) is not { } anchor) return Elsewhere;
        var (step, act) = change(credential, anchor);
        if (step is Step.Refused) return step;
        db.Record(organisation.Slug, credentialId, actor, act, clock.GetUtcNow(), anchor.HeldAfter);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return step;
    }
}
