using System.Text.Json;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Registry;
using Identity.TestKit;
using Xunit.Abstractions;

namespace Identity.Ledger.Tests.Proofs;

[Collection(nameof(Chain))]
public sealed class StateProofTests(Chain chain, ITestOutputHelper output)
{
    [Fact]
    public void A_real_networks_storage_proof_holds_under_its_header()
    {
        if (Checkout.SharedVector("ibft/headers.json") is not { } file) { output.WriteLine("absent: ibft/headers.json"); return; }
        var vectors = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        var given = vectors.GetProperty("storageProof").GetProperty("proof");
        var block = vectors.GetProperty("headers").EnumerateArray().Single(h => h.GetProperty("hash").GetString() == vectors.GetProperty("storageProof").GetProperty("blockHash").GetString());
        Assert.True(BlockHeader.TryFromJson(block.GetProperty("header"), out var header, out _));
        var (proof, slot) = (Read(given), Bytes(given.GetProperty("storageProof")[0].GetProperty("key").GetString()!));

        Assert.True(proof.TryVerify(header.StateRoot, Address.Parse(given.GetProperty("address").GetString()!), Bytes(given.GetProperty("codeHash").GetString()!), out var slots, out var reason), reason);

        Assert.Equal("3D9", Convert.ToHexString(slots[Convert.ToHexString(slot)]).TrimStart('0'));
    }

    [Fact]
    public async Task What_the_registry_holds_is_proven_and_what_it_does_not_hold_too()
    {
        var (log, account) = await chain.LogAsync();
        var root = Chain.Some(32);
        var receipt = (await chain.Registry.AnchorAsync(account, log, 9, root)).Require();
        byte[][] slots = [RegistrySlots.RootAt(log, 9), RegistrySlots.RootAt(log, 10)];
        var (proof, stateRoot) = await ProveAsync(receipt.Block, slots);

        Assert.True(proof.TryVerify(stateRoot, chain.Registry.Contract, Keccak256.Hash(CompiledContract.Registry.Runtime), out var held, out var reason), reason);

        Assert.Equal(root, held[Convert.ToHexString(slots[0])]);
        Assert.Equal(new byte[32], held[Convert.ToHexString(slots[1])]);
    }

    [Fact]
    public async Task Attack_a_proof_with_one_thing_changed_does_not_hold()
    {
        var (log, account) = await chain.LogAsync();
        var receipt = (await chain.Registry.AnchorAsync(account, log, 9, Chain.Some(32))).Require();
        var (proof, stateRoot) = await ProveAsync(receipt.Block, [RegistrySlots.RootAt(log, 9), RegistrySlots.RootAt(log, 10)]);
        var (contract, code) = (chain.Registry.Contract, Keccak256.Hash(CompiledContract.Registry.Runtime));
        var (first, second) = (proof.Storage[0], proof.Storage[1]);

        (string What, Func<bool> Holds)[] attacks =
        [
            ("another root", () => Holds(proof, Chain.Some(32), contract, code)),
            ("another contract", () => Holds(proof, stateRoot, chain.Governor.Address, code)),
            ("other code", () => Holds(proof, stateRoot, contract, Chain.Some(32))),
            ("no account", () => Holds(proof with { Account = [] }, stateRoot, contract, code)),
            ("an account node too few", () => Holds(proof with { Account = [.. proof.Account.SkipLast(1)] }, stateRoot, contract, code)),
            ("an account node too many", () => Holds(proof with { Account = [.. proof.Account, proof.Account[^1]] }, stateRoot, contract, code)),
            ("the slot of another", () => Holds(proof with { Storage = [first with { Slot = RegistrySlots.RootAt(log, 8) }] }, stateRoot, contract, code)),
            ("absence by a way cut off", () => Holds(proof with { Storage = [first with { Nodes = [.. first.Nodes.SkipLast(1)] }] }, stateRoot, contract, code)),
            ("absence by an empty proof", () => Holds(proof with { Storage = [first with { Nodes = [] }] }, stateRoot, contract, code)),
            ("a node too many", () => Holds(proof with { Storage = [first with { Nodes = [.. first.Nodes, second.Nodes[^1]] }] }, stateRoot, contract, code)),
            ("another order", () => Holds(proof with { Storage = [first with { Nodes = [.. first.Nodes.Reverse()] }] }, stateRoot, contract, code)),
        ];

        Assert.True(Holds(proof, stateRoot, contract, code));
        foreach (var (what, holds) in attacks) Assert.False(holds(), what);
        foreach (var at in Enumerable.Range(0, first.Nodes.Count))
            foreach (var bit in new[] { 0, 9, first.Nodes[at].Length * 8 - 1 })
            {
                var nodes = first.Nodes.Select(n => (byte[])n.Clone()).ToList();
                nodes[at][bit / 8] ^= (byte)(1 << bit % 8);
                Assert.False(Holds(proof with { Storage = [first with { Nodes = nodes }] }, stateRoot, contract, code), $"bit {bit} of node {at}");
            }
    }

