using Identity.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Identity.Verifier.Data;

/// <summary>Registers the verifier's database and brings it to the newest version before the app serves.</summary>
public static class VerifierData
{
    /// <summary>Adds <see cref="VerifierDb"/>: <c>ConnectionStrings:Verifier</c>, or <c>verifier.db</c> in the data folder.</summary>
    public static IServiceCollection AddVerifierData(this IServiceCollection services, IConfiguration configuration, string dataFolder)
    {
        var connection = configuration.GetConnectionString("Verifier") ?? $"Data Source={Path.Combine(dataFolder, "verifier.db")}";
        services.AddDbContextFactory<VerifierDb>(db => db.UseDatabase(connection));
        services.AddHostedService<Migration>();
        return services;
    }

    /// <summary>Registered first, so that every other worker finds the tables.</summary>
    private sealed class Migration(IDbContextFactory<VerifierDb> databases) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await SqlMigrations.ApplyAsync(db, typeof(VerifierDb).Assembly, cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Times as stored.</summary>
public static class Micros
{
    /// <summary>UTC microseconds since 1970.</summary>
    public static long ToMicros(this DateTimeOffset time) => Databases.Microseconds(time);

    /// <summary>The time of UTC microseconds since 1970.</summary>
    public static DateTimeOffset FromMicros(long micros) => new(DateTimeOffset.UnixEpoch.UtcTicks + micros * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
