using Identity.Ledger.Witnessing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Log;

/// <summary>Runs the sequencer round after round, and releases what may be served; a round that fails is tried again, since nothing of it was committed.</summary>
internal sealed class SequencerWorker<TDb>(OperatorLog<TDb> log, WitnessSettings witnesses, IServiceScopeFactory scopes, TimeProvider clock, ILogger<SequencerWorker<TDb>> logger) : BackgroundService
    where TDb : DbContext
{
    private string? _said;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(log.Log.Interval, clock);
        try
        {
            do await RoundAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await log.Lease.ReleaseAsync(scope.ServiceProvider.GetRequiredService<TDb>(), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LeaseKept(e); // it runs out by itself
        }
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            var round = await log.Sequencer.RunAsync(db, ct);
            // Whoever stands by too: both say the same of the same rows.
            await new LogReader(db).ReleaseAsync(witnesses.Required, clock.GetUtcNow() - WitnessSettings.Patience, ct);
            if (round is SequencerRound.Signed(var entries, var checkpoint)) logger.Signed(entries, checkpoint.Size);
            var fault = (round as SequencerRound.Halted)?.Fault;
            var waits = (round as SequencerRound.Waiting)?.Reason;
            if (fault is not null && fault != _said) logger.Halted(fault);
            if (waits is not null && waits != _said) logger.Waits(waits);
            _said = fault ?? waits;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (_said != e.Message) logger.RoundFailed(e);
            _said = e.Message;
        }
    }
}
