namespace Identity.Ledger.Evm;

/// <summary>A JSON-RPC client for one Ethereum-compatible chain.</summary>
public sealed class EvmClient
{
    /// <summary>The client neither owns nor configures the HTTP client.</summary>
    public EvmClient(HttpClient http, EvmOptions options, TimeProvider clock) => Options = options;

    /// <summary>What it was made with.</summary>
    public EvmOptions Options { get; }

    /// <summary>The newest block.</summary>
    public Task<EvmHead> HeadAsync(CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>The newest block that cannot be undone: the head less the finality depth; null while the chain is shorter.</summary>
    public Task<EvmHead?> FinalHeadAsync(CancellationToken ct = default) => throw new NotImplementedException();

    /// <summary>The block at this height as the chain has it now; null where the chain is shorter. The reader of the record recognises a chain by it.</summary>
    public Task<EvmHead?> BlockAsync(ulong number, CancellationToken ct = default) => throw new NotImplementedException();
}
