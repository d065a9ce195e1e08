using System.Text.Json.Nodes;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Log;
using Identity.Ledger.Tests.Proofs;
using Identity.TestKit.Chains;

namespace Identity.Ledger.Tests.Loss;

/// <summary>A node lies. One node alone is believed, as the documents say; where two must agree it is found out and named; a proof for a pinned set of validators is never to be had from a lie.</summary>
public sealed class LyingNodeTests : IAsyncLifetime
{
    private readonly EvmAccount _governor = EvmAccount.Create();
    private SealedNetwork _network = null!;
    private RegistryClient _registry = null!;
    private string _anchored = "";

    private SealedNode Liar => _network.Nodes[0];

    /// <summary>A network of two nodes, with a log whose first three entries are anchored.</summary>
    public async Task InitializeAsync()
    {
        _network = await SealedNetwork.StartAsync(nodes: 2);
        _registry = await RegistryClient.DeployAsync(_network.Client(), _governor);
        (await _registry.RegisterLogAsync(_governor, TestLog.Origin, _governor.Address, new byte[32].Select(_ => (byte)1).ToArray())).Require();
        _anchored = ((RegistryWrite.Done)await _registry.AnchorAsync(_governor, RegistryClient.LogId(TestLog.Origin), 3, Root(3))).Receipt.TransactionHash;
        await _network.MineAsync(3);
    }

    public async Task DisposeAsync()
    {
        await _network.DisposeAsync();
        _governor.Dispose();
    }

    [Fact]
    public async Task Attack_an_invented_receipt()
    {
        var never = Hex.Encode(Root(99));
        var real = (await Liar.AnswerAsync("eth_getTransactionReceipt", [_anchored]))["result"]!.ToJsonString();
        Liar.Lie = (method, p, truth) => method == "eth_getTransactionReceipt" && p[0]!.GetValue<string>() == never ? JsonNode.Parse(real.Replace(_anchored, never, StringComparison.Ordinal)) : truth;

        Assert.NotNull(await One().Evm.FinalReceiptAsync(never));
        Assert.Null(await Two().Evm.FinalReceiptAsync(never)); // what one of them does not have waits
    }

    [Fact]
    public async Task Attack_an_invented_event()
    {
        Liar.Lie = (method, _, truth) => method == "eth_getLogs" ? Twice(truth!.AsArray()) : truth;

        Assert.Equal([3, 4], await SizesAsync(One()));
        await Check_named(() => SizesAsync(Two()), "eth_getLogs");

        // The same event once more, with another size.
        static JsonArray Twice(JsonArray logs)
        {
            if (logs.LastOrDefault(l => l!["topics"]!.AsArray().Count == 2) is not { } last) return logs;
            var more = last.DeepClone();
            Assert.True(Hex.TryDecode(last["data"]!.GetValue<string>(), out var data));
            data[31] = 4;
            (more["data"], more["logIndex"]) = (Hex.Encode(data), "0x7");
            logs.Add(more);
            return logs;
        }
    }

    [Fact]
    public async Task Attack_a_withheld_event()
    {
        Liar.Lie = (method, _, truth) => method == "eth_getLogs" ? new JsonArray() : truth;

        Assert.Empty(await SizesAsync(One()));
        await Check_named(() => SizesAsync(Two()), "eth_getLogs");
    }

    [Fact]
    public async Task Attack_another_block_of_the_same_height()
    {
        var real = (await _registry.Evm.BlockAsync(3))!.Hash;
        await _network.ForkAsync(Liar, since: 3);

        Assert.NotEqual(real, (await One().Evm.BlockAsync(3))!.Hash);
        await Check_named(() => Two().Evm.BlockAsync(3), "eth_getBlockByNumber");
    }

