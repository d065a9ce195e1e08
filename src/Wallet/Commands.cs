using Identity.Wallet.Data;

namespace Identity.Wallet;

/// <summary>The service, and what an operator does once: <c>migrate</c>.</summary>
internal static class Commands
{
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not ["migrate", .. var settings])
        {
            await WalletApp.Build(args).RunAsync();
            return 0;
        }
        await using var app = WalletApp.Build(settings);
        await using var scope = app.Services.CreateAsyncScope();
        await PrepareDatabase.MigrateAsync(scope.ServiceProvider);
        Console.WriteLine("The database is up to date.");
        return 0;
    }
}
