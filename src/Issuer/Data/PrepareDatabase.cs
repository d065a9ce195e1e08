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

    /// <summary>Throws with a sentence where a migration was not applied.</summary>
    public static async Task CheckAsync(IssuerDb db, CancellationToken ct = default)
    {
        var newest = SqlMigrations.Scripts(typeof(IssuerDb).Assembly).Max(s => s.Version);
        var present = await VersionAsync(db, ct);
        if (present < newest) throw new InvalidOperationException($"The database is at version {present}, this program needs {newest}. Run the command “migrate” first.");
    }

    // Past EF, which would report the missing table of an empty database as a fault of ours.
    private static async Task<long> VersionAsync(IssuerDb db, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
            return Convert.ToInt64(await command.ExecuteScalarAsync(ct), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (System.Data.Common.DbException)
        {
            return 0;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