    [Fact]
    public async Task Attack_a_head_that_stands_still_is_passed_over_and_named_once_another_is_ahead_and_alone_its_age_gives_it_away()
    {
        var both = new RegistryClient(_network.Client(), _registry.Contract);
        var head = await both.Evm.HeadAsync();
        Liar.Height = 1;

        Assert.Equal(head.Number, (await both.Evm.HeadAsync()).Number);
        Assert.Contains("behind", both.Evm.Nodes[0].Trouble, StringComparison.Ordinal);

        var alone = One(o => o with { HeadAge = TimeSpan.FromMinutes(5) }, new Later());
        Assert.Equal(1UL, (await alone.Evm.HeadAsync()).Number); // believed: one node's word
        Assert.Contains("has made no block since", (await Assert.ThrowsAsync<EvmException>(() => alone.Evm.SendAsync(_governor, _governor.Address, []))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_an_anchor_that_was_never_made_gets_no_proof_that_validators_sealed()
    {
        await using var bench = await SealedBench.StartAsync();
        var trusted = await ReceiptCheckTests.PinAsync(bench, 0);
        await bench.AnchorAsync(1);
        var node = bench.Network.Nodes[0];
        var (real, sent) = ((await bench.ReceiptAsync(1, orNull: true)).Receipt.Anchor.Transaction, "");
        var mined = (await node.AnswerAsync("eth_getTransactionReceipt", [real]))["result"]!;
        node.Lie = (method, p, truth) =>
        {
            // It takes the transaction, shows it to nobody, and says that the block of the last one holds it, with an event as it should be.
            if (method == "eth_sendRawTransaction") return sent = truth!.GetValue<string>();
            if (method != "eth_getTransactionReceipt" || truth is not null || sent.Length == 0) return truth;
            var invented = mined.DeepClone();
            invented["transactionHash"] = sent;
            foreach (var log in invented["logs"]!.AsArray())
            {
                log!["transactionHash"] = sent;
                log["data"] = Hex.Encode([.. new byte[31], 2, .. _newest]);
            }
            return invented;
        };
        await bench.Network.HaltAsync();
        await bench.Log.AppendAsync(2);
        _newest = Assert.IsType<SequencerRound.Signed>(await bench.Log.RoundAsync()).Checkpoint.Root;
        await using var db = bench.Log.Open();
        var step = await new Anchorer(bench.Log.Name, bench.Log.Key.PublicBytes, bench.Registry, bench.Governor, new ChainOptions { ChainId = SealedNetwork.ChainId }, bench.Log.Lease()).RunAsync(db, default);
        Assert.IsType<AnchorStep.Anchored>(step); // one node's word

        Assert.NotNull((await bench.KeepAsync()).Reason);
        var (receipt, _) = await bench.ReceiptAsync(2, orNull: true);
        Assert.Null(receipt.State);
        Assert.True(LogReceipt.TryParse(System.Text.Encoding.UTF8.GetBytes(ReceiptCheckTests.Json(receipt).ToJsonString()), out var read, out var reason), reason);
        Assert.NotEqual(StepResult.Proven, ReceiptCheck.Sum(ReceiptCheck.Run(read[0], TestLog.Entry(2), trusted)));

        // The truth comes out: the chain does not have what was final.
        node.Lie = null;
        await using var later = bench.Log.Open();
        Assert.Contains("lost anchors", Assert.IsType<AnchorStep.Fault>(await new Anchorer(bench.Log.Name, bench.Log.Key.PublicBytes, bench.Registry, bench.Governor, new ChainOptions { ChainId = SealedNetwork.ChainId }, bench.Log.Lease()).RunAsync(later, default)).Reason, StringComparison.Ordinal);
    }

    private byte[] _newest = [];

    private RegistryClient One(Func<EvmOptions, EvmOptions>? change = null, TimeProvider? clock = null) => Of(o => (change ?? (x => x))(o with { OtherNodes = [] }), clock);

    private RegistryClient Two() => Of(o => o with { Agree = 2 });

    private RegistryClient Of(Func<EvmOptions, EvmOptions> change, TimeProvider? clock = null) => new(_network.Client(change, clock), _registry.Contract);

    private static async Task<IEnumerable<long>> SizesAsync(RegistryClient registry) =>
        (await registry.ReadEventsAsync(0, (await registry.Evm.HeadAsync()).Number)).OfType<RegistryEvent.Anchored>().Select(a => a.Size).ToList();

    private async Task Check_named<T>(Func<Task<T>> ask, string method)
    {
        var told = await Assert.ThrowsAsync<EvmException>(ask);
        Assert.Contains($"disagree on {method}", told.Message, StringComparison.Ordinal);
        foreach (var node in _network.Nodes) Assert.Contains(node.Rpc.Authority, told.Message, StringComparison.Ordinal);
    }

    private static byte[] Root(byte of) => [.. Enumerable.Repeat(of, 32)];

    /// <summary>Ten minutes from now.</summary>
    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddMinutes(10);
    }
}
