using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Mirror;

/// <summary>Keeps the mirror fresh.</summary>
internal sealed class MirrorWorker(LedgerMirror mirror, MirrorOptions options, TimeProvider clock, ILogger<MirrorWorker> logger) : BackgroundService
{
    private readonly HashSet<string> _alarms = [];
    private string? _said;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken);
            await Task.Delay(options.Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            var problem = await mirror.RefreshAsync(ct);
            if (problem is not null && problem != _said) logger.NotReady(problem);
            _said = problem;
            foreach (var log in mirror.Logs)
            {
                if (log.Alarm is null) _alarms.Remove(log.Origin); // lifted
                else if (_alarms.Add(log.Origin)) logger.Alarm(log.Origin, log.Alarm);
            }
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception e)
        {
            if (e.Message != _said) logger.LookFailed(e);
            _said = e.Message;
        }
    }
}

/// <summary>Not ready until the chain has been read, and while the node is behind; degraded while a log is in alarm.</summary>
internal sealed class MirrorHealth(LedgerMirror mirror) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (mirror.NotReady is { } reason) return Task.FromResult(HealthCheckResult.Unhealthy(reason));
        var alarms = mirror.State.Alarms;
        return Task.FromResult(alarms.Count > 0 ? HealthCheckResult.Degraded($"Not trusted: {string.Join(", ", alarms)}") : HealthCheckResult.Healthy());
    }
}
