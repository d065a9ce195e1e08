using Identity.Host.Network;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.TestKit.Chains;

namespace Identity.Host.Tests;

/// <summary>“ledger status” says of each node by itself what is wrong with it.</summary>
public sealed class NodeStatusTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("status").FullName;
    private readonly HttpClient _http = new();
    private readonly StringWriter _output = new();
    private SealedNetwork _network = null!;
    private NetworkFile _file = null!;

    public async Task InitializeAsync()
    {
        _network = await SealedNetwork.StartAsync(nodes: 2);
        using var deployer = EvmAccount.CreateFile(Path.Combine(_folder, "deployer.pem"));
        var (governance, registry) = await GovernanceClient.DeployAsync(_network.Client(), deployer, [deployer.Address], 1);
        _file = new NetworkFile([.. _network.Nodes.Select(node => node.Rpc)], SealedNetwork.ChainId, governance.Contract, registry.Contract);
    }

    public async Task DisposeAsync()
    {
        await _network.DisposeAsync();
        _http.Dispose();
        _output.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Of_nodes_that_agree_each_is_good_and_the_contracts_follow()
    {
        var (code, lines) = await StatusAsync(_file);

        Assert.Equal(LedgerCommands.Done, code);
        Assert.All(lines[..2], line => Assert.Matches($@"^http://127\.0\.0\.1:\d+: chain {SealedNetwork.ChainId}, first block 0x[0-9a-f]{{8}}…, block \d+ of 2.* \(.*\): good$", line));
        Assert.Contains("this version's", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("1 of 1 govern", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_down_is_named_and_the_others_are_asked()
    {
        _network.Nodes[1].Down = true;
        var (code, lines) = await StatusAsync(_file);

        Assert.Equal(LedgerCommands.Refused, code);
        Assert.EndsWith(": good", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("does not answer", lines[1], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("1 of 1 govern", StringComparison.Ordinal));

        _network.Nodes[0].Down = true;
        Assert.Equal(LedgerCommands.Unreachable, (await StatusAsync(_file)).Code);
    }

    [Fact]
    public async Task A_node_of_another_chain_says_which()
    {
        _network.Nodes[1].ChainId = 4711;
        var (code, lines) = await StatusAsync(_file);

        Assert.Equal(LedgerCommands.Refused, code);
        Assert.Contains("speaks for chain 4711", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_of_another_network_with_the_same_id_is_told_by_its_first_block()
    {
        await using var other = await SealedNetwork.StartAsync();
        var (code, lines) = await StatusAsync(_file with { Rpc = [_network.Rpc, other.Rpc] });

        Assert.Equal(LedgerCommands.Refused, code);
        Assert.All(lines[..2], line => Assert.Contains("ANOTHER FIRST BLOCK", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fork_is_told_by_the_newest_block_that_all_have()
    {
        await _network.MineAsync(3);
        await _network.ForkAsync(_network.Nodes[1], 2);
        var (code, lines) = await StatusAsync(_file);

        Assert.Equal(LedgerCommands.Refused, code);
        Assert.All(lines[..2], line => Assert.Contains("the network has split", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_is_behind_is_told_how_far_the_others_are()
    {
        var height = (await _network.Client().HeadAsync()).Number;
        await _network.MineAsync(11);
        _network.Nodes[1].Height = height;
        var (code, lines) = await StatusAsync(_file);

        Assert.Equal(LedgerCommands.Refused, code);
        Assert.EndsWith(": good", lines[0], StringComparison.Ordinal);
        Assert.EndsWith($"has block {height + 11}", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_that_makes_no_blocks_is_told_by_the_age_of_the_newest()
    {
        var (code, lines) = await StatusAsync(_file, TimeSpan.FromTicks(1));

        Assert.Equal(LedgerCommands.Refused, code);
        Assert.All(lines[..2], line => Assert.Contains("NO NEW BLOCK", line, StringComparison.Ordinal));
    }

    private async Task<(int Code, string[] Lines)> StatusAsync(NetworkFile file, TimeSpan? headAge = null)
    {
        var path = Path.Combine(_folder, "network.json");
        file.Write(path);
        _output.GetStringBuilder().Clear();
        var code = await new LedgerCommands(_http, _output).StatusAsync(path, headAge ?? TimeSpan.Zero, default);
        return (code, _output.ToString().TrimEnd().Split('\n', StringSplitOptions.TrimEntries));
    }
}
