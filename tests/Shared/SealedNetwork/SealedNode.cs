using System.Text.Json.Nodes;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;

namespace Identity.TestKit.Chains;

/// <summary>One node of a <see cref="SealedNetwork"/>: what it shows of the chain, and how it misbehaves.</summary>
internal sealed class SealedNode(int index, SealedBlocks blocks, Func<string, JsonArray, Task<JsonObject>> forward)
{
    private SealedBlocks _blocks = blocks;

    /// <summary>Where it answers.</summary>
    public Uri Rpc { get; internal set; } = null!;

    /// <summary>It breaks off every connection.</summary>
    public bool Down { get; set; }

    /// <summary>It stands still at this height, or has gone back to it.</summary>
    public ulong? Height { get; set; }

    /// <summary>How many seals its blocks carry; null for all on the first node and a quorum on the others, of different validators on each.</summary>
    public int? Seals { get; set; }

    /// <summary>For how many blocks below the newest it proves state; null for all.</summary>
    public int? ProofWindow { get; set; }

    /// <summary>It takes no EIP-1559 transactions.</summary>
    public bool RefusesDynamicFees { get; set; }

    /// <summary>It gives what a reverted call said as the result, without an error.</summary>
    public bool RevertsAsResult { get; set; }

    /// <summary>Says it is of this chain.</summary>
    public ulong? ChainId { get; set; }

    /// <summary>Method, parameters and the true result; returns what it says instead: a lie about a receipt, an event, a block.</summary>
    public Func<string, JsonArray, JsonNode?, JsonNode?>? Lie { get; set; }

    /// <summary>The methods it was asked, in order.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>From now on it shows another branch of the chain.</summary>
    internal void Follow(SealedBlocks other) => _blocks = other;

    internal async Task<JsonObject> AnswerAsync(string method, JsonArray parameters)
    {
        lock (Asked) Asked.Add(method);
        var head = await _blocks.ExtendAsync();
        var height = Math.Min(Height ?? head, head);
        if (method == "eth_getProof" && ProofWindow is { } window && Block(parameters[2]) + (ulong)window < height) return Error("World state unavailable");
        if (method == "eth_sendRawTransaction" && RefusesDynamicFees && parameters[0]!.GetValue<string>().StartsWith("0x02", StringComparison.Ordinal)) return Error("Transaction type not supported");
        var answer = await forward(method, [.. parameters.Select(p => Own(p, height))]);
        if (answer["error"] is JsonObject error)
        {
            if (RevertsAsResult && method == "eth_call" && error["data"] is { } data) return new JsonObject { ["result"] = data.DeepClone() };
            return answer;
        }
        await _blocks.ExtendAsync(); // what came in by this very call
        var result = Shown(method, answer["result"]?.DeepClone(), height);
        return new JsonObject { ["result"] = Lie is { } lie ? lie(method, parameters, result?.DeepClone()) : result };

        ulong Block(JsonNode? which) => which is JsonValue value && value.GetValue<string>() is ['0', 'x', ..] and { Length: < 20 } ? SealedBlocks.Number(value) : height;
    }

    private static JsonObject Error(string message) => new() { ["error"] = new JsonObject { ["code"] = -32000, ["message"] = message } };

    private JsonNode? Own(JsonNode? node, ulong height) => node switch
    {
        JsonObject item => new JsonObject(item.Select(m => KeyValuePair.Create(m.Key, Own(m.Value, height)))),
        JsonArray list => new JsonArray([.. list.Select(i => Own(i, height))]),
        JsonValue value when value.TryGetValue<string>(out var text) => Height is not null && text is "latest" or "safe" or "finalized" ? $"0x{height:x}" : _blocks.Own(text),
        _ => node?.DeepClone(),
    };

    private JsonNode? Sealed(JsonNode? node) => node switch
    {
        JsonObject item => new JsonObject(item.Select(m => KeyValuePair.Create(m.Key, Sealed(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sealed)]),
        JsonValue value when value.TryGetValue<string>(out var text) => _blocks.Sealed(text),
        _ => node?.DeepClone(),
    };

    private JsonNode? Shown(string method, JsonNode? result, ulong height)
    {
        if (method == "eth_chainId" && ChainId is { } other) return $"0x{other:x}";
        if (Height is not null)
        {
            if (method == "eth_blockNumber") return $"0x{height:x}";
            if (result is JsonObject { } one && (one["blockNumber"] ?? (method.StartsWith("eth_getBlockBy", StringComparison.Ordinal) ? one["number"] : null)) is { } at && SealedBlocks.Number(at) > height) return null;
            if (method == "eth_getLogs" && result is JsonArray logs) result = new JsonArray([.. logs.Where(l => SealedBlocks.Number(l!["blockNumber"]!) <= height).Select(l => l!.DeepClone())]);
        }
        var shown = Sealed(result);
        if (method.StartsWith("eth_getBlockBy", StringComparison.Ordinal) && shown is JsonObject block) _blocks.Rewrite(block, Committers);
        return shown;
    }

    private IReadOnlyList<EvmAccount> Committers(IReadOnlyList<EvmAccount> set)
    {
        var count = Math.Min(set.Count, Seals ?? (index == 0 ? set.Count : ValidatorSet.Quorum(set.Count)));
        return [.. Enumerable.Range(0, count).Select(i => set[(index + i) % set.Count])];
    }
}
