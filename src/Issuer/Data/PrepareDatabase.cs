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
        var missing = await SqlMigrations.MissingAsync(db, typeof(IssuerDb).Assembly, ct);
        if (missing.Count > 0) throw new InvalidOperationException($"The database lacks what this program needs ({string.Join(", ", missing)}). Run the command “migrate” first.");
    }
}
