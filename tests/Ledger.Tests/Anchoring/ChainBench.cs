using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;
using Identity.TestKit;

namespace Identity.Ledger.Tests.Anchoring;

/// <summary>A real local node with the registry on it, and a log whose operator is one of its accounts.</summary>
public sealed class ChainBench : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly List<AnvilNode> _nodes = [];

    private ChainBench(AnvilNode node, string origin, string? connection)
    {
        Log = new TestLog(origin, connection);
        Log.Options.Lease = TimeSpan.FromSeconds(-1); // no test here is about the lease
        _nodes.Add(node);
        Operator = EvmAccount.CreateFile(KeyFiles.Account);
        LogKeyFile.Write(KeyFiles.Signing, Log.Key);
        Registry = Open();
    }

    public TestLog Log { get; }

    public AnvilNode Node => _nodes[^1];

    public EvmAccount Governor { get; } = EvmAccount.Create();

    public EvmAccount Operator { get; }

    /// <summary>The files of the operator's two keys, for a process of its own.</summary>
    public (string Account, string Signing) KeyFiles => (Path.Combine(Log.Folder, "operator.pem"), Path.Combine(Log.Folder, "log.pem"));

    /// <summary>A client of the present node.</summary>
    public RegistryClient Registry { get; private set; }

    internal ChainOptions Options { get; } = new() { ChainId = AnvilNode.ChainId };

    public static async Task<ChainBench> StartAsync(bool register = true, string origin = TestLog.Origin, string? connection = null)
    {
        var bench = new ChainBench(await AnvilNode.StartAsync(Ports.Free()), origin, connection);
        await RegistryClient.DeployAsync(bench.Registry.Evm, bench.Governor);
        if (register) await bench.RegisterAsync();
        return bench;
    }

    public async Task RegisterAsync() => (await Registry.RegisterLogAsync(Governor, Log.Name, Operator.Address, Log.Key.PublicBytes)).Require();

    /// <summary>The node loses everything and begins anew at the same address; the registry is put there again.</summary>
    public async Task WipeAsync(bool deploy = true)
    {
        var port = Node.Rpc.Port;
        await Node.DisposeAsync();
        _nodes.Add(await AnvilNode.StartAsync(port));
        if (!deploy) return;
        var fresh = Open();
        await RegistryClient.DeployAsync(fresh.Evm, Governor);
        (await fresh.RegisterLogAsync(Governor, Log.Name, Operator.Address, Log.Key.PublicBytes)).Require();
    }

    /// <summary>A client that knows nothing yet, as after a restart.</summary>
    public RegistryClient Open(int finality = 0, TimeSpan? timeout = null, HttpClient? http = null) => new(
        new EvmClient(http ?? _http, new EvmOptions
        {
            Rpc = Node.Rpc,
            ChainId = AnvilNode.ChainId,
            FinalityDepth = finality,
            PollInterval = TimeSpan.FromMilliseconds(20),
            ReceiptTimeout = timeout ?? TimeSpan.FromSeconds(60),
            Attempts = 2,
            Backoff = TimeSpan.FromMilliseconds(20),
        }, TimeProvider.System),
        RegistryClient.AddressFor(Governor.Address));

    internal Anchorer Anchorer(RegistryClient? registry = null, EvmAccount? account = null, byte[]? key = null, string owner = "one") =>
        new(Log.Name, key ?? Log.Key.PublicBytes, registry ?? Registry, account ?? Operator, Options, Log.Lease(owner));

    internal async Task<AnchorStep> AnchorAsync(Anchorer? anchorer = null)
    {
        await using var db = Log.Open();
        return await (anchorer ?? Anchorer()).RunAsync(db, default);
    }

    public async Task GrowAsync(params int[] entries)
    {
        await Log.AppendAsync(entries);
        Assert.IsType<SequencerRound.Signed>(await Log.RoundAsync());
    }

    /// <summary>Sizes on the chain in their order. The invariant: they grow, so none is there twice, and each has the root of our tree.</summary>
    public async Task<List<long>> AnchorsAsync()
    {
        var fresh = Open();
        var head = await fresh.Evm.HeadAsync();
        var anchors = (await fresh.ReadEventsAsync(0, head.Number)).OfType<RegistryEvent.Anchored>().ToList();
        await using var db = Log.Open();
        for (var at = 0; at < anchors.Count; at++)
        {
            if (at > 0) Assert.True(anchors[at].Size > anchors[at - 1].Size);
            Assert.Equal(await new LogReader(db).RootAsync(anchors[at].Size, default), anchors[at].Root);
        }

        return [.. anchors.Select(a => a.Size)];
    }

    /// <summary>Speaks to the node itself, as its operator would.</summary>
    public async Task<string> TellAsync(string method, params JsonNode[] parameters)
    {
        var answer = await _http.PostAsJsonAsync(Node.Rpc, new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = new JsonArray(parameters) });
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["result"]?.ToString() ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Log.Dispose();
        Governor.Dispose();
        Operator.Dispose();
        _http.Dispose();
    }
}
