using Identity.Credentials.Transparency;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Log;
using Identity.Ledger.Tests.Witnessing;
using Identity.Ledger.Witnessing;
using Identity.TestKit.Chains;

namespace Identity.Ledger.Tests.Loss;

/// <summary>The operator's clock is wrong by an hour. What counts is the time of blocks; a clock may delay, never harm.</summary>
public sealed class WrongClockTests
{
    [Fact]
    public async Task With_the_clock_an_hour_ahead_the_network_looks_halted_nothing_is_sent_and_once_it_is_right_one_anchor_makes_it_good()
    {
        await using var bench = await SealedBench.StartAsync();
        var clock = new ShiftedClock { By = TimeSpan.FromHours(1) };
        await bench.Log.AppendAsync(1, 2, 3);
        Assert.IsType<SequencerRound.Signed>(await bench.Log.RoundAsync());

        var told = await Assert.ThrowsAsync<EvmException>(() => AnchorAsync(bench, clock));
        Assert.True(told.Passing);
        Assert.Contains("has made no block since", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("eth_sendRawTransaction", bench.Network.Nodes[0].Asked[^5..]);

        clock.By = TimeSpan.Zero;
        Assert.IsType<AnchorStep.Anchored>(await AnchorAsync(bench, clock));
        await Check_anchored_once_at_the_blocks_time(bench);
    }

    [Fact]
    public async Task With_the_clock_an_hour_behind_anchors_and_proofs_bear_the_blocks_time()
    {
        await using var bench = await SealedBench.StartAsync();
        var clock = new ShiftedClock { By = TimeSpan.FromHours(-1) };
        await bench.Log.AppendAsync(1, 2, 3);
        Assert.IsType<SequencerRound.Signed>(await bench.Log.RoundAsync());

        Assert.IsType<AnchorStep.Anchored>(await AnchorAsync(bench, clock));

        await Check_anchored_once_at_the_blocks_time(bench);
    }

    [Theory]
    [InlineData(1), InlineData(-1)]
    public async Task Beside_a_witness_whose_clock_is_right_a_log_an_hour_off_keeps_no_cosignature_from_its_future_and_one_from_its_past(int hours)
    {
        using var bench = new WitnessBench();
        using var witness = await WitnessProcess.StartAsync("witness.example", bench.Log);
        bench.Log.Clock.Set(DateTimeOffset.UtcNow.AddHours(hours));
        await bench.GrowAsync(1, 2, 3);
        var feeder = bench.Feeder(witness);

        var step = await bench.FeedAsync(feeder);

        if (hours < 0) Assert.Contains("one of the two clocks is wrong", Assert.IsType<FeedStep.Waiting>(step).Reason, StringComparison.Ordinal);
        else Assert.IsType<FeedStep.Cosigned>(step);
        bench.Log.Clock.Set(DateTimeOffset.UtcNow.AddMinutes(1)); // set right: the same checkpoint is cosigned, and signing went on all the while
        Assert.IsType<FeedStep.Cosigned>(await bench.FeedAsync(feeder));
        var served = await bench.ServedAsync(required: 1);
        Assert.True(Cosignature.TryVerify(served, witness.Key, out var at));
        Assert.True((DateTimeOffset.UtcNow - at).Duration() < TimeSpan.FromMinutes(5));
    }

    private static async Task<AnchorStep> AnchorAsync(SealedBench bench, TimeProvider clock)
    {
        using var http = new HttpClient();
        var evm = new EvmClient(http, new EvmOptions { Rpc = bench.Network.Rpc, ChainId = SealedNetwork.ChainId, PollInterval = TimeSpan.FromMilliseconds(20), HeadAge = TimeSpan.FromMinutes(5) }, clock);
        await using var db = bench.Log.Open();
        return await new Anchorer(bench.Log.Name, bench.Log.Key.PublicBytes, new RegistryClient(evm, bench.Registry.Contract), bench.Governor, new ChainOptions { ChainId = SealedNetwork.ChainId }, bench.Log.Lease()).RunAsync(db, default);
    }

    private static async Task Check_anchored_once_at_the_blocks_time(SealedBench bench)
    {
        var head = await bench.Registry.Evm.HeadAsync();
        var anchor = Assert.Single((await bench.Registry.ReadEventsAsync(0, head.Number)).OfType<RegistryEvent.Anchored>());
        Assert.Equal(1, (await bench.KeepAsync()).Kept);
        var (receipt, state) = await bench.ReceiptAsync(2);
        Assert.Equal(anchor.Place.BlockTime, DateTimeOffset.Parse(receipt.Anchor.Time, null));
        Assert.Equal(anchor.Place.BlockTime, state.ProvenAt);
        Assert.True((DateTimeOffset.UtcNow - anchor.Place.BlockTime).Duration() < TimeSpan.FromMinutes(5));
    }

    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
    }
}
