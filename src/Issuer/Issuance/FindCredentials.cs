using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
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
public sealed record CredentialDetails(
    string Id, string Type, string Reference, string HolderName, CredentialState State, string? StateReason, DateTimeOffset CreatedAt, DateTimeOffset? CollectedAt,
    DateTimeOffset? StateChangedAt, JsonObject Claims, OfferView? Offer, IReadOnlyList<CopyView> Copies, IReadOnlyList<EventView> Events);

/// <summary>Lists, searches and shows an organisation's own credentials.</summary>
public sealed class FindCredentials(IssuerDb db, OfferLinks links, TimeProvider clock)
{
    /// <summary>Lines of one page.</summary>
    public const int PageSize = 20;

    /// <summary>The organisation's credentials, newest first. Each word of the search must occur in the holder's name or the reference.</summary>
    public async Task<CredentialPage> ListAsync(Organisation organisation, string? search, int page, CancellationToken ct)
    {
        var query = db.Credentials.AsNoTracking().Where(c => c.Organisation == organisation.Slug);
        foreach (var word in PrepareCredential.SearchText(search ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(5))
            query = query.Where(c => c.SearchText.Contains(word));
        var total = await query.CountAsync(ct);
        var pages = Math.Max(1, (total + PageSize - 1) / PageSize);
        page = Math.Clamp(page, 1, pages);
        var items = await query.OrderByDescending(c => c.CreatedAt).ThenBy(c => c.Id)
            .Skip((page - 1) * PageSize).Take(PageSize)
            .Select(c => new CredentialLine(c.Id, c.Type, c.Reference, c.HolderName, c.State, c.CreatedAt, c.CollectedAt))
            .ToListAsync(ct);
        return new CredentialPage(items, page, pages, total);
    }

    /// <summary>One credential, or null where the organisation has none of this id. The read is itself recorded.</summary>
    public async Task<CredentialDetails?> GetAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct)
    {
        var credential = await db.Credentials.AsNoTracking().SingleOrDefaultAsync(c => c.Id == credentialId && c.Organisation == organisation.Slug, ct);
        if (credential is null) return null;

        db.Events.Add(new CredentialEvent { CredentialId = credentialId, At = clock.GetUtcNow(), Actor = actor.ToString(), Act = "read" });
        await db.SaveChangesAsync(ct);

        var offer = await db.Offers.AsNoTracking().Where(o => o.CredentialId == credentialId).OrderByDescending(o => o.CreatedAt).FirstOrDefaultAsync(ct);
        var copies = new List<CopyView>();
        foreach (var copy in await db.Copies.AsNoTracking().Where(c => c.CredentialId == credentialId).OrderBy(c => c.Id).ToListAsync(ct)) copies.Add(await ViewAsync(copy, ct));
        var events = await db.Events.AsNoTracking().Where(e => e.CredentialId == credentialId).OrderBy(e => e.Id)
            .Select(e => new EventView(e.At, e.Actor, e.Act, e.Reason)).ToListAsync(ct);
        return new CredentialDetails(
            credential.Id, credential.Type, credential.Reference, credential.HolderName, credential.State, credential.StateReason, credential.CreatedAt, credential.CollectedAt,
            credential.StateChangedAt, credential.Claims(), offer is null ? null : links.View(organisation, offer, credential.Type), copies, events);
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
