using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.StatusList;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Status;

/// <summary>Signs status lists: at once when a status changes, and again when the last token has reached its <c>ttl</c>.</summary>
public sealed class PublishStatus(IssuerDb db, TimeProvider clock)
{
    /// <summary>How long readers may keep a token before they ask again.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(15);

    /// <summary>How long a token is good at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>The newest token of a list, signed now if the last one is out of date; null where there is no such list.</summary>
    public async Task<string?> CurrentAsync(Organisation organisation, int number, CancellationToken ct)
    {
        for (; ; )
        {
            var row = await db.StatusLists.AsNoTracking().SingleOrDefaultAsync(l => l.Organisation == organisation.Slug && l.Number == number, ct);
            if (row is null) return null;
            var now = clock.GetUtcNow();
            if (row.Token is not null && row.TokenRevision == row.Revision && row.TokenIssuedAt is { } at && now < at + TimeToLive && now >= at) return row.Token;
            if (await TryPublishAsync(organisation, row, now, ct) is { } token) return token;
            // Somebody else published or changed a status meanwhile: look again.
        }
    }

    private async Task<string?> TryPublishAsync(Organisation organisation, StatusListRow row, DateTimeOffset now, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var array = new StatusArray(2, row.Size);
        await foreach (var entry in db.StatusEntries.AsNoTracking()
            .Where(e => e.Organisation == row.Organisation && e.List == row.Number && e.Value != 0)
            .Select(e => new { e.Index, e.Value }).AsAsyncEnumerable().WithCancellation(ct))
            array.Set(entry.Index, (byte)entry.Value);

        var token = StatusListToken.Sign(organisation.StatusListUri(row.Number), now, now + Lifetime, TimeToLive, array, organisation.SigningKey, organisation.X5c());
        var stored = await db.StatusLists
            .Where(l => l.Organisation == row.Organisation && l.Number == row.Number && l.Revision == row.Revision && l.TokenIssuedAt == row.TokenIssuedAt)
            .ExecuteUpdateAsync(l => l
                .SetProperty(x => x.Token, token)
                .SetProperty(x => x.TokenRevision, row.Revision)
                .SetProperty(x => x.TokenIssuedAt, now), ct);
        if (stored == 0) return null;

        // The log holds every state of the list that was ever shown, so none can be denied or invented later.
        if (row.Token is null || row.TokenRevision != row.Revision)
        {
            LedgerLog.Append(db, Entry.OfJwt(token), now);
            await db.SaveChangesAsync(ct);
        }
        await transaction.CommitAsync(ct);
        return token;
    }
}
