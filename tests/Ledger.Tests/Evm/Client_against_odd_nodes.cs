using System.Net;
using System.Text.Json.Nodes;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Evm;

public sealed class ClientAgainstOddNodes
{
    private static readonly EvmAccount Account = EvmAccount.Create();
    private static readonly Address Contract = Address.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Chain_id_one_is_refused_because_networks_take_its_signatures_for_private_ones(ulong id) =>
        Assert.Throws<ArgumentException>(() => new ScriptedNode().Client(o => o with { ChainId = id }));

    [Fact]
    public async Task A_node_of_another_chain_is_refused_before_anything_is_signed()
    {
        var chain = new ScriptedChain();
        chain.Node.On("eth_chainId", _ => "0x1");

        var fault = await Assert.ThrowsAsync<EvmException>(() => chain.Node.Client().SendAsync(Account, Contract, []));

        Assert.Contains("chain 1, not 1337", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["eth_chainId"], chain.Node.Asked.Select(asked => asked.Method));
    }

    [Fact]
    public async Task Attack_an_answer_to_another_request_is_refused()
    {
        var chain = new ScriptedChain();
        chain.Node.Tamper = answer => answer["id"] = 999;

        await Faults("another request", () => chain.Node.Client().HeadAsync());
    }

    [Fact]
    public void Attack_105_an_answer_that_is_no_unicode_is_the_nodes_fault_and_does_not_break_the_reader()
    {
        byte[][] answers = [[.. "{\"result\":\""u8, 0xF9, .. "\"}"u8], [.. """{"result":"\ud800"}"""u8], [.. """{"result":1,"result":2}"""u8], [.. "[["u8]];

        foreach (var answer in answers) Assert.Throws<EvmException>(() => RpcRead.Json(answer, "eth_getLogs"));
        Assert.Equal("0x1", RpcRead.Json([.. """{"result":"0x1"}"""u8], "eth_chainId").GetProperty("result").GetString());
    }

    [Fact]
    public async Task Attack_a_receipt_of_another_transaction_is_refused()
    {
        var chain = new ScriptedChain();
        chain.Node.On("eth_getTransactionReceipt", _ => ScriptedChain.Receipt(ScriptedChain.Hash("another"), 10, "a"));

        await Faults("another transaction", () => chain.Node.Client().SendAsync(Account, Contract, []));
    }

    [Fact]
    public async Task Attack_a_log_of_another_transaction_in_a_receipt_is_refused()
    {
        var chain = new ScriptedChain();
        chain.Node.On("eth_getTransactionReceipt", p =>
        {
            var receipt = ScriptedChain.Receipt(p[0]!.GetValue<string>(), 10, "a");
            receipt["logs"]!.AsArray().Add(Log(Contract, 10));
            return receipt;
        });

        await Faults("another transaction", () => chain.Node.Client().SendAsync(Account, Contract, []));
    }

    [Fact]
    public async Task Attack_a_node_that_answers_for_other_bytes_is_refused()
    {
        var chain = new ScriptedChain { OnSend = _ => ScriptedChain.Hash("other bytes") };

        await Faults("another transaction", () => chain.Node.Client().SendAsync(Account, Contract, []));
    }

    [Fact]
    public async Task Attack_a_block_of_another_height_or_hash_is_refused()
    {
        var chain = new ScriptedChain();
        chain.Node.On("eth_getBlockByNumber", _ => chain.Block(3)).On("eth_getBlockByHash", _ => chain.Block(3));

        await Faults("another block", () => chain.Node.Client().BlockAsync(4));
        await Faults("another block", () => chain.Node.Client().BlockOfAsync(ScriptedChain.Hash("x")));
    }

    [Fact]
    public async Task Attack_events_of_another_contract_or_block_or_a_dropped_block_are_refused()
    {
        var chain = new ScriptedChain();
        JsonObject? log = null;
        chain.Node.On("eth_getLogs", _ => new JsonArray(log!.DeepClone()));
        Task Read() => chain.Node.Client().LogsAsync(Contract, 1, 5);

        log = Log(Account.Address, 3);
        await Faults("another contract", Read);
        log = Log(Contract, 6);
        await Faults("another block", Read);
        log = Log(Contract, 3);
        log["removed"] = true;
        await Faults("no longer on the chain", Read);
        log = Log(Contract, 3);
        await Read();
    }

