using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Anchoring;

/// <summary>Keeps the proofs of anchors. Beside anchoring, not within it: what it cannot have stops nothing.</summary>
internal sealed class ProofWorker<TDb>(OperatorLog<TDb> log, IServiceScopeFactory scopes, TimeProvider clock, ILogger<ProofWorker<TDb>> logger) : BackgroundService
    where TDb : DbContext
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        string? said = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var reason = await StepAsync(stoppingToken);
            if (reason is not null && reason != said) logger.ProofWaits(reason);
            said = reason;
            await Task.Delay(log.Chain.Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string?> StepAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return (await log.Keeper.RunAsync(scope.ServiceProvider.GetRequiredService<TDb>(), ct)).Reason;
        }
        catch (EvmException unreachable)
        {
            return unreachable.Message;
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            logger.ProofFailed(e);
            return e.Message;
        }
    }
}
