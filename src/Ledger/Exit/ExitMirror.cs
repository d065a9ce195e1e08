using System.Text;
using System.Text.Json;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Log;
using Identity.Ledger.Mirror;
using Identity.Ledger.Witnessing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Ledger.Exit;

/// <summary>The copy of the ledger that the operator of a log opens while it makes a bundle: it follows nothing by itself.</summary>
public static class ExitMirror
{
    /// <summary>Opens it. The operator's own log is read from its own database, since a service often cannot reach itself by its public address; other logs by theirs.</summary>
    /// <typeparam name="TDb">The context that holds the log (<see cref="LedgerLogServices.AddLedgerLog"/>).</typeparam>
    /// <param name="services">Of the operator's service.</param>
    /// <param name="file">Kept between two bundles, so that the second reads what is new alone. One mirror at a time opens it.</param>
    public static LedgerMirror Open<TDb>(IServiceProvider services, string file) where TDb : DbContext
    {
        var log = services.GetRequiredService<OperatorLog<TDb>>();
        var (clock, outbound, scopes) = (services.GetRequiredService<TimeProvider>(), services.GetRequiredService<OutboundFetch>(), services.GetRequiredService<IServiceScopeFactory>());
        var own = LogPlace.TryAddress(log.Log.Origin, "", out var address) ? address!.AbsoluteUri : null;
        var registry = ChainSettings.Open(log.Chain, services.GetRequiredService<ChainHttp>().Client, clock);
        return new LedgerMirror(registry, FetchAsync, file, new MirrorOptions { File = file, HeadAge = log.Chain.HeadAge, Development = log.Chain.Development }, clock);

        async Task<FetchResult> FetchAsync(Uri part, int maxBytes, CancellationToken ct)
        {
            if (own is null || !part.AbsoluteUri.StartsWith(own, StringComparison.Ordinal)) return await outbound.GetAsync(part, "*/*", maxBytes, ct);
            await using var scope = scopes.CreateAsyncScope();
            var body = await ReadAsync(scope.ServiceProvider.GetRequiredService<TDb>(), services.GetRequiredService<WitnessSettings>().Required, part.AbsoluteUri[own.Length..], ct);
            return new FetchResult.Answer(body is null ? 404 : 200, null, body ?? [], null);
        }
    }

    // The same bytes as the log's endpoints give (LedgerLogEndpoints).
    private static async Task<byte[]?> ReadAsync(DbContext db, int required, string path, CancellationToken ct)
    {
        const string Receipt = "receipt/";
        if (path == "checkpoint") return await new LogReader(db).PublishedAsync(required, ct) is { } note ? Encoding.UTF8.GetBytes(note) : null;
        if (Tiles.TryParsePath(path, out var tile)) return await new LogReader(db).TileAsync(tile, ct);
        return path.StartsWith(Receipt, StringComparison.Ordinal) && await LedgerLog.FindReceiptAsync(db, Convert.FromHexString(path[Receipt.Length..]), ct) is { } receipt ? JsonSerializer.SerializeToUtf8Bytes(receipt, JsonSerializerOptions.Web) : null;
    }
}
