using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Wallet.Data;
using Identity.Wallet.Messages;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Recovery;

/// <summary>A recovery as the new wallet drives it, what the old phone asks at its start, and the page behind the link of a notice. Errors name a <c>code</c>.</summary>
internal static class RecoveryEndpoints
{
    private const int MaxBody = 2048;

    public static void Map(IEndpointRouteBuilder app)
    {
        var recovery = app.MapGroup("/api/recovery").DisableAntiforgery();
        recovery.MapGet("means", (MessageSettings messages) => Results.Json(new { email = messages.CanSend("email"), sms = messages.CanSend("sms"), demonstration = messages.Folder is not null })).RequireRateLimiting(Limits.Work);
        recovery.MapGet("lists/{id}/state", StateAsync).RequireRateLimiting(Limits.Secrets);
        recovery.MapPost("lists/{id}/stop", StopAsync).RequireRateLimiting(Limits.Secrets);
        recovery.MapPost("lists/{id}/recoveries", BeginAsync).RequireRateLimiting(Limits.Secrets);
        recovery.MapPost("recoveries", BeginByContactAsync).RequireRateLimiting(Limits.Secrets);
        recovery.MapGet("recoveries/{recovery}", async (string recovery, RecoveryFlow flow, CancellationToken ct) => Answer(await flow.LookAsync(recovery, ct))).RequireRateLimiting(Limits.Secrets);
        recovery.MapPost("recoveries/{recovery}/contact", ProveAsync).RequireRateLimiting(Limits.Secrets);
        recovery.MapPost("recoveries/{recovery}/attestation", AttestAsync).RequireRateLimiting(Limits.Secrets);
        app.MapGet("/recovery/stop/{token}", (string token, HttpContext http) => StopPage.Ask(http)).RequireRateLimiting(Limits.Secrets);
        app.MapPost("/recovery/stop/{token}", StopByLinkAsync).RequireRateLimiting(Limits.Secrets).DisableAntiforgery();
    }

    private static async Task<IResult> StateAsync(string id, HttpContext http, WalletDb db, RecoveryFlow flow, RecoveryKeys keys, TimeProvider clock, CancellationToken ct)
    {
        if (await ListEndpoints.FindAsync(http, id, db, ct) is not { } list) return ListEndpoints.Unknown;
        var now = clock.GetUtcNow();
        // Whoever has the sheet alone learns how many contacts there are, and no address.
        var key = HolderProof.Read(http, [], http.RequestServices.GetRequiredService<RecoverySettings>(), now);
        var mine = key == list.HolderKey;
        var contacts = await db.RecoveryContacts.AsNoTracking().Where(c => c.ListId == id && c.RemovedAt == null && c.ConfirmedAt != null).OrderBy(c => c.AddedAt).ToListAsync(ct);
        var running = await flow.RunningAsync(id, ct);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(new
        {
            holder = mine,
            replaced_at = list.ReplacedAt?.ToUnixTimeSeconds(),
            contacts = contacts.Select(c => new { id = mine ? c.Id : null, kind = c.Kind, address = mine ? keys.Open("contact", c.Address) : null, counts = Notices.Counts(c, now) }),
            recovery = running is null ? null : Shown(running, running.NewKey == key),
        });
    }

    private static async Task<IResult> StopAsync(string id, HttpContext http, WalletDb db, RecoveryFlow flow, RecoverySettings settings, TimeProvider clock, CancellationToken ct)
    {
        if (await ListEndpoints.FindAsync(http, id, db, ct) is not { } list) return ListEndpoints.Unknown;
        if (await Body.ReadAsync(http, MaxBody, ct) is not { } body || HolderProof.Read(http, body, settings, clock.GetUtcNow()) != list.HolderKey) return ListEndpoints.Refused;
        return Answer(await flow.StopByOldPhoneAsync(id, ct), toItsOwn: false);
    }

    private static async Task<IResult> BeginAsync(string id, HttpContext http, WalletDb db, RecoveryFlow flow, RecoverySettings settings, TimeProvider clock, CancellationToken ct)
    {
        if (await ListEndpoints.FindAsync(http, id, db, ct) is not { } list) return ListEndpoints.Unknown;
        if (list.HasEnded(clock.GetUtcNow())) return ListEndpoints.Replaced;
        if (await Body.ReadAsync(http, MaxBody, ct) is not { } body || HolderProof.Read(http, body, settings, clock.GetUtcNow()) is not { } key) return ContactEndpoints.Problem(403, "proof");
        return Answer(await flow.BeginAsync(id, key, ct));
    }