    [Fact]
    public async Task Every_word_that_a_proof_names_says_what_the_contract_says()
    {
        var (ministryId, ministry, root) = await chain.RootAsync();
        var (college, account) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (log, _) = await chain.LogAsync();
        var thumbprint = Chain.Some(32);
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var scope = new Credentials.Accreditation.Scope(["urn:x"]);
        var number = Chain.Granted(await chain.Registry.GrantAsync(ministry, root, college, Credentials.Accreditation.AccreditationRight.Issue, scope, now, now.AddYears(9)));
        (await chain.Registry.AddKeyAsync(account, college, thumbprint, now, Chain.Some(32), Chain.Some(32))).Require();
        (await chain.Registry.EndKeyAsync(account, college, thumbprint, now.AddDays(3), KeyEnding.Retired)).Require();
        (await chain.Registry.EndKeyAsync(account, college, thumbprint, now.AddDays(5), KeyEnding.Compromised)).Require();
        (await chain.Registry.UseLogAsync(account, college, log)).Require();
        (await chain.Registry.WithdrawAsync(ministry, number, now.AddYears(2))).Require();
        var (archive, archiveAccount) = await chain.OrganisationAsync(OrganisationRoles.Depositary);
        (await chain.Registry.CloseOrganisationAsync(ministry, college, archive, "{}")).Require();
        var receipt = (await chain.Registry.AcceptDepositAsync(archiveAccount, college)).Require();
        byte[][] slots = [.. RegistrySlots.Accreditation(number), .. RegistrySlots.Key(thumbprint), RegistrySlots.Organisation(college), .. RegistrySlots.Closing(college), RegistrySlots.LogSince(college, log), .. RegistrySlots.Log(log)];
        var (proof, stateRoot) = await ProveAsync(receipt.Block, slots);
        Assert.True(proof.TryVerify(stateRoot, chain.Registry.Contract, Keccak256.Hash(CompiledContract.Registry.Runtime), out var held, out var reason), reason);
        var state = new RegistryState(held);

        Assert.Equal(Shown((await chain.Registry.FindAccreditationAsync(number))!), Shown(state.Accreditation(number)!));
        Assert.Equal(await KeyAsync(thumbprint), Shown(state.Key(thumbprint)!));
        Assert.Equal(await chain.Registry.FindOrganisationAsync(college), state.Organisation(college));
        Assert.Equal(Shown((await chain.Registry.FindClosingAsync(college))!), Shown(state.Closing(college)!));
        Assert.Equal((receipt.BlockTime, true), (state.Closing(college)!.AcceptedAt, state.Closing(college)!.EverAccepted));
        Assert.Equal(await chain.Registry.LogSinceAsync(college, log), state.LogSince(college, log));
        Assert.Equal((await chain.Registry.FindLogAsync(log))!.Operator, state.Log(log)!.Operator);
        Assert.Throws<KeyNotFoundException>(() => state.Key(Chain.Some(32))); // what was not asked for is not "nothing there"
        Assert.Throws<KeyNotFoundException>(() => state.Organisation(ministryId));
    }

    private async Task<string> KeyAsync(byte[] thumbprint) => Shown((await chain.Registry.FindKeyAsync(thumbprint))!);

    private static string Shown<T>(T record) => JsonSerializer.Serialize(record);

    private static bool Holds(StateProof proof, byte[] root, Address contract, byte[] code) => proof.TryVerify(root, contract, code, out _, out _);

    private async Task<(StateProof, byte[] StateRoot)> ProveAsync(ulong block, byte[][] slots)
    {
        using var http = new HttpClient();
        var head = await AskAsync(http, "eth_getBlockByNumber", $"0x{block:x}", false);
        var proof = await AskAsync(http, "eth_getProof", chain.Registry.Contract.ToString(), slots.Select(slot => Hex.Encode(slot)).ToArray(), $"0x{block:x}");
        return (Read(proof), Bytes(head.GetProperty("stateRoot").GetString()!));
    }

    private async Task<JsonElement> AskAsync(HttpClient http, string method, params object[] parameters)
    {
        using var answer = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(http, chain.Rpc, new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("result").Clone();
    }

    private static StateProof Read(JsonElement given) => new(Nodes(given.GetProperty("accountProof")),
        [.. given.GetProperty("storageProof").EnumerateArray().Select(p => new SlotProof(Bytes(p.GetProperty("key").GetString()!), Nodes(p.GetProperty("proof"))))]);

    private static byte[][] Nodes(JsonElement list) => [.. list.EnumerateArray().Select(node => Bytes(node.GetString()!))];

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.AsSpan(2).ToString().PadLeft((hex.Length - 1) / 2 * 2, '0'));
}
