using System.ComponentModel;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Management;

/// <summary>A signing key and how far it has come.</summary>
public sealed record KeyView(
    [property: Description("RFC 7638 thumbprint, base64url.")] string Thumbprint,
    [property: Description("made, settling (on the ledger, verifiers learn of it), signs, replaced, retiring (good on the ledger until endedAt), retired, stealing (its end is being written) or stolen.")] string State,
    DateTimeOffset MadeAt,
    [property: Description("The block that registered it, where this service saw that.")] long? Block,
    DateTimeOffset? OnLedgerAt, DateTimeOffset? SignsFrom,
    [property: Description("It signed nothing at or after this time.")] DateTimeOffset? SignsUntil,
    [property: Description("Its end on the ledger is dated no earlier.")] DateTimeOffset? RetireAt,
    DateTimeOffset? StolenSince,
    [property: Description("The end as the ledger has it; it may lie ahead.")] DateTimeOffset? EndedAt,
    string? EndTransaction,
    [property: Description("Why the next step waits.")] string? Waiting,
    [property: Description("Copies that it signed.")] int Signed);

/// <summary>Asks for a new key.</summary>
public sealed record NewKeyBody(
    [property: Description("The organisation’s short name, as in the path: says that this is meant.")] string? Word,
    [property: Description("Until then the present key stays good on the ledger beside the new one; left out, it retires as soon as everything it signed is recorded.")] DateTimeOffset? OverlapUntil = null);

/// <summary>Retires a key.</summary>
public sealed record RetirementBody(
    [property: Description("The organisation’s short name, as in the path: says that this is meant.")] string? Word,
    [property: Description("From then on the key is not good on the ledger; from now on, at most two years ahead.")] DateTimeOffset At);

/// <summary>Ends a key that was stolen. It cannot be taken back.</summary>
public sealed record CompromiseBody(
    [property: Description("The organisation’s short name, as in the path: says that this is meant.")] string? Word,
    [property: Description("Since when others may have had the key. What was recorded since then is not valid.")] DateTimeOffset Since);

