using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>One line of the list.</summary>
public sealed record CredentialLine(string Id, string Type, string Reference, string HolderName, CredentialState State, DateTimeOffset CreatedAt, DateTimeOffset? CollectedAt);

/// <summary>A page of the list; <paramref name="Page"/> counts from 1.</summary>
public sealed record CredentialPage(IReadOnlyList<CredentialLine> Items, int Page, int Pages, int Total);

/// <summary>One signed copy and how far its log entry has come.</summary>
/// <param name="Format">dc+sd-jwt or identity-compact.</param>
/// <param name="Entry">The log entry, 64 hex digits.</param>
/// <param name="IssuedAt">When it was signed.</param>
/// <param name="ExpiresAt">When it ends by itself, if ever.</param>
/// <param name="Anchoring">waiting, logged or anchored.</param>
/// <param name="LogIndex">Its place in the log, once it has one.</param>
/// <param name="Anchor">Where the ledger holds the root that covers it, once it does.</param>
public sealed record CopyView(string Format, string Entry, DateTimeOffset IssuedAt, DateTimeOffset? ExpiresAt, string Anchoring, long? LogIndex, AnchorView? Anchor);

/// <summary>An anchor on the ledger.</summary>
public sealed record AnchorView(long ChainId, string Contract, long Size, string Transaction, long Block, DateTimeOffset At);

/// <summary>Something that happened.</summary>
public sealed record EventView(DateTimeOffset At, string Actor, string Act, string? Reason);

/// <summary>Everything about one credential.</summary>
/// <param name="Id">The record.</param>
/// <param name="Type">Short name of the type.</param>
/// <param name="Reference">The organisation's file number.</param>
/// <param name="HolderName">The holder's names as one line.</param>
/// <param name="State">The present state.</param>
/// <param name="StateCode">Why, as a code; see <see cref="Reasons"/>.</param>
/// <param name="StateReason">Why, in the organisation's words, if it said so.</param>
/// <param name="CreatedAt">When it was prepared.</param>
/// <param name="CollectedAt">When the first copy was collected.</param>
/// <param name="StateChangedAt">When the state last changed.</param>
/// <param name="Claims">What it says.</param>
/// <param name="Offer">The newest offer; only for those who hand over.</param>
/// <param name="Copies">Each signed copy.</param>
/// <param name="Events">What was done, in order; readings stand in the access log.</param>
/// <param name="PreparedBy">Who prepared it.</param>
/// <param name="ApprovedBy">Who approved it, where its type needs a second person.</param>
/// <param name="Awaits">What waits for a second person: issue, revocation, suspension, paper, offer, recovery, recovery_stop or null.</param>
/// <param name="Asked">The one request that waits, for example revocation-2: a decision names it, and decides no other, of the same kind neither.</param>
/// <param name="AwaitsFrom">Who prepared or asked, and so cannot decide.</param>
/// <param name="AwaitsCode">The reason given for the revocation or suspension that was asked for; where something else was, the same as <paramref name="Awaits"/>.</param>
/// <param name="Replaces">The record that this one takes the place of.</param>
/// <param name="ReplacedBy">The record that took this one's place.</param>
/// <param name="AddsTo">The record to which this one adds a dated sentence.</param>
/// <param name="Correction">How a mistake in it is put right now: replace or addition.</param>
public sealed record CredentialDetails(
    string Id, string Type, string Reference, string HolderName, CredentialState State, string? StateCode, string? StateReason, DateTimeOffset CreatedAt, DateTimeOffset? CollectedAt,
    DateTimeOffset? StateChangedAt, JsonObject Claims, OfferView? Offer, IReadOnlyList<CopyView> Copies, IReadOnlyList<EventView> Events,
    string PreparedBy, string? ApprovedBy, string? Awaits, string? Asked, string? AwaitsFrom, string? AwaitsCode, string? Replaces, string? ReplacedBy, string? AddsTo, CorrectionKind Correction);

/// <summary>Lists, searches and shows an organisation's own credentials.</summary>
public sealed class FindCredentials(IssuerDb db, OfferLinks links, TimeProvider clock)
{
    /// <summary>Lines of one page.</summary>
    public const int PageSize = 20;

