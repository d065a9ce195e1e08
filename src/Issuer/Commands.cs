using Identity.Issuer.Data;
using Identity.Issuer.Management;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Identity;

namespace Identity.Issuer;

/// <summary>The service, and what an operator does once: <c>migrate</c>, <c>create-api-key ORGANISATION LABEL</c>, <c>create-staff ORGANISATION USER</c>.</summary>
internal static class Commands
{
    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["migrate", ..]:
                await WithServicesAsync(args[1..], services => PrepareDatabase.MigrateAsync(services));
                System.Console.WriteLine("The database is up to date.");
                return 0;
            case ["create-api-key", var organisation, var label, ..]:
                await WithServicesAsync(args[3..], async services =>
                {
                    await PrepareDatabase.CheckAsync(services.GetRequiredService<IssuerDb>());
                    var key = ApiKeys.Create();
                    services.GetRequiredService<IssuerDb>().ApiKeys.Add(new ApiKey
                    {
                        Hash = ApiKeys.Hash(key), Organisation = Known(services, organisation), Label = label, CreatedAt = services.GetRequiredService<TimeProvider>().GetUtcNow(),
                    });
                    await services.GetRequiredService<IssuerDb>().SaveChangesAsync();
                    System.Console.WriteLine(key);
                });
                return 0;
            case ["create-staff", var organisation, var user, ..]:
                await WithServicesAsync(args[3..], async services =>
                {
                    await PrepareDatabase.CheckAsync(services.GetRequiredService<IssuerDb>());
                    var password = StaffAccounts.NewPassword();
                    await StaffAccounts.CreateAsync(services.GetRequiredService<UserManager<StaffUser>>(), user, Known(services, organisation), password);
                    System.Console.WriteLine(password);
                });
                return 0;
            default:
                await IssuerApp.Build(args).RunAsync();
                return 0;
        }
    }

    private static async Task WithServicesAsync(string[] settings, Func<IServiceProvider, Task> run)
    {
        await using var app = IssuerApp.Build(settings);
        await using var scope = app.Services.CreateAsyncScope();
        await run(scope.ServiceProvider);
    }

    private static string Known(IServiceProvider services, string slug) => services.GetRequiredService<OrganisationDirectory>().Find(slug)?.Slug
        ?? throw new InvalidOperationException($"There is no organisation “{slug}” in the settings.");
}
