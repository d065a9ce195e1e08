using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Issuer.Data;
using Identity.Issuer.Deposits;
using Identity.Issuer.Keys;
using Identity.Issuer.Monitoring;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Status;

/// <summary>Signs status lists: at once when a status changes, and again when the last token has reached its <c>ttl</c>.</summary>
public sealed class PublishStatus(IssuerDb db, KeyRing ring, TimeProvider clock)
{
    /// <summary>How long readers may keep a token before they ask again.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(15);

    /// <summary>How long a token is good at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>The newest token of a list, signed now if the last one is out of date; null where there is no such list.</summary>
    public Task<string?> CurrentAsync(Organisation organisation, int number, CancellationToken ct) => CurrentAsync(organisation, organisation.Slug, organisation.StatusListUri(number), DateTimeOffset.MinValue, number, ct);

    /// <summary>The same of a list that a closed organisation left: at its old address, in the depositary's words, dated no earlier than the acceptance; null before that.</summary>
    public async Task<string?> CurrentAsync(Organisation depositary, Deposit deposit, int number, CancellationToken ct) =>
        deposit is { AcceptedAt: { } accepted } && deposit.Depositary == depositary.Slug ? await CurrentAsync(depositary, deposit.Id, deposit.StatusListUri(number), accepted, number, ct) : null;

    private async Task<string?> CurrentAsync(Organisation organisation, string owner, string uri, DateTimeOffset notBefore, int number, CancellationToken ct)
    {
        for (; ; )
        {
            var row = await db.StatusLists.AsNoTracking().SingleOrDefaultAsync(l => l.Organisation == owner && l.Number == number, ct);
            if (row is null) return null;
            // The chain's clock may go before ours.
            var now = clock.GetUtcNow() is var here && here < notBefore ? notBefore : here;
            // While a stolen key is being replaced, and once the organisation closes, nothing can be signed: the last token stays.
            if (await ring.ActiveAsync(db, organisation, ct) is not { } key) return row.Token;
            if (row.Token is not null && row.TokenRevision == row.Revision && row.TokenIssuedAt is { } at && now < at + TimeToLive && now >= at && KeyOf(row.Token) == key.Id) return row.Token;
            if (await TryPublishAsync(uri, key, row, now, ct) is { } token) return token;
            // Somebody else published or changed a status meanwhile: look again.
        }
    }

    private async Task<string?> TryPublishAsync(string uri, IssuerKey key, StatusListRow row, DateTimeOffset now, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var array = await ArrayAsync(row, ct);
        var token = StatusListToken.Sign(uri, now, now + Lifetime, TimeToLive, array, key.Signer, key.X5c());
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
            db.LogToken(row.Organisation, row.Number, token, now);
            await db.SaveChangesAsync(ct);
        }
        await transaction.CommitAsync(ct);
        return token;
    }

    /// <summary>
    /// Signs every list of an organisation for the last time, without an end and without an age at which to ask again, in the caller's unit of work. Gives their addresses and log
    /// entries by number; null while nothing can be signed. The caller holds the organisation's turn, saves and commits.
    /// </summary>
    internal async Task<IReadOnlyList<FinalList>?> SignLastAsync(Organisation organisation, CancellationToken ct)
    {
        if (await ring.SigningAsync(db, organisation, ct) is not { } key) return null;
        var (now, last) = (clock.GetUtcNow(), new List<FinalList>());
        foreach (var row in await db.StatusLists.Where(l => l.Organisation == organisation.Slug).OrderBy(l => l.Number).ToListAsync(ct))
        {
            var token = StatusListToken.Sign(organisation.StatusListUri(row.Number), now, null, null, await ArrayAsync(row, ct), key.Signer, key.X5c());
            (row.Token, row.TokenRevision, row.TokenIssuedAt) = (token, row.Revision, now);
            db.LogToken(row.Organisation, row.Number, token, now);
            last.Add(new FinalList(organisation.StatusListUri(row.Number), Entry.OfJwt(token)));
        }
        return last;
    }

    private async Task<StatusArray> ArrayAsync(StatusListRow row, CancellationToken ct)
    {
        var array = new StatusArray(2, row.Size);
        await foreach (var entry in db.StatusEntries.AsNoTracking()
            .Where(e => e.Organisation == row.Organisation && e.List == row.Number && e.Value != 0)
            .Select(e => new { e.Index, e.Value }).AsAsyncEnumerable().WithCancellation(ct))
            array.Set(entry.Index, (byte)entry.Value);
        return array;
    }

    // A list is signed again as soon as another key signs: a token of a stolen key proves nothing, one of a retired key only for the past.
    private static string? KeyOf(string token) =>
        Base64Url.TryDecode(token[..token.IndexOf('.')], out var header) && StrictJson.TryParseObject(header, out var json, out _) ? StrictJson.Text(json["kid"]) : null;
}
