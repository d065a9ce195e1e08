using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Deposits;

/// <summary>The outcome of an act on a deposit.</summary>
public abstract record DepositAct
{
    private DepositAct() { }

    /// <summary>Done, or on its way to the ledger.</summary>
    public sealed record Done : DepositAct;

    /// <summary>Issued again under the depositary's own name; the old copies have ended. <paramref name="ForPhone"/>: the offer is for the phone that asked, and for nobody else to see.</summary>
    public sealed record Reissued(CredentialRecord Credential, OfferView Offer, bool ForPhone = false) : DepositAct;

    /// <summary>A second person must agree; nothing has changed yet.</summary>
    public sealed record Asked : DepositAct;

    /// <summary>A phone's request waits for a person. <paramref name="Changed"/>: it is new, or says something new.</summary>
    public sealed record Waits(bool Changed) : DepositAct;

    /// <summary>This organisation has no such deposit, or it no such record.</summary>
    public sealed record NotFound : DepositAct;

    /// <summary>A reason is needed, one of these; with <c>other</c> a sentence of 3 to 500 characters.</summary>
    public sealed record ReasonMissing(IReadOnlyList<string> Codes) : DepositAct;

    /// <summary>Not possible now. <paramref name="Why"/> is a word of <c>deposit.error.WORD</c>.</summary>
    public sealed record Refused(string Why, string Reason) : DepositAct;

    internal static Refused Ended => new("ended", "The credential has ended already.");

    internal static Refused LedgerUnreadable => new("ledger", "The ledger cannot be read now. Try again in a few minutes.");
}

/// <summary>A page of a deposit's records.</summary>
public sealed record DepositPage(IReadOnlyList<DepositRecord> Records, int Page, int Pages, int Total);

/// <summary>
/// What a depositary does for a closed organisation once it has accepted: finds what it issued, ends it in its status lists, issues it again under its own name. Of a type that two people give or take away, two
/// people do either: a clerk asks, an approver agrees by doing the same, to the request that was shown (<see cref="DepositRecord.Asked"/>).
/// </summary>
public sealed class DepositDesk(IssuerDb db, ReissueDeposited reissue, ChainRecord chain, PublishStatus publisher, TimeProvider clock)
{
    /// <summary>Lines of one page.</summary>
    public const int PageSize = 20;

    /// <summary>Lines of the list of what phones asked.</summary>
    public const int MostWaiting = 50;

    private const string Reissue = "reissue";

    /// <summary>The deposits of an organisation, the newest first.</summary>
    public async Task<IReadOnlyList<Deposit>> ListAsync(Organisation organisation, CancellationToken ct) =>
        await db.Deposits.AsNoTracking().Where(d => d.Depositary == organisation.Slug && d.Whole).OrderByDescending(d => d.TakenAt).ThenBy(d => d.Id).ToListAsync(ct);

    /// <summary>One of them, by the id of the closed organisation.</summary>
    public Task<Deposit?> FindAsync(Organisation organisation, string deposit, CancellationToken ct) =>
        db.Deposits.AsNoTracking().SingleOrDefaultAsync(d => d.Id == deposit && d.Depositary == organisation.Slug && d.Whole, ct);

    /// <summary>Asks that the ledger be told of the acceptance; <see cref="AcceptDeposits"/> does the rest.</summary>
    public async Task<DepositAct> AcceptAsync(Organisation organisation, string deposit, Actor actor, CancellationToken ct)
    {
        if (await db.Deposits.SingleOrDefaultAsync(d => d.Id == deposit && d.Depositary == organisation.Slug && d.Whole, ct) is not { } found) return new DepositAct.NotFound();
        if (found.State is DepositState.Accepting or DepositState.Accepted) return new DepositAct.Refused("accepted", "The deposit is accepted already, or on its way to the ledger.");
        (found.State, found.AskedBy, found.Waiting) = (DepositState.Accepting, actor.ToString(), null);
        found.Version++;
        db.Log(organisation.Slug, null, actor, "deposit_asked", clock.GetUtcNow());
        return await TrySaveAsync(ct) ?? new DepositAct.Done();
    }

