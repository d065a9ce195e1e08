using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Anchoring;

/// <summary>Anchors the newest checkpoint every few seconds and waits longer and longer while the chain cannot be reached.</summary>
internal sealed class AnchoringWorker<TDb>(
    OperatorLog<TDb> log, AnchoringHealth health, IServiceScopeFactory scopes, TimeProvider clock, ILogger<AnchoringWorker<TDb>> logger) : BackgroundService
    where TDb : DbContext
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = log.Chain.Interval;
        while (!stoppingToken.IsCancellationRequested)
        {
            var step = await StepAsync(stoppingToken);
            if (step != health.Last) Say(step);
            health.Last = step;
            pause = step is AnchorStep.Waiting or AnchorStep.Fault ? Longer(pause) : log.Chain.Interval;
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<AnchorStep> StepAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await log.Anchorer.RunAsync(scope.ServiceProvider.GetRequiredService<TDb>(), ct);
        }
        catch (EvmException unreachable)
        {
            return new AnchorStep.Waiting(unreachable.Message);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            return health.Last;
        }
        catch (Exception e)
        {
            logger.AnchoringFailed(e);
            return new AnchorStep.Waiting(e.Message);
        }
    }

    private TimeSpan Longer(TimeSpan pause)
    {
        // A local node comes back in seconds, and somebody sits in front of it.
        var longest = log.Chain.Development ? log.Chain.Interval * 3 : log.Chain.LongestPause;
        return pause * 2 < longest ? pause * 2 : longest;
    }

    private void Say(AnchorStep step)
    {
        switch (step)
        {
            case AnchorStep.Anchored(var size, var transaction):
                logger.Anchored(size, transaction);
                break;
            case AnchorStep.Waiting(var reason):
                logger.Waits(reason);
                break;
            case AnchorStep.Fault(var reason):
                logger.Fault(reason);
                break;
        }
    }
}
