using Identity.Hosting;
using Identity.Wallet.Desk;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Data;

/// <summary>The database of the Wallet service and what is done before the first request.</summary>
internal static class DataServices
{
    /// <summary>Adds <see cref="WalletDb"/>: <c>ConnectionStrings:Wallet</c>, or <c>wallet.db</c> in the data folder, whose path this gives.</summary>
    public static string AddWalletData(this WebApplicationBuilder builder)
    {
        var folder = Path.GetFullPath(builder.Configuration.Required("Data:Folder", "the folder for the database and keys of this service"));
        PrivateFiles.CreateFolder(folder);
        var connection = builder.Configuration.GetConnectionString("Wallet");
        if (string.IsNullOrEmpty(connection)) connection = $"Data Source={Path.Combine(folder, "wallet.db")}";
        builder.Services.AddDbContext<WalletDb>(options => options.UseDatabase(connection));
        builder.Services.AddHostedService<PrepareDatabase>(); // first of the hosted services: the others find the tables in place
        return folder;
    }
}

/// <summary>Before the first request: applies migrations and makes the desks' accounts in Development; elsewhere checks that they were applied.</summary>
internal sealed class PrepareDatabase(IServiceScopeFactory scopes, IHostEnvironment environment, DeskSeed seed) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (environment.IsDevelopment())
        {
            await MigrateAsync(scope.ServiceProvider);
            await seed.RunAsync(scope.ServiceProvider, cancellationToken);
        }
        else await CheckAsync(scope.ServiceProvider.GetRequiredService<WalletDb>());
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public static Task MigrateAsync(IServiceProvider services) => SqlMigrations.ApplyAsync(services.GetRequiredService<WalletDb>(), typeof(WalletDb).Assembly);

    /// <summary>Throws with a sentence where a migration was not applied.</summary>
    public static async Task CheckAsync(WalletDb db)
    {
        if (await SqlMigrations.MissingAsync(db, typeof(WalletDb).Assembly) is { Count: > 0 } missing)
            throw new InvalidOperationException($"The database lacks {string.Join(", ", missing)}. Run the command “migrate” first.");
    }
}
