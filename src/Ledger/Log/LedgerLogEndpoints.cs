using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Log;

/// <summary>The log as others read it: C2SP tlog-tiles and receipts.</summary>
public static class LedgerLogEndpoints
{
    /// <summary>Maps <c>/log/checkpoint</c>, <c>/log/tile/…</c> and <c>/log/receipt/{entry}</c>, open to every origin.</summary>
    public static IEndpointRouteBuilder MapLedgerLog<TDb>(this IEndpointRouteBuilder app) where TDb : DbContext =>
        throw new NotImplementedException();
}
