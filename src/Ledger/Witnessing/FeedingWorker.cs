using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Witnessing;

/// <summary>Keeps each witness fed: one loop for each, so that a dead one keeps nobody waiting. Nothing else waits for a witness.</summary>
internal sealed class FeedingWorker<TDb>(OperatorLog<TDb> log, IServiceScopeFactory scopes, TimeProvider clock, ILogger<FeedingWorker<TDb>> logger) : BackgroundService where TDb : DbContext
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(log.Feeders.Select(feeder => FeedAsync(feeder, stoppingToken)));

    private async Task FeedAsync(Feeder feeder, CancellationToken ct)
    {
        var pause = log.Log.Interval;
        long? done = null;
        var said = "";
        while (!ct.IsCancellationRequested)
        {
            FeedStep? step = null;
            var failed = false;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<TDb>();
                if (log.Guard.IsPassed && await new LogReader(db).NewestAsync(ct) is { } newest && newest.Size != done) step = await feeder.RunAsync(db, ct);
            }
            catch (Exception) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.FeedingFailed(e);
                failed = true;
            }
            var problem = step switch { FeedStep.Waiting(var reason) => reason, FeedStep.Contradicted(var reason) => reason, _ => "" };
            if (problem != said && problem.Length > 0) { if (step is FeedStep.Contradicted) logger.Contradicted(problem); else logger.NotCosigned(problem); }
            said = problem;
            if (step is FeedStep.Cosigned(var size)) done = size;
            pause = problem.Length == 0 && !failed ? log.Log.Interval : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            await Task.Delay(pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
