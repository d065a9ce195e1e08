using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Ledger.Log;

/// <summary>Registers the operator's side of the ledger: sequencer and anchoring worker.</summary>
public static class LedgerLogServices
{
    /// <summary>Adds both workers over the app's context <typeparamref name="TDb"/>; settings in <c>Log</c> and <c>Ledger</c> are checked at start.</summary>
    public static IServiceCollection AddLedgerLog<TDb>(this IServiceCollection services, IConfiguration configuration) where TDb : DbContext =>
        throw new NotImplementedException();
}
