using System.Text.Json.Nodes;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Tests.Evm;

public sealed class SeveralNodes
{
    private static readonly EvmAccount Account = EvmAccount.Create();
    private static readonly Address Contract = Address.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");

    [Fact]
    public async Task The_first_node_is_asked_as_long_as_it_answers()
    {
        var network = new ScriptedNetwork(2);
        var client = network.Client();

        for (var i = 0; i < 5; i++) await client.HeadAsync();

        Assert.Equal(0, network.Asked(1));
    }

    [Fact]
    public async Task A_node_that_does_not_answer_rests_for_half_a_minute_and_is_then_the_first_again()
    {
        var network = new ScriptedNetwork(2);
        var client = network.Client();
        await client.HeadAsync();

        network.Dead.Add(0);
        Assert.Equal(10UL, (await client.HeadAsync()).Number);
        Assert.Equal("does not answer", client.Nodes[0].Trouble);
        network.Dead.Remove(0);
        network.Clock.Move(29);
        var before = network.Asked(0);
        await client.HeadAsync();
        Assert.Equal(before, network.Asked(0));

        network.Clock.Move(1);
        var second = network.Asked(1);
        await client.HeadAsync();
        Assert.True(network.Asked(0) > before);
        Assert.Equal(second, network.Asked(1));
        Assert.Null(client.Nodes[0].Trouble);
    }

    [Fact]
    public async Task Nodes_that_rest_are_asked_where_no_other_answers()
    {
        var network = new ScriptedNetwork(2);
        var client = network.Client();
        network.Dead.Add(0);
        await client.HeadAsync();
        network.Dead.Add(1);
        network.Dead.Remove(0);

        Assert.Equal(10UL, (await client.HeadAsync()).Number);
    }

