using System.Text.Json.Nodes;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Tests.Evm;

/// <summary>What permissioned networks do to a client that others do not; ClientAgainstOddNodes has the rest.</summary>
public sealed class NetworksOfValidators
{
    private static readonly EvmAccount Account = EvmAccount.Create();
    private static readonly Address Contract = Address.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");

    // GoQuorum and old nodes speak of RLP, since to them the envelope is a broken list.
    [Theory]
    [InlineData("transaction type not supported")]
    [InlineData("Transaction type EIP1559 is invalid, accepted transaction types are [FRONTIER, ACCESS_LIST]")]
    [InlineData("rlp: expected input list for types.txdata")]
    [InlineData("unsupported tx type")]
    public async Task A_network_that_takes_no_dynamic_fees_is_told_with_the_setting_that_helps(string text)
    {
        var chain = new ScriptedChain { OnSend = _ => throw new ScriptedNode.Refusal(-32000, text) };
        var client = chain.Node.Client(o => o with { Fee = new EvmFee.Dynamic(0, 10) });

        await Faults("set Ledger:Fee to legacy", () => client.SendAsync(Account, Contract, []));
        Assert.Equal(1, chain.Node.Count("eth_sendRawTransaction"));
    }

    [Fact]
    public async Task A_legacy_transaction_that_is_refused_is_not_told_to_become_legacy()
    {
        var chain = new ScriptedChain { OnSend = _ => throw new ScriptedNode.Refusal(-32000, "rlp: expected input list for types.txdata") };

        await Faults("refused eth_sendRawTransaction: rlp", () => chain.Node.Client().SendAsync(Account, Contract, []));
    }

    [Theory]
    [InlineData("transaction underpriced", "set Ledger:GasPrice")]
    [InlineData("Gas price below configured minimum gas price", "set Ledger:GasPrice")]
    [InlineData("intrinsic gas too low", "counts more gas")]
    [InlineData("Intrinsic gas exceeds gas limit", "counts more gas")]
    [InlineData("Sender account not authorized to send transactions", "list of accounts")]
    [InlineData("insufficient funds for gas * price + value", "cannot pay for its gas")]
    [InlineData("Upfront cost exceeds account balance", "cannot pay for its gas")]
    [InlineData("exceeds block gas limit", "more gas")]
    public async Task A_refusal_for_good_says_who_has_to_change_what(string text, string words)
    {
        var chain = new ScriptedChain { OnSend = _ => throw new ScriptedNode.Refusal(-32000, text) };

        var fault = await Assert.ThrowsAsync<EvmException>(() => chain.Node.Client().SendAsync(Account, Contract, []));

        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
        Assert.False(fault.Passing);
        Assert.Equal(1, chain.Node.Count("eth_sendRawTransaction"));
    }

    [Fact]
    public async Task A_price_too_low_of_dynamic_fees_names_their_settings()
    {
        var chain = new ScriptedChain { OnSend = _ => throw new ScriptedNode.Refusal(-32000, "max fee per gas less than block base fee") };

        await Faults("set Ledger:MaxFee and Ledger:PriorityFee", () => chain.Node.Client(o => o with { Fee = new EvmFee.Dynamic(0, 10) }).SendAsync(Account, Contract, []));
    }

    [Fact]
    public async Task Only_methods_are_used_that_old_networks_have_and_no_tag_but_latest_and_pending()
    {
        var chain = new ScriptedChain();
        chain.Node.On("eth_getLogs", _ => new JsonArray());
        var client = chain.Node.Client(o => o with { FinalityDepth = 0 });

        await client.SendAsync(Account, Contract, []);
        await client.FinalHeadAsync();
        await client.LogsAsync(Contract, 1, 5);

        string[] known = ["eth_blockNumber", "eth_call", "eth_chainId", "eth_estimateGas", "eth_getBlockByHash", "eth_getBlockByNumber", "eth_getCode", "eth_getLogs", "eth_getTransactionCount", "eth_getTransactionReceipt", "eth_sendRawTransaction"];
        Assert.Empty(chain.Node.Asked.Select(asked => asked.Method).Distinct().Except(known));
        Assert.DoesNotContain(chain.Node.Asked.SelectMany(asked => asked.Parameters), p => p is JsonValue v && v.TryGetValue<string>(out var text) && text is ("safe" or "finalized" or "earliest"));
    }

    [Fact]
    public async Task A_block_in_the_place_of_a_final_one_is_a_fault()
    {
        var chain = new ScriptedChain();
        var client = chain.Node.Client();
        await client.HeadAsync();
        chain.Fork = "b";

        var fault = await Assert.ThrowsAsync<EvmException>(() => client.HeadAsync());

        Assert.Contains("said to be final at once", fault.Message, StringComparison.Ordinal);
        Assert.False(fault.Passing);
        await Assert.ThrowsAsync<EvmException>(() => client.HeadAsync()); // and stays one
    }

    [Fact]
    public async Task A_block_that_is_replaced_before_it_is_final_or_on_a_chain_that_may_be_lost_is_no_fault()
    {
        foreach (var change in new Func<EvmOptions, EvmOptions>[] { o => o with { FinalityDepth = 3 }, o => o with { MayLoseHistory = true } })
        {
            var chain = new ScriptedChain();
            var client = chain.Node.Client(change);
            await client.HeadAsync();
            chain.Fork = "b";

            Assert.Equal(ScriptedChain.Hash("b10"), (await client.HeadAsync()).Hash);
        }
    }

    [Fact]
    public async Task A_halted_network_is_sent_nothing_and_told()
    {
        var network = new ScriptedNetwork(1);
        var client = network.Client(o => o with { HeadAge = TimeSpan.FromMinutes(5) });
        network.Clock.Move(211); // the newest block is of 1_700_000_010

        var fault = await Assert.ThrowsAsync<EvmException>(() => client.SendAsync(Account, Contract, []));

        Assert.True(fault.Passing);
        Assert.Contains("has made no block since 2023-11-14 22:13:30Z", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, network.Asked(0, "eth_sendRawTransaction"));
        network.Clock.Move(-1);
        Assert.IsType<EvmSent.Mined>(await client.SendAsync(Account, Contract, []));
    }

    [Fact]
    public async Task A_network_that_halts_after_it_took_a_transaction_is_told_with_it()
    {
        var network = new ScriptedNetwork(1);
        var client = network.Client(o => o with { HeadAge = TimeSpan.FromMinutes(5) });
        network.Chains[0].OnSend = hash =>
        {
            network.Clock.Move(600);
            return hash; // taken; no validator left to put it in a block
        };

        var fault = await Assert.ThrowsAsync<EvmException>(() => client.SendAsync(Account, Contract, []));

        Assert.True(fault.Passing);
        Assert.Contains("has no final receipt yet: the network has made no block since", fault.Message, StringComparison.Ordinal);
    }

    private static async Task Faults(string text, Func<Task> act)
    {
        var fault = await Assert.ThrowsAsync<EvmException>(act);
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
    }
}