    [Fact]
    public async Task Attack_an_event_in_a_block_that_the_chain_does_not_have_is_refused()
    {
        var chain = new ScriptedChain();
        chain.Node.On("eth_getLogs", _ => new JsonArray(Log(Contract, 3))).On("eth_getBlockByHash", _ => null);

        await Faults("does not have", () => new RegistryClient(chain.Node.Client(), Contract).ReadEventsAsync(1, 5));
    }

    [Fact]
    public async Task A_registry_event_of_the_wrong_shape_is_a_fault_of_the_node_and_an_unknown_one_is_left_out()
    {
        var chain = new ScriptedChain();
        var log = Log(Contract, 3);
        chain.Node.On("eth_getLogs", _ => new JsonArray(log.DeepClone())).On("eth_getBlockByHash", _ =>
        {
            var block = chain.Block(3);
            block["hash"] = log["blockHash"]!.GetValue<string>();
            return block;
        });
        var registry = new RegistryClient(chain.Node.Client(), Contract);

        Assert.Empty(await registry.ReadEventsAsync(1, 5));
        log["topics"] = new JsonArray(Hex.Encode(Abi.Topic(RegistryAbi.Anchored)), ScriptedChain.Hash("log"));
        await Faults("cannot have written", () => registry.ReadEventsAsync(1, 5)); // no data
        log["data"] = Hex.Encode(Abi.Encode(AbiValue.Uint(ulong.MaxValue), AbiValue.Bytes32(new byte[32])));
        await Faults("cannot have written", () => registry.ReadEventsAsync(1, 5)); // a size beyond 63 bits
        log["data"] = Hex.Encode(Abi.Encode(AbiValue.Uint(5), AbiValue.Bytes32(new byte[32])));
        Assert.Single(await registry.ReadEventsAsync(1, 5));
    }

    [Fact]
    public async Task A_reorganised_receipt_waits_until_it_is_in_the_chain_again_and_deep_enough()
    {
        var chain = new ScriptedChain();
        var looks = 0;
        chain.Node.On("eth_getTransactionReceipt", p =>
        {
            chain.Height++;
            looks++;
            if (looks == 4) // the block is replaced; the transaction is mined again, later
            {
                chain.Fork = "b";
                chain.Mined[p[0]!.GetValue<string>()] = (chain.Height, "b");
            }
            var at = chain.Mined[p[0]!.GetValue<string>()];
            return ScriptedChain.Receipt(p[0]!.GetValue<string>(), at.Block, at.Fork);
        });

        var sent = await chain.Node.Client(o => o with { FinalityDepth = 5 }).SendAsync(Account, Contract, []);

        var receipt = Assert.IsType<EvmSent.Mined>(sent).Receipt;
        Assert.Equal(ScriptedChain.Hash("b" + receipt.Block), receipt.BlockHash);
        Assert.True(chain.Height - receipt.Block >= 5);
        Assert.Equal(receipt.BlockTime, DateTimeOffset.FromUnixTimeSeconds((long)(1_700_000_000 + receipt.Block)));
        Assert.True(looks >= 9);
    }

    [Fact]
    public async Task A_lower_head_is_not_ready_and_the_highest_is_remembered()
    {
        var chain = new ScriptedChain { Height = 50 };
        var client = chain.Node.Client(o => o with { FinalityDepth = 3 });

        Assert.Equal(47UL, (await client.FinalHeadAsync())!.Number);
        chain.Height = 49;
        Assert.True((await client.HeadAsync()).Behind);
        var fault = await Assert.ThrowsAsync<EvmException>(() => client.FinalHeadAsync());
        Assert.True(fault.Passing);
        chain.Height = 51;
        Assert.Equal(48UL, (await client.FinalHeadAsync())!.Number);
    }

    [Fact]
    public async Task A_node_that_may_lose_its_history_is_believed_when_it_does()
    {
        var chain = new ScriptedChain { Height = 50 };
        var client = chain.Node.Client(o => o with { MayLoseHistory = true });
        await client.HeadAsync();

        chain.Height = 2;

        Assert.False((await client.HeadAsync()).Behind);
        Assert.Equal(2UL, (await client.FinalHeadAsync())!.Number);
    }

