using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>The outcome of making or ending a paper.</summary>
public abstract record PaperMade
{
    private PaperMade() { }

    /// <summary>Signed and stored; the paper before it, if any, has ended.</summary>
    public sealed record Made(CredentialCopy Copy) : PaperMade;

    /// <summary>A second person must agree first; nothing was made yet.</summary>
    public sealed record Asked : PaperMade;

    /// <summary>No paper of the credential is in force any more.</summary>
    public sealed record Ended : PaperMade;

    /// <summary>The organisation has no such credential.</summary>
    public sealed record NotFound : PaperMade;

    /// <summary>Not possible: <c>type</c>, <c>guarded</c>, <c>holder_first</c>, <c>none</c>, <c>state</c>, <c>long</c> or <c>key</c>; <paramref name="Reason"/> is a sentence.</summary>
    public sealed record Refused(string Code, string Reason) : PaperMade;
}

/// <summary>
/// Papers of a credential: each has a status index and a log entry of its own, and at most one is in force. Making one ends the one before in the same transaction.
/// </summary>
public sealed class MakePaper(IssuerDb db, TakeIndices indices, KeyRing ring, ChangeStatus status, TimeProvider clock)
{
    /// <summary>What stands where other copies have the thumbprint of a holder's key.</summary>
    public const string NoKey = "paper";

    /// <summary>How long a paper that was made at a counter can be printed again; then a new one has to be made.</summary>
    public static readonly TimeSpan Printable = TimeSpan.FromHours(1);

    private const string Guarded = "Nobody may take away a reference, on paper neither: this paper ends with a newer one that the holder's wallet makes or a second person agrees to, or with the credential.";

    private const string HolderFirst = "Nobody may keep a reference from its holder: hand over the offer first. The holder's wallet makes the paper with it, and ends a lost one.";

