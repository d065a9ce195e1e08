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
    private readonly NodeSet _nodes;
    private readonly TimeProvider _clock;
    private readonly Lock _headLock = new();
    private readonly ConcurrentDictionary<Address, SemaphoreSlim> _oneAtATime = new();
    private EvmHead? _highest;

    /// <summary>The client neither owns nor configures the HTTP client.</summary>
    /// <exception cref="ArgumentException">The chain id is 0 or 1, or more nodes must agree than there are.</exception>
    public EvmClient(HttpClient http, EvmOptions options, TimeProvider clock)
    {
        if (options.ChainId is 0 or 1)
            throw new ArgumentException("Set Ledger:ChainId to the network's own id: 0 is none, and with 1 permissioned networks take a signature for a private transaction and record nothing.", nameof(options));
        if (options.Agree < 1 || options.Agree > 1 + options.OtherNodes.Count) throw new ArgumentException("Ledger:Agree is how many of the nodes must agree: from 1 to their number.", nameof(options));
        (Options, _clock, _nodes) = (options, clock, new NodeSet(http, options, clock));
    }

    /// <summary>What it was made with.</summary>
    public EvmOptions Options { get; }

    /// <summary>The nodes, and what is wrong with them as far as they were asked.</summary>
    public IReadOnlyList<NodeTrouble> Nodes => _nodes.Troubles;

    /// <summary>
    /// The newest block. Remembers the highest it has seen, passes over nodes that are behind it while there are others, and says so
    /// where all are. Where nodes must agree, the newest block that as many know.
    /// </summary>
    /// <exception cref="EvmException">Another block has taken the place of one that was final.</exception>
    public async Task<EvmHead> HeadAsync(CancellationToken ct = default)
    {
        for (var node = 1; ; node++)
        {
            var (head, answer) = await NewestAsync(ct).ConfigureAwait(false);
            lock (_headLock)
            {
                if (_highest is null || head.Number > _highest.Number || Options.MayLoseHistory) return _highest = head;
                if (head.Number == _highest.Number)
                {
                    if (head.Hash != _highest.Hash && Options.FinalityDepth == 0)
                        throw new EvmException($"Block {head.Number} was {_highest.Hash} and is {head.Hash} now: the chain was changed though its blocks are said to be final at once. Is this the right network, and Ledger:FinalityDepth right?");
                    return _highest = head;
                }
            }
            if (answer is null || node >= _nodes.Count) return head with { Behind = true };
            _nodes.Tire(answer, "is behind");
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
        var block = await AgreedBlockAsync("eth_getBlockByNumber", Hex.Quantity(number), ct).ConfigureAwait(false);
        return block is null || block.Number == number ? block : throw new EvmException("The ledger node answered with another block.");
    }

    /// <summary>The block of this hash, or null.</summary>
    public async Task<EvmHead?> BlockOfAsync(string hash, CancellationToken ct = default)
    {
        var block = await AgreedBlockAsync("eth_getBlockByHash", hash, ct).ConfigureAwait(false);
        return block is null || block.Hash == hash ? block : throw new EvmException("The ledger node answered with another block.");
    }

    /// <summary>The code at an address; empty for an account.</summary>
    public async Task<byte[]> CodeAsync(Address address, CancellationToken ct = default)
    {
        var result = await ResultAsync("eth_getCode", [address.ToHex(), "latest"], ct).ConfigureAwait(false);
        return RpcRead.Bytes(result, "code");
    }

    /// <summary>How many transactions the account sent; with <paramref name="pending"/>, also those that wait.</summary>
    public async Task<ulong> NonceAsync(Address address, bool pending = false, CancellationToken ct = default)
    {
        return RpcRead.Quantity(await ResultAsync("eth_getTransactionCount", [address.ToHex(), pending ? "pending" : "latest"], ct).ConfigureAwait(false), "nonce");
    }

    /// <summary>Runs a call without a transaction, as <paramref name="from"/>.</summary>
    public async Task<EvmCall> CallAsync(Address to, byte[] data, Address? from = null, CancellationToken ct = default)
    {
        return await CallAsync(from, (Address?)to, data, ct).ConfigureAwait(false);
    }

    /// <summary>The logs of one contract in these blocks, both ends included, in chain order. Ask only for final blocks.</summary>
    /// <exception cref="EvmException">The node failed, or answered with logs that were not asked for.</exception>
    public async Task<IReadOnlyList<EvmLog>> LogsAsync(Address contract, ulong fromBlock, ulong toBlock, CancellationToken ct = default)
    {
        var logs = new List<EvmLog>();
        var step = (ulong)Math.Max(1, Options.LogRange);
        for (var from = fromBlock; from <= toBlock;)
        {
            var to = Math.Min(toBlock, from + step - 1);
            var filter = new JsonObject { ["address"] = contract.ToHex(), ["fromBlock"] = Hex.Quantity(from), ["toBlock"] = Hex.Quantity(to) };
            var oneBlock = step == 1;
            var part = await _nodes.AgreedAsync("eth_getLogs", [filter], answer => answer.IsError && !oneBlock ? LogPart.TooMany : new LogPart(RpcRead.Logs(Result(answer, "eth_getLogs"))), p => p.Said(), ct).ConfigureAwait(false);
            if (part?.Logs is null)
            {
                step = Math.Max(1, (to - from + 1) / 2); // nodes limit ranges and results, each with its own words
                continue;
            }
            if (part.Logs.Any(log => log.Address != contract)) throw new EvmException("The ledger node answered with an event of another contract.");
            if (part.Logs.Any(log => log.Block < from || log.Block > to)) throw new EvmException("The ledger node answered with an event of another block.");
            logs.AddRange(part.Logs.OrderBy(log => log.Block).ThenBy(log => log.Index));
            from = to + 1;
        }
        return logs;
    }

    /// <summary>Asks whether there is a node of our chain.</summary>
    /// <exception cref="EvmException">There is none: another chain, another first block, or another contract.</exception>
    public Task EnsureChainAsync(CancellationToken ct = default) => ResultAsync("eth_chainId", [], ct);

    private async Task<EvmCall> CallAsync(Address? from, Address? to, byte[] data, CancellationToken ct)
    {
        // Old nodes know the arguments as "data" and ignore "input".
        var call = new JsonObject { ["data"] = Hex.Encode(data) };
        if (from is not null) call["from"] = from.ToHex();
        if (to is not null) call["to"] = to.ToHex();
        var answer = await _nodes.AskAsync("eth_call", [call, "latest"], ct).ConfigureAwait(false);
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

    private async Task<(EvmHead Head, RpcAnswer? Answer)> NewestAsync(CancellationToken ct)
    {
        if (Options.Agree == 1)
        {
            var answer = await _nodes.AskAsync("eth_getBlockByNumber", ["latest", false], ct).ConfigureAwait(false);
            return (ReadBlock(Result(answer, "eth_getBlockByNumber")) ?? throw NoNewest(), answer);
        }
        var heads = new List<ulong>();
        foreach (var answer in await _nodes.AskEachAsync("eth_getBlockByNumber", ["latest", false], ct).ConfigureAwait(false))
            heads.Add((ReadBlock(Result(answer, "eth_getBlockByNumber")) ?? throw NoNewest()).Number);
        return (await BlockAsync(heads.OrderDescending().ElementAt(Options.Agree - 1), ct).ConfigureAwait(false) ?? throw NoNewest(), null);
    }

    private static EvmException NoNewest() => new("The ledger node has no newest block.", passing: true);

    // Seals, and so extraData, differ from node to node for the same block: hash, height and time do not.
    private Task<EvmHead?> AgreedBlockAsync(string method, string which, CancellationToken ct) =>
        _nodes.AgreedAsync(method, [which, false], answer => ReadBlock(Result(answer, method)), block => $"{block.Number} {block.Hash} {block.Time:O}", ct);

    private static EvmHead? ReadBlock(JsonElement result) => result.ValueKind == JsonValueKind.Null ? null : RpcRead.Block(result);

    private async Task<JsonElement> ResultAsync(string method, JsonArray parameters, CancellationToken ct) =>
        Result(await _nodes.AskAsync(method, parameters, ct).ConfigureAwait(false), method);

    private static JsonElement Result(RpcAnswer answer, string method) => answer.IsError ? throw Fault(method, answer) : answer.Result;

    private static EvmException Fault(string method, RpcAnswer answer) => new($"The ledger node refused {method}: {answer.ShortError}");

    /// <summary>A node's events of a range of blocks; null where they are too many for one answer.</summary>
    private sealed record LogPart(IReadOnlyList<EvmLog>? Logs)
    {
        public static readonly LogPart TooMany = new((IReadOnlyList<EvmLog>?)null);

        public string Said() => Logs is null ? "too many" : string.Join('\n', Logs.OrderBy(l => l.Block).ThenBy(l => l.Index).Select(l => l.Said()));
    }
}
