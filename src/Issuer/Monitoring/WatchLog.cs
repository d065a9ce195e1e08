using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Monitoring;

/// <summary>
/// Compares the public record with what this service did: each entry of the log that its operator published with the copies, papers, status tokens and heads of access logs in the database; the ledger's anchors with the log;
/// the logs that the ledger says its organisations record in with this one. What somebody else put there with a stolen key is found, since a credential counts only once it is recorded in such a log.
/// </summary>
public sealed class WatchLog(IssuerDb db, OrganisationDirectory organisations, ChainRecord chain, IServiceProvider services, TimeProvider clock)
{
    /// <summary>Entries compared at a time: bounds memory and the turn.</summary>
    private const int Batch = 4096;

    /// <summary>One round up to the newest published checkpoint. Killed at any line, the next round does the rest; of two at once each finds a thing once.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (await CompareAsync(ct)) { }
        var others = await OtherLogsAsync(ct); // before the turn: a node may let one wait
        await using var turn = await db.Database.BeginExclusiveAsync("monitor", ct);
        if (await LedgerLog.FaultAsync(db, ct) is { } fault) await FindAsync(FindingKind.Contradiction, fault, null, null, ct);
        foreach (var (organisation, log) in others) await FindAsync(FindingKind.OtherLog, $"{organisation} {log}", organisation, null, ct);
        var state = await StateAsync(ct);
        state.LookedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
    }

    /// <summary>True where there may be more.</summary>
    private async Task<bool> CompareAsync(CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        await using var turn = await db.Database.BeginExclusiveAsync("monitor", ct);
        var state = await StateAsync(ct);
        var published = await LedgerLog.PublishedSizeAsync(db, ct);
        var until = Math.Min(published, state.Position + Batch);
        if (until <= state.Position) return false;
        // Whatever this service puts into the log it stores in the same transaction: what is in the log and not here was put there by somebody else.
        var unknown = await LedgerLog.Between(db, state.Position, until)
            .Where(e => !db.Copies.Any(c => c.Entry == e.Entry) && !db.PublishedTokens.Any(t => t.Entry == e.Entry) && !db.AccessHeads.Any(h => h.Entry == e.Entry))
            .OrderBy(e => e.Position).ToListAsync(ct);
        foreach (var entry in unknown) await FindAsync(FindingKind.UnknownEntry, Convert.ToHexStringLower(entry.Entry), null, entry.Position, ct);
        state.Position = until;
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return until < published;
    }

    private async Task<MonitorState> StateAsync(CancellationToken ct)
    {
        var state = await db.MonitorStates.SingleOrDefaultAsync(s => s.Id == 1, ct);
        if (state is null) db.MonitorStates.Add(state = new MonitorState { Id = 1, Position = 0, Since = 0 });
        return state;
    }

    private async Task FindAsync(FindingKind kind, string subject, string? organisation, long? position, CancellationToken ct)
    {
        if (await db.MonitorFindings.AnyAsync(f => f.Kind == kind && f.Subject == subject, ct)) return;
        db.MonitorFindings.Add(new MonitorFinding { Kind = kind, Subject = subject, Organisation = organisation, Position = position, FoundAt = clock.GetUtcNow() });
    }

    // Where the ledger cannot be read now, the next round looks.
    private async Task<IReadOnlyList<(string Organisation, string Log)>> OtherLogsAsync(CancellationToken ct)
    {
        var own = services.GetRequiredService<OwnLog>().Id;
        var ids = organisations.All.ToDictionary(o => Convert.ToHexStringLower(o.Profile.Id()), o => o.Slug);
        return [.. (await chain.TryReadAsync(ct) ?? []).OfType<RegistryEvent.LogUsed>().Where(used => !used.Log.AsSpan().SequenceEqual(own))
            .Where(used => ids.ContainsKey(Convert.ToHexStringLower(used.Organisation))).Select(used => (ids[Convert.ToHexStringLower(used.Organisation)], Convert.ToHexStringLower(used.Log))).Distinct()];
    }
}

/// <summary>Looks every <c>Monitor:Interval</c>, an hour unless it is set, and once at the start.</summary>
internal sealed partial class WatchLogWorker(IServiceScopeFactory scopes, IConfiguration configuration, TimeProvider clock, ILogger<WatchLogWorker> log) : BackgroundService
{
    private readonly TimeSpan _interval = configuration.GetValue("Monitor:Interval", TimeSpan.FromHours(1));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<WatchLog>().RunAsync(stoppingToken);
                var found = await scope.ServiceProvider.GetRequiredService<MonitorReport>().RecentAsync(null, stoppingToken);
                if (found > 0) LogFound(log, found);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(log, fault.Message);
            }
            await Task.Delay(_interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The public record has {Found} things that this service did not do: somebody may have a key of ours. See the console, What we issued")]
    private static partial void LogFound(ILogger log, int found);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Comparing the log with what was issued failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