/// <summary>The organisation itself, for its own software: its signing keys, and what the ledger says of it. The same acts as the console's, by the same rules.</summary>
internal static class OrganisationApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/api/{org}/keys").AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).DisableAntiforgery().WithTags("Keys")
            .WithMetadata(new NeedsRole(StaffRoles.Admin)).ProducesProblem(401).ProducesProblem(403);
        keys.MapGet("", KeysAsync).WithName("ListKeys").WithSummary("Lists the organisation’s signing keys, newest first, with how far each has come.");
        keys.MapPost("", RotateAsync).WithName("RotateKey").WithSummary("Makes a new key, which signs once it stands on the ledger; the present one signs until then. Nothing is to be issued again.").ProducesProblem(400).ProducesProblem(409);
        keys.MapPost("/{thumbprint}/retirement", RetireAsync).WithName("RetireKey").WithSummary("Retires a key at a time to come; the one that signs is replaced by a new one meanwhile.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        keys.MapPost("/{thumbprint}/compromise", CompromiseAsync).WithMetadata(new Closing.StaysOpen()).WithName("ReportStolenKey").WithSummary("Ends a stolen key at once; what was recorded since then is not valid. Where it was the one that signs, nothing is issued until a new one stands on the ledger.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);

        app.MapGet("/api/{org}/history", HistoryAsync).AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).WithTags("History").WithMetadata(new NeedsRole(StaffRoles.Admin | StaffRoles.Auditor))
            .ProducesProblem(401).ProducesProblem(403).ProducesProblem(503).WithName("GetHistory").WithSummary("What the ledger says of the organisation, newest first: registration, accreditations, keys, logs, closing, each with its block and transaction.");
    }

    private static async Task<Results<Ok<IReadOnlyList<HistoryLine>>, ProblemHttpResult>> HistoryAsync(string org, HttpContext http, ChainRecord record, CancellationToken ct) =>
        await record.TryReadAsync(ct) is { } events ? TypedResults.Ok(OrganisationHistory.Of(http.Caller().Organisation.Profile.Id(), events)) : AccreditationApi.NoLedger();

    private static async Task<Ok<KeyView[]>> KeysAsync(string org, HttpContext http, RotateKeys rotate, TimeProvider clock, CancellationToken ct) =>
        TypedResults.Ok(await ViewAsync(http, rotate, clock, ct));

    private static Task<Results<Accepted<KeyView[]>, ProblemHttpResult>> RotateAsync(string org, NewKeyBody body, HttpContext http, RotateKeys rotate, TimeProvider clock, CancellationToken ct) =>
        ActAsync(http, rotate, clock, body.Word, () => rotate.RotateAsync(http.Caller().Organisation, body.OverlapUntil?.ToUniversalTime(), http.Caller().Actor, ct), ct);

    private static Task<Results<Accepted<KeyView[]>, ProblemHttpResult>> RetireAsync(string org, string thumbprint, RetirementBody body, HttpContext http, RotateKeys rotate, TimeProvider clock, CancellationToken ct) =>
        ActAsync(http, rotate, clock, body.Word, () => rotate.RetireAsync(http.Caller().Organisation, thumbprint, body.At.ToUniversalTime(), http.Caller().Actor, ct), ct);

    private static Task<Results<Accepted<KeyView[]>, ProblemHttpResult>> CompromiseAsync(string org, string thumbprint, CompromiseBody body, HttpContext http, RotateKeys rotate, TimeProvider clock, CancellationToken ct) =>
        ActAsync(http, rotate, clock, body.Word, () => rotate.StolenAsync(http.Caller().Organisation, thumbprint, body.Since.ToUniversalTime(), http.Caller().Actor, ct), ct);

    private static async Task<Results<Accepted<KeyView[]>, ProblemHttpResult>> ActAsync(HttpContext http, RotateKeys rotate, TimeProvider clock, string? word, Func<Task<KeyAct>> act, CancellationToken ct)
    {
        if (NotMeant(http, word) is { } problem) return problem;
        KeyAct outcome;
        try
        {
            outcome = await act();
        }
        catch (DbUpdateConcurrencyException)
        {
            return TypedResults.Problem("The keys changed at this very moment. Look at them and try again.", statusCode: 409, title: "Not possible now");
        }
        return outcome switch
        {
            KeyAct.Begun => TypedResults.Accepted($"/api/{http.Caller().Organisation.Slug}/keys", await ViewAsync(http, rotate, clock, ct)),
            KeyAct.NotFound => TypedResults.Problem("The organisation has no key of this thumbprint.", statusCode: 404, title: "No such key"),
            KeyAct.AlreadyStolen => TypedResults.Problem("The key was reported as stolen before.", statusCode: 409, title: "Not possible now"),
            KeyAct.AlreadyEnded => TypedResults.Problem("The key has ended on the ledger. An end there moves to no later time.", statusCode: 409, title: "Not possible now"),
            KeyAct.NotInUse => TypedResults.Problem("The key does not sign yet; retire it once it does.", statusCode: 409, title: "Not possible now"),
            KeyAct.DateNotPossible => TypedResults.Problem("A retirement lies between now and two years ahead. A theft lies in the past, and not before the ledger’s last word on the key: an earlier date needs the body that supervises the organisation.", statusCode: 400, title: "Time not possible"),
            _ => TypedResults.Problem("A new key is on its way already.", statusCode: 409, title: "Not possible now"),
        };
    }

    /// <summary>Null where the word of confirmation is the organisation's short name; else the refusal.</summary>
    internal static ProblemHttpResult? NotMeant(HttpContext http, string? word) => word?.Trim() == http.Caller().Organisation.Slug ? null
        : TypedResults.Problem($"Send word: {http.Caller().Organisation.Slug}. Nothing was done.", statusCode: 400, title: "Confirmation needed");

    private static async Task<KeyView[]> ViewAsync(HttpContext http, RotateKeys rotate, TimeProvider clock, CancellationToken ct)
    {
        var keys = new List<KeyView>();
        foreach (var key in await rotate.ListAsync(http.Caller().Organisation, ct))
            keys.Add(new KeyView(key.Thumbprint, key.State(clock.GetUtcNow()), key.MadeAt, key.Block, key.OnLedgerAt, key.SignsFrom, key.SignsUntil, key.RetireAt, key.StolenSince, key.EndedAt, key.EndTransaction, key.Waiting, await rotate.SignedAsync(key, ct)));
        return [.. keys];
    }
}
