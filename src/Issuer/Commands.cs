using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Deposits;
using Identity.Issuer.Keys;
using Identity.Issuer.Management;
using Identity.Issuer.Organisations;
using Identity.Issuer.Verifiers;
using Identity.Ledger.Log;
using Microsoft.AspNetCore.Identity;

namespace Identity.Issuer;

/// <summary>The service, and what an operator does once (<see cref="Help"/>).</summary>
internal static class Commands
{
    internal const string Help = """
        Identity Issuer. Without a verb it serves the consoles, the interfaces and the log; settings as --Key=value, with a verb after its words.

          make-keys                                   makes the keys of a new service, and says what governance has to register (docs/operations/second-organisation.md)
          migrate                                     brings the database up to date
          create-staff ORGANISATION USER ROLES        a person at the console, with a password that is said once
          create-api-key ORGANISATION LABEL [ROLES]   a key of the management interface, said once
          verify-access-log [ORGANISATION]            whether the record of who looked at what is whole: 0 whole, 1 broken
          log-recover --from ADDRESS                  brings back what a database from a backup has lost of its log (docs/operations/witness.md)
          change-log-key [--prepare]                  gives the log another key, while the service is stopped (docs/operations/witness.md)
          verifiers ORGANISATION …                    registers, renews and ends those who may ask (docs/operations/verifiers.md)
          keys ORGANISATION …                         registers and ends keys that this service does not sign with (docs/operations/pack-key.md)
          deposit-key ORGANISATION                    the public key to which closed organisations encrypt what they hand over; made at the first call
          hand-over ORGANISATION --to KEYFILE --out FILE  what the depositary of a closed organisation needs (docs/operations/closing-organisation.md)
          take-over FILE --as ORGANISATION            takes such a file in

        Roles: clerk, approver, admin, auditor, separated by commas.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["--help" or "-h" or "-?"]:
                System.Console.WriteLine(Help);
                return 0;
            case ["make-keys", .. var of]:
                MakeKeys.Run(of, System.Console.Out, System.Console.Error);
                return 0;
            case ["migrate", ..]:
                await WithServicesAsync(args[1..], services => PrepareDatabase.MigrateAsync(services));
                System.Console.WriteLine("The database is up to date.");
                return 0;
            case ["create-api-key", var organisation, var label, ..]:
                var keyRoles = Roles(args, 3) ?? StaffRoles.Clerk;
                await WithServicesAsync(args[(Roles(args, 3) is null ? 3 : 4)..], async services =>
                {
                    await PrepareDatabase.CheckAsync(services.GetRequiredService<IssuerDb>());
                    var key = ApiKeys.Create();
                    await ApiKeys.AddAsync(services.GetRequiredService<IssuerDb>(), key, Known(services, organisation), label, keyRoles, services.GetRequiredService<TimeProvider>().GetUtcNow());
                    await services.GetRequiredService<IssuerDb>().SaveChangesAsync();
                    System.Console.WriteLine(key);
                });
                return 0;
            case ["create-staff", var organisation, var user, ..]:
                var roles = Roles(args, 3) ?? throw new InvalidOperationException("Give the roles too: create-staff ORGANISATION USER clerk,approver,admin,auditor (one or more).");
                await WithServicesAsync(args[4..], async services =>
                {
                    await PrepareDatabase.CheckAsync(services.GetRequiredService<IssuerDb>());
                    var password = StaffPasswords.New();
                    await StaffAccounts.CreateAsync(services.GetRequiredService<UserManager<StaffUser>>(), services.GetRequiredService<IssuerDb>(), user, Known(services, organisation), password, roles);
                    System.Console.WriteLine(password);
                });
                return 0;
            case ["verify-access-log", .. var rest]:
                var whole = true;
                await WithServicesAsync([.. rest.SkipWhile(a => !a.StartsWith('-'))], async services =>
                {
                    await PrepareDatabase.CheckAsync(services.GetRequiredService<IssuerDb>());
                    var wanted = rest is [var one, ..] && !one.StartsWith('-') ? [Known(services, one)] : services.GetRequiredService<OrganisationDirectory>().All.Select(o => o.Slug);
                    foreach (var slug in wanted)
                    {
                        var check = await services.GetRequiredService<VerifyAccessLog>().RunAsync(slug, CancellationToken.None);
                        whole &= check.Problem is null;
                        System.Console.WriteLine(check.Problem is null
                            ? $"{slug}: whole, {check.Sealed} entries; the public log fixes the first {check.LoggedTo}."
                            : $"{slug}: BROKEN at entry {check.BrokenAt} ({check.Problem}); {check.Sealed} entries before it are whole.");
                    }
                });
                return whole ? 0 : 1;
            case ["log-recover", "--from", var address, .. var settings]:
                return await RecoverLog.RunAsync(address, System.Console.Out, run => WithServicesAsync(settings, run));
            case ["change-log-key", .. var rest]:
                var changed = 1;
                await WithServicesAsync([.. rest.SkipWhile(w => w == "--prepare")], async services =>
                {
                    var db = services.GetRequiredService<IssuerDb>();
                    await PrepareDatabase.CheckAsync(db);
                    changed = await ChangeLogKey.RunAsync(services, db, rest is ["--prepare", ..], System.Console.Out, CancellationToken.None);
                });
                return changed;
            case ["verifiers", var organisation, .. var words] when !organisation.StartsWith('-'):
                var code = 0;
                await WithServicesAsync([.. words.SkipWhile(w => !w.StartsWith('-'))], async services => code = await new VerifierCommands(services.GetRequiredService<RegistryAccess>(), services.GetRequiredService<TimeProvider>(), System.Console.Out)
                    .RunAsync(services.GetRequiredService<OrganisationDirectory>().Find(Known(services, organisation))!, [.. words.TakeWhile(w => !w.StartsWith('-'))], CancellationToken.None));
                return code;
            case ["keys", var organisation, .. var words] when !organisation.StartsWith('-'):
                var done = 0;
                await WithServicesAsync([.. words.SkipWhile(w => !w.StartsWith('-'))], async services =>
                {
                    await PrepareDatabase.CheckAsync(services.GetRequiredService<IssuerDb>());
                    done = await new KeyCommands(services.GetRequiredService<RegistryAccess>(), services.GetRequiredService<IssuerDb>(), services.GetRequiredService<TimeProvider>(), System.Console.Out)
                        .RunAsync(services.GetRequiredService<OrganisationDirectory>().Find(Known(services, organisation))!, [.. words.TakeWhile(w => !w.StartsWith('-'))], CancellationToken.None);
                });
                return done;
            case ["deposit-key", var organisation, .. var settings]:
                await WithServicesAsync(settings, services =>
                {
                    using var key = services.GetRequiredService<KeyFolder>().DepositKey(Known(services, organisation));
                    System.Console.WriteLine(KeyFolder.Public(key).ToJson().ToJsonString());
                    return Task.CompletedTask;
                });
                return 0;
            case ["hand-over", var organisation, "--to", var keyFile, "--out", var outFile, .. var settings]:
                return await WithAccountAsync<HandOverCommand>(organisation, [keyFile, outFile], settings);
            case ["take-over", var file, "--as", var organisation, .. var settings]:
                return await WithAccountAsync<TakeOverCommand>(organisation, [file], settings);
            case ["hand-over" or "take-over" or "deposit-key", ..]:
                System.Console.Error.WriteLine("Call: deposit-key ORGANISATION | hand-over ORGANISATION --to KEYFILE --out FILE | take-over FILE --as ORGANISATION, settings after it.");
                return AccountCommands.Usage;
            // A service that starts by a slip of the hand, beside a half-recovered log, does harm.
            case [var word, ..] when !word.StartsWith('-'):
                System.Console.Error.WriteLine($"“{word}” with these words is nothing that can be done here.\n\n{Help}");
                return 3;
            default:
                await IssuerApp.Build(args).RunAsync();
                return 0;
        }
    }

    private static async Task<int> WithAccountAsync<TCommand>(string organisation, string[] words, string[] settings) where TCommand : AccountCommands
    {
        var code = 0;
        await WithServicesAsync(settings, async services =>
        {
            await PrepareDatabase.CheckAsync(services.GetRequiredService<IssuerDb>());
            code = await ActivatorUtilities.CreateInstance<TCommand>(services, System.Console.Out).RunAsync(services.GetRequiredService<OrganisationDirectory>().Find(Known(services, organisation))!, words, CancellationToken.None);
        });
        return code;
    }

    // Settings begin with a hyphen, so that roles may be left out before them.
    private static StaffRoles? Roles(string[] args, int at) => args.Length > at && !args[at].StartsWith('-') ? StaffAccounts.ReadRoles(args[at]) : null;

    private static async Task WithServicesAsync(string[] settings, Func<IServiceProvider, Task> run)
    {
        await using var app = IssuerApp.Build(settings);
        await using var scope = app.Services.CreateAsyncScope();
        await run(scope.ServiceProvider);
    }

    private static string Known(IServiceProvider services, string slug) => services.GetRequiredService<OrganisationDirectory>().Find(slug)?.Slug
        ?? throw new InvalidOperationException($"There is no organisation “{slug}” in the settings.");
}
