namespace Identity.Verifier.Status;

/// <summary>Keeps the status lists fresh at a fixed pace, off the path of any check.</summary>
public sealed partial class StatusRefresher(StatusCache cache, VerifierSettings settings, TimeProvider clock, ILogger<StatusRefresher> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loaded = false;
        using var timer = new PeriodicTimer(settings.StatusRefresh, clock);
        do
        {
            try
            {
                // Loaded again until some are: at start the mirror may not know the issuers' keys yet.
                if (!loaded) await cache.LoadAsync(stoppingToken);
                loaded |= cache.Uris.Count > 0;
                await cache.RefreshAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFault(log, fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Status lists could not be refreshed; the next round tries again")]
    private static partial void LogFault(ILogger log, Exception fault);
}
