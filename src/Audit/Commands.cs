using Identity.Audit.Data;
using Identity.Hosting;
using Microsoft.AspNetCore.Identity;

namespace Identity.Audit;

/// <summary>The service, and what an operator does once: <c>migrate</c>, <c>create-staff ORGANISATION USER</c>, <c>log-recover --from ADDRESS</c> (<see cref="RecoverLog"/>).</summary>
internal static class Commands
{
    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["migrate", ..]:
                await WithServicesAsync(args[1..], PrepareDatabase.MigrateAsync);
                Console.WriteLine("The database is up to date.");
                return 0;
            case ["create-staff", var organisation, var user, ..]:
                await WithServicesAsync(args[3..], async services =>
                {
                    var known = services.GetRequiredService<AuditSettings>().FindOrganisation(organisation) ?? throw new InvalidOperationException($"There is no organisation “{organisation}” in the settings.");
                    await PrepareDatabase.CheckAsync(services.GetRequiredService<AuditDb>());
                    var password = StaffPasswords.New();
                    await StaffAccounts.CreateAsync(services.GetRequiredService<UserManager<AuditUser>>(), user, known.Slug, password);
                    Console.WriteLine(password);
                });
                return 0;
            case ["log-recover", "--from", var address, .. var settings]:
                return await RecoverLog.RunAsync(address, Console.Out, run => WithServicesAsync(settings, run));
            default:
                await AuditApp.Build(args).RunAsync();
                return 0;
        }
    }

    private static async Task WithServicesAsync(string[] settings, Func<IServiceProvider, Task> run)
    {
        await using var app = AuditApp.Build(settings);
        await using var scope = app.Services.CreateAsyncScope();
        await run(scope.ServiceProvider);
    }
}