    private static async Task<IResult> BeginByContactAsync(HttpContext http, RecoveryFlow flow, RecoverySettings settings, TimeProvider clock, CancellationToken ct)
    {
        if (await JsonAsync(http, ct) is not var (bytes, body)) return ContactEndpoints.Problem(400, "json");
        if (HolderProof.Read(http, bytes, settings, clock.GetUtcNow()) is not { } key) return ContactEndpoints.Problem(403, "proof");
        if (ContactEndpoints.Normalize(StrictJson.Text(body["kind"]) ?? "", StrictJson.Text(body["address"])) is not { } address) return ContactEndpoints.Problem(400, "address");
        return Answer(await flow.BeginByContactAsync(address, key, ct));
    }

    private static async Task<IResult> ProveAsync(string recovery, HttpContext http, RecoveryFlow flow, RecoverySettings settings, TimeProvider clock, CancellationToken ct)
    {
        if (await JsonAsync(http, ct) is not var (bytes, body)) return ContactEndpoints.Problem(400, "json");
        if (HolderProof.Read(http, bytes, settings, clock.GetUtcNow()) is not { } key) return ContactEndpoints.Problem(403, "proof");
        return Answer(await flow.ProveContactAsync(recovery, key, StrictJson.Text(body["code"]) ?? "", ct));
    }

    private static async Task<IResult> AttestAsync(string recovery, HttpContext http, RecoveryFlow flow, RecoverySettings settings, TimeProvider clock, CancellationToken ct)
    {
        if (await JsonAsync(http, ct) is not var (bytes, body) || StrictJson.Text(body["issuer"]) is not { Length: > 0 and <= 500 } issuer) return ContactEndpoints.Problem(400, "json");
        if (HolderProof.Read(http, bytes, settings, clock.GetUtcNow()) is not { } key) return ContactEndpoints.Problem(403, "proof");
        var (step, attestation) = await flow.AttestAsync(recovery, key, issuer, ct);
        http.Response.Headers.CacheControl = "no-store";
        return step is RecoveryStep.Taken ? Results.Json(new { attestation }) : Answer(step);
    }

    private static async Task<IResult> StopByLinkAsync(string token, HttpContext http, RecoveryFlow flow, CancellationToken ct) =>
        StopPage.Say(http, await flow.StopByLinkAsync(SHA256.HashData(Encoding.ASCII.GetBytes(token)), ct));

    private static IResult Answer(RecoveryStep step, bool toItsOwn = true) => step switch
    {
        RecoveryStep.Taken taken => Results.Json(Shown(taken.Recovery, toItsOwn)),
        RecoveryStep.Refused { Code: "proof" } => ContactEndpoints.Problem(403, "proof"),
        RecoveryStep.Refused { Code: "wrong_code" or "digits" } wrong => ContactEndpoints.Problem(400, wrong.Code),
        RecoveryStep.Refused { Code: "too_many" } => ContactEndpoints.Problem(429, "too_many"),
        RecoveryStep.Refused refused => ContactEndpoints.Problem(409, refused.Code),
        _ => ContactEndpoints.Problem(404, "unknown"),
    };

    // Who has the sheet, or the old phone, sees that one runs; its id and number are its new phone's, or they would use up its codes and stop it at a desk.
    private static object Shown(RecoveryRow r, bool toItsOwn) => new
    {
        id = toItsOwn ? r.Id : null, number = toItsOwn ? r.Number : null, state = AwaitsDesk(r) ? RecoveryState.Proving : r.State, by_sheet = r.BySheet, by_contact = r.ByContact, by_desk = r.Desk is not null, contact_possible = r.CodeHash is not null && !AwaitsDesk(r),
        ends_at = r.EndsAt?.ToUnixTimeSeconds(), stopped_by = r.StoppedBy,
    };

    private static bool AwaitsDesk(RecoveryRow r) => r.LacksDocument && r.State is RecoveryState.Ready or RecoveryState.Done;

    private static async Task<(byte[], JsonObject)?> JsonAsync(HttpContext http, CancellationToken ct) =>
        await Body.ReadAsync(http, MaxBody, ct) is { } bytes && StrictJson.TryParseObject(bytes, out var body, out _) ? (bytes, body) : null;
}
