using Identity.Credentials.StatusList;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Recovery;
using Identity.Issuer.Status;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Approval;

/// <summary>The outcome of a second person's decision.</summary>
public abstract record Decision
{
    private Decision() { }

    /// <summary>Decided; <paramref name="Offer"/> is the newest offer where the credential was approved by one who also hands over (<see cref="Actor.HandsOver"/>), else null.</summary>
    public sealed record Done(CredentialRecord Credential, OfferView? Offer) : Decision;

    /// <summary>The organisation has no such credential.</summary>
    public sealed record NotFound : Decision;

    /// <summary>Returning needs a sentence of 3 to 500 characters.</summary>
    public sealed record ReasonMissing : Decision;

    /// <summary>Another request waits now than the one that was seen, perhaps of the same kind; nothing was decided. <paramref name="Reason"/> is a sentence.</summary>
    public sealed record OtherAsked(string Reason) : Decision;

    /// <summary>It was not said which request is decided.</summary>
    public sealed record AskedMissing : Decision;

    /// <summary>Not possible from the present state, or not for this person; <paramref name="Reason"/> is a sentence.</summary>
    public sealed record Refused(string Reason) : Decision;
}

/// <summary>
/// The second person's part: approves what was prepared or returns it, agrees to a revocation, a suspension, a paper, another offer or what concerns a new phone that was asked for or refuses it. Never the
/// person who prepared or asked. Of two decisions at once one wins, the other throws <see cref="DbUpdateConcurrencyException"/>.
/// </summary>
public sealed class DecideApproval(IssuerDb db, MakeOffer offers, OfferLinks links, ChangeStatus status, MakePaper paper, LetRecordGo recovery, StopRecovery stop, TimeProvider clock)
{
    /// <summary>Approves: makes the first offer, and ends the credential that this one replaces, in one transaction. Refused where that one was revoked meanwhile: what is approved is a correction, not a way round the revocation.</summary>
    /// <param name="organisation">Whose credential.</param>
    /// <param name="credentialId">Which.</param>
    /// <param name="asked">The request that was seen to wait (<see cref="CredentialRecord.Asked"/>): no other is approved.</param>
    /// <param name="actor">The second person.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Decision> ApproveAsync(Organisation organisation, string credentialId, string? asked, Actor actor, CancellationToken ct)
    {
        if (await FindAsync(organisation, credentialId, ct) is not { } credential) return new Decision.NotFound();
        if (NotSeen(credential, asked) is { } other) return other;
        if (credential.Awaits is "revocation" or "suspension") return await status.AgreeAsync(organisation, credentialId, credential.Awaits, actor, ct) switch
        {
            StatusChange.Changed changed => new Decision.Done(changed.Credential, null),
            StatusChange.Refused refused => new Decision.Refused(refused.Reason),
            _ => new Decision.NotFound(),
        };

        if (credential.Awaits is "paper") return await paper.AgreeAsync(organisation, credentialId, actor, ct) switch
        {
            PaperMade.Made => new Decision.Done(credential, null),
            PaperMade.Refused refused => new Decision.Refused(refused.Reason),
            _ => new Decision.NotFound(),
        };

        if (credential.Awaits is "recovery") return await recovery.AgreeAsync(organisation, credentialId, actor, ct) is Step.Refused held ? new Decision.Refused(held.Reason) : new Decision.Done(credential, null);

        if (credential.Awaits is "recovery_stop") return await stop.AgreeAsync(organisation, credentialId, actor, ct) is Step.Refused on ? new Decision.Refused(on.Reason) : new Decision.Done(credential, null);

        if (credential.Awaits is "offer") return await offers.AgreeAsync(organisation, credentialId, actor, ct) switch
        {
            Offering.Made made => new Decision.Done(credential, actor.HandsOver ? made.Offer : null),
            Offering.Refused refused => new Decision.Refused(refused.Reason),
            _ => new Decision.NotFound(),
        };

        var now = clock.GetUtcNow();
        IReadOnlyList<int> lists = [];
        OfferView? view;
        await using (var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct))
        {
            var replaced = credential.Replaces is { } older ? await FindAsync(organisation, older, ct) : null;
            if (replaced?.State is CredentialState.Revoked)
                return new Decision.Refused("The credential that this one was to take the place of has been revoked meanwhile. Return this one; where the person is still entitled, prepare a new one.");
            if (credential.Approve(actor, now) is Step.Refused refused) return new Decision.Refused(refused.Reason);
            db.Record(organisation.Slug, credentialId, actor, "approved", now);
            if (replaced?.Replace(credential.Id, null, now) is Step.Taken)
            {
                lists = await status.ApplyAsync(organisation, replaced.Id, StatusValue.Invalid, ct);
                db.Record(organisation.Slug, replaced.Id, actor, "replaced", now);
            }
            // An offer that was made meanwhile goes on; the wallet that redeemed it waits for this moment.
            var offer = await db.Offers.Where(o => o.CredentialId == credentialId && o.State != OfferState.Dead).OrderByDescending(o => o.CreatedAt).FirstOrDefaultAsync(ct);
            view = offer is null ? offers.Add(organisation, credential, actor, now) : links.View(organisation, offer, credential.Type, credential.PaperList is not null);
            await db.SaveChangesAsync(ct);
            await status.MarkAsync(organisation, lists, ct);
            await transaction.CommitAsync(ct);
        }
        await status.PublishAsync(organisation, lists, ct);
        return new Decision.Done(credential, actor.HandsOver ? view : null);
    }

    /// <summary>Returns what was prepared, or refuses a revocation, a suspension, a paper, another offer or what concerns a new phone that was asked for, with a sentence for whoever asked; <paramref name="asked"/> as for <see cref="ApproveAsync"/>.</summary>
    public async Task<Decision> ReturnAsync(Organisation organisation, string credentialId, string? asked, string? reason, Actor actor, CancellationToken ct)
    {
        if (await FindAsync(organisation, credentialId, ct) is not { } credential) return new Decision.NotFound();
        if (NotSeen(credential, asked) is { } other) return other;
        if (Reasons.Sentence(reason) is not { } sentence) return new Decision.ReasonMissing();
        var now = clock.GetUtcNow();
        var act = credential.Awaits is { } what and not "issue" ? what + "_refused" : "returned";
        if ((act == "returned" ? credential.Return(actor, sentence, now) : credential.EndAsked(actor)) is Step.Refused refused) return new Decision.Refused(refused.Reason);
        if (act == "returned") await db.EndOpenOffersAsync(credentialId, ct);
        db.Record(organisation.Slug, credentialId, actor, act, now, sentence);
        await db.SaveChangesAsync(ct);
        return new Decision.Done(credential, null);
    }

    // Whoever looked meant what stood there, and it may have been decided and asked for again since, for another reason or another phone.
    private static Decision? NotSeen(CredentialRecord credential, string? asked) =>
        string.IsNullOrEmpty(asked) ? new Decision.AskedMissing()
        : credential.Asked is { } now && now != asked ? new Decision.OtherAsked($"What waits now is not what was seen: it is {now}. Look at it and decide then.")
        : null;

    private Task<CredentialRecord?> FindAsync(Organisation organisation, string id, CancellationToken ct) =>
        db.Credentials.SingleOrDefaultAsync(c => c.Id == id && c.Organisation == organisation.Slug, ct);
}
