using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Fuzz.Targets;

/// <summary>What a node answers, and what the contract's record holds.</summary>
internal static class LedgerTargets
{
    private const ulong Chain = 31337;

    public static IEnumerable<Target> All()
    {
        using var account = EvmAccount.FromPrivateKey(SHA256.HashData("fuzz account"u8));
        var sender = account.Address;
        var to = Address.FromBytes(SHA256.HashData("to"u8).AsSpan(0, 20));
        byte[][] transactions =
        [
            new EvmTransaction(Chain, 7, 100_000, to, 0, Abi.Call("anchor(bytes32,uint64,bytes32)", AbiValue.Bytes32(new byte[32]), AbiValue.Uint(9), AbiValue.Bytes32(new byte[32])), new EvmFee.Legacy(0)).Sign(account).Raw,
            new EvmTransaction(Chain, 8, 100_000, null, 5, [1, 2, 3], new EvmFee.Dynamic(1, 2)).Sign(account).Raw,
        ];
        byte[][] rlp = [.. transactions.Select(t => t[0] == 2 ? t[1..] : t), [0x80], [0xC0], Rlp.Encode(RlpItem.List(RlpItem.Of(new byte[60]), RlpItem.List(RlpItem.Of(1024))))];
        yield return new Target("rlp", rlp, dice => Damage.Bytes(dice.Pick(rlp), rlp, dice), bytes =>
        {
            if (!Rlp.TryDecode(bytes, out var item, out _)) return Judgement.Refused;
            _ = item.TryNumber(out _);
            return Judgement.Require(Rlp.Encode(item).AsSpan().SequenceEqual(bytes), "two encodings of one value");
        });

        yield return new Target("evm-transaction", transactions, dice => Damage.Bytes(dice.Pick(transactions), transactions, dice), bytes =>
        {
            if (!SignedTransaction.TryParse(bytes, Chain, out var read, out _)) return Judgement.Refused;
            if (!read.Raw.AsSpan().SequenceEqual(bytes)) return Judgement.False("other bytes came back");
            return Judgement.Require(read.Sender != sender || transactions.Any(t => t.AsSpan().SequenceEqual(bytes)), "a transaction that the account did not sign");
        }, BaseBytes: 4 * 1024 * 1024); // the curve's arithmetic is written with whole numbers

        byte[][] abi = [Abi.Encode(AbiValue.Address(to), AbiValue.Uint(7), AbiValue.Text("profile é")), Abi.Encode(AbiValue.Address(to), AbiValue.Uint(0), AbiValue.Text(new string('x', 70)))];
        yield return new Target("abi", abi, dice => Damage.Bytes(dice.Pick(abi), abi, dice), bytes =>
        {
            var reader = new AbiReader(bytes, 3);
            var (address, number, text) = (reader.Address(), reader.Uint64(), reader.Text());
            if (!reader.Finish()) return Judgement.Refused;
            return Judgement.Require(Abi.Encode(AbiValue.Address(address), AbiValue.Uint(number), AbiValue.Text(text)).AsSpan().SequenceEqual(bytes), "two encodings of one value");
        });

        byte[][] reverts = [[.. Abi.Selector("Error(string)"), .. Abi.Encode(AbiValue.Text("no"))], [.. Abi.Selector("NotOperator()")]];
        yield return new Target("revert-data", reverts, dice => Damage.Bytes(dice.Pick(reverts), reverts, dice), bytes => RegistryAbi.Refusal(bytes) is null ? Judgement.False("no reason") : Judgement.Fine);

        string[] hex = ["0x", "0x00ff", Hex.Encode(SHA256.HashData("x"u8)), "0x1", "0xffffffffffffffff"];
        yield return EncodingTargets.Text("hex", [hex[0], hex[1], hex[2]], text =>
        {
            _ = Hex.TryQuantity(text, out _);
            return !Hex.TryDecode(text, out var bytes) ? Judgement.Refused : Judgement.Require(string.Equals(Hex.Encode(bytes), text, StringComparison.OrdinalIgnoreCase), "two values");
        });

        string[] logs = [Log(RegistryAbi.Anchored, [new byte[32]], Abi.Encode(AbiValue.Uint(9), AbiValue.Bytes32(new byte[32]))), Log(RegistryAbi.OrganisationRegistered, [new byte[32]], abi[0]),
            Log(RegistryAbi.AccreditationGranted, [new byte[32], new byte[32], new byte[32]], Abi.Encode(AbiValue.Uint(1), AbiValue.Bytes32(new byte[32]), AbiValue.Uint(1), AbiValue.Uint(0), AbiValue.Text("{}"))), Log(RegistryAbi.KeyEnded, [new byte[32], new byte[32]], Abi.Encode(AbiValue.Uint(9), AbiValue.Uint(1)))];
        yield return EncodingTargets.Json("registry-events", logs, bytes =>
        {
            try
            {
                foreach (var log in RpcRead.Logs(RpcRead.Json(bytes, "eth_getLogs")))
                {
                    if (RegistryEventReader.TryRead(log, World.Now) is { } read) _ = Identity.Ledger.Mirror.EventCodec.Read(read.GetType().Name, Identity.Ledger.Mirror.EventCodec.Write(read).Body);
                }
                return Judgement.Fine;
            }
            catch (EvmException)
            {
                return Judgement.Refused; // documented: the node is at fault
            }
        });

        var hash = Hex.Encode(SHA256.HashData("h"u8));
        string[] receipts = [$$"""{"transactionHash":"{{hash}}","blockNumber":"0x10","blockHash":"{{hash}}","status":"0x1","gasUsed":"0x5208","logs":{{logs[0]}},"contractAddress":null,"number":"0x10","hash":"{{hash}}","timestamp":"0x6560a000"}"""];
        yield return EncodingTargets.Json("rpc-receipt", receipts, bytes =>
        {
            try
            {
                var answer = RpcRead.Json(bytes, "eth_getTransactionReceipt");
                _ = (RpcRead.Receipt(answer), RpcRead.Block(answer));
                return Judgement.Fine;
            }
            catch (EvmException)
            {
                return Judgement.Refused;
            }
        });

        string[] profiles = [new OrganisationProfile(World.Issuer, "Port Selin Technical College", "XT", true, "office@college.example").Canonical(), new OrganisationProfile(World.Issuer, "كلية \"é\"", "XT", false, null).Canonical()];
        yield return EncodingTargets.Text("organisation-profile", profiles, text =>
            !OrganisationProfile.TryParse(text, out var profile, out _) ? Judgement.Refused
            : Judgement.Require(profile.Canonical() == text && profile.Fault() is null, "two texts for one profile"), JsonDamage.Text);
    }

    private static string Log(string signature, byte[][] indexed, byte[] data) => new JsonArray(new JsonObject
    {
        ["address"] = "0x5fbdb2315678afecb367f032d93f642f64180aa3", ["topics"] = new JsonArray([Hex.Encode(Abi.Topic(signature)), .. indexed.Select(i => (JsonNode)Hex.Encode(i))]), ["data"] = Hex.Encode(data),
        ["blockNumber"] = "0x10", ["blockHash"] = Hex.Encode(new byte[32]), ["transactionHash"] = Hex.Encode(new byte[32]), ["logIndex"] = "0x0", ["removed"] = false,
    }).ToJsonString();
}
