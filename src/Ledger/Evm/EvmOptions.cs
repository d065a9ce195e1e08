using System.Numerics;

namespace Identity.Ledger.Evm;

/// <summary>Where the chain is and how it wants to be spoken to.</summary>
public sealed record EvmOptions
{
    /// <summary>JSON-RPC over HTTP.</summary>
    public required Uri Rpc { get; init; }

    /// <summary>More nodes of the same chain: asked when the first fails, and shown every transaction that waits.</summary>
    public IReadOnlyList<Uri> OtherNodes { get; init; } = [];

    /// <summary>How many nodes must give the same blocks, receipts and events before they are believed. Choose more than half of the nodes.</summary>
    public int Agree { get; init; } = 1;

    /// <summary>Hash of the chain's first block, "0x" and 64 digits: a node of another chain with the same id is then told apart. Null: not compared.</summary>
    public string? Genesis { get; init; }

    /// <summary>A contract, and its code, that each of several nodes must have before its first answer counts. Null: not compared.</summary>
    public PinnedContract? Contract { get; init; }

    /// <summary>How old the newest block may be before nothing is sent any more: the network has halted and would only pile up what it is given. Zero: not looked at.</summary>
    public TimeSpan HeadAge { get; init; }

    /// <summary>The chain we mean (EIP-155). 1 is refused: private networks read its signatures as private transactions.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>How many blocks must lie on top before a block is final: 0 where consensus is final at once (QBFT, IBFT, one node).</summary>
    public int FinalityDepth { get; init; }

    /// <summary>
    /// For a node on one machine that may be wiped or lose its last second: a lower head is then the truth, not a node that is
    /// behind. Never on a network.
    /// </summary>
    public bool MayLoseHistory { get; init; }

    /// <summary>How a transaction pays; a legacy gas price of zero unless said otherwise.</summary>
    public EvmFee Fee { get; init; } = new EvmFee.Legacy(BigInteger.Zero);

    /// <summary>Longest wait for one answer of the node.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a request is tried before it is a fault.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Pause before the second attempt; doubles each time.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many blocks are asked for events at a time.</summary>
    public int LogRange { get; init; } = 2000;

    /// <summary>Pause between two looks for a receipt.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long to wait for a final receipt before giving the transaction back as pending.</summary>
    public TimeSpan ReceiptTimeout { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>The code that must lie at an address.</summary>
public sealed record PinnedContract(Address Address, byte[] Runtime);

/// <summary>How a transaction pays for its gas.</summary>
public abstract record EvmFee
{
    private EvmFee() { }

    /// <summary>A legacy transaction (EIP-155) at this price per gas, in wei. Zero on permissioned networks.</summary>
    public sealed record Legacy(BigInteger GasPrice) : EvmFee;

    /// <summary>An EIP-1559 transaction, in wei per gas.</summary>
    public sealed record Dynamic(BigInteger MaxPriorityFee, BigInteger MaxFee) : EvmFee;
}