    /// <summary>Records by words of names and file numbers; null where there is no such deposit. Each line that is shown is recorded.</summary>
    public async Task<DepositPage?> SearchAsync(Organisation organisation, string deposit, string? search, int page, Actor actor, CancellationToken ct)
    {
        if (await FindAsync(organisation, deposit, ct) is null) return null;
        var query = db.DepositRecords.AsNoTracking().Where(r => r.Deposit == deposit);
        foreach (var word in PrepareCredential.SearchText(search ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(5)) query = query.Where(r => r.SearchText.Contains(word));
        var total = await query.CountAsync(ct);
        var pages = Math.Max(1, (total + PageSize - 1) / PageSize);
        page = Math.Clamp(page, 1, pages);
        var records = await query.OrderByDescending(r => r.CreatedAt).ThenBy(r => r.Id).Skip((page - 1) * PageSize).Take(PageSize).ToListAsync(ct);
        foreach (var record in records) db.Log(organisation.Slug, ReissueDeposited.Logged(deposit, record.Id), actor, "listed", clock.GetUtcNow(), actor.Kind == "api" ? "program" : string.IsNullOrWhiteSpace(search) ? "list" : "search");
        await db.SaveChangesAsync(ct);
        return new DepositPage(records, page, pages, total);
    }

    /// <summary>One record; null where there is none. The reading is itself recorded.</summary>
    public async Task<DepositRecord?> ReadAsync(Organisation organisation, string deposit, string record, Actor actor, CancellationToken ct)
    {
        if (await FindAsync(organisation, deposit, ct) is null || await db.DepositRecords.AsNoTracking().SingleOrDefaultAsync(r => r.Deposit == deposit && r.Id == record, ct) is not { } found) return null;
        db.Log(organisation.Slug, ReissueDeposited.Logged(deposit, record), actor, "read", clock.GetUtcNow(), actor.Kind == "api" ? "program" : "look_up");
        await db.SaveChangesAsync(ct);
        return found;
    }

    /// <summary>The codes with which a record of this type can be revoked.</summary>
    public static IReadOnlyList<string> CodesFor(string type) => TypeDefinition.Find(type)?.Correction is CorrectionKind.Addition ? Reasons.AgainstReference : Reasons.Revocation;

    /// <summary>Ends every copy of a record in the depositary's lists, for ever.</summary>
    public Task<DepositAct> RevokeAsync(Organisation organisation, string deposit, string record, string? code, string? reason, int? asked, Actor actor, CancellationToken ct) =>
        ActAsync(organisation, deposit, record, ct, async found =>
        {
            var codes = CodesFor(found.Type);
            var sentence = Reasons.Sentence(reason);
            if (code is null || !codes.Contains(code) || (sentence is null && (code == Reasons.Other || !string.IsNullOrWhiteSpace(reason)))) return new DepositAct.ReasonMissing(codes);
            if (found.State is CredentialState.Revoked or CredentialState.Returned && !await reissue.EntriesOf(found).AnyAsync(e => e.Value != (int)StatusValue.Invalid, ct)) return DepositAct.Ended;
            if (Second(found, code, null, asked, actor) is { } waits) return Asked(organisation, found, actor, waits);
            await reissue.EndAsync(found, code, sentence, ct);
            db.Log(organisation.Slug, ReissueDeposited.Logged(deposit, found.Id), actor, "deposit_revoked", clock.GetUtcNow());
            return new DepositAct.Done();
        });

    /// <summary>
    /// Issues a record again under the depositary's own name, to whoever proves to be its holder; says in whose place, which its accreditation must name. Every copy that the closed organisation signed ends in the same
    /// transaction. With <paramref name="request"/> (<see cref="DepositRequest.Id"/>) it is for the phone that asked, which fetches the offer itself.
    /// </summary>
    public async Task<DepositAct> ReissueAsync(Organisation organisation, string deposit, string record, string? request, int? asked, Actor actor, CancellationToken ct)
    {
        if (await chain.TryReadAsync(ct) is not { } events) return DepositAct.LedgerUnreadable;
        return await ActAsync(organisation, deposit, record, ct, async found =>
        {
            var phone = request is null ? null : await FindWaitingAsync(found, request, ct);
            if (request is not null && phone is null) return Changed;
            var (ready, refused) = await reissue.CheckAsync(organisation, found, events, ct);
            if (ready is null) return refused!;
            if (Second(found, Reissue, request, asked, actor) is { } waits) return Asked(organisation, found, actor, waits);
            var done = await reissue.IssueAsync(organisation, found, ready, actor, "deposit_reissued", ct);
            if (phone is null) return done;
            (phone.State, phone.CredentialId, phone.OfferId) = (DepositRequestState.Issued, done.Credential.Id, done.Offer.Id);
            return done with { ForPhone = true };
        });
    }

    /// <summary>Refuses what a phone asked for, with a sentence of 3 to 500 characters. Nothing ends: the holder can still come to the counter.</summary>
    public Task<DepositAct> RefuseAsync(Organisation organisation, string deposit, string record, string request, string? reason, Actor actor, CancellationToken ct) =>
        ActAsync(organisation, deposit, record, ct, async found =>
        {
            if ((actor.Roles & (StaffRoles.Clerk | StaffRoles.Approver)) == 0) return new DepositAct.Refused("clerk", "A clerk does this.");
            if (Reasons.Sentence(reason) is not { } sentence) return new DepositAct.ReasonMissing([]);
            if (await FindWaitingAsync(found, request, ct) is not { } phone) return Changed;
            (phone.State, phone.Reason) = (DepositRequestState.Refused, sentence);
            if (found.AskedRequest == request) (found.AskedBy, found.AskedFor, found.AskedRequest) = (null, null, null);
            db.Log(organisation.Slug, ReissueDeposited.Logged(deposit, found.Id), actor, "deposit_phone_refused", clock.GetUtcNow());
            return new DepositAct.Done();
        });

    /// <summary>What phones asked for one record, the newest first.</summary>
    public async Task<IReadOnlyList<DepositRequest>> RequestsAsync(DepositRecord record, CancellationToken ct) =>
        await db.DepositRequests.AsNoTracking().Where(r => r.Deposit == record.Deposit && r.Record == record.Id).OrderByDescending(r => r.AskedAt).ToListAsync(ct);

    /// <summary>How many requests of phones wait for a person, by deposit.</summary>
    public async Task<IReadOnlyDictionary<string, int>> WaitingAsync(Organisation organisation, CancellationToken ct) =>
        await Waiting().Where(w => db.Deposits.Any(d => d.Id == w.Record.Deposit && d.Depositary == organisation.Slug)).GroupBy(w => w.Record.Deposit).ToDictionaryAsync(g => g.Key, g => g.Count(), ct);

    /// <summary>The requests of phones that wait for a person, the oldest first, at most <see cref="MostWaiting"/>; null where there is no such deposit. Each line is recorded.</summary>
    public async Task<IReadOnlyList<(DepositRequest Request, DepositRecord Record)>?> WaitingAsync(Organisation organisation, string deposit, Actor actor, CancellationToken ct)
    {
        if (await FindAsync(organisation, deposit, ct) is null) return null;
        var waiting = await Waiting().Where(w => w.Record.Deposit == deposit).OrderBy(w => w.Request.AskedAt).Take(MostWaiting).ToListAsync(ct);
        foreach (var line in waiting) db.Log(organisation.Slug, ReissueDeposited.Logged(deposit, line.Record.Id), actor, "listed", clock.GetUtcNow(), actor.Kind == "api" ? "program" : "list");
        await db.SaveChangesAsync(ct);
        return [.. waiting.Select(w => (w.Request, w.Record))];
    }

    private sealed class Line
    {
        public required DepositRequest Request { get; init; }

        public required DepositRecord Record { get; init; }
    }

    private IQueryable<Line> Waiting() => db.DepositRequests.AsNoTracking().Where(r => r.State == DepositRequestState.Waiting)
        .Join(db.DepositRecords.AsNoTracking(), r => new { r.Deposit, r.Record }, d => new { d.Deposit, Record = d.Id }, (r, d) => new Line { Request = r, Record = d })
        .Where(line => line.Record.State == CredentialState.Collected || line.Request.Because == DepositRequest.Renewed);

    private Task<DepositRequest?> FindWaitingAsync(DepositRecord record, string request, CancellationToken ct) =>
        db.DepositRequests.SingleOrDefaultAsync(r => r.Deposit == record.Deposit && r.Record == record.Id && r.Id == request && r.State == DepositRequestState.Waiting, ct);

    private static DepositAct.Refused Changed => new("other", "The phone’s request has changed since, or was decided: look at it and decide then.");

    /// <summary>One act on one record, in the organisation's turn: saved where something was done or asked, and the lists that it changed published.</summary>
    internal async Task<DepositAct> ActAsync(Organisation organisation, string deposit, string record, CancellationToken ct, Func<DepositRecord, Task<DepositAct>> act)
    {
        DepositAct outcome;
        Deposit found;
        await using (var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct))
        {
            if (await FindAsync(organisation, deposit, ct) is not { } known || await db.DepositRecords.SingleOrDefaultAsync(r => r.Deposit == deposit && r.Id == record, ct) is not { } row) return new DepositAct.NotFound();
            found = known;
            if (found.State is not DepositState.Accepted) return new DepositAct.Refused("not_accepted", "The deposit is not accepted on the ledger yet: nobody would believe this organisation.");
            if (await db.IsClosingAsync(organisation.Slug, ct)) return new DepositAct.Refused("closing", "The organisation is closing or closed itself.");
            outcome = await act(row);
            if (outcome is not (DepositAct.Done or DepositAct.Reissued or DepositAct.Asked or DepositAct.Waits { Changed: true })) return outcome;
            row.Version++;
            if (await TrySaveAsync(ct) is { } raced) return raced;
            await transaction.CommitAsync(ct);
        }
        if (outcome is DepositAct.Done or DepositAct.Reissued)
            foreach (var list in await db.StatusLists.AsNoTracking().Where(l => l.Organisation == deposit && l.Revision != l.TokenRevision).Select(l => l.Number).ToListAsync(ct)) await publisher.CurrentAsync(organisation, found, list, ct);
        return outcome;
    }