    [Fact]
    public async Task No_block_is_final_while_the_chain_is_shorter_than_the_depth() =>
        Assert.Null(await new ScriptedChain { Height = 2 }.Node.Client(o => o with { FinalityDepth = 3 }).FinalHeadAsync());

    // The texts are those that permissioned nodes give, all with the code -32000.
    [Theory]
    [InlineData("known transaction: 1a2b")]
    [InlineData("already known")]
    [InlineData("nonce too low")]
    [InlineData("replacement transaction underpriced")]
    [InlineData("txpool is full")]
    public async Task A_refusal_of_bytes_that_are_mined_or_waiting_is_outwaited(string text)
    {
        var chain = new ScriptedChain();
        var polls = 0;
        chain.OnSend = hash => chain.Mined.ContainsKey(hash) || polls > 0 ? throw new ScriptedNode.Refusal(-32000, text) : chain.Mine(hash);
        chain.Node.On("eth_getTransactionReceipt", p => ++polls < 3 ? null : ScriptedChain.Receipt(p[0]!.GetValue<string>(), 11, "a"));
        var client = chain.Node.Client();
        var signed = await client.PrepareAsync(Account, Contract, []);
        chain.Mine(signed.Hash); // sent by an earlier run that then died

        Assert.True((await client.SendAndWaitAsync(signed)).Succeeded);
    }

    [Fact]
    public async Task Bytes_that_hang_are_shown_to_every_node_again_and_again_unchanged()
    {
        var chain = new ScriptedChain();
        var sends = 0;
        chain.OnSend = hash => ++sends < 5 ? hash : chain.Mine(hash); // taken, and forgotten, four times
        var client = chain.Node.Client(o => o with { OtherNodes = [new Uri("http://second.example/")] });

        await client.SendAsync(Account, Contract, [1]);

        var sent = chain.Node.Asked.Where(asked => asked.Method == "eth_sendRawTransaction").ToArray();
        Assert.Contains(sent, s => s.Host == "second.example");
        Assert.Contains(sent, s => s.Host == "first.example");
        Assert.Single(sent.Select(s => s.Parameters[0]!.GetValue<string>()).Distinct());
    }

    [Fact]
    public async Task More_gas_than_a_block_allows_is_said_plainly()
    {
        var chain = new ScriptedChain { OnSend = _ => throw new ScriptedNode.Refusal(-32000, "exceeds block gas limit") };

        await Faults("more gas", () => chain.Node.Client().SendAsync(Account, Contract, []));
    }

