using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;

namespace Identity.TestKit.Chains;

/// <summary>A development node's blocks as a network of validators would have made them: linked anew, with seals. States, transactions and storage stay the node's own.</summary>
/// <param name="sealer">By whose rules and with which vanity.</param>
/// <param name="validators">Who seals the block of a number.</param>
/// <param name="ask">Asks the node.</param>
/// <param name="trunk">What it is a fork of, or null.</param>
/// <param name="since">The first block that is its own.</param>
internal sealed class SealedBlocks(
    Sealer sealer, Func<ulong, IReadOnlyList<EvmAccount>> validators, Func<string, JsonArray, Task<JsonNode?>> ask, SealedBlocks? trunk = null, ulong since = 0)
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<Block> _blocks = [];
    private readonly ConcurrentDictionary<string, string> _sealedOf = new();
    private readonly ConcurrentDictionary<string, string> _ownOf = new();
    private readonly ConcurrentDictionary<(ulong, string), byte[]> _extra = new();

    /// <summary>A hash of the node, as this network has it; anything else as it is.</summary>
    public string Sealed(string text) => _sealedOf.GetValueOrDefault(text, text);

    /// <summary>A hash of this network, as the node has it.</summary>
    public string Own(string text) => _ownOf.GetValueOrDefault(text, text);

    /// <summary>Takes in what the node has mined since. Returns the number of the newest block.</summary>
    public async Task<ulong> ExtendAsync()
    {
        if (trunk is not null) await trunk.ExtendAsync();
        await _turn.WaitAsync();
        try
        {
            var head = Number((await ask("eth_blockNumber", []))!);
            while ((ulong)_blocks.Count <= head) await AddAsync((ulong)_blocks.Count);
            return head;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Puts into a block what belongs there: who made it agree is told by <paramref name="by"/>.</summary>
    public void Rewrite(JsonObject block, Func<IReadOnlyList<EvmAccount>, IReadOnlyList<EvmAccount>> by)
    {
        if (Number(block["number"]!) is var number && number >= (ulong)_blocks.Count) return;
        var made = _blocks[(int)number];
        block["hash"] = made.Hash;
        block["parentHash"] = Hex.Encode(made.Fields[0].Bytes!);
        block["difficulty"] = "0x1";
        block["mixHash"] = Hex.Encode(Sealer.MixHash);
        block["extraData"] = Hex.Encode(number < since ? trunk!.Extra(number, by) : Extra(number, by));
    }

    /// <summary>A quantity of an answer.</summary>
    public static ulong Number(JsonNode quantity) => Convert.ToUInt64(quantity.GetValue<string>()[2..], 16);

    private byte[] Extra(ulong number, Func<IReadOnlyList<EvmAccount>, IReadOnlyList<EvmAccount>> by)
    {
        var (set, made) = (validators(number), _blocks[(int)number]);
        var committers = number == 0 ? [] : by(set);
        return _extra.GetOrAdd((number, string.Join(',', committers.Select(key => key.Address))), _ => sealer.Extra(made.Fields, committers, named: [.. set.Select(key => key.Address)]));
    }

    private async Task AddAsync(ulong number)
    {
        var node = await ask("eth_getBlockByNumber", [$"0x{number:x}", false]);
        var own = node!["hash"]!.GetValue<string>();
        Block made;
        if (number < since) made = trunk!._blocks[(int)number];
        else
        {
            if (!BlockHeader.TryFromJson(JsonSerializer.SerializeToElement(node), out var header, out var reason)) throw new InvalidOperationException(reason);
            Rlp.TryDecode(header.Encode(), out var rlp, out _);
            var fields = rlp!.Items!.ToArray();
            if (number > 0) fields[0] = RlpItem.Of(Convert.FromHexString(_blocks[^1].Hash.AsSpan(2)));
            fields[7] = RlpItem.Of(1);
            fields[13] = RlpItem.Of(Sealer.MixHash);
            made = new Block(Hex.Encode(sealer.BlockHash(fields, [.. validators(number).Select(key => key.Address)])), fields);
        }
        _blocks.Add(made);
        (_sealedOf[own], _ownOf[made.Hash]) = (made.Hash, own);
    }

    private sealed record Block(string Hash, RlpItem[] Fields);
}
