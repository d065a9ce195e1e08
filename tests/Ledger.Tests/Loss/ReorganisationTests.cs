using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Loss;

/// <summary>A chain without finality takes back its newest three blocks, and the anchor with them.</summary>
public sealed class ReorganisationTests
{
    private const int Depth = 3;

    [Fact]
    public async Task Within_the_depth_that_is_waited_for_the_anchor_is_sent_again_once_and_proven_in_the_block_that_stayed()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        await MineAsync(bench, Depth + 1);
        var registry = bench.Open(finality: Depth + 1);
        var anchoring = Task.Run(() => bench.AnchorAsync(bench.Anchorer(registry)));
        while ((await bench.AnchorsAsync()).Count == 0) await Task.Delay(20);
        var dropped = (await PlacesAsync(bench)).Single();
        await MineAsync(bench, Depth - 1);

        await bench.TellAsync("anvil_reorg", Depth, new System.Text.Json.Nodes.JsonArray());
        Assert.False(anchoring.IsCompleted);
        while (!anchoring.IsCompleted)
        {
            await MineAsync(bench, 1);
            await Task.Delay(100);
        }

        Assert.Equal(3, Assert.IsType<AnchorStep.Anchored>(await anchoring).Size);
        var stayed = (await PlacesAsync(bench)).Single();
        Assert.NotEqual(dropped.BlockHash, stayed.BlockHash);
        await bench.Check_the_outbox_is_settled();
        await Check_proven_in(bench, stayed, await KeepAsync(bench));
    }

    [Fact]
    public async Task Deeper_than_was_waited_for_a_local_node_is_anchored_anew_once_and_the_dropped_blocks_proof_is_served_no_more()
    {
        await using var bench = await ChainBench.StartAsync();
        bench.Options.Development = true;
        await bench.GrowAsync(1, 2, 3);
        Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync());
        var dropped = (await PlacesAsync(bench)).Single();
        await Check_proven_in(bench, dropped, await KeepAsync(bench));
        await MineAsync(bench, Depth - 1);

        await bench.TellAsync("anvil_reorg", Depth, new System.Text.Json.Nodes.JsonArray());
        Assert.Empty(await bench.AnchorsAsync());
        while (await bench.AnchorAsync(bench.Anchorer(bench.Open())) is not AnchorStep.UpToDate) { }

        var anew = (await PlacesAsync(bench)).Single();
        Assert.NotEqual(dropped.BlockHash, anew.BlockHash);
        await using var db = bench.Log.Open();
        Assert.Null((await LedgerLog.FindReceiptAsync(db, TestLog.Entry(1)))!.State);
        await Check_proven_in(bench, anew, await KeepAsync(bench));
    }

    [Fact]
    public async Task Deeper_than_was_waited_for_elsewhere_is_a_fault_for_a_person_and_nothing_is_sent()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        Assert.IsType<AnchorStep.Anchored>(await bench.AnchorAsync());
        await MineAsync(bench, Depth - 1);

        await bench.TellAsync("anvil_reorg", Depth, new System.Text.Json.Nodes.JsonArray());

        Assert.Contains("lost anchors", Assert.IsType<AnchorStep.Fault>(await bench.AnchorAsync(bench.Anchorer(bench.Open()))).Reason, StringComparison.Ordinal);
        Assert.Empty(await bench.AnchorsAsync());
    }

    private static async Task MineAsync(ChainBench bench, int blocks)
    {
        for (var block = 0; block < blocks; block++) await bench.TellAsync("evm_mine");
    }

    private static async Task<List<EventPlace>> PlacesAsync(ChainBench bench)
    {
        var fresh = bench.Open();
        return [.. (await fresh.ReadEventsAsync(0, (await fresh.Evm.HeadAsync()).Number)).OfType<RegistryEvent.Anchored>().Select(a => a.Place)];
    }

    private static async Task<Receipt> KeepAsync(ChainBench bench)
    {
        await using var db = bench.Log.Open();
        Assert.Equal(new ProofRound(1, null), await new ProofKeeper(bench.Open(), bench.Log.Name, null).RunAsync(db, default));
        return (await LedgerLog.FindReceiptAsync(db, TestLog.Entry(1)))!;
    }

    private static async Task Check_proven_in(ChainBench bench, EventPlace place, Receipt receipt)
    {
        Assert.Equal((place.Transaction, place.BlockHash), (receipt.Anchor.Transaction, receipt.Anchor.BlockHash));
        Assert.True(SealedState.TryParse(System.Text.Json.Nodes.JsonNode.Parse(receipt.State!.ToJsonString()), out var state, out var reason), reason);
        Assert.True(BlockHeader.TryDecode(state.Header, out var header, out _));
        Assert.Equal(place.BlockHash, Hex.Encode(Keccak256.Hash(header.Encode())));
        await Task.CompletedTask;
    }
}
