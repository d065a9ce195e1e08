using System.Text.Json.Nodes;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;
using Identity.TestKit.Chains;

namespace Identity.Ledger.Tests.Anchoring;

/// <summary>A log whose operator anchors on a network of validators, or on a chain for development whose blocks nobody seals.</summary>
internal sealed class SealedBench : IAsyncDisposable
{
    public EvmAccount Governor { get; } = EvmAccount.Create();
    private ProofKeeper _keeper = null!;
    private HttpClient? _http;
    private AnvilNode? _node;

    /// <summary>Absent on a chain for development.</summary>
    public SealedNetwork Network { get; private init; } = null!;

    /// <summary>Where a node answers.</summary>
    public Uri Rpc => _node?.Rpc ?? Network.Rpc;

    public RegistryClient Registry { get; private set; } = null!;

    public TestLog Log { get; private init; } = null!;

    public byte[] LogId => RegistryClient.LogId(Log.Name);

    public static async Task<SealedBench> StartAsync(Consensus consensus = Consensus.Qbft, int validators = 4, string origin = TestLog.Origin, TestLog? before = null)
    {
        var bench = new SealedBench { Network = await SealedNetwork.StartAsync(consensus, validators), Log = new TestLog(origin) };
        return await bench.DeployAsync(bench.Network.Client(), before);
    }

    public static async Task<SealedBench> StartUnsealedAsync(string origin)
    {
        var bench = new SealedBench { Log = new TestLog(origin), _node = await AnvilNode.StartAsync(), _http = new HttpClient() };
        return await bench.DeployAsync(new EvmClient(bench._http, new EvmOptions { Rpc = bench._node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(20), Backoff = TimeSpan.FromMilliseconds(10) }, TimeProvider.System));
    }

    // A log that is registered before its own, where one is given.
    private async Task<SealedBench> DeployAsync(EvmClient evm, TestLog? before = null)
    {
        Log.Options.Lease = TimeSpan.FromSeconds(-1);
        Registry = await RegistryClient.DeployAsync(evm, Governor);
        if (before is not null) (await Registry.RegisterLogAsync(Governor, before.Name, Governor.Address, before.Key.PublicBytes)).Require();
        (await Registry.RegisterLogAsync(Governor, Log.Name, Governor.Address, Log.Key.PublicBytes)).Require();
        _keeper = NewKeeper();
        return this;
    }

    public ProofKeeper NewKeeper() => new(Registry, Log.Name, Network?.Consensus);

    public async Task AnchorAsync(params int[] entries)
    {
        await Log.AppendAsync(entries);
        Assert.IsType<SequencerRound.Signed>(await Log.RoundAsync());
        await using var db = Log.Open();
        Assert.IsType<AnchorStep.Anchored>(await new Anchorer(Log.Name, Log.Key.PublicBytes, Registry, Governor, new ChainOptions { ChainId = SealedNetwork.ChainId }, Log.Lease()).RunAsync(db, default));
    }

    public async Task<ProofRound> KeepAsync(ProofKeeper? keeper = null)
    {
        await using var db = Log.Open();
        return await (keeper ?? _keeper).RunAsync(db, default);
    }

    /// <summary>Puts one more entry into the next round.</summary>
    public async Task AppendAsync(byte[] entry)
    {
        await using var db = Log.Open();
        LedgerLog.Append(db, entry, Log.Clock.GetUtcNow());
        await db.SaveChangesAsync();
    }

    public Task<(Receipt Receipt, SealedState State)> ReceiptAsync(int entry, bool orNull = false) => ReceiptAsync(TestLog.Entry(entry), orNull);

    public async Task<(Receipt Receipt, SealedState State)> ReceiptAsync(byte[] entry, bool orNull = false)
    {
        await using var db = Log.Open();
        var receipt = await LedgerLog.FindReceiptAsync(db, entry);
        SealedState? state = null;
        if (!orNull) Assert.True(SealedState.TryParse(JsonNode.Parse(receipt!.State!.ToJsonString()), out state, out var reason), reason);
        return (receipt!, state!);
    }

    public async ValueTask DisposeAsync()
    {
        if (Network is not null) await Network.DisposeAsync();
        if (_node is not null) await _node.DisposeAsync();
        _http?.Dispose();
        Log.Dispose();
        Governor.Dispose();
    }
}
