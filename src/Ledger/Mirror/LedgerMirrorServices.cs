using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Ledger.Mirror;

/// <summary>Registers the reader's side of the ledger.</summary>
public static class LedgerMirrorServices
{
    /// <summary>Adds <see cref="LedgerMirror"/> (singleton) and the worker that keeps it fresh; settings in <c>Mirror</c> and <c>Ledger</c> are checked at start.</summary>
    public static IServiceCollection AddLedgerMirror(this IServiceCollection services, IConfiguration configuration) =>
        throw new NotImplementedException();
}
