using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Identity.Ledger.Anchoring;

/// <summary>Says how anchoring goes. Trouble degrades the app and never more: issuing goes on, entries wait.</summary>
internal sealed class AnchoringHealth : IHealthCheck
{
    private volatile AnchorStep _last = new AnchorStep.UpToDate();

    /// <summary>What the newest attempt did.</summary>
    public AnchorStep Last { get => _last; set => _last = value; }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Last switch
    {
        AnchorStep.Fault(var reason) => HealthCheckResult.Degraded(reason),
        AnchorStep.Waiting(var reason) => HealthCheckResult.Degraded(reason),
        _ => HealthCheckResult.Healthy(),
    });
}
