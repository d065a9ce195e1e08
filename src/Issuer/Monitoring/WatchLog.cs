using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Monitoring;

/// <summary>
/// Compares the public record with what this service did: each entry of the log that its operator published with the copies, papers, status tokens and heads of access logs in the database; the ledger's anchors with the log;
/// the logs that the ledger says its organisations record in with this one, and their keys there with those here. What somebody else put there with a stolen key is found, since a credential counts only once it is recorded in such a log.
/// </summary>
public sealed class WatchLog(IssuerDb db, OrganisationDirectory organisations, ChainRecord chain, IServiceProvider services, TimeProvider clock)
{
    /// <summary>Entries compared at a time: bounds memory. For each such number everything that was signed is read once, the newest first.</summary>
    private const int Batch = 65_536;

    /// <summary>One round up to the newest published checkpoint. Killed at any line, the next round does the rest; of two at once each finds a thing once.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (await CompareAsync(ct)) { }
        var strange = await StrangeAsync(ct); // before the turn: a node may let one wait; null where it cannot be asked
        await using var turn = await db.Database.BeginExclusiveAsync("monitor", ct);
        if (await LedgerLog.FaultAsync(db, ct) is { } fault) await FindAsync(FindingKind.Contradiction, fault, null, null, ct);
        foreach (var (kind, organisation, what) in strange ?? []) await FindAsync(kind, $"{organisation} {what}", organisation, null, ct);
        var state = await StateAsync(ct);
        if (strange is not null) state.LookedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
    }

    /// <summary>True where there may be more.</summary>
    private async Task<bool> CompareAsync(CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        var from = await db.MonitorStates.Where(s => s.Id == 1).Select(s => s.Position).SingleOrDefaultAsync(ct);
        var published = await LedgerLog.PublishedSizeAsync(db, ct);
        var until = Math.Min(published, from + Batch);
        if (until <= from) return false;
        var unknown = await UnknownAsync(from, until, ct); // before the turn: others write meanwhile
        await using var turn = await db.Database.BeginExclusiveAsync("monitor", ct);
        var state = await StateAsync(ct);
        if (state.Position != from) return true; // another copy of this service was faster
        foreach (var (entry, position) in unknown.OrderBy(e => e.Value)) await FindAsync(FindingKind.UnknownEntry, entry, null, position, ct);
        state.Position = until;
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return until < published;
    }

    // Whatever this service puts into the log it stores in the same transaction: what is in the log and not here was put there by somebody else. No index is by entry: each table is read through once, outside any turn.
    private async Task<Dictionary<string, long>> UnknownAsync(long from, long until, CancellationToken ct)
    {
        var unknown = await LedgerLog.Between(db, from, until).ToDictionaryAsync(e => Convert.ToHexStringLower(e.Entry), e => e.Position, ct);
        foreach (var known in new[] { db.PublishedTokens.OrderByDescending(t => t.At).Select(t => t.Entry), db.AccessHeads.Select(h => h.Entry), db.Copies.OrderByDescending(c => c.Id).Select(c => c.Entry) })
        {
            if (unknown.Count == 0) break;
            await foreach (var entry in known.AsAsyncEnumerable().WithCancellation(ct))
                if (unknown.Remove(Convert.ToHexStringLower(entry)) && unknown.Count == 0) break;
        }
        return unknown;
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

    // Null where the ledger cannot be read now: the next round looks.
    private async Task<IReadOnlyList<(FindingKind Kind, string Organisation, string What)>?> StrangeAsync(CancellationToken ct)
    {
        if (await chain.TryReadAsync(ct, insist: true) is not { } events) return null;
        var (own, found) = (services.GetRequiredService<OwnLog>().Id, new HashSet<(FindingKind, string, string)>());
        var ids = organisations.All.ToDictionary(o => Convert.ToHexStringLower(o.Profile.Id()), o => o.Slug);
        foreach (var happening in events)
        {
            if (happening is RegistryEvent.LogUsed used && !used.Log.AsSpan().SequenceEqual(own) && ids.TryGetValue(Convert.ToHexStringLower(used.Organisation), out var user))
                found.Add((FindingKind.OtherLog, user, Convert.ToHexStringLower(used.Log)));
            if (happening is RegistryEvent.KeyAdded added && ids.TryGetValue(Convert.ToHexStringLower(added.Organisation), out var owner)) found.Add((FindingKind.UnknownKey, owner, Base64Url.Encode(added.Thumbprint)));
        }
        // Each key's row is stored before the ledger hears of it; those that staff registered by hand have a registration alone.
        var here = (await db.SigningKeys.Select(k => new { k.Organisation, k.Thumbprint }).Union(db.KeyRegistrations.Select(k => new { k.Organisation, k.Thumbprint })).ToListAsync(ct)).Select(k => (FindingKind.UnknownKey, k.Organisation, k.Thumbprint));
        found.ExceptWith(here);
        return [.. found];
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
                var found = await scope.ServiceProvider.GetRequiredService<MonitorReport>().OpenAsync(stoppingToken);
                if (found > 0) LogFound(log, found);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFault(log, fault.Message);
            }
            await Task.Delay(_interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The public record has {Found} things that this service did not do and that wait for an answer: somebody may have a key of ours. See the console, What we issued")]
    private static partial void LogFound(ILogger log, int found);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Comparing the log with what was issued failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
