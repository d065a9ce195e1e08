using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Wallet.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Recovery;

/// <summary>
/// A second sheet takes the place of the first: <c>POST /api/recovery/lists/{id}/successor</c> <c>{"list"}</c>, by the key that keeps both. The contacts go over with their age, each is told,
/// and the old sheet works for thirty days more: whoever has the unlocked phone and makes a sheet of their own takes nothing away.
/// </summary>
internal static class ReplaceList
{
    private const int MaxBody = 2048;

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/api/recovery/lists/{id}/successor", HandleAsync).RequireRateLimiting(Limits.Secrets).DisableAntiforgery();

    private static async Task<IResult> HandleAsync(string id, HttpContext http, WalletDb db, Notices notices, RecoverySettings settings, RecoveryFlow flow, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await Body.ReadAsync(http, MaxBody, ct) is not { } bytes || !StrictJson.TryParseObject(bytes, out var body, out _) || StrictJson.Text(body["list"]) is not { } successor) return ContactEndpoints.Problem(400, "json");
        if (await ListEndpoints.FindAsync(http, id, db, ct) is null) return ListEndpoints.Unknown;
        var key = HolderProof.Read(http, bytes, settings, now);

        await using var transaction = await db.Database.BeginExclusiveAsync(ListEndpoints.Scope(id), ct);
        // A wallet that lost the answer knows the old list alone: the newest takes part in its place.
        var newest = await db.RecoveryLists.Where(l => l.Id == id).Select(l => l.ReplacedBy).SingleAsync(ct) ?? id;
        if (newest == successor) return Results.NoContent();
        var lists = await db.RecoveryLists.Where(l => l.Id == id || l.Id == newest || l.Id == successor || l.ReplacedBy == newest).ToListAsync(ct);
        if (lists.Find(l => l.Id == successor) is not { } next || new[] { lists.Single(l => l.Id == id), lists.Single(l => l.Id == newest), next }.Any(l => l.HolderKey != key)) return ListEndpoints.Refused;
        if (next.ReplacedBy is not null) return ContactEndpoints.Problem(409, "replaced");
        // A list that was made ready unseen, with contacts of somebody else, takes nothing over.
        if (await db.RecoveryContacts.AnyAsync(c => c.ListId == successor, ct)) return ContactEndpoints.Problem(409, "present");
        if (await flow.RunningAsync(newest, ct) is not null) return ContactEndpoints.Problem(409, "running");

        foreach (var contact in await notices.ToldAsync(newest, now, ct))
        {
            db.RecoveryContacts.Add(new RecoveryContactRow
            {
                Id = Base64Url.Encode(RandomNumberGenerator.GetBytes(16)), ListId = successor, Kind = contact.Kind, Address = contact.Address, AddressTag = contact.AddressTag, Language = contact.Language,
                AddedAt = contact.AddedAt, ConfirmedAt = contact.ConfirmedAt, RemovedAt = contact.RemovedAt,
            });
            notices.Add(contact, "replaced", now);
        }
        foreach (var list in lists.Where(l => l.Id != successor)) (list.ReplacedBy, list.ReplacedAt) = (successor, list.ReplacedAt ?? now);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return Results.NoContent();
    }
}
