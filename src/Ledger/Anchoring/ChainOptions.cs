using Identity.Ledger.Evm;

namespace Identity.Ledger.Anchoring;

/// <summary>Settings of the section <c>Ledger</c>: which chain, which nodes, which contract, who writes.</summary>
public sealed class ChainOptions
{
    /// <summary>JSON-RPC address of a node, asked before those of <see cref="Nodes"/>; empty where they are all there.</summary>
    public string Rpc { get; set; } = "";

    /// <summary>JSON-RPC addresses of nodes of this chain: the first is asked as long as it answers, the others when it does not.</summary>
    public IList<string> Nodes { get; } = [];

    /// <summary>Hash of the chain's first block; where it is set, a node with another one is not listened to.</summary>
    public string Genesis { get; set; } = "";

    /// <summary>How many nodes must say the same of blocks, receipts and events; choose more than half.</summary>
    public int Agree { get; set; } = 1;

    /// <summary>Address of the registry contract.</summary>
    public string Contract { get; set; } = "";

    /// <summary>The chain's id (EIP-155); 1 is refused.</summary>
    public ulong ChainId { get; set; }

    /// <summary>Blocks on top of a block before it counts: 0 where consensus is final at once.</summary>
    public int FinalityDepth { get; set; }

    /// <summary>How the network's blocks are sealed: none, qbft, ibft2 or ibft. Proofs that are kept with receipts depend on it.</summary>
    public string Consensus { get; set; } = Proofs.ConsensusName.None;

    /// <summary>The form of transactions: <c>legacy</c> (EIP-155), or <c>dynamic</c> (EIP-1559) where the network has a base fee.</summary>
    public string Fee { get; set; } = "legacy";

    /// <summary>Wei per gas of a legacy transaction.</summary>
    public long GasPrice { get; set; }

    /// <summary>The most wei per gas of a dynamic transaction.</summary>
    public long MaxFee { get; set; }

    /// <summary>Wei per gas of a dynamic transaction for who makes the block.</summary>
    public long PriorityFee { get; set; }

    /// <summary>How old the newest block may be before nothing is sent any more: the network has halted. Zero: not looked at.</summary>
    public TimeSpan HeadAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The account that is the log's operator on the chain: <c>file:PATH</c>, <c>env:NAME</c> or <c>pkcs11:…</c> (<see cref="AccountSource"/>). Needed for anchoring only.</summary>
    public string Account { get; set; } = "";

    /// <summary>The same as a PEM file (PKCS #8, secp256k1), where <see cref="Account"/> is not set.</summary>
    public string OperatorKeyFile { get; set; } = "";

    /// <summary>Time between two anchors.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest pause while the chain cannot be reached.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The chain may lose its history, and makes blocks only when asked to (a local node): the log is then anchored anew. Never on a real network.</summary>
    public bool Development { get; set; }

    /// <summary>All nodes, each once.</summary>
    internal IReadOnlyList<Uri> AllNodes() => [.. Nodes.Prepend(Rpc).Where(node => node.Length > 0).Select(node => new Uri(node)).Distinct()];

    internal EvmFee EvmFee() => Fee == "dynamic" ? new EvmFee.Dynamic(PriorityFee, MaxFee) : new EvmFee.Legacy(GasPrice);
}
