using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;
using Identity.TestKit.Chains;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Anchoring;

/// <summary>The operator keeps, with each anchor, what proves it to somebody who asks no node.</summary>
public sealed class ProofKeeperTests
{
    [Theory]
    [InlineData(Consensus.Qbft)]
    [InlineData(Consensus.Ibft2)]
    [InlineData(Consensus.Ibft)]
    public async Task An_anchor_is_proven_at_its_own_block_under_the_seals_of_the_validators(Consensus consensus)
    {
        await using var bench = await SealedBench.StartAsync(consensus);
        await bench.AnchorAsync(1, 2, 3);

        Assert.Equal(new ProofRound(1, null), await bench.KeepAsync());

        var (receipt, state) = await bench.ReceiptAsync(2);
        Assert.Equal(consensus, state.Consensus);
        Assert.Equal(receipt.Anchor.Time, (string)receipt.State!["provenAt"]!);
        Assert.True(BlockHeader.TryDecode(state.Header, out var header, out _) && SealedHeader.TryRead(header, consensus, out var read, out _) && Hex.Encode(read.BlockHash()) == receipt.Anchor.BlockHash);
        Assert.True(state.Proof.TryVerify(header.StateRoot, bench.Registry.Contract, Keccak256.Hash(CompiledContract.Registry.Runtime), out var slots, out var reason), reason);
        Assert.Equal(receipt.Anchor.Root, Hex.Encode(new RegistryState(slots).RootAt(bench.LogId, 3)!));
        Assert.Equal(bench.Log.Key.PublicBytes, new RegistryState(slots).Log(bench.LogId)!.Ed25519Key);
        Assert.Empty(state.Changes);
        Assert.Equal(new ProofRound(0, null), await bench.KeepAsync());
    }

    [Fact]
    public async Task Where_the_node_no_longer_has_the_state_a_later_block_proves_the_same_and_the_receipt_says_from_when()
    {
        await using var bench = await SealedBench.StartAsync();
        await bench.AnchorAsync(1);
        await bench.Network.MineAsync(9);
        bench.Network.Nodes[0].ProofWindow = 4;

        for (var round = 0; round < 3; round++) Assert.Contains("state", (await bench.KeepAsync()).Reason, StringComparison.Ordinal);
        Assert.Equal(1, (await bench.KeepAsync()).Kept);

        var (receipt, state) = await bench.ReceiptAsync(1);
        Assert.True(BlockHeader.TryDecode(state.Header, out var header, out _));
        Assert.True(header.Number > receipt.Anchor.Block);
        Assert.Equal(header.Time, state.ProvenAt);
        Assert.Equal(receipt.Anchor.Block + 9, header.Number);
    }

    [Fact]
    public async Task What_a_node_proves_falsely_is_not_kept()
    {
        await using var bench = await SealedBench.StartAsync();
        await bench.AnchorAsync(1);
        var node = bench.Network.Nodes[0];

        node.Lie = (method, _, truth) => method == "eth_getProof" ? Changed(truth!, "storageProof") : truth;
        Assert.NotNull((await bench.KeepAsync()).Reason);
        node.Lie = (method, _, truth) => method == "eth_getBlockByNumber" ? With(truth!, "stateRoot", Hex.Encode(new byte[32])) : truth;
        Assert.NotNull((await bench.KeepAsync()).Reason);
        node.Lie = null;
        node.Seals = 2;
        Assert.Contains("2 of 4", (await bench.KeepAsync()).Reason, StringComparison.Ordinal);
        Assert.Null((await bench.ReceiptAsync(1, orNull: true)).Receipt.State);

        node.Seals = null;
        Assert.Equal(1, (await bench.KeepAsync()).Kept);
    }

    [Fact]
    public async Task The_first_header_of_each_set_of_validators_is_kept_with_the_proofs_after_it()
    {
        await using var bench = await SealedBench.StartAsync();
        await bench.AnchorAsync(1);
        await bench.KeepAsync();
        await bench.Network.MineAsync(3);
        var first = await bench.Network.ChangeAsync([.. bench.Network.Validators, .. bench.Network.NewValidators(1)]);
        await bench.Network.MineAsync(4);
        var second = await bench.Network.ChangeAsync([.. bench.Network.Validators.Skip(1), .. bench.Network.NewValidators(1)]);
        await bench.Network.MineAsync(2);
        await bench.AnchorAsync(2);
        await bench.KeepAsync();

        var (_, state) = await bench.ReceiptAsync(2);
        var (_, earlier) = await bench.ReceiptAsync(1);

        Assert.Equal([first, second], state.Changes.Select(rlp => BlockHeader.TryDecode(rlp, out var header, out _) ? header.Number : 0));
        Assert.Empty(earlier.Changes);
    }

    [Fact]
    public async Task A_development_nodes_proof_is_kept_and_says_that_nobody_sealed_it()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2);
        await bench.AnchorAsync();
        await using var db = bench.Log.Open();

        Assert.Equal(new ProofRound(1, null), await new ProofKeeper(bench.Registry, bench.Log.Name, null).RunAsync(db, default));

        var receipt = await LedgerLog.FindReceiptAsync(db, TestLog.Entry(1));
        Assert.Equal("none", (string)receipt!.State!["consensus"]!);
        Assert.Equal(receipt.Anchor.Time, (string)receipt.State["provenAt"]!);
    }

    [Fact]
    public async Task A_restart_finds_anchors_without_proof_again_and_keeps_none_twice()
    {
        await using var bench = await SealedBench.StartAsync();
        await bench.AnchorAsync(1);
        await bench.AnchorAsync(2);
        Assert.Equal(2, (await bench.KeepAsync(bench.NewKeeper())).Kept);
        Assert.Equal(0, (await bench.KeepAsync(bench.NewKeeper())).Kept);
        await using var db = bench.Log.Open();
        Assert.Equal(2, await db.Set<ProofRow>().CountAsync());
    }

    private static JsonNode Changed(JsonNode proof, string member)
    {
        var last = proof[member]![0]!["proof"]!.AsArray();
        var text = last[^1]!.GetValue<string>();
        last[^1] = text[..^2] + (text[^2..] == "00" ? "01" : "00");
        return proof;
    }

    private static JsonNode With(JsonNode block, string member, string value)
    {
        block[member] = value;
        return block;
    }
}
