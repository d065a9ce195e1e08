using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Mirror;

/// <summary>Keeps the mirror fresh. Everybody may have a log, so none is waited for: the chain is read at its pace, and each log at its own.</summary>
internal sealed class MirrorWorker(LedgerMirror mirror, MirrorOptions options, TimeProvider clock, ILogger<MirrorWorker> logger) : BackgroundService
{
    /// <summary>How long a start waits for the logs before what it read of the chain counts.</summary>
    internal static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _alarms = [];
    private readonly Dictionary<string, Task> _looks = [];
    private readonly ConcurrentDictionary<string, string> _failed = [];
    private string? _said;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken);
            await Task.Delay(options.Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_looks.Values);
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            var problem = await mirror.ReadChainAsync(ct);
            if (problem is not null && problem != _said) logger.NotReady(problem);
            _said = problem;
            foreach (var log in mirror.Logs)
                if (!_looks.TryGetValue(log.Origin, out var look) || look.IsCompleted) _looks[log.Origin] = LookAtAsync(log.Origin, ct);
            if (problem is null && !mirror.HasLooked)
            {
                await Task.WhenAny(Task.WhenAll(_looks.Values), Task.Delay(FirstLook, clock, ct));
                await mirror.CountAsync();
            }

            Tell();
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

    private async Task LookAtAsync(string origin, CancellationToken ct)
    {
        try
        {
            await mirror.ReadLogAsync(origin, ct);
            _failed.TryRemove(origin, out _);
            Tell();
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception e)
        {
            if (_failed.GetValueOrDefault(origin) != e.Message) logger.LookFailed(e);
            _failed[origin] = e.Message;
        }
    }

    private void Tell()
    {
        lock (_alarms)
        {
            foreach (var log in mirror.Logs)
            {
                if (log.Alarm is null) _alarms.Remove(log.Origin); // lifted
                else if (_alarms.Add(log.Origin)) logger.Alarm(log.Origin, log.Alarm);
            }
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
