using Identity.Audit.Data;
using Identity.Hosting;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Host.Seed;

/// <summary>What the Host takes from the running Audit: its log for the ledger, and the demonstration's access.</summary>
internal static class AuditSide
{
    public static SeededLog Log(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        using var log = LogKeyFile.Load(configuration["Log:SigningKeyFile"]!);
        using var account = EvmAccount.LoadFile(configuration["Ledger:OperatorKeyFile"]!);
        return new SeededLog($"{configuration.PublicUrl().Authority}/log", account.Address, log.PublicBytes);
    }

    public static async Task<(IReadOnlyList<AuditAccess> Access, bool IsNew)> AccessAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        return (services.GetRequiredService<AuditSeed>().Access, !await scope.ServiceProvider.GetRequiredService<AuditDb>().Contracts.AnyAsync(ct));
    }
}
