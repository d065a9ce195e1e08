using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Identity.Ledger.Mirror.Serving;

/// <summary>
/// The ledger as this service read and checked it, for everybody: any copy replaces any other. Checkpoints and tiles are byte for byte the log's own, so that whoever reads them here checks them as there.
/// </summary>
public static class MirrorEndpoints
{
    private const string Fresh = "no-cache";
    private const string Forever = "public, max-age=31536000, immutable";
    private const string Json = "application/json";
    private const int Anchors = 100;

    /// <summary>Maps <c>/mirror</c> and what lies below it: GET only, open to every origin, with ETags.</summary>
    public static IEndpointRouteBuilder MapMirror(this IEndpointRouteBuilder app)
    {
        var mirror = app.MapGroup("/mirror").RequireCors(Cors.Open).WithTags("Mirror");
        Described(mirror.MapGet("", (HttpContext http, LedgerMirror held) => Answer(http, held.Index())), "GetMirror", "What is held of the ledger and how old it is: the chain and every log.", typeof(MirrorIndex));
        Described(mirror.MapGet("/organisations", (HttpContext http, LedgerMirror held) => Answer(http, held.Organisations())),
            "GetMirrorOrganisations", "Every registered organisation in the order of registration.", typeof(IReadOnlyList<MirrorOrganisation>));
        Described(mirror.MapGet("/organisations/{id}", (string id, HttpContext http, LedgerMirror held) => Answer(http, Id(id) is { } known ? held.HistoryOf(known) : null)),
            "GetMirrorHistory", "What the chain has of one organisation, each act with its block and transaction.", typeof(MirrorHistory));
        Described(mirror.MapGet("/scopes/{id}", (string id, HttpContext http, LedgerMirror held) => Text(http, Id(id) is { } known ? held.ScopeOf(known) : null, Json)),
            "GetMirrorScope", "The text of an accreditation's scope; its SHA-256 is the id.", typeof(string));
        Described(mirror.MapGet("/alarms", (HttpContext http, LedgerMirror held) => Answer(http, held.Alarms())),
            "GetMirrorAlarms", "Contradictions that were seen, with the signed checkpoints that show them.", typeof(IReadOnlyList<MirrorAlarmView>));
        Described(mirror.MapGet("/logs/{id}/anchors", (string id, HttpContext http, LedgerMirror held) => Answer(http, Id(id) is { } known ? held.AnchorsOf(known, Anchors) : null)),
            "GetMirrorAnchors", "The newest anchors of a log, a hundred at most, the newest first.", typeof(IReadOnlyList<MirrorAnchor>));
        Described(mirror.MapGet("/logs/{id}/counts", Counts), "GetMirrorCounts", "How many entries were anchored in each day or hour.", typeof(IReadOnlyList<MirrorCount>)).ProducesProblem(400);
        // What other mirrors fill themselves from is not limited by the minute: the log's own address is not either.
        mirror.MapGet("/logs/{id}/checkpoint", (string id, HttpContext http, LedgerMirror held) => Text(http, Id(id) is { } known ? held.CheckpointOf(known) : null, "text/plain; charset=utf-8"))
            .WithName("GetMirrorCheckpoint").WithSummary("The newest signed checkpoint that was checked, as the log published it (C2SP tlog-checkpoint).").Produces<string>(200, "text/plain");
        mirror.MapGet("/logs/{id}/tile/{*path}", Tile)
            .WithName("GetMirrorTile").WithSummary("A tile or entry bundle of the checked tree (C2SP tlog-tiles).").Produces<byte[]>(200, "application/octet-stream");
        mirror.MapGet("/receipt/{entry}", ReceiptOf)
            .WithName("GetMirrorReceipt").WithSummary("The receipt of an anchored entry; 202 while it waits for its anchor.").Produces<Receipt>(200, Json);
        return app;
    }

    private static RouteHandlerBuilder Described(RouteHandlerBuilder route, string name, string summary, Type answer) =>
        route.RequireRateLimiting(Limits.Work).WithName(name).WithSummary(summary).Produces(200, answer, Json).ProducesProblem(429);

    private static Results<FileContentHttpResult, ProblemHttpResult, NotFound> Counts(string id, HttpContext http, LedgerMirror held, string by = "day")
    {
        if (by is not ("day" or "hour")) return TypedResults.Problem("by is day or hour.", statusCode: 400, title: "Counted by what?");
        var answer = Answer(http, Id(id) is { } known ? held.CountsOf(known, by == "hour") : null);
        return answer.Result is FileContentHttpResult file ? file : TypedResults.NotFound();
    }

    private static Results<FileContentHttpResult, NotFound> Tile(string id, string path, HttpContext http, LedgerMirror held)
    {
        if (Id(id) is not { } log || !Tiles.TryParsePath("tile/" + path, out var tile) || held.TileOf(log, tile) is not var (bytes, anchored)) return TypedResults.NotFound();
        // What is not on the chain yet may still turn out to be a thief's, and be dropped.
        return Tagged(http, bytes, "application/octet-stream", anchored ? Forever : Fresh);
    }

    private static Results<FileContentHttpResult, Accepted, NotFound> ReceiptOf(string entry, HttpContext http, LedgerMirror held)
    {
        if (Id(entry) is not { } bytes) return TypedResults.NotFound();
        var (receipt, waits) = held.ReceiptOf(bytes);
        if (receipt is not null) return Tagged(http, JsonSerializer.SerializeToUtf8Bytes(receipt, JsonSerializerOptions.Web), Json, Fresh);
        if (!waits) return TypedResults.NotFound();
        http.Response.Headers.RetryAfter = "3";
        return TypedResults.Accepted((string?)null);
    }

    private static Results<FileContentHttpResult, NotFound> Answer<T>(HttpContext http, T? answer) where T : class =>
        answer is null ? TypedResults.NotFound() : Tagged(http, JsonSerializer.SerializeToUtf8Bytes(answer, JsonSerializerOptions.Web), Json, Fresh);

    private static Results<FileContentHttpResult, NotFound> Text(HttpContext http, string? text, string type) =>
        text is null ? TypedResults.NotFound() : Tagged(http, Encoding.UTF8.GetBytes(text), type, Fresh);

    private static FileContentHttpResult Tagged(HttpContext http, byte[] body, string type, string keep)
    {
        http.Response.Headers.CacheControl = keep;
        return TypedResults.File(body, type, entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..32]}\""));
    }

    /// <summary>32 bytes in their one spelling.</summary>
    private static byte[]? Id(string text) => text.Length == 2 * LedgerLog.EntrySize && text.All(char.IsAsciiHexDigitLower) ? Convert.FromHexString(text) : null;
}
