using Identity.Audit.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Bundles;

/// <summary>Deletes the content of bundles whose time is over, at the start and every hour.</summary>
internal sealed class ForgetBundles(IServiceScopeFactory scopes, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        do
        {
            await using var scope = scopes.CreateAsyncScope();
            await RunAsync(scope.ServiceProvider.GetRequiredService<AuditDb>(), clock.GetUtcNow(), stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal static Task<int> RunAsync(AuditDb db, DateTimeOffset now, CancellationToken ct) =>
        db.Bundles.Where(b => b.Jwe != null && b.Until <= now).ExecuteUpdateAsync(set => set.SetProperty(b => b.Jwe, (string?)null), ct);
}
