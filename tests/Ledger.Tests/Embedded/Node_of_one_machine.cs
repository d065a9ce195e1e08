using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Registry;
using Identity.TestKit;

namespace Identity.Ledger.Tests.Embedded;

public sealed class NodeOfOneMachine : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("node").FullName;
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_record_survives_a_restart()
    {
        var state = Path.Combine(_folder, "deep", "node-state.json");
        using var governor = EvmAccount.Create();
        await using (var node = await AnvilNode.StartAsync(0, state, Chain.Binary))
        {
            var registry = await RegistryClient.DeployAsync(Client(node), governor);
            (await registry.RegisterLogAsync(governor, "localhost:1/log", governor.Address, Chain.Some(32))).Require();
            (await registry.AnchorAsync(governor, RegistryClient.LogId("localhost:1/log"), 4, Chain.Some(32))).Require();
        }

        await using var again = await AnvilNode.StartAsync(0, state, Chain.Binary);
        var evm = Client(again);
        var events = await new RegistryClient(evm, RegistryClient.AddressFor(governor.Address)).ReadEventsAsync(0, (await evm.FinalHeadAsync())!.Number);

        Assert.Equal([typeof(RegistryEvent.LogRegistered), typeof(RegistryEvent.Anchored)], events.Select(e => e.GetType()));
    }

    [Fact]
    public async Task A_lost_chain_gets_the_registry_back_at_the_same_address()
    {
        using var governor = EvmAccount.Create();
        Address first, second;
        await using (var node = await AnvilNode.StartAsync(binary: Chain.Binary)) first = (await RegistryClient.DeployAsync(Client(node), governor)).Contract;
        await using (var node = await AnvilNode.StartAsync(binary: Chain.Binary)) second = (await RegistryClient.DeployAsync(Client(node), governor)).Contract;

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task A_damaged_state_file_is_set_aside_and_the_node_starts_empty()
    {
        var state = Path.Combine(_folder, "node-state.json");
        await File.WriteAllTextAsync(state, "{\"block\":");

        await using var node = await AnvilNode.StartAsync(0, state, Chain.Binary);

        Assert.Equal(0UL, (await Client(node).HeadAsync()).Number);
        Assert.Equal("{\"block\":", await File.ReadAllTextAsync(state + ".broken"));
    }

    [Fact]
    public async Task A_missing_program_is_named_with_what_to_do()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => AnvilNode.StartAsync(binary: Path.Combine(_folder, "anvil")));

        Assert.Contains("Ledger:AnvilPath", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_named_with_what_to_do()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => AnvilNode.StartAsync(port, binary: Chain.Binary));

        Assert.StartsWith($"Port {port} for the ledger node is taken", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_no_node_is_told_in_its_own_words()
    {
        if (OperatingSystem.IsWindows()) return;
        var program = Path.Combine(_folder, "anvil");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho no such thing >&2\nexit 3\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => AnvilNode.StartAsync(binary: program));

        Assert.Contains("no such thing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_the_node_is_noticed_whoever_ended_it()
    {
        await using var node = await AnvilNode.StartAsync(binary: Chain.Binary);
        using var process = Process.GetProcessById(node.ProcessId);

        process.Kill();

        Assert.NotEqual(0, await node.Exited.WaitAsync(TimeSpan.FromSeconds(60)));
        await Assert.ThrowsAsync<EvmException>(() => Client(node).HeadAsync());
    }

    [Fact]
    public async Task No_account_of_the_node_has_a_purse_that_all_the_world_has_the_key_of()
    {
        await using var node = await AnvilNode.StartAsync(binary: Chain.Binary);
        using var answer = await _http.PostAsync(node.Rpc, new StringContent(
            """{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","latest"]}""", System.Text.Encoding.UTF8, "application/json"));

        Assert.Contains("\"result\":\"0x0\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    /// <summary>The parent is this test assembly run by itself (see <see cref="NodeParent"/>), killed as the kernel kills: no code of ours runs.</summary>
    [Fact]
    public async Task Killing_the_parent_leaves_no_node_behind()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var parent = Process.Start(new ProcessStartInfo("dotnet", [typeof(NodeOfOneMachine).Assembly.Location]) { RedirectStandardOutput = true, Environment = { [NodeParent.Variable] = Chain.Binary } })!;
        var line = await parent.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2));
        var child = int.Parse(line!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(Runs(child));
        await Task.Delay(500); // idle threads of the pool may go in the meantime; the node must not
        Assert.True(Runs(child));

        parent.Kill(); // SIGKILL

        await parent.WaitForExitAsync();
        for (var i = 0; i < 1200 && Runs(child); i++) await Task.Delay(50);
        Assert.False(Runs(child));
    }

    private static bool Runs(int process)
    {
        try
        {
            // A killed child that no one has waited for is a zombie ("Z"): it no longer runs.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private EvmClient Client(AnvilNode node) => new(_http, new EvmOptions { Rpc = node.Rpc, ChainId = AnvilNode.ChainId, Attempts = 2, PollInterval = TimeSpan.FromMilliseconds(20) }, TimeProvider.System);
}
