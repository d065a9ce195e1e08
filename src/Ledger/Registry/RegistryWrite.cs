using Identity.Ledger.Evm;

namespace Identity.Ledger.Registry;

/// <summary>What became of a write to the registry.</summary>
public abstract record RegistryWrite
{
    private RegistryWrite() { }

    /// <summary>It is on the chain, final, and the contract's own event proves it.</summary>
    public sealed record Done(EvmReceipt Receipt, RegistryEvent Event) : RegistryWrite;

    /// <summary>The contract refuses it: the name of its error (for example NotOperator) and a sentence.</summary>
    public sealed record Refused(string Error, string Reason) : RegistryWrite;

    /// <summary>The receipt, where a refusal would be a fault.</summary>
    /// <exception cref="InvalidOperationException">The contract refused.</exception>
    public EvmReceipt Require() => this switch
    {
        Done done => done.Receipt,
        Refused refused => throw new InvalidOperationException($"The registry refused: {refused.Reason} ({refused.Error})."),
        _ => throw new InvalidOperationException(),
    };
}
