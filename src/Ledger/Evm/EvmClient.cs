using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Identity.Ledger.Evm;

/// <summary>
/// A client for one Ethereum-compatible chain. Everything a node says is checked against what was asked: its chain, the
/// request, the hash, the contract. Faults are <see cref="EvmException"/>; what a contract refuses is a result.
/// </summary>
public sealed partial class EvmClient
{
    private readonly JsonRpc _rpc;
    private readonly TimeProvider _clock;
    private readonly Lock _headLock = new();
    private readonly ConcurrentDictionary<Address, SemaphoreSlim> _oneAtATime = new();
    private volatile bool _chainChecked;
    private EvmHead? _highest;

    /// <summary>The client neither owns nor configures the HTTP client.</summary>
    /// <exception cref="ArgumentException">The chain id is 0 or 1.</exception>
    public EvmClient(HttpClient http, EvmOptions options, TimeProvider clock)
    {
        if (options.ChainId is 0 or 1)
            throw new ArgumentException("Set Ledger:ChainId to the network's own id: 0 is none, and with 1 permissioned networks take a signature for a private transaction and record nothing.", nameof(options));
        (Options, _clock, _rpc) = (options, clock, new JsonRpc(http, options, clock));
    }

    /// <summary>What it was made with.</summary>
    public EvmOptions Options { get; }

    /// <summary>The newest block. Remembers the highest it has seen, and says so when a node falls behind it.</summary>
    public async Task<EvmHead> HeadAsync(CancellationToken ct = default)
    {
        await EnsureChainAsync(ct).ConfigureAwait(false);
        var head = await ReadBlockAsync("eth_getBlockByNumber", "latest", ct).ConfigureAwait(false)
            ?? throw new EvmException("The ledger node has no newest block.", passing: true);
        lock (_headLock)
        {
            if (_highest is null || head.Number >= _highest.Number || Options.MayLoseHistory) return _highest = head;
            return head with { Behind = true };
        }
    }

    /// <summary>The newest block that cannot be undone: the head less the finality depth; null while the chain is shorter.</summary>
    /// <exception cref="EvmException">Passing, when the node is behind what was seen before.</exception>
    public async Task<EvmHead?> FinalHeadAsync(CancellationToken ct = default)
    {
        var head = await HeadAsync(ct).ConfigureAwait(false);
        if (head.Behind) throw new EvmException("The ledger is not ready: its newest block is older than one seen before.", passing: true);
        if (Options.FinalityDepth == 0) return head;
        return head.Number < (ulong)Options.FinalityDepth ? null : await BlockAsync(head.Number - (ulong)Options.FinalityDepth, ct).ConfigureAwait(false);
    }

    /// <summary>Forgets the highest block, for a chain that is known to have been started anew.</summary>
    public void ForgetHead()
    {
        lock (_headLock) _highest = null;
    }

    /// <summary>The block at this height as the chain has it now; null where the chain is shorter. A reader of the record recognises a chain by it.</summary>
    public async Task<EvmHead?> BlockAsync(ulong number, CancellationToken ct = default)
    {
        var block = await ReadBlockAsync("eth_getBlockByNumber", Hex.Quantity(number), ct).ConfigureAwait(false);
        return block is null || block.Number == number ? block : throw new EvmException("The ledger node answered with another block.");
    }

    /// <summary>The block of this hash, or null.</summary>
    public async Task<EvmHead?> BlockOfAsync(string hash, CancellationToken ct = default)
    {
        var block = await ReadBlockAsync("eth_getBlockByHash", hash, ct).ConfigureAwait(false);
        return block is null || block.Hash == hash ? block : throw new EvmException("The ledger node answered with another block.");
    }

    /// <summary>The code at an address; empty for an account.</summary>
    public async Task<byte[]> CodeAsync(Address address, CancellationToken ct = default)
    {
        await EnsureChainAsync(ct).ConfigureAwait(false);
        var result = await ResultAsync("eth_getCode", [address.ToHex(), "latest"], ct).ConfigureAwait(false);
        return RpcRead.Bytes(result, "code");
    }

    /// <summary>How many transactions the account sent; with <paramref name="pending"/>, also those that wait.</summary>
    public async Task<ulong> NonceAsync(Address address, bool pending = false, CancellationToken ct = default)
    {
        await EnsureChainAsync(ct).ConfigureAwait(false);
        return RpcRead.Quantity(await ResultAsync("eth_getTransactionCount", [address.ToHex(), pending ? "pending" : "latest"], ct).ConfigureAwait(false), "nonce");
    }