    [Fact]
    public async Task A_transaction_without_a_receipt_is_given_back_as_pending()
    {
        var chain = new ScriptedChain { OnSend = hash => hash };

        var fault = await Assert.ThrowsAsync<EvmException>(() => chain.Node.Client(o => o with { ReceiptTimeout = TimeSpan.FromMilliseconds(50) }).SendAsync(Account, Contract, []));

        Assert.True(fault.Passing);
        Assert.Contains("no final receipt", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revert_data_is_read_as_a_result_and_as_an_error()
    {
        var revert = Hex.Encode([.. Abi.Selector("Error(string)"), .. Abi.Encode(AbiValue.Text("no"))]);
        var node = new ScriptedNode().On("eth_call", _ => revert);
        var asResult = Assert.IsType<EvmCall.Reverted>(await node.Client().CallAsync(Contract, []));
        node.On("eth_call", _ => throw new ScriptedNode.Refusal(3, "execution reverted", revert));
        var asError = Assert.IsType<EvmCall.Reverted>(await node.Client().CallAsync(Contract, []));
        node.On("eth_call", _ => throw new ScriptedNode.Refusal(-32000, "Execution reverted"));
        var without = Assert.IsType<EvmCall.Reverted>(await node.Client().CallAsync(Contract, []));

        Assert.Equal(new RegistryWrite.Refused("Error", "no"), RegistryAbi.Refusal(asResult.Data));
        Assert.Equal(asResult.Data, asError.Data);
        Assert.Equal("Reverted", RegistryAbi.Refusal(without.Data).Error);
    }

    [Fact]
    public async Task Call_arguments_go_in_data_because_old_nodes_ignore_input()
    {
        var node = new ScriptedNode().On("eth_call", _ => "0x");

        await node.Client().CallAsync(Contract, [1, 2], Account.Address);

        var call = node.Asked.Single(asked => asked.Method == "eth_call").Parameters[0]!.AsObject();
        Assert.Equal(["data", "from", "to"], call.Select(member => member.Key).Order());
        Assert.Equal("0x0102", call["data"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_transaction_is_legacy_at_price_zero_unless_said_otherwise()
    {
        var chain = new ScriptedChain();

        await chain.Node.Client().SendAsync(Account, Contract, [1]);

        Hex.TryDecode(chain.Node.Asked.Single(asked => asked.Method == "eth_sendRawTransaction").Parameters[0]!.GetValue<string>(), out var raw);
        Assert.True(SignedTransaction.TryParse(raw, ScriptedNode.ChainId, out var signed, out var reason), reason);
        Assert.Equal(new EvmFee.Legacy(0), signed.Transaction.Fee);
        Assert.Equal(0, chain.Node.Count("eth_feeHistory") + chain.Node.Count("eth_gasPrice") + chain.Node.Count("eth_maxPriorityFeePerGas"));
    }

    [Fact]
    public async Task An_outage_is_tried_again_and_then_told()
    {
        var chain = new ScriptedChain();
        var failures = 2;
        chain.Node.Network = _ => failures-- > 0 ? new HttpResponseMessage(HttpStatusCode.BadGateway) : null;
        Assert.Equal(10UL, (await chain.Node.Client().HeadAsync()).Number);

        chain.Node.Network = _ => throw new HttpRequestException("connection refused");
        var fault = await Assert.ThrowsAsync<EvmException>(() => chain.Node.Client().HeadAsync());

        Assert.True(fault.Passing);
        Assert.Contains("http://first.example", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_node_answers_when_the_first_is_out()
    {
        var chain = new ScriptedChain();
        chain.Node.Network = request => request.RequestUri!.Host == "first.example" ? throw new HttpRequestException("out") : null;

        Assert.Equal(10UL, (await chain.Node.Client(o => o with { OtherNodes = [new Uri("http://second.example/")] }).HeadAsync()).Number);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":"1","result":"0x539"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":1337}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"539"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"0x"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"0xffffffffffffffffff"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":1,"result":"0x539"}""")]
    public async Task An_unreadable_answer_is_a_fault_and_never_a_crash(string body)
    {
        var node = new ScriptedNode { Network = _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) } };

        await Assert.ThrowsAsync<EvmException>(() => node.Client().EnsureChainAsync());
    }

    [Fact]
    public async Task Too_many_logs_for_one_answer_are_asked_for_in_smaller_ranges()
    {
        var chain = new ScriptedChain();
        chain.Node.On("eth_getLogs", p =>
        {
            var (from, to) = (Convert.ToUInt64(p[0]!["fromBlock"]!.GetValue<string>(), 16), Convert.ToUInt64(p[0]!["toBlock"]!.GetValue<string>(), 16));
            if (to - from > 100) throw new ScriptedNode.Refusal(-32005, "query returned more than 10000 results");
            return new JsonArray([.. Enumerable.Range((int)from, (int)(to - from + 1)).Select(block => Log(Contract, (ulong)block))]);
        });

        var logs = await chain.Node.Client().LogsAsync(Contract, 1, 1000);

        Assert.Equal(Enumerable.Range(1, 1000).Select(block => (ulong)block), logs.Select(log => log.Block));
    }

    private static JsonObject Log(Address address, ulong block) => new()
    {
        ["address"] = address.ToHex(), ["topics"] = new JsonArray(ScriptedChain.Hash("topic")), ["data"] = "0x",
        ["blockNumber"] = Hex.Quantity(block), ["blockHash"] = ScriptedChain.Hash("a" + block), ["transactionHash"] = ScriptedChain.Hash("tx" + block), ["logIndex"] = "0x0",
    };

    private static async Task Faults(string text, Func<Task> act)
    {
        var fault = await Assert.ThrowsAsync<EvmException>(act);
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
    }
}
