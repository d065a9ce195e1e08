namespace Identity.Ledger.Evm;

/// <summary>What a node means by refusing signed bytes. All nodes give one code, -32000, and each its own text.</summary>
internal abstract record SendRefusal
{
    private SendRefusal() { }

    /// <summary>The node has the bytes already, or has no room for them now.</summary>
    public sealed record Wait : SendRefusal;

    /// <summary>The nonce went to a transaction that is mined: perhaps to this very one.</summary>
    public sealed record NonceUsed : SendRefusal;

    /// <summary>Sending again does not help; the sentence says who has to change what.</summary>
    public sealed record Final(string Reason) : SendRefusal;

    /// <summary>A text that is not known.</summary>
    public sealed record Unknown : SendRefusal;

    public static SendRefusal Read(RpcAnswer answer, SignedTransaction signed)
    {
        var transaction = signed.Transaction;
        if (answer.Says("known transaction", "already known", "already imported", "already exists")) return new Wait();
        if (answer.Says("nonce too low")) return new NonceUsed();
        if (answer.Says("replacement fee too low", "replacement transaction")) return new Wait(); // another of ours waits with this nonce: at price 0 it cannot be replaced, only outwaited
        if (answer.Says("txpool is full", "transaction pool", "too many")) return new Wait();
        if (answer.Says("exceeds block gas limit")) return new Final($"The transaction needs more gas ({transaction.GasLimit}) than the network allows in a block.");
        if (answer.Says("intrinsic gas")) return new Final($"The network counts more gas for the transaction than its limit of {transaction.GasLimit}: it does not count as its own estimate does.");
        if (answer.Says("underpriced", "gas price below", "gas price too low", "less than block base fee", "below configured minimum"))
            return new Final(transaction.Fee is EvmFee.Legacy legacy
                ? $"The network wants a higher price than {legacy.GasPrice} wei per gas: set Ledger:GasPrice to what it asks."
                : "The network wants a higher price per gas: set Ledger:MaxFee and Ledger:PriorityFee to what it asks.");
        if (answer.Says("insufficient funds", "upfront cost exceeds"))
            return new Final($"The account {signed.Sender} cannot pay for its gas: on a network with a price, its operators must give it the means; on one without, set Ledger:GasPrice to 0.");
        if (answer.Says("not authorized", "not permitted", "account not allowed", "unauthorized"))
            return new Final($"The network's nodes do not let the account {signed.Sender} send: have their operators put it on the list of accounts.");
        // Old nodes do not know the envelope at all and speak of RLP.
        if (transaction.Fee is EvmFee.Dynamic && answer.Says("transaction type", "tx type", "1559", "rlp: expected", "invalid transaction format"))
            return new Final("The network takes no transactions of EIP-1559: set Ledger:Fee to legacy.");
        return new Unknown();
    }
}