    [Theory]
    [InlineData("chain", "speaks for chain 1, not 1337")]
    [InlineData("genesis", "has another first block")]
    [InlineData("contract", "There is no registry contract")]
    [InlineData("code", "is not this version's registry")]
    public async Task A_node_is_checked_before_its_first_answer_counts(string wrong, string trouble)
    {
        var network = new ScriptedNetwork(2);
        foreach (var chain in network.Chains) chain.Node.On("eth_getCode", _ => "0x6001");
        var first = network.Chains[0];
        if (wrong == "chain") first.Node.On("eth_chainId", _ => "0x1");
        if (wrong == "genesis") first.Fork = "of another network";
        if (wrong == "contract") first.Node.On("eth_getCode", _ => "0x");
        if (wrong == "code") first.Node.On("eth_getCode", _ => "0x6002");
        EvmOptions Pinned(EvmOptions o) => o with { Genesis = ScriptedChain.Hash("a0"), Contract = new PinnedContract(Contract, [0x60, 0x01]) };
        var client = network.Client(Pinned);

        var head = await client.HeadAsync();

        Assert.Equal(ScriptedChain.Hash("a10"), head.Hash);
        Assert.Contains(trouble, client.Nodes[0].Trouble, StringComparison.Ordinal);
        Assert.True(network.Asked(0) > 0);
        network.Dead.Add(1);
        network.Clock.Move(30);
        var alone = await Assert.ThrowsAsync<EvmException>(() => client.HeadAsync());
        Assert.Contains(trouble, alone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_another_chain_behind_the_address_of_a_node_that_was_away_is_noticed()
    {
        var network = new ScriptedNetwork(2);
        var client = network.Client(o => o with { Genesis = ScriptedChain.Hash("a0") });
        await client.HeadAsync();
        network.Dead.Add(0);
        await client.HeadAsync();

        network.Dead.Remove(0);
        network.Chains[0].Fork = "b"; // somebody else's node has the address now
        network.Clock.Move(30);

        Assert.Equal(ScriptedChain.Hash("a10"), (await client.HeadAsync()).Hash);
        Assert.Contains("another first block", client.Nodes[0].Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_node_of_another_chain()
    {
        var network = new ScriptedNetwork(2);
        network.Chains[1].Node.On("eth_chainId", _ => "0x2");

        await network.Client().SendAsync(Account, Contract, []);

        Assert.Equal(1, network.Asked(0, "eth_sendRawTransaction"));
        Assert.Equal(0, network.Asked(1, "eth_sendRawTransaction"));
    }

    [Fact]
    public async Task A_node_that_is_behind_is_passed_over_while_another_is_not()
    {
        var network = new ScriptedNetwork(2);
        var client = network.Client();
        await client.HeadAsync();
        network.Chains[0].Height = 4;

        var head = await client.HeadAsync();

        Assert.Equal((10UL, false), (head.Number, head.Behind));
        Assert.Equal("is behind", client.Nodes[0].Trouble);
        network.Chains[1].Height = 5;
        Assert.True((await client.HeadAsync()).Behind);
    }

    [Fact]
    public async Task What_is_wrong_with_nodes_is_told_without_the_password_in_an_address()
    {
        var network = new ScriptedNetwork(2) { Dead = { 0, 1 } };

        var fault = await Assert.ThrowsAsync<EvmException>(() => network.Client(o => o with { Rpc = new Uri("http://operator:hunter2@one.example/") }).HeadAsync());

        Assert.True(fault.Passing);
        Assert.Contains("http://one.example does not answer; http://two.example does not answer", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_a_receipt_that_one_node_invents_is_not_believed_where_two_must_agree()
    {
        var network = new ScriptedNetwork(2);
        var transaction = ScriptedChain.Hash("never sent");
        network.Chains[0].Node.On("eth_getTransactionReceipt", p => ScriptedChain.Receipt(p[0]!.GetValue<string>(), 10, "a"));

        Assert.NotNull(await network.Client().FinalReceiptAsync(transaction)); // one node is believed
        Assert.Null(await network.Client(o => o with { Agree = 2 }).FinalReceiptAsync(transaction));
    }

    [Fact]
    public async Task Attack_nodes_that_tell_different_receipts_events_or_blocks_are_named()
    {
        var network = new ScriptedNetwork(2);
        var client = network.Client(o => o with { Agree = 2 });
        var transaction = ScriptedChain.Hash("transaction");
        for (var node = 0; node < 2; node++)
        {
            var mine = node;
            network.Chains[node].Node.On("eth_getTransactionReceipt", p =>
            {
                var receipt = ScriptedChain.Receipt(p[0]!.GetValue<string>(), 10, "a");
                receipt["status"] = mine == 0 ? "0x1" : "0x0";
                return receipt;
            });
            network.Chains[node].Node.On("eth_getLogs", _ => mine == 0 ? new JsonArray() : new JsonArray(Log(3))); // the first withholds one
        }

        await Faults("eth_getTransactionReceipt: http://one.example and http://two.example", () => client.FinalReceiptAsync(transaction));
        await Faults("eth_getLogs: http://one.example and http://two.example", () => client.LogsAsync(Contract, 1, 5));
        network.Chains[1].Fork = "b";
        await Faults("eth_getBlockByNumber: http://one.example and http://two.example", () => client.BlockAsync(3));
    }

    [Fact]
    public async Task Where_two_of_three_agree_the_third_is_passed_over_and_told()
    {
        var network = new ScriptedNetwork(3);
        var client = network.Client(o => o with { Agree = 2 });
        foreach (var chain in network.Chains) chain.Node.On("eth_getLogs", _ => new JsonArray(Log(3)));
        network.Chains[0].Node.On("eth_getLogs", _ => new JsonArray());

        Assert.Single(await client.LogsAsync(Contract, 1, 5));
        Assert.Equal("disagrees with 2 others on eth_getLogs", client.Nodes[0].Trouble);
    }

    [Fact]
    public async Task Attack_two_liars_against_two_honest_nodes_settle_nothing()
    {
        var network = new ScriptedNetwork(4);
        for (var node = 0; node < 4; node++)
        {
            var lies = node is 0 or 2;
            network.Chains[node].Node.On("eth_getLogs", _ => lies ? new JsonArray() : new JsonArray(Log(3)));
        }

        await Faults("disagree on eth_getLogs", () => network.Client(o => o with { Agree = 2 }).LogsAsync(Contract, 1, 5));
    }

    [Fact]
    public async Task Seals_that_differ_from_node_to_node_are_no_disagreement()
    {
        var network = new ScriptedNetwork(2);
        for (var node = 0; node < 2; node++)
        {
            var (chain, seals) = (network.Chains[node], $"0x{node:x2}");
            chain.Node.On("eth_getBlockByNumber", p =>
            {
                var block = chain.Block(p[0]!.GetValue<string>() == "latest" ? chain.Height : Convert.ToUInt64(p[0]!.GetValue<string>(), 16));
                block["extraData"] = seals;
                return block;
            });
        }

        Assert.Equal(ScriptedChain.Hash("a3"), (await network.Client(o => o with { Agree = 2 }).BlockAsync(3))!.Hash);
    }

    [Fact]
    public async Task The_newest_block_is_the_newest_that_as_many_know_as_must_agree()
    {
        var network = new ScriptedNetwork(3);
        network.Chains[0].Height = 12;
        network.Chains[1].Height = 11;
        network.Chains[2].Height = 10;

        Assert.Equal(11UL, (await network.Client(o => o with { Agree = 2 }).HeadAsync()).Number);
        Assert.Equal(10UL, (await network.Client(o => o with { Agree = 3 }).HeadAsync()).Number);
    }

    [Fact]
    public async Task Too_few_nodes_to_agree_is_said()
    {
        var network = new ScriptedNetwork(3) { Dead = { 1, 2 } };

        var fault = await Assert.ThrowsAsync<EvmException>(() => network.Client(o => o with { Agree = 2 }).HeadAsync());

        Assert.True(fault.Passing);
        Assert.Contains("2 ledger nodes must agree (Ledger:Agree), and 1 can be asked", fault.Message, StringComparison.Ordinal);
        Assert.Contains("http://three.example does not answer", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_goes_through_with_one_of_three_nodes_down()
    {
        var network = new ScriptedNetwork(3) { Dead = { 0 } };
        foreach (var chain in network.Chains) chain.OnSend = hash =>
        {
            foreach (var other in network.Chains) other.Mine(hash);
            return hash;
        };

        Assert.IsType<EvmSent.Mined>(await network.Client(o => o with { Agree = 2 }).SendAsync(Account, Contract, []));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void More_nodes_than_there_are_cannot_agree(int agree) => Assert.Throws<ArgumentException>(() => new ScriptedNetwork(2).Client(o => o with { Agree = agree }));

    private static JsonObject Log(ulong block) => new()
    {
        ["address"] = Contract.ToHex(), ["topics"] = new JsonArray(ScriptedChain.Hash("topic")), ["data"] = "0x",
        ["blockNumber"] = Hex.Quantity(block), ["blockHash"] = ScriptedChain.Hash("a" + block), ["transactionHash"] = ScriptedChain.Hash("tx" + block), ["logIndex"] = "0x0",
    };

    private static async Task Faults(string text, Func<Task> act)
    {
        var fault = await Assert.ThrowsAsync<EvmException>(act);
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
    }
}
