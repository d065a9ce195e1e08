using Identity.Audit.Data;
using Identity.Credentials.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Counts;

/// <summary>A count as anybody here may see it.</summary>
/// <param name="Stage">The stage, or empty for workers with any record.</param>
/// <param name="AtLeast">10, 15, 20 …; 0 means fewer than ten.</param>
public sealed record PublishedCount(string Stage, int AtLeast);

/// <summary>
/// Counts workers, never records, for each site. A count below ten is not told; above, it is rounded down to a multiple of five, and it changes only when
/// it is published: who compares two looks cannot tell that the person who was in the room has recorded something.
/// </summary>
public sealed class CountSites(AuditDb db, TimeProvider clock)
{
    /// <summary>No smaller group is ever counted.</summary>
    public const int Floor = 10;

    /// <summary>Counts are multiples of this.</summary>
    public const int Step = 5;

    /// <summary>What may be told of a number of workers.</summary>
    public static int Round(int workers) => workers < Floor ? 0 : workers - workers % Step;

    /// <summary>The published counts of a site and when they were published; null before the first publication.</summary>
    public async Task<(IReadOnlyList<PublishedCount> Counts, DateTimeOffset PublishedAt)?> OfAsync(string site, CancellationToken ct)
    {
        var rows = await db.Counts.AsNoTracking().Where(c => c.Site == site).OrderBy(c => c.Stage).ToListAsync(ct);
        return rows.Count == 0 ? null : ([.. rows.Select(r => new PublishedCount(r.Stage, r.Workers))], rows[0].PublishedAt);
    }

    /// <summary>Publishes the counts of all these sites, in one transaction.</summary>
    public async Task PublishAsync(IEnumerable<Site> sites, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        string[] stages = ["", .. ContractRecord.Stages];
        var workers = await db.Vouchers.Where(v => v.Stages != 0).GroupBy(v => new { v.Site, v.Stages }).Select(g => new { g.Key.Site, g.Key.Stages, Count = g.Count() }).ToListAsync(ct);
        var rows = await db.Counts.ToDictionaryAsync(c => (c.Site, c.Stage), ct);
        foreach (var site in sites)
        {
            for (var i = 0; i < stages.Length; i++)
            {
                var bit = i == 0 ? -1 : 1 << (i - 1);
                var told = Round(workers.Where(w => w.Site == site.Code && (w.Stages & bit) != 0).Sum(w => w.Count));
                if (rows.TryGetValue((site.Code, stages[i]), out var row)) (row.Workers, row.PublishedAt) = (told, now);
                else db.Counts.Add(new CountRow { Site = site.Code, Stage = stages[i], Workers = told, PublishedAt = now });
            }
        }
        await db.SaveChangesAsync(ct);
    }
}

/// <summary>Publishes the counts at the setting's interval, a day unless said otherwise, counted from the last publication across restarts.</summary>
internal sealed partial class PublishCounts(IServiceScopeFactory scopes, AuditSettings settings, TimeProvider clock, ILogger<PublishCounts> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var pause = settings.PublishEvery;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var last = await scope.ServiceProvider.GetRequiredService<AuditDb>().Counts.MaxAsync(c => (DateTimeOffset?)c.PublishedAt, stoppingToken);
                var due = last is null ? TimeSpan.Zero : last.Value + settings.PublishEvery - clock.GetUtcNow();
                if (due <= TimeSpan.Zero) await scope.ServiceProvider.GetRequiredService<CountSites>().PublishAsync(settings.Sites, stoppingToken);
                else pause = due;
            }
            catch (Exception fault) when (fault is DbUpdateException or System.Data.Common.DbException)
            {
                LogFault(log, fault);
            }
            await Task.Delay(pause < TimeSpan.FromHours(1) ? pause : TimeSpan.FromHours(1), clock, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The counts could not be published; trying again")]
    private static partial void LogFault(ILogger log, Exception fault);
}
