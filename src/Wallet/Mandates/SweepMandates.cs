namespace Identity.Wallet.Mandates;

/// <summary>Once a minute: ends what is past its time. Pages look at the time themselves; this only deletes what nobody can open any more.</summary>
internal sealed partial class SweepMandates(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SweepMandates> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<EndMandates>().SweepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(log, fault.Message);
            }
            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Warning: what should be deleted is still there, for a minute more.
    [LoggerMessage(Level = LogLevel.Warning, Message = "Ending mandates that are past their time failed and will be tried again: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
