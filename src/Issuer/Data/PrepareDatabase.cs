using Identity.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Data;

/// <summary>Before the first request: applies migrations and seeds in Development; elsewhere checks that the migrations were applied.</summary>
internal sealed class PrepareDatabase(IServiceScopeFactory scopes, IHostEnvironment environment, IssuerSeed seed) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (environment.IsDevelopment())
        {
            await MigrateAsync(scope.ServiceProvider, cancellationToken);
            await seed.RunAsync(scope.ServiceProvider, cancellationToken);
        }
        else
        {
            await CheckAsync(scope.ServiceProvider.GetRequiredService<IssuerDb>(), cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public static Task MigrateAsync(IServiceProvider services, CancellationToken ct = default) =>
        SqlMigrations.ApplyAsync(services.GetRequiredService<IssuerDb>(), typeof(IssuerDb).Assembly, ct);

    private static async Task CheckAsync(IssuerDb db, CancellationToken ct)
    {
        var newest = SqlMigrations.Scripts(typeof(IssuerDb).Assembly).Max(s => s.Version);
        int present;
        try
        {
            present = await db.Database.SqlQueryRaw<int>("SELECT COALESCE(MAX(version), 0) AS \"Value\" FROM schema_version").SingleAsync(ct);
        }
        catch (System.Data.Common.DbException)
        {
            present = 0;
        }
        if (present < newest) throw new InvalidOperationException($"The database is at version {present}, this program needs {newest}. Run the command “migrate” first.");
    }
}