    /// <summary>Runs a call without a transaction, as <paramref name="from"/>.</summary>
    public async Task<EvmCall> CallAsync(Address to, byte[] data, Address? from = null, CancellationToken ct = default)
    {
        await EnsureChainAsync(ct).ConfigureAwait(false);
        return await CallAsync(from, (Address?)to, data, ct).ConfigureAwait(false);
    }

    /// <summary>The logs of one contract in these blocks, both ends included, in chain order. Ask only for final blocks.</summary>
    /// <exception cref="EvmException">The node failed, or answered with logs that were not asked for.</exception>
    public async Task<IReadOnlyList<EvmLog>> LogsAsync(Address contract, ulong fromBlock, ulong toBlock, CancellationToken ct = default)
    {
        await EnsureChainAsync(ct).ConfigureAwait(false);
        var logs = new List<EvmLog>();
        var step = (ulong)Math.Max(1, Options.LogRange);
        for (var from = fromBlock; from <= toBlock;)
        {
            var to = Math.Min(toBlock, from + step - 1);
            var filter = new JsonObject { ["address"] = contract.ToHex(), ["fromBlock"] = Hex.Quantity(from), ["toBlock"] = Hex.Quantity(to) };
            var answer = await _rpc.AskAsync("eth_getLogs", [filter], ct).ConfigureAwait(false);
            if (answer.IsError && step > 1)
            {
                step = Math.Max(1, (to - from + 1) / 2); // nodes limit ranges and results, each with its own words
                continue;
            }
            var part = RpcRead.Logs(Result(answer, "eth_getLogs"));
            if (part.Any(log => log.Address != contract)) throw new EvmException("The ledger node answered with an event of another contract.");
            if (part.Any(log => log.Block < from || log.Block > to)) throw new EvmException("The ledger node answered with an event of another block.");
            logs.AddRange(part.OrderBy(log => log.Block).ThenBy(log => log.Index));
            from = to + 1;
        }
        return logs;
    }

    /// <summary>Asks the node for its chain, once.</summary>
    /// <exception cref="EvmException">It is another chain.</exception>
    public async Task EnsureChainAsync(CancellationToken ct = default)
    {
        if (_chainChecked) return;
        var chain = RpcRead.Quantity(await ResultAsync("eth_chainId", [], ct).ConfigureAwait(false), "chain id");
        if (chain != Options.ChainId) throw new EvmException($"The ledger node speaks for chain {chain}, not {Options.ChainId}: check Ledger:Rpc and Ledger:ChainId.");
        _chainChecked = true;
    }

    private async Task<EvmCall> CallAsync(Address? from, Address? to, byte[] data, CancellationToken ct)
    {
        // Old nodes know the arguments as "data" and ignore "input".
        var call = new JsonObject { ["data"] = Hex.Encode(data) };
        if (from is not null) call["from"] = from.ToHex();
        if (to is not null) call["to"] = to.ToHex();
        var answer = await _rpc.AskAsync("eth_call", [call, "latest"], ct).ConfigureAwait(false);
        if (!answer.IsError)
        {
            // Some nodes give the revert data as the result: a selector makes its length 4 more than whole words.
            var bytes = RpcRead.Bytes(answer.Result, "call");
            return to is not null && bytes.Length % 32 == 4 ? new EvmCall.Reverted(bytes) : new EvmCall.Returned(bytes);
        }
        if (answer.Code == 3 || answer.Says("revert", "always failing transaction"))
            return new EvmCall.Reverted(Hex.TryDecode(answer.ErrorData, out var revert) ? revert : []);
        throw Fault("eth_call", answer);
    }

    private async Task<EvmHead?> ReadBlockAsync(string method, string which, CancellationToken ct)
    {
        var result = await ResultAsync(method, [which, false], ct).ConfigureAwait(false);
        return result.ValueKind == JsonValueKind.Null ? null : RpcRead.Block(result);
    }

    private async Task<JsonElement> ResultAsync(string method, JsonArray parameters, CancellationToken ct) =>
        Result(await _rpc.AskAsync(method, parameters, ct).ConfigureAwait(false), method);

    private static JsonElement Result(RpcAnswer answer, string method) => answer.IsError ? throw Fault(method, answer) : answer.Result;

    private static EvmException Fault(string method, RpcAnswer answer)
    {
        var text = answer.Error!.Length > 200 ? answer.Error[..200] : answer.Error;
        return new EvmException($"The ledger node refused {method}: {text}");
    }
}