    private DepositAct Asked(Organisation organisation, DepositRecord record, Actor actor, DepositAct outcome)
    {
        if (outcome is DepositAct.Asked) db.Log(organisation.Slug, ReissueDeposited.Logged(record.Deposit, record.Id), actor, "deposit_second_asked", clock.GetUtcNow());
        return outcome;
    }

    // Null where it may be done now.
    private static DepositAct? Second(DepositRecord record, string what, string? request, int? seen, Actor actor)
    {
        if (TypeDefinition.Find(record.Type) is not { IsOfTwoPeople: true }) return actor.Roles.HasFlag(StaffRoles.Clerk) ? null : new DepositAct.Refused("clerk", "A clerk does this.");
        if (record.AskedFor == what && record.AskedRequest == request && record.AskedBy is { } by)
        {
            if (by == actor.ToString()) return new DepositAct.Refused("same", "Another person than the one who asked must agree.");
            if (!actor.Roles.HasFlag(StaffRoles.Approver)) return new DepositAct.Refused("approver", "An approver must agree.");
            if (seen != record.Asked) return new DepositAct.Refused("other", "The request was not looked at, or has changed since: look at the record and give its number (asked).");
            (record.AskedBy, record.AskedFor, record.AskedRequest) = (null, null, null);
            return null;
        }
        if (!actor.Roles.HasFlag(StaffRoles.Clerk)) return new DepositAct.Refused("clerk", "A clerk asks for this first.");
        (record.AskedBy, record.AskedFor, record.AskedRequest) = (actor.ToString(), what, request);
        return new DepositAct.Asked();
    }

    private async Task<DepositAct?> TrySaveAsync(CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            return new DepositAct.Refused("other", "It changed at this very moment. Look at it and decide then.");
        }
    }
}
