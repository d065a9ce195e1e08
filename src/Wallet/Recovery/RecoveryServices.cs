using Identity.Wallet.Data;
using Identity.Wallet.Messages;

namespace Identity.Wallet.Recovery;

/// <summary>What the recovery service consists of.</summary>
internal static class RecoveryServices
{
    public static void AddRecovery(this WebApplicationBuilder builder, string folder)
    {
        var development = !builder.Environment.IsProduction();
        builder.Services.AddSingleton(RecoverySettings.Read(builder.Configuration)).AddSingleton(MessageSettings.Read(builder.Configuration, folder, development))
            .AddSingleton(_ => RecoveryKeys.Load(builder.Configuration, folder, development))
            .AddScoped<Outbox>().AddScoped<Notices>().AddScoped<RecoveryFlow>()
            .AddScoped(services => new RecoveryDesk(services.GetRequiredService<RecoveryFlow>(), services.GetRequiredService<WalletDb>()))
            .AddHostedService<AdvanceRecoveries>().AddHostedService<SendMessages>();
    }

    public static void MapRecovery(this WebApplication app)
    {
        app.Services.GetRequiredService<RecoveryKeys>(); // a missing key stops the start, not the first request
        ListEndpoints.Map(app);
        ContactEndpoints.Map(app);
        ReplaceList.Map(app);
        RecoveryEndpoints.Map(app);
    }
}

/// <summary>Takes recoveries on when their time has come. Killed at any line: the notice and the step are one transaction.</summary>
internal sealed partial class AdvanceRecoveries(IServiceScopeFactory scopes, RecoverySettings settings, ILogger<AdvanceRecoveries> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<RecoveryFlow>().AdvanceDueAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogFault(log, fault.GetType().Name); // the database is away: look again
            }
            await Task.Delay(settings.Interval, TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Recoveries could not be looked at: {Fault}")]
    private static partial void LogFault(ILogger log, string fault);
}
