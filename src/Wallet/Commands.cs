using Identity.Wallet.Data;
using Identity.Wallet.Desk;

namespace Identity.Wallet;

/// <summary>The service, and what an operator does once: <c>migrate</c>, <c>create-staff DESK USER</c>, <c>remove-staff DESK USER</c>.</summary>
internal static class Commands
{
    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["migrate", .. var settings]:
                await WithServicesAsync(settings, PrepareDatabase.MigrateAsync);
                Console.WriteLine("The database is up to date.");
                return 0;
            case ["create-staff", var desk, var user, .. var settings]:
                await WithServicesAsync(settings, async services =>
                {
                    await PrepareDatabase.CheckAsync(services.GetRequiredService<WalletDb>());
                    Console.WriteLine(await DeskStaff.CreateAsync(services, desk, user));
                });
                return 0;
            case ["remove-staff", var desk, var user, .. var settings]:
                await WithServicesAsync(settings, async services =>
                {
                    await PrepareDatabase.CheckAsync(services.GetRequiredService<WalletDb>());
                    await DeskStaff.RemoveAsync(services, desk, user);
                    Console.WriteLine("The account is gone; who is signed in with it is signed out within a minute.");
                });
                return 0;
            default:
                await WalletApp.Build(args).RunAsync();
                return 0;
        }
    }

    private static async Task WithServicesAsync(string[] settings, Func<IServiceProvider, Task> run)
    {
        await using var app = WalletApp.Build(settings);
        await using var scope = app.Services.CreateAsyncScope();
        await run(scope.ServiceProvider);
    }
}
