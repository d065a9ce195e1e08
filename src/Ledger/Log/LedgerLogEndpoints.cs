using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Witnessing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Ledger.Log;

/// <summary>The log as others read it: C2SP tlog-tiles and receipts.</summary>
public static class LedgerLogEndpoints
{
    private const string Forever = "public, max-age=31536000, immutable";

    /// <summary>Maps <c>/log/checkpoint</c>, <c>/log/tile/…</c> and <c>/log/receipt/{entry}</c>, open to every origin.</summary>
    public static IEndpointRouteBuilder MapLedgerLog<TDb>(this IEndpointRouteBuilder app) where TDb : DbContext
    {
        var log = app.MapGroup("/log").RequireCors(Cors.Open);
        log.MapGet("/checkpoint", (HttpContext http, CancellationToken ct) => CheckpointAsync(Db(http), http, ct));
        log.MapGet("/tile/{*path}", (string path, HttpContext http, CancellationToken ct) => TileAsync(path, Db(http), http.Response, ct));
        log.MapGet("/receipt/{entry}", (string entry, HttpContext http, CancellationToken ct) => ReceiptAsync(entry, Db(http), http.Response, ct));
        return app;

        static DbContext Db(HttpContext http) => http.RequestServices.GetRequiredService<TDb>();
    }

    private static async Task<Results<ContentHttpResult, NotFound>> CheckpointAsync(DbContext db, HttpContext http, CancellationToken ct)
    {
        var required = http.RequestServices.GetService<WitnessSettings>()?.Required ?? 0;
        if (await new LogReader(db).PublishedAsync(required, ct) is not { } note) return TypedResults.NotFound();
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Text(note, "text/plain; charset=utf-8");
    }

    private static async Task<Results<FileContentHttpResult, NotFound>> TileAsync(string path, DbContext db, HttpResponse response, CancellationToken ct)
    {
        if (!Tiles.TryParsePath("tile/" + path, out var tile)) return TypedResults.NotFound();
        if (await new LogReader(db).TileAsync(tile, ct) is not { } bytes) return TypedResults.NotFound();
        response.Headers.CacheControl = Forever;
        return TypedResults.File(bytes, "application/octet-stream");
    }

    private static async Task<Results<Ok<Receipt>, Accepted, NotFound>> ReceiptAsync(string entry, DbContext db, HttpResponse response, CancellationToken ct)
    {
        if (entry.Length != 2 * LedgerLog.EntrySize || !entry.All(char.IsAsciiHexDigitLower)) return TypedResults.NotFound();
        var bytes = Convert.FromHexString(entry);
        switch (await LedgerLog.FindAsync(db, bytes, ct))
        {
            case EntryPlace.Anchored(var index, var anchor):
                return TypedResults.Ok(await LedgerLog.ProveAsync(db, bytes, index, anchor, ct));
            case EntryPlace.Unknown:
                return TypedResults.NotFound();
            default:
                response.Headers.RetryAfter = "3";
                return TypedResults.Accepted((string?)null);
        }
    }
}
