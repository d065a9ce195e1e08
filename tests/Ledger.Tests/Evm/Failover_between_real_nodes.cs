using System.Diagnostics;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Registry;

namespace Identity.Ledger.Tests.Evm;

public sealed class FailoverBetweenRealNodes : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nodes").FullName;
    private readonly HttpClient _http = new();
    private readonly EvmAccount _governor = EvmAccount.Create();
    private readonly byte[] _log = RegistryClient.LogId("localhost:1/log");

    public void Dispose()
    {
        _governor.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_node_is_killed_and_another_goes_on()
    {
        var genesis = await WriteChainAsync();
        await using var first = await AnvilNode.StartAsync(0, Copy("first"), Chain.Binary);
        await using var second = await AnvilNode.StartAsync(0, Copy("second"), Chain.Binary);
        var registry = ChainSettings.Open(Options([first, second], genesis), _http, TimeProvider.System);
        Assert.Equal(4, (await registry.LatestAsync(_log))!.Size);

        Process.GetProcessById(first.ProcessId).Kill();
        await first.Exited;

        Assert.Equal(4, (await registry.LatestAsync(_log))!.Size);
        Assert.IsType<RegistryWrite.Done>(await registry.AnchorAsync(_governor, _log, 5, Chain.Some(32)));
        Assert.Equal(5, (await registry.LatestAsync(_log))!.Size);
        Assert.Equal("does not answer", registry.Evm.Nodes[0].Trouble);
    }

    [Fact]
    public async Task Two_nodes_agree_on_what_is_on_their_chain_and_a_third_of_another_chain_does_not_count()
    {
        var genesis = await WriteChainAsync();
        await using var other = await AnvilNode.StartAsync(binary: Chain.Binary); // the same chain id; its first block is another, unless it was begun in the same second, and then it lacks the contract
        await using var first = await AnvilNode.StartAsync(0, Copy("first"), Chain.Binary);
        await using var second = await AnvilNode.StartAsync(0, Copy("second"), Chain.Binary);
        var options = Options([other, first, second], genesis);
        options.Agree = 2;
        var registry = ChainSettings.Open(options, _http, TimeProvider.System);

        var events = await registry.ReadEventsAsync(0, (await registry.Evm.FinalHeadAsync())!.Number);

        Assert.Equal([typeof(RegistryEvent.LogRegistered), typeof(RegistryEvent.Anchored)], events.Select(e => e.GetType()));
        Assert.NotNull(registry.Evm.Nodes[0].Trouble);
        Assert.Equal([null, null], registry.Evm.Nodes.Skip(1).Select(node => node.Trouble));
    }

    // Returns the hash of its first block.
    private async Task<string> WriteChainAsync()
    {
        await using var node = await AnvilNode.StartAsync(0, Path.Combine(_folder, "state.json"), Chain.Binary);
        var evm = ChainSettings.OpenChain(new ChainOptions { Rpc = node.Rpc.ToString(), ChainId = AnvilNode.ChainId, Development = true }, _http, TimeProvider.System);
        var registry = await RegistryClient.DeployAsync(evm, _governor);
        (await registry.RegisterLogAsync(_governor, "localhost:1/log", _governor.Address, Chain.Some(32))).Require();
        (await registry.AnchorAsync(_governor, _log, 4, Chain.Some(32))).Require();
        return (await evm.BlockAsync(0))!.Hash;
    }

    private string Copy(string name)
    {
        var copy = Path.Combine(_folder, name + ".json");
        File.Copy(Path.Combine(_folder, "state.json"), copy);
        return copy;
    }

    private ChainOptions Options(AnvilNode[] nodes, string genesis)
    {
        var options = new ChainOptions { ChainId = AnvilNode.ChainId, Contract = RegistryClient.AddressFor(_governor.Address).ToString(), Genesis = genesis };
        foreach (var node in nodes) options.Nodes.Add(node.Rpc.ToString());
        return options;
    }
}
