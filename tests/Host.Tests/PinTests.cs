using Identity.Host.Network;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.TestKit.Chains;

namespace Identity.Host.Tests;

/// <summary>Whom to trust without a node is written down from several nodes, or not at all.</summary>
public sealed class PinTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pin").FullName;
    private readonly HttpClient _http = new();
    private readonly StringWriter _output = new();

    private string Network => Path.Combine(_folder, "network.json");

    private string Pinned => Path.Combine(_folder, "validators.json");

    [Theory]
    [InlineData(Consensus.Qbft)]
    [InlineData(Consensus.Ibft2)]
    [InlineData(Consensus.Ibft)]
    public async Task The_validators_of_the_newest_block_are_written_as_every_node_tells_them(Consensus consensus)
    {
        await using var network = await NetworkAsync(consensus);
        await network.MineAsync(2);
        var head = (await network.Client().HeadAsync()).Number;
        network.Nodes[1].Height = head - 1; // the newest block that both have

        Assert.Equal(LedgerCommands.Done, await PinAsync("A network"));

        Assert.True(ValidatorFile.TryParse(await File.ReadAllTextAsync(Pinned), out var file, out var reason), reason);
        Assert.Equal((consensus, head - 1, "A network", SealedNetwork.ChainId), (file.Consensus, file.Block, file.Name, file.ChainId));
        Assert.Equal(network.Validators.Select(v => v.Address), file.Validators);
        Assert.Equal((await network.HeaderAsync(head - 1)).BlockHash(), file.BlockHash);
        Assert.Equal((await network.HeaderAsync(0)).BlockHash(), file.Genesis);
        Assert.Equal(NetworkFile.Read(Network).Registry, file.Contract);
    }

    [Fact]
    public async Task Nodes_that_tell_different_blocks_and_blocks_without_a_quorum_are_not_pinned()
    {
        await using var network = await NetworkAsync(Consensus.Qbft);
        await network.MineAsync(3);
        network.Nodes[1].Seals = 2;
        Assert.Equal(LedgerCommands.Refused, await PinAsync());
        Assert.Contains("2 of 4", _output.ToString(), StringComparison.Ordinal);
        network.Nodes[1].Seals = null;
        await network.ForkAsync(network.Nodes[1], 2);
        Assert.Equal(LedgerCommands.Refused, await PinAsync());
        Assert.Contains("different", _output.ToString(), StringComparison.Ordinal);
        network.Nodes[1].Down = true;
        Assert.Equal(LedgerCommands.Unreachable, await PinAsync());
        Assert.False(File.Exists(Pinned));
        Assert.Equal(LedgerCommands.Done, await PinAsync(rpc: [network.Rpc]));
    }

    [Fact]
    public async Task A_network_that_nobody_seals_is_not_pinned()
    {
        await using var network = await NetworkAsync(Consensus.Qbft);
        network.Nodes[0].Lie = (method, _, truth) =>
        {
            if (method == "eth_getBlockByNumber") truth!["extraData"] = "0x";
            return truth;
        };
        Assert.Equal(LedgerCommands.Refused, await PinAsync());
        Assert.Contains("not sealed", _output.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _http.Dispose();
        _output.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<int> PinAsync(string? name = null, Uri[]? rpc = null) => new LedgerCommands(_http, _output).PinAsync(Network, rpc ?? [], name, Pinned, default);

    private async Task<SealedNetwork> NetworkAsync(Consensus consensus)
    {
        var network = await SealedNetwork.StartAsync(consensus, nodes: 2);
        using var governor = EvmAccount.Create();
        var registry = await RegistryClient.DeployAsync(network.Client(), governor);
        new NetworkFile([.. network.Nodes.Select(node => node.Rpc)], SealedNetwork.ChainId, Address.Zero, registry.Contract).Write(Network);
        return network;
    }
}
