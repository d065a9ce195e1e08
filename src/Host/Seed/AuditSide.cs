using Identity.Audit.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Host.Seed;

/// <summary>What the Host takes from the running Audit: the demonstration's access, and whether anything was recorded there.</summary>
internal static class AuditSide
{
    public static async Task<(IReadOnlyList<AuditAccess> Access, bool IsNew)> AccessAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        return (services.GetRequiredService<AuditSeed>().Access, !await scope.ServiceProvider.GetRequiredService<AuditDb>().Contracts.AnyAsync(ct));
    }
}
