using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Wallet.Data;
using Identity.Wallet.Messages;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Recovery;

/// <summary>
/// Contacts of a list: an e-mail address or telephone number that is told of everything and, seven days after its code came back, is a proof. Only the wallet's key changes
/// them, and not while a recovery runs.
/// </summary>
internal static partial class ContactEndpoints
{
    private const int MaxBody = 2048;

    public static void Map(IEndpointRouteBuilder app)
    {
        var contacts = app.MapGroup("/api/recovery/lists/{id}/contacts").RequireRateLimiting(Limits.Secrets).DisableAntiforgery();
        contacts.MapPost("", AddAsync);
        contacts.MapPost("{contact}", ConfirmAsync);
        contacts.MapDelete("{contact}", RemoveAsync);
    }

    /// <summary>Reads an address as it is compared; null where it is none.</summary>
    public static string? Normalize(string kind, string? text) => (kind, text?.Trim()) switch
    {
        ("email", { Length: >= 3 and <= 254 } email) when Email().IsMatch(email) => email.ToLowerInvariant(),
        ("sms", { Length: <= 30 } phone) when SpacesInNumbers().Replace(phone, "") is var digits && Phone().IsMatch(digits) => digits,
        _ => null,
    };

    private static Task<IResult> AddAsync(string id, HttpContext http, WalletDb db, Notices notices, RecoveryKeys keys, MessageSettings messages, RecoverySettings settings, RecoveryFlow flow, TimeProvider clock, CancellationToken ct) =>
        ChangeAsync(id, http, db, settings, flow, clock, async (body, now) =>
        {
            var kind = StrictJson.Text(body["kind"]) ?? "";
            if (Normalize(kind, StrictJson.Text(body["address"])) is not { } address) return Problem(400, "address");
            if (!messages.CanSend(kind)) return Problem(400, "kind");
            var tag = keys.Tag("address", address);
            var yesterday = now.AddDays(-1);
            // Nobody's address is written to again and again by strangers who enrol it.
            if (await db.RecoveryContacts.CountAsync(c => c.AddressTag == tag && c.AddedAt > yesterday, ct) >= RecoverySettings.PerDay) return Problem(429, "too_many");
            var present = await db.RecoveryContacts.Where(c => c.ListId == id && c.RemovedAt == null).ToListAsync(ct);
            if (present.Exists(c => c.ConfirmedAt is not null && c.AddressTag.AsSpan().SequenceEqual(tag))) return Problem(409, "present");
            if (present.Count(c => c.ConfirmedAt is not null) >= RecoverySettings.MaxContacts) return Problem(409, "full");
            db.RecoveryContacts.RemoveRange(present.Where(c => c.ConfirmedAt is null && (c.AddressTag.AsSpan().SequenceEqual(tag) || c.AddedAt < yesterday)));
            var (contactId, code) = (Base64Url.Encode(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16)), Notices.NewCode());
            var contact = new RecoveryContactRow
            {
                Id = contactId, ListId = id, Kind = kind, Address = keys.Seal("contact", address), AddressTag = tag, AddedAt = now,
                Language = Strings.For(StrictJson.Text(body["language"])).Language, CodeHash = notices.HashCode(contactId, code),
            };
            db.RecoveryContacts.Add(contact);
            notices.Add(contact, "confirm", now, code);
            return Results.Json(new { id = contact.Id }, statusCode: 202);
        }, ct);

    private static Task<IResult> ConfirmAsync(string id, string contact, HttpContext http, WalletDb db, Notices notices, RecoverySettings settings, RecoveryFlow flow, TimeProvider clock, CancellationToken ct) =>
        ChangeAsync(id, http, db, settings, flow, clock, async (body, now) =>
        {
            var row = await db.RecoveryContacts.SingleOrDefaultAsync(c => c.Id == contact && c.ListId == id && c.RemovedAt == null, ct);
            if (row is null || row.Tries >= RecoverySettings.MaxTries || now > row.AddedAt.AddDays(1)) return Problem(404, "unknown");
            if (row.ConfirmedAt is not null) return Results.NoContent();
            if (StrictJson.Text(body["code"]) is not { } code || !Notices.IsCode(code)) return Problem(400, "digits");
            row.Version++;
            if (!System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(row.CodeHash, notices.HashCode(row.Id, code)))
            {
                row.Tries++;
                return Problem(400, "wrong_code");
            }
            foreach (var other in await notices.ToldAsync(id, now, ct)) notices.Add(other, "added", now);
            (row.ConfirmedAt, row.CodeHash) = (now, null);
            return Results.NoContent();
        }, ct);

    private static Task<IResult> RemoveAsync(string id, string contact, HttpContext http, WalletDb db, Notices notices, RecoverySettings settings, RecoveryFlow flow, TimeProvider clock, CancellationToken ct) =>
        ChangeAsync(id, http, db, settings, flow, clock, async (_, now) =>
        {
            if (await db.RecoveryContacts.SingleOrDefaultAsync(c => c.Id == contact && c.ListId == id && c.RemovedAt == null, ct) is not { } row) return Problem(404, "unknown");
            (row.RemovedAt, row.Version) = (now, row.Version + 1);
            if (row.ConfirmedAt is not null) notices.Add(row, "removed", now);
            return Results.NoContent();
        }, ct);

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, WalletDb db, RecoverySettings settings, RecoveryFlow flow, TimeProvider clock, Func<JsonObject, DateTimeOffset, Task<IResult>> change, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await Body.ReadAsync(http, MaxBody, ct) is not { } bytes) return Problem(413, "too_long");
        if (await ListEndpoints.FindAsync(http, id, db, ct) is not { } list) return ListEndpoints.Unknown;
        if (HolderProof.Read(http, bytes, settings, now) != list.HolderKey) return ListEndpoints.Refused;
        if (bytes.Length == 0) bytes = "{}"u8.ToArray();
        if (!StrictJson.TryParseObject(bytes, out var body, out _)) return Problem(400, "json");
        await using var transaction = await db.Database.BeginExclusiveAsync(ListEndpoints.Scope(id), ct);
        if (list.ReplacedAt is not null) return Problem(409, "replaced"); // its contacts have gone over to the newer list
        if (await flow.RunningAsync(id, ct) is not null) return Problem(409, "running");
        var answer = await change(body, now);
        await db.SaveChangesAsync(ct); // a refusal may count a wrong code
        await transaction.CommitAsync(ct);
        return answer;
    }

    /// <summary>An answer whose <c>code</c> the wallet puts into words.</summary>
    public static IResult Problem(int status, string code) => Results.Problem(statusCode: status, title: "Not possible", extensions: new Dictionary<string, object?> { ["code"] = code });

    [GeneratedRegex(@"^[^\s@<>,;:""\\]+@[^\s@<>,;:""\\]+\.[^\s@<>,;:""\\]+$")]
    private static partial Regex Email();

    [GeneratedRegex(@"^\+[1-9][0-9]{7,14}$")]
    private static partial Regex Phone();

    [GeneratedRegex(@"[\s()./-]")]
    private static partial Regex SpacesInNumbers();
}
