using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Ledger.Proofs;

namespace Identity.Ledger.Evm;

/// <summary>What proves to others what this chain held: headers as they were sealed, and the nodes of its state.</summary>
public sealed partial class EvmClient
{
    private const int MostNodes = 65;

    /// <summary>The block at this height as the node gives it, for <see cref="BlockHeader.TryFromJson"/>; null where the chain is shorter.</summary>
    public async Task<JsonElement?> RawBlockAsync(ulong number, CancellationToken ct = default)
    {
        var result = await ResultAsync("eth_getBlockByNumber", [Hex.Quantity(number), false], ct).ConfigureAwait(false);
        return result.ValueKind == JsonValueKind.Null ? null : result;
    }

    /// <summary>The way from the state's root after a block to the slots of a contract (EIP-1186). Whether it holds is for <see cref="StateProof.TryVerify"/> to tell.</summary>
    /// <exception cref="EvmException">Not passing where the node has no state of that block any more.</exception>
    public async Task<StateProof> ProveAsync(Address contract, IReadOnlyList<byte[]> slots, ulong block, CancellationToken ct = default)
    {
        var names = new JsonArray([.. slots.Select(slot => (JsonNode)Hex.Encode(slot))]);
        var result = await ResultAsync("eth_getProof", [contract.ToHex(), names, Hex.Quantity(block)], ct).ConfigureAwait(false);
        var storage = Listed(result, "storageProof", slots.Count);
        if (storage.Count != slots.Count) throw Odd();
        return new StateProof(ProofNodes(result, "accountProof"), [.. slots.Zip(storage, (slot, proof) => new SlotProof(slot, ProofNodes(proof, "proof")))]);
    }

    private static List<byte[]> ProofNodes(JsonElement parent, string name) => [.. Listed(parent, name, MostNodes).Select(node => RpcRead.Bytes(node, "proof"))];

    private static List<JsonElement> Listed(JsonElement parent, string name, int most) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() <= most ? [.. list.EnumerateArray()] : throw Odd();

    private static EvmException Odd() => new("The ledger node answered with an unreadable proof.");
}
