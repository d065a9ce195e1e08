using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;

namespace Identity.Host.Network;

internal sealed partial class LedgerCommands
{
    /// <summary>
    /// Writes the file of validators by which receipts are checked without a node: who sealed the newest block that all these nodes have, and which registry they tell of. As good as the nodes: ask those of
    /// more than one member, and compare the file's block with other people's.
    /// </summary>
    public Task<int> PinAsync(string networkFile, IReadOnlyList<Uri> rpc, string? name, string file, CancellationToken ct) => GuardAsync(async () =>
    {
        var network = NetworkFile.Read(networkFile);
        var nodes = (rpc.Count > 0 ? rpc : network.Rpc).Select(node => (Node: node, Evm: (network with { Rpc = [node] }).Open(http))).ToList();
        var heads = await Task.WhenAll(nodes.Select(node => node.Evm.HeadAsync(ct)));
        var number = heads.Min(head => head.Number);
        ValidatorFile? pinned = null;
        foreach (var (node, evm) in nodes)
        {
            if (!await new RegistryClient(evm, network.Registry).IsDeployedAsync(ct)) return await SayAsync(Refused, $"{node} has no registry of this version at {network.Registry}.");
            if (await evm.BlockAsync(0, ct) is not { } genesis || await evm.BlockAsync(number, ct) is not { } head || await evm.RawBlockAsync(number, ct) is not { } block) return await SayAsync(Refused, $"{node} has no block {number}.");
            if (!BlockHeader.TryFromJson(block, out var header, out var reason)) return await SayAsync(Refused, $"{node}: {reason}.");
            if (Rules(header, head.Hash) is not var (consensus, read)) return await SayAsync(Refused, $"Block {number} of {node} is not sealed by validators in a way that is known here: qbft, ibft2 or ibft.");
            if (!new ValidatorSet([.. read.Validators]).TryVerify(read, out _, out reason)) return await SayAsync(Refused, $"{node}: {reason}.");
            var found = new ValidatorFile(name ?? $"Chain {network.ChainId}", network.ChainId, Bytes(genesis.Hash), consensus, network.Registry, Keccak256.Hash(await evm.CodeAsync(network.Registry, ct)),
                number, Bytes(head.Hash), read.Validators, TimeProvider.System.GetUtcNow());
            if (pinned is not null && (pinned with { MadeAt = found.MadeAt }).ToText() != found.ToText()) return await SayAsync(Refused, $"{nodes[0].Node} and {node} tell different things of block {number}: nothing is pinned.");
            pinned = found;
        }
        await File.WriteAllTextAsync(file, pinned!.ToText(), ct);
        await output.WriteLineAsync($"{file}: {pinned.Validators.Count} validators ({ConsensusName.Of(pinned.Consensus)}) at block {pinned.Block}, {Hex.Encode(pinned.BlockHash)}, as {nodes.Count} nodes tell it.");
        return await SayAsync(Done, "Compare this hash with what others see, and pin anew from time to time.");
    });

    /// <summary>By which rules the header has the hash that the node says.</summary>
    private static (Consensus, SealedHeader)? Rules(BlockHeader header, string hash)
    {
        foreach (var consensus in Enum.GetValues<Consensus>())
            if (SealedHeader.TryRead(header, consensus, out var read, out _) && Hex.Encode(read.BlockHash()) == hash) return (consensus, read);
        return null;
    }

    private static byte[] Bytes(string hash) => Convert.FromHexString(hash.AsSpan(2));
}
