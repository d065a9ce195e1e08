namespace Identity.Ledger.Anchoring;

/// <summary>Settings of the section <c>Ledger</c>: which chain, which contract, who writes.</summary>
public sealed class ChainOptions
{
    /// <summary>JSON-RPC address of a node.</summary>
    public string Rpc { get; set; } = "";

    /// <summary>Address of the registry contract.</summary>
    public string Contract { get; set; } = "";

    /// <summary>The chain's id (EIP-155); 1 is refused.</summary>
    public ulong ChainId { get; set; }

    /// <summary>Blocks on top of a block before it counts: 0 where consensus is final at once.</summary>
    public int FinalityDepth { get; set; }

    /// <summary>PEM file of the secp256k1 account that is the log's operator on the chain. Needed for anchoring only.</summary>
    public string OperatorKeyFile { get; set; } = "";

    /// <summary>Time between two anchors.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest pause while the chain cannot be reached.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The chain may lose its history (a local node): the log is then anchored anew. Never on a real network.</summary>
    public bool Development { get; set; }
}