    /// <summary>The organisation's credentials, newest first. Each word of the search must occur in the holder's name or the reference.</summary>
    /// <param name="organisation">Whose.</param>
    /// <param name="search">Words, or nothing.</param>
    /// <param name="page">From 1.</param>
    /// <param name="actor">Who looks; each line that is shown is recorded.</param>
    /// <param name="ct">Ends the work.</param>
    /// <param name="awaiting">Only what waits for a second person.</param>
    public async Task<CredentialPage> ListAsync(Organisation organisation, string? search, int page, Actor actor, CancellationToken ct, bool awaiting = false)
    {
        var query = db.Credentials.AsNoTracking().Where(c => c.Organisation == organisation.Slug);
        if (awaiting) query = query.Where(c => c.State == CredentialState.Awaiting || c.AskedBy != null);
        foreach (var word in PrepareCredential.SearchText(search ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(5))
            query = query.Where(c => c.SearchText.Contains(word));
        var total = await query.CountAsync(ct);
        var pages = Math.Max(1, (total + PageSize - 1) / PageSize);
        page = Math.Clamp(page, 1, pages);
        var items = await query.OrderByDescending(c => c.CreatedAt).ThenBy(c => c.Id)
            .Skip((page - 1) * PageSize).Take(PageSize)
            .Select(c => new CredentialLine(c.Id, c.Type, c.Reference, c.HolderName, c.State, c.CreatedAt, c.CollectedAt))
            .ToListAsync(ct);
        var now = clock.GetUtcNow();
        foreach (var line in items) db.Log(organisation.Slug, line.Id, actor, "listed", now, awaiting ? "approval" : actor.Kind == "api" ? "program" : string.IsNullOrWhiteSpace(search) ? "list" : "search");
        await db.SaveChangesAsync(ct);
        return new CredentialPage(items, page, pages, total);
    }

    /// <summary>One credential, or null where the organisation has none of this id. The read is itself recorded.</summary>
    /// <param name="organisation">Whose.</param>
    /// <param name="credentialId">Which.</param>
    /// <param name="actor">Who reads.</param>
    /// <param name="ct">Ends the work.</param>
    /// <param name="why">For which work; the holder can read it. See <see cref="AccessEntry.Why"/>.</param>
    public async Task<CredentialDetails?> GetAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct, string why = "look_up")
    {
        var credential = await db.Credentials.AsNoTracking().SingleOrDefaultAsync(c => c.Id == credentialId && c.Organisation == organisation.Slug, ct);
        if (credential is null) return null;

        db.Log(organisation.Slug, credentialId, actor, "read", clock.GetUtcNow(), actor.Kind == "api" ? "program" : why);
        await db.SaveChangesAsync(ct);

        // What a phone proved its right to was offered to that phone; staff hand over nothing then.
        var offer = !actor.HandsOver ? null : await db.Offers.AsNoTracking().Where(o => o.CredentialId == credentialId && !db.RecoveryAnchors.Any(a => a.CredentialId == credentialId && a.OfferId == o.Id) && !db.DepositRequests.Any(r => r.CredentialId == credentialId && r.OfferId == o.Id))
            .OrderByDescending(o => o.CreatedAt).FirstOrDefaultAsync(ct);
        var copies = new List<CopyView>();
        foreach (var copy in await db.Copies.AsNoTracking().Where(c => c.CredentialId == credentialId).OrderBy(c => c.Id).ToListAsync(ct)) copies.Add(await ViewAsync(copy, ct));
        var events = await db.Events.AsNoTracking().Where(e => e.CredentialId == credentialId && e.Act != "read").OrderBy(e => e.Id)
            .Select(e => new EventView(e.At, e.Actor, e.Act, e.Reason)).ToListAsync(ct);
        return new CredentialDetails(
            credential.Id, credential.Type, credential.Reference, credential.HolderName, credential.State, credential.StateCode, credential.StateReason, credential.CreatedAt, credential.CollectedAt,
            credential.StateChangedAt, credential.Claims(), offer is null ? null : links.View(organisation, offer, credential.Type, credential.PaperList is not null), copies, events,
            credential.PreparedBy, credential.ApprovedBy, credential.Awaits, credential.Asked, credential.Awaits == "issue" ? credential.PreparedBy : credential.AskedBy, credential.AskedCode,
            credential.Replaces, credential.ReplacedBy, credential.AddsTo, CorrectCredential.KindOf(credential));
    }

    private async Task<CopyView> ViewAsync(CredentialCopy copy, CancellationToken ct)
    {
        var (anchoring, index, anchor) = await LedgerLog.FindAsync(db, copy.Entry, ct) switch
        {
            EntryPlace.Anchored a => ("anchored", a.Index, new AnchorView((long)a.Anchor.ChainId, a.Anchor.Contract, a.Anchor.Size, a.Anchor.Transaction, (long)a.Anchor.Block, a.Anchor.Time)),
            EntryPlace.Logged l => ("logged", l.Index, null),
            _ => ("waiting", (long?)null, (AnchorView?)null),
        };
        return new CopyView(copy.Format, Convert.ToHexStringLower(copy.Entry), copy.IssuedAt, copy.ExpiresAt, anchoring, index, anchor);
    }
}
