using System.Globalization;

namespace Identity.Ledger.Evm;

/// <summary>A block at the end of the chain. Hashes are "0x" and 64 lower-case digits here and below.</summary>
/// <param name="Number">Its height.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Time">Its own time stamp; compare with the clock to know how old the head is.</param>
/// <param name="Behind">The node answered with a lower head than it, or another, had before: it is not ready, and what it does not know is not absent.</param>
public sealed record EvmHead(ulong Number, string Hash, DateTimeOffset Time, bool Behind);

/// <summary>What a contract wrote to the chain's record.</summary>
public sealed record EvmLog(
    Address Address, IReadOnlyList<byte[]> Topics, byte[] Data, ulong Block, string BlockHash, string TransactionHash, ulong Index)
{
    /// <summary>All of it as one text, to compare what two nodes say.</summary>
    internal string Said() => string.Create(CultureInfo.InvariantCulture, $"{Block} {Index} {BlockHash} {TransactionHash} {Address} {string.Join(',', Topics.Select(t => Hex.Encode(t)))} {Hex.Encode(Data)}");
}

/// <summary>What became of a transaction that is in a final block.</summary>
public sealed record EvmReceipt(
    string TransactionHash, ulong Block, string BlockHash, DateTimeOffset BlockTime, bool Succeeded, ulong GasUsed,
    IReadOnlyList<EvmLog> Logs, Address? Created)
{
    /// <summary>What two nodes must say alike of it.</summary>
    internal string Said() => string.Create(CultureInfo.InvariantCulture, $"{TransactionHash} {Block} {BlockHash} {Succeeded} {Created}\n{string.Join('\n', Logs.Select(l => l.Said()))}");
}

/// <summary>What became of a transaction that was sent.</summary>
public abstract record EvmSent
{
    private EvmSent() { }

    /// <summary>It is in a final block and ran to its end. The receipt's logs, not this, prove what it did.</summary>
    public sealed record Mined(EvmReceipt Receipt) : EvmSent;

    /// <summary>The contract refuses it, before or after it was sent; the revert data, possibly empty.</summary>
    public sealed record Reverted(byte[] Data) : EvmSent;
}

/// <summary>What a contract answered to a call.</summary>
public abstract record EvmCall
{
    private EvmCall() { }

    /// <summary>ABI-encoded return values.</summary>
    public sealed record Returned(byte[] Data) : EvmCall;

    /// <summary>The contract refused; the revert data, possibly empty.</summary>
    public sealed record Reverted(byte[] Data) : EvmCall;
}

/// <summary>The ledger cannot be asked now, or answered something that cannot be.</summary>
public sealed class EvmException : Exception
{
    /// <summary>A fault in one sentence.</summary>
    public EvmException(string message, Exception? inner = null, bool passing = false) : base(message, inner) => Passing = passing;

    /// <summary>Worth trying again later: the node was out of reach, busy or behind.</summary>
    public bool Passing { get; }
}
