using System.Security.Cryptography;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.AccessLog;

/// <summary>
/// Gives each new row of the access log its place in the chain, about a second after it was written, and now and then puts the chain's head
/// into the public log, where it cannot be taken back. Several copies of the service may run: of two that seal at once one wins and the
/// other starts again. Killed at any line, rows are sealed or not, never half.
/// </summary>
internal sealed partial class SealAccessLog(IServiceScopeFactory scopes, IConfiguration configuration, TimeProvider clock, ILogger<SealAccessLog> log) : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly TimeSpan _headInterval = configuration.GetValue("AccessLog:HeadInterval", TimeSpan.FromHours(1));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
                await SealAsync(db, stoppingToken);
                await AnchorAsync(db, _headInterval, clock.GetUtcNow(), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (DbUpdateException)
            {
                // Another copy of the service was faster.
            }
            catch (Exception fault)
            {
                LogFault(log, fault.Message);
            }
            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Seals everything that is waiting, in the order of the rows.</summary>
    internal static async Task SealAsync(IssuerDb db, CancellationToken ct = default)
    {
        foreach (var organisation in await db.AccessLog.Where(e => e.Sequence == null).Select(e => e.Organisation).Distinct().ToListAsync(ct))
            while (await SealAsync(db, organisation, ct) == Batch) { }
    }

    /// <summary>Puts the head of each chain that grew since the last time into the public log: 32 salted bytes, in one transaction with the row that explains them.</summary>
    internal static async Task AnchorAsync(IssuerDb db, TimeSpan interval, DateTimeOffset now, CancellationToken ct = default)
    {
        foreach (var chain in await db.AccessChains.AsNoTracking().ToListAsync(ct))
        {
            var last = await db.AccessHeads.AsNoTracking().Where(h => h.Organisation == chain.Organisation).OrderByDescending(h => h.Sequence).FirstOrDefaultAsync(ct);
            if (last?.Sequence >= chain.Sequence) continue;
            var since = last?.At ?? await db.AccessLog.Where(e => e.Organisation == chain.Organisation && e.Sequence == 1).Select(e => e.At).FirstOrDefaultAsync(ct);
            if (now - since < interval) continue;

            var salt = RandomNumberGenerator.GetBytes(32);
            var head = new AccessHead { Organisation = chain.Organisation, Sequence = chain.Sequence, Hash = chain.Hash, Salt = salt, Entry = AccessHead.EntryOf(salt, chain.Hash), At = now };
            db.AccessHeads.Add(head);
            LedgerLog.Append(db, head.Entry, now);
            await db.SaveChangesAsync(ct);
        }
    }

    private static async Task<int> SealAsync(IssuerDb db, string organisation, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginExclusiveAsync($"access-log/{organisation}", ct);
        var chain = await db.AccessChains.SingleOrDefaultAsync(c => c.Organisation == organisation, ct);
        if (chain is null) db.AccessChains.Add(chain = new AccessChain { Organisation = organisation, Hash = new byte[32] });
        var rows = await db.AccessLog.Where(e => e.Organisation == organisation && e.Sequence == null).OrderBy(e => e.Id).Take(Batch).ToListAsync(ct);
        foreach (var row in rows)
        {
            (row.Sequence, row.Hash) = (chain.Sequence + 1, row.HashAfter(chain.Hash, chain.Sequence + 1));
            (chain.Sequence, chain.Hash) = (row.Sequence.Value, row.Hash);
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        db.ChangeTracker.Clear();
        return rows.Count;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sealing the access log failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