    /// <summary>
    /// Makes a paper at a counter or for a program. Of a reference only once its holder has it: whoever wrote it must not hold the only copy. Of a type that needs a second
    /// person, once somebody has the credential, this only asks: another paper is another copy of what two agreed to hand over once. So it does of a reference of which a paper is in force, since
    /// that one ends. The first one of a type that needs a second person takes the place of the offer.
    /// </summary>
    public Task<PaperMade> RunAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct) => RunAsync(organisation, credentialId, agreed: false, actor, ct);

    /// <summary>A second person agrees to the paper that was asked for, and it is made.</summary>
    internal Task<PaperMade> AgreeAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct) => RunAsync(organisation, credentialId, agreed: true, actor, ct);

    private async Task<PaperMade> RunAsync(Organisation organisation, string credentialId, bool agreed, Actor actor, CancellationToken ct)
    {
        PaperMade made;
        int? before;
        await using (var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct))
        {
            if (await FindAsync(organisation, credentialId, ct) is not { } credential) return new PaperMade.NotFound();
            if (organisation.FindType(credential.Type) is not { } type) return new PaperMade.Refused("type", "The organisation no longer issues credentials of this type.");
            before = credential.PaperList;
            if (credential.CollectedAt is null && type.Correction is CorrectionKind.Addition) return new PaperMade.Refused("holder_first", HolderFirst);
            if (agreed && credential.AgreePaper(actor) is Step.Refused refused) return new PaperMade.Refused("state", refused.Reason);
            if (!agreed && credential.CollectedAt is not null && NeedsSecond(type, before is not null))
            {
                if (credential.AskPaper(actor) is Step.Refused no) return new PaperMade.Refused("state", no.Reason);
                db.Record(organisation.Slug, credentialId, actor, "paper_asked", clock.GetUtcNow());
                await db.SaveChangesAsync(ct);
                await transaction.CommitAsync(ct);
                return new PaperMade.Asked();
            }
            var first = type.Approval && credential.CollectedAt is null;
            made = await AddAsync(organisation, credential, type, RecordId.New(clock.GetUtcNow()), null, actor, ct);
            if (made is not PaperMade.Made) return made;
            // Two people gave it once: on paper now, and so by no offer any more, nor to a wallet that has only begun to take it.
            if (first) await db.EndOffersAsync(credentialId, ct);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        if (before is { } list) await status.PublishAsync(organisation, [list], ct);
        return made;
    }

    /// <summary>Whether a paper of what somebody has is made only when a second person agrees.</summary>
    internal static bool NeedsSecond(TypeDefinition type, bool inForce) => type.Approval || (inForce && type.Correction is CorrectionKind.Addition);

    /// <summary>Ends the paper in force because it was lost; the credential stays as it is.</summary>
    public async Task<PaperMade> EndAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct)
    {
        int list;
        await using (var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct))
        {
            if (await FindAsync(organisation, credentialId, ct) is not { } credential) return new PaperMade.NotFound();
            if (credential.PaperList is null) return new PaperMade.Refused("none", "No paper of this credential is in force.");
            if (TypeDefinition.Find(credential.Type)?.Correction is CorrectionKind.Addition) return new PaperMade.Refused("guarded", Guarded);
            list = credential.PaperList.Value;
            await EndOldAsync(organisation, credential, ct);
            credential.NoPaper();
            db.Record(organisation.Slug, credential.Id, actor, "paper_ended", clock.GetUtcNow());
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        await status.PublishAsync(organisation, [list], ct);
        return new PaperMade.Ended();
    }

    /// <summary>
    /// Signs a paper, ends the one before, and adds both to the unit of work; the caller, inside a transaction that is exclusive for the organisation, saves and
    /// commits. The list that says that the older one has ended is renewed by whoever reads it next.
    /// </summary>
    internal async Task<PaperMade> AddAsync(Organisation organisation, CredentialRecord credential, TypeDefinition type, string offerId, string? family, Actor actor, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (credential.Collect(now) is Step.Refused refused) return new PaperMade.Refused("state", refused.Reason);
        // As in IssueCopies: a time finer than a day would link copies.
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        if (PaperSize.Fit(type, DerivedClaims.AddTo(type, credential.Claims(), DateOnly.FromDateTime(now.UtcDateTime))) is not { } claims)
            return new PaperMade.Refused("long", "The claims are too long for a paper; the credential itself is not affected.");
        if (await ring.ActiveAsync(db, organisation, ct) is not { } key) return new PaperMade.Refused(await ring.IsNewAsync(db, organisation, ct) ? "ledger" : "key", await ring.WhyNoneAsync(db, organisation, ct));
        await EndOldAsync(organisation, credential, ct);

        var place = (await indices.RunAsync(organisation.Slug, credential.Id, 1, ct))[0];
        var expires = type.ValidDays is { } days ? day.AddDays(days) : (DateTimeOffset?)null;
        var (body, entry) = CredentialSigner.Paper(new SigningOrder(organisation, key, type, claims, null, day, expires, place.List, place.Index));
        var copy = new CredentialCopy
        {
            CredentialId = credential.Id, Organisation = organisation.Slug, OfferId = offerId, Family = family, Format = Configurations.PaperFormat, HolderKey = NoKey,
            List = place.List, Index = place.Index, Entry = entry, IssuedAt = now, ExpiresAt = expires, Body = body,
        };
        db.Copies.Add(copy);
        LedgerLog.Append(db, entry, now, 0);
        credential.NewPaper(place.List, place.Index);
        db.Record(organisation.Slug, credential.Id, actor, "paper_made", now);
        return new PaperMade.Made(copy);
    }

    private async Task EndOldAsync(Organisation organisation, CredentialRecord credential, CancellationToken ct)
    {
        if (credential.PaperList is not { } list || credential.PaperIndex is not { } index) return;
        var entry = await db.StatusEntries.SingleAsync(e => e.Organisation == organisation.Slug && e.List == list && e.Index == index, ct);
        entry.Value = (int)StatusValue.Invalid;
        await status.MarkAsync(organisation, [list], ct);
    }

    private Task<CredentialRecord?> FindAsync(Organisation organisation, string id, CancellationToken ct) =>
        db.Credentials.SingleOrDefaultAsync(c => c.Id == id && c.Organisation == organisation.Slug, ct);
}
