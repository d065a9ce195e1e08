using System.Text.Json;
using System.Text.Json.Nodes;

namespace Identity.Ledger.Evm;

/// <summary>
/// Sending. An account has one transaction in flight per client, because a backlog can leave the second hanging on the one
/// node that took it. A crash at any line leaves either nothing, or signed bytes in a node's pool that run or are refused by
/// the contract: the next send asks the chain for the nonce again, so no gap can remain.
/// </summary>
public sealed partial class EvmClient
{
    private const int PollsBetweenSends = 10;
    private const int LookAgain = 5;

    /// <summary>Signs, sends and waits until the transaction is in a final block.</summary>
    /// <exception cref="EvmException">Passing, when it may still be mined (look before you send again); else a fault.</exception>
    public async Task<EvmSent> SendAsync(IEvmSigner account, Address? to, byte[] data, CancellationToken ct = default)
    {
        var turn = _oneAtATime.GetOrAdd(account.Address, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (await CallAsync(account.Address, to, data, ct).ConfigureAwait(false) is EvmCall.Reverted refused) return new EvmSent.Reverted(refused.Data);
            if (await HaltedAsync(ct).ConfigureAwait(false) is { } since) throw new EvmException($"The network has made no block since {since:u}: nothing is sent until it goes on.", passing: true);
            var signed = await PrepareAsync(account, to, data, ct).ConfigureAwait(false);
            var receipt = await SendAndWaitAsync(signed, ct).ConfigureAwait(false);
            if (receipt.Succeeded) return new EvmSent.Mined(receipt);

            // Someone else's transaction came first; ask for the reason as things stand now.
            return await CallAsync(account.Address, to, data, ct).ConfigureAwait(false) is EvmCall.Reverted why
                ? new EvmSent.Reverted(why.Data) : new EvmSent.Reverted([]);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Signs a transaction with the account's next nonce and a gas limit a third above the node's estimate. Sends nothing.</summary>
    public async Task<SignedTransaction> PrepareAsync(IEvmSigner account, Address? to, byte[] data, CancellationToken ct = default)
    {
        var nonce = await NonceAsync(account.Address, pending: true, ct).ConfigureAwait(false);
        var call = new JsonObject { ["from"] = account.Address.ToHex(), ["data"] = Hex.Encode(data) };
        if (to is not null) call["to"] = to.ToHex();
        var gas = RpcRead.Quantity(await ResultAsync("eth_estimateGas", [call], ct).ConfigureAwait(false), "gas");
        return new EvmTransaction(Options.ChainId, nonce, gas + gas / 3, to, 0, data, Options.Fee).Sign(account);
    }

    /// <summary>
    /// Sends the bytes, and again the same bytes, until there is a receipt in a final block that is still on the chain.
    /// </summary>
    /// <exception cref="EvmException">Passing after the receipt time-out, or when the nonce went to another transaction.</exception>
    public async Task<EvmReceipt> SendAndWaitAsync(SignedTransaction signed, CancellationToken ct = default)
    {
        var started = _clock.GetTimestamp();
        var lostNonce = 0;
        for (var poll = 0; ; poll++)
        {
            var nonceGone = poll % PollsBetweenSends == 0 && !await SubmitAsync(signed, ct).ConfigureAwait(false);
            if (await FinalReceiptAsync(signed.Hash, ct).ConfigureAwait(false) is { } receipt) return receipt;
            // "nonce too low" is also what a mined transaction gets; only without a receipt, again and again, it is another's.
            if (nonceGone || lostNonce > 0)
            {
                if (await ReceiptAsync(signed.Hash, ct).ConfigureAwait(false) is not null) lostNonce = 0;
                else if (++lostNonce > LookAgain) throw new EvmException($"The transaction {signed.Hash} can no longer be mined: its nonce was used by another.", passing: true);
            }
            if (_clock.GetElapsedTime(started) > Options.ReceiptTimeout)
                throw new EvmException(
                    await HaltedAsync(ct).ConfigureAwait(false) is { } since
                        ? $"The transaction {signed.Hash} has no final receipt yet: the network has made no block since {since:u}."
                        : $"The transaction {signed.Hash} has no final receipt yet.", passing: true);
            await Task.Delay(Options.PollInterval, _clock, ct).ConfigureAwait(false);
        }
    }

    /// <summary>The receipt once its block is final and on the chain; null until then.</summary>
    public async Task<EvmReceipt?> FinalReceiptAsync(string transactionHash, CancellationToken ct = default)
    {
        var receipt = await ReceiptAsync(transactionHash, ct).ConfigureAwait(false);
        if (receipt is null) return null;
        var head = await HeadAsync(ct).ConfigureAwait(false);
        if (head.Behind || head.Number < receipt.Block || head.Number - receipt.Block < (ulong)Options.FinalityDepth) return null;
        var block = await BlockAsync(receipt.Block, ct).ConfigureAwait(false);
        return block?.Hash == receipt.BlockHash ? receipt with { BlockTime = block.Time } : null; // else reorganised: wait for the next one
    }

    // With fewer than a quorum of validators the network halts, and its nodes go on taking transactions.
    private async Task<DateTimeOffset?> HaltedAsync(CancellationToken ct)
    {
        if (Options.HeadAge <= TimeSpan.Zero) return null;
        var head = await HeadAsync(ct).ConfigureAwait(false);
        return _clock.GetUtcNow() - head.Time > Options.HeadAge ? head.Time : null;
    }

    private Task<EvmReceipt?> ReceiptAsync(string hash, CancellationToken ct) => _nodes.AgreedAsync("eth_getTransactionReceipt", [hash], answer =>
    {
        var result = Result(answer, "eth_getTransactionReceipt");
        if (result.ValueKind == JsonValueKind.Null) return null;
        var receipt = RpcRead.Receipt(result);
        if (receipt.TransactionHash != hash || receipt.Logs.Any(log => log.TransactionHash != hash || log.BlockHash != receipt.BlockHash))
            throw new EvmException("The ledger node answered with the receipt of another transaction.");
        return receipt;
    }, receipt => receipt.Said(), ct);

    /// <summary>False when the node says that the nonce is used up.</summary>
    private async Task<bool> SubmitAsync(SignedTransaction signed, CancellationToken ct)
    {
        var answer = await _nodes.AskAllAsync("eth_sendRawTransaction", [Hex.Encode(signed.Raw)], ct).ConfigureAwait(false);
        if (!answer.IsError)
        {
            if (RpcRead.Hash(answer.Result, "transaction hash") != signed.Hash) throw new EvmException("The ledger node answered for another transaction.");
            return true;
        }
        return SendRefusal.Read(answer, signed) switch
        {
            SendRefusal.Wait => true, // the node has the bytes, or has no room now: the next round sends them again
            SendRefusal.NonceUsed => false,
            SendRefusal.Final final => throw new EvmException($"{final.Reason} (The ledger node says: {answer.ShortError})"),
            _ => throw Fault("eth_sendRawTransaction", answer),
        };
    }
}
