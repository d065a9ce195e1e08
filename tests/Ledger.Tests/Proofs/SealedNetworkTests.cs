using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Registry;
using Identity.TestKit.Chains;

namespace Identity.Ledger.Tests.Proofs;

/// <summary>The stand-in for a network of validators behaves like one, or other tests prove nothing with it.</summary>
public sealed class SealedNetworkTests
{
    [Theory]
    [InlineData(Consensus.Qbft)]
    [InlineData(Consensus.Ibft2)]
    [InlineData(Consensus.Ibft)]
    public async Task Its_blocks_are_linked_sealed_by_a_quorum_and_named_alike_in_every_answer(Consensus consensus)
    {
        await using var network = await SealedNetwork.StartAsync(consensus, validators: 4, nodes: 2);
        using var governor = EvmAccount.Create();
        var evm = network.Client();
        var registry = await RegistryClient.DeployAsync(evm, governor);
        var done = (await registry.RegisterLogAsync(governor, "log.example", governor.Address, Chain.Some(32))).Require();
        var head = (await evm.HeadAsync()).Number;
        var set = new ValidatorSet([.. network.Validators.Select(v => v.Address)]);
        var parent = Hex.Encode((await network.HeaderAsync(0)).BlockHash());

        for (var number = 1UL; number <= head; number++)
        {
            var header = await network.HeaderAsync(number);
            Assert.True(set.TryVerify(header, out _, out var reason), reason);
            Assert.Equal(parent, Hex.Encode(header.Header.ParentHash));
            parent = Hex.Encode(header.BlockHash());
            Assert.Equal(parent, (await evm.BlockAsync(number))!.Hash);
            Assert.Equal(number, (await evm.BlockOfAsync(parent))!.Number);
        }
        Assert.Equal((await evm.BlockAsync(done.Block))!.Hash, Assert.Single(await evm.LogsAsync(registry.Contract, done.Block, done.Block)).BlockHash);
    }

    [Fact]
    public async Task Two_nodes_hold_different_seals_of_the_same_block()
    {
        await using var network = await SealedNetwork.StartAsync(nodes: 2);
        await network.MineAsync();

        var (one, other) = (await HeaderAsync(network, 0, 1), await HeaderAsync(network, 1, 1));

        Assert.Equal(one.BlockHash(), other.BlockHash());
        Assert.NotEqual(one.Committers(), other.Committers());
        network.Nodes[0].Seals = 2;
        Assert.Equal(2, (await HeaderAsync(network, 0, 1)).Committers().Count);
    }

    [Fact]
    public async Task Its_validators_change_from_the_next_block_on()
    {
        await using var network = await SealedNetwork.StartAsync();
        await network.MineAsync(2);
        var since = await network.ChangeAsync([.. network.Validators.Take(3), .. network.NewValidators(2)]);
        await network.MineAsync();
        var old = new ValidatorSet((await network.HeaderAsync(since - 1)).Validators.ToList());

        Assert.True(old.TryVerify(await network.HeaderAsync(since), out var next, out var reason), reason);

        Assert.Equal(5, next.Members.Count);
        Assert.Equal(4, old.Members.Count);
    }

    [Fact]
    public async Task A_halted_network_makes_no_block_and_goes_on_with_what_waits()
    {
        await using var network = await SealedNetwork.StartAsync();
        using var governor = EvmAccount.Create();
        var evm = network.Client();
        var head = (await evm.HeadAsync()).Number;
        await network.HaltAsync();
        var signed = await evm.PrepareAsync(governor, governor.Address, []);
        var sending = evm.SendAndWaitAsync(signed);

        await WaitUntilAsync(() => Task.FromResult(network.Nodes[0].Asked.Contains("eth_getTransactionReceipt")));
        Assert.Equal(head, (await evm.HeadAsync()).Number);
        await network.ResumeAsync();

        Assert.True((await sending).Block > head);
    }

    [Fact]
    public async Task A_node_that_went_back_shows_nothing_above_and_a_forked_one_other_hashes_from_there_on()
    {
        await using var network = await SealedNetwork.StartAsync(nodes: 2);
        await network.MineAsync(5);
        network.Nodes[0].Height = 3;
        await network.ForkAsync(network.Nodes[1], 3);
        EvmClient back = Client(network, 0), forked = Client(network, 1);

        Assert.Equal(3UL, (await back.HeadAsync()).Number);
        Assert.Null(await back.BlockAsync(4));
        Assert.Equal((await back.BlockAsync(2))!.Hash, (await forked.BlockAsync(2))!.Hash);
        Assert.NotEqual((await back.BlockAsync(3))!.Hash, (await forked.BlockAsync(3))!.Hash);
        Assert.Equal((await forked.BlockAsync(3))!.Hash, Hex.Encode((await HeaderAsync(network, 1, 4)).Header.ParentHash));
        Assert.True(new ValidatorSet([.. network.Validators.Select(v => v.Address)]).TryVerify(await HeaderAsync(network, 1, 4), out _, out _));
    }

    [Fact]
    public async Task A_node_breaks_off_refuses_and_lies_as_it_is_told()
    {
        await using var network = await SealedNetwork.StartAsync(nodes: 2);
        using var account = EvmAccount.Create();
        var (node, evm) = (network.Nodes[0], Client(network, 0));
        await network.MineAsync(4);
        var fee = new EvmFee.Dynamic(0, 0);
        node.RefusesDynamicFees = true;
        Assert.Contains("not supported", (await Assert.ThrowsAsync<EvmException>(() => Client(network, 0, o => o with { Fee = fee }).SendAsync(account, account.Address, []))).Message, StringComparison.Ordinal);
        Assert.IsType<EvmSent.Mined>(await evm.SendAsync(account, account.Address, []));
        node.ProofWindow = 2;
        Assert.NotNull((await node.AnswerAsync("eth_getProof", [account.Address.ToHex(), new System.Text.Json.Nodes.JsonArray(), "0x2"]))["error"]);
        Assert.Null((await node.AnswerAsync("eth_getProof", [account.Address.ToHex(), new System.Text.Json.Nodes.JsonArray(), "0x3"]))["error"]);
        node.Lie = (method, _, truth) => method == "eth_getBlockByNumber" ? null : truth;
        Assert.Null(await evm.BlockAsync(1));
        node.Down = true;
        Assert.True((await Assert.ThrowsAsync<EvmException>(() => evm.HeadAsync())).Passing);
        Assert.NotNull(await network.Client().HeadAsync()); // the other one answers
    }

    private static EvmClient Client(SealedNetwork network, int node, Func<EvmOptions, EvmOptions>? change = null) =>
        network.Client(o => (change ?? (x => x))(o with { Rpc = network.Nodes[node].Rpc, OtherNodes = [], Attempts = 2 }));

    private static async Task<SealedHeader> HeaderAsync(SealedNetwork network, int node, ulong number)
    {
        var block = (await network.Nodes[node].AnswerAsync("eth_getBlockByNumber", [$"0x{number:x}", false]))["result"];
        Assert.True(BlockHeader.TryFromJson(System.Text.Json.JsonSerializer.SerializeToElement(block), out var header, out var reason), reason);
        Assert.True(SealedHeader.TryRead(header, network.Consensus, out var read, out reason), reason);
        return read;
    }

    private static async Task WaitUntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds()) await Task.Yield();
    }
}
