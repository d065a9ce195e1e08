using Identity.Hosting.Hsm;
using Identity.Ledger.Evm;

namespace Identity.Issuer.Organisations;

/// <summary>What staff read where an act waits for the ledger.</summary>
internal static class LedgerTrouble
{
    /// <summary>What is wrong, as a sentence: halted, not authorised, nodes that disagree, a token that is away. Null for a fault that is no trouble of ledger or token.</summary>
    public static string? Of(Exception fault) => fault switch
    {
        EvmException or HsmException => fault.Message,
        HttpRequestException or TimeoutException => "The ledger cannot be reached.",
        _ => null,
    };
}
