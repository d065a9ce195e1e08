using System.Globalization;
using System.Text.Json.Nodes;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.TestKit.Chains;

namespace Identity.Ledger.Tests.Proofs;

/// <summary>One thing wrong with a receipt: where, what stands there instead (null: nothing), and which step must say so.</summary>
internal sealed record Fault(string Name, string Path, JsonNode? Value, string Step, bool IsOpen = false);

/// <summary>Receipts with one thing wrong each, made of a good one with the validators' own keys at hand.</summary>
internal sealed class Faults
{
    private readonly JsonObject _receipt;
    private readonly JsonObject _state;
    private readonly IReadOnlyList<EvmAccount> _validators;
    private readonly Consensus _consensus;
    private readonly Sealer _strangers;
    private readonly RlpItem[] _fields;
    private readonly byte[] _vanity;
    private readonly RlpItem[] _extra;
    private readonly int _named, _seals;

    public Faults(JsonObject receipt, Consensus consensus, IReadOnlyList<EvmAccount> validators, Sealer strangers)
    {
        (_receipt, _state, _consensus, _validators, _strangers) = (receipt, receipt["state"]!.AsObject(), consensus, validators, strangers);
        _fields = [.. Items(Bytes(_state["header"]!))];
        var extra = _fields[12].Bytes!;
        _vanity = consensus == Consensus.Ibft ? extra[..32] : [];
        _extra = [.. Items(extra[_vanity.Length..])];
        (_named, _seals) = consensus == Consensus.Ibft ? (0, 2) : (1, 4);
    }

    public IEnumerable<Fault> All() => [.. OfSeals(), .. OfExtraData(), .. OfHeader(), .. OfProofs(), .. OfLog()];

    private IEnumerable<Fault> OfSeals()
    {
        var seals = _extra[_seals].Items!;
        yield return Seals("one validator's seal stands thrice", seals[0], seals[0], seals[0], seals[1]);
        yield return Seals("one seal less than a quorum", [.. seals.Take(ValidatorSet.Quorum(_validators.Count) - 1)]);
        yield return Seals("no seals");
        yield return Header("strangers seal it", Sealed(_strangers.Keys, null), "seals");
        yield return Header("a stranger's seal completes the quorum", Sealed([_validators[0], _validators[1], _strangers.Keys[0], _strangers.Keys[1]], null), "seals");
        yield return Seals("v is 27 or 28", [.. seals.Select(s => RlpItem.Of([.. s.Bytes![..64], (byte)(s.Bytes[64] + 27)]))]);
        yield return Seals("v is the other", [.. seals.Select(s => RlpItem.Of([.. s.Bytes![..64], (byte)(1 - s.Bytes[64])]))]);
        yield return Seals("r is zero", [.. seals.Select(s => RlpItem.Of([.. new byte[32], .. s.Bytes![32..]]))]);
        yield return Seals("s is the curve's order", [.. seals.Select(s => RlpItem.Of([.. s.Bytes![..32], .. Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"), s.Bytes[64]]))]);
        yield return Seals("r and s changed places", [.. seals.Select(s => RlpItem.Of([.. s.Bytes![32..64], .. s.Bytes[..32], s.Bytes[64]]))]);
        // In round 0 both are the same for QBFT.
        if (_consensus != Consensus.Qbft) yield return Seals("the block's hash is sealed and not the commitment", [.. _validators.Select(v => Signed(v, BlockHash()))]);
        yield return Seals("seals have 64 bytes", "header", [.. seals.Select(s => RlpItem.Of(s.Bytes!.AsSpan(0, 64)))]);
        yield return Seals("seals have 66 bytes", "header", [.. seals.Select(s => RlpItem.Of([.. s.Bytes!, 0]))]);
        yield return Header("strangers name themselves and seal it", Sealed(_strangers.Keys, _strangers.Addresses), "header"); // another hash than the anchor's
    }

    private IEnumerable<Fault> OfExtraData()
    {
        var named = _extra[_named].Items!;
        yield return Extra("validators stand in another order", _named, RlpItem.List([.. named.Reverse()]), "header");
        yield return Extra("a validator is named twice", _named, RlpItem.List([.. named.Take(3), named[0]]), "header");
        yield return Extra("a stranger is named for a validator", _named, RlpItem.List([.. named.Take(3), RlpItem.Of(_strangers.Addresses[0].Bytes)]), "header");
        yield return Extra("nobody is named", _named, RlpItem.List(), "header");
        yield return Extra("a validator has 19 bytes", _named, RlpItem.List([.. named.Take(3), RlpItem.Of(new byte[19])]), "header");
        var vanity = new byte[32];
        yield return _consensus == Consensus.Ibft ? Field("other vanity", 12, RlpItem.Of([.. vanity, .. _fields[12].Bytes![32..]])) : Extra("other vanity", 0, RlpItem.Of(vanity), "header");
        yield return Header("the extra data has a member more", Encoded([.. _extra, RlpItem.Of([])]), "header");
        yield return Header("the extra data has a member less", Encoded([.. _extra.SkipLast(1)]), "header");
        if (_consensus == Consensus.Ibft) yield break;
        yield return Extra("another round", 3, _consensus == Consensus.Ibft2 ? RlpItem.Of([0, 0, 0, 7]) : RlpItem.Of(7), "seals");
        yield return Extra("the round is in the other kind's form", 3, _consensus == Consensus.Qbft ? RlpItem.Of(new byte[4]) : RlpItem.Of(7), "header");
        yield return Extra("a vote that nobody cast", 2, RlpItem.List(RlpItem.Of(_strangers.Addresses[0].Bytes), RlpItem.Of([0xff])), "header");
    }

    private IEnumerable<Fault> OfHeader()
    {
        yield return Field("another block before it", 0, RlpItem.Of(new byte[32]));
        yield return Field("another candidate", 2, RlpItem.Of(_strangers.Addresses[0].Bytes));
        yield return Field("another state", 3, RlpItem.Of(new byte[32]));
        yield return Field("other transactions", 4, RlpItem.Of(new byte[32]));
        yield return Field("other gas", 10, RlpItem.Of(1));
        yield return Field("a second later", 11, RlpItem.Of(Number(_fields[11]) + 1));
        yield return Field("another mixHash", 13, RlpItem.Of(new byte[32]));
        yield return Field("a number with a leading zero", 10, RlpItem.Of([0, 1]));
        yield return new Fault("a byte after the header", "/state/header", _state["header"]!.GetValue<string>() + "00", "header");
        yield return new Fault("fourteen fields", "/state/header", Hex.Encode(Rlp.Encode(RlpItem.List(_fields[..14]))), "header");
        yield return new Fault("proven earlier than the block", "/state/provenAt", "2020-01-01T00:00:00Z", "header");
        yield return new Fault("sealed by other rules", "/state/consensus", _consensus == Consensus.Qbft ? "ibft2" : "qbft", "header");
        yield return new Fault("said to be sealed by nobody", "/state/consensus", "none", "header");
    }

    private IEnumerable<Fault> OfProofs()
    {
        var account = _state["account"]!.AsArray();
        yield return new Fault("an account node less", "/state/account", Without(account), "account");
        yield return new Fault("an account node more", "/state/account", With(account, account[^1]!), "account");
        yield return new Fault("no account nodes", "/state/account", new JsonArray(), "account");
        yield return new Fault("a bit of the account", $"/state/account/{account.Count - 1}", Turned(account[^1]!), "account");
        var (first, second) = (_state["storage"]![0]!, _state["storage"]![1]!);
        var nodes = first["proof"]!.AsArray();
        yield return new Fault("another slot's way", "/state/storage/0/proof", second["proof"]!.DeepClone(), "root");
        yield return new Fault("another slot's name", "/state/storage/0/slot", Hex.Encode(new byte[32]), "root");
        yield return new Fault("another value", "/state/storage/0/value", Hex.Encode(new byte[32]), "root");
        yield return new Fault("a storage node less", "/state/storage/0/proof", Without(nodes), "root");
        yield return new Fault("a storage node more", "/state/storage/0/proof", With(nodes, account[^1]!), "root");
        yield return new Fault("nothing there, by an empty way", "/state/storage/0/proof", new JsonArray(), "root");
        yield return new Fault("a bit of the storage", $"/state/storage/0/proof/{nodes.Count - 1}", Turned(nodes[^1]!), "root");
        yield return new Fault("the slot is left out", "/state/storage/0", null, "root", IsOpen: true);
        yield return new Fault("a slot twice", "/state/storage/1", first.DeepClone(), "read");
        yield return new Fault("a value of 31 bytes", "/state/storage/0/value", Hex.Encode(new byte[31]), "read");
        yield return new Fault("a member more", "/state/more", "", "read");
        yield return new Fault("no state", "/state", null, "seals", IsOpen: true);
    }

    private IEnumerable<Fault> OfLog()
    {
        var proof = _receipt["proof"]!.GetValue<string>();
        var lines = proof.Split('\n');
        yield return new Fault("another chain", "/anchor/chainId", 4711, "account");
        yield return new Fault("another contract", "/anchor/contract", _strangers.Addresses[0].ToString(), "account");
        yield return new Fault("another root", "/anchor/root", Hex.Encode(new byte[32]), "checkpoint");
        yield return new Fault("another size", "/anchor/size", 9, "checkpoint");
        yield return new Fault("another log", "/anchor/log", Hex.Encode(new byte[32]), "checkpoint");
        yield return new Fault("another block's hash", "/anchor/blockHash", Hex.Encode(new byte[32]), "header");
        yield return new Fault("a later block", "/anchor/block", _receipt["anchor"]!["block"]!.GetValue<long>() + 1, "header");
        yield return new Fault("anchored earlier", "/anchor/time", "2020-01-01T00:00:00Z", "header");
        yield return new Fault("another place", "/proof", proof.Replace($"\n{lines[1]}\n", lines[1] == "index 0" ? "\nindex 1\n" : "\nindex 0\n", StringComparison.Ordinal), "path");
        yield return new Fault("another way", "/proof", proof.Replace(lines[2], Convert.ToBase64String(new byte[32]), StringComparison.Ordinal), "path");
        yield return new Fault("the log of another", "/proof", proof.Replace("localhost:5999/log\n3\n", "localhost:5998/log\n3\n", StringComparison.Ordinal), "checkpoint");
        var signature = Convert.FromBase64String(lines[^2][(lines[^2].LastIndexOf(' ') + 1)..]);
        signature[^1] ^= 1;
        yield return new Fault("the checkpoint's signature", "/proof", proof.Replace(lines[^2], lines[^2][..(lines[^2].LastIndexOf(' ') + 1)] + Convert.ToBase64String(signature), StringComparison.Ordinal), "checkpoint");
    }

    /// <summary>The receipt with the fault in it.</summary>
    public static JsonObject Apply(JsonObject receipt, string path, JsonNode? value)
    {
        var changed = receipt.DeepClone().AsObject();
        var names = path.Split('/')[1..];
        JsonNode at = changed;
        foreach (var name in names[..^1]) at = (at is JsonArray list ? list[int.Parse(name, CultureInfo.InvariantCulture)] : at[name])!;
        if (at is JsonArray array)
        {
            var index = int.Parse(names[^1], CultureInfo.InvariantCulture);
            if (value is null) array.RemoveAt(index);
            else array[index] = value.DeepClone();
        }
        else if (value is null) at.AsObject().Remove(names[^1]);
        else at[names[^1]] = value.DeepClone();
        return changed;
    }

    private Fault Seals(string name, params IReadOnlyList<RlpItem> seals) => Seals(name, "seals", seals);

    private Fault Seals(string name, string step, IReadOnlyList<RlpItem> seals) => Extra(name, _seals, RlpItem.List(seals), step);

    private Fault Extra(string name, int at, RlpItem item, string step) => Header(name, Encoded([.. _extra[..at], item, .. _extra[(at + 1)..]]), step);

    private Fault Header(string name, byte[] extra, string step) => Field(name, 12, RlpItem.Of(extra), step);

    private Fault Field(string name, int at, RlpItem item, string step = "header") =>
        new(name, "/state/header", Hex.Encode(Rlp.Encode(RlpItem.List([.. _fields[..at], item, .. _fields[(at + 1)..]]))), step);

    private byte[] Encoded(IReadOnlyList<RlpItem> extra) => [.. _vanity, .. Rlp.Encode(RlpItem.List(extra))];

    private byte[] Sealed(IEnumerable<EvmAccount> by, IReadOnlyList<Address>? named)
    {
        using var sealer = new Sealer(_consensus, 0) { Keys = [.. _validators] };
        return sealer.Extra(_fields, by, named: named);
    }

    private byte[] BlockHash()
    {
        using var sealer = new Sealer(_consensus, 0) { Keys = [.. _validators] };
        return sealer.BlockHash(_fields);
    }

    private static RlpItem Signed(EvmAccount account, byte[] hash)
    {
        var signature = account.Sign(hash);
        return RlpItem.Of([.. Secp256k1.Bytes32(signature.R), .. Secp256k1.Bytes32(signature.S), (byte)signature.Parity]);
    }

    private static JsonArray Without(JsonArray nodes) => new([.. nodes.SkipLast(1).Select(node => node!.DeepClone())]);

    private static JsonArray With(JsonArray nodes, JsonNode more) => new([.. nodes.Select(node => node!.DeepClone()), more.DeepClone()]);

    private static string Turned(JsonNode node)
    {
        var bytes = Bytes(node);
        bytes[^1] ^= 1;
        return Hex.Encode(bytes);
    }

    private static byte[] Bytes(JsonNode hex) => Convert.FromHexString(hex.GetValue<string>().AsSpan(2));

    private static IReadOnlyList<RlpItem> Items(byte[] rlp) => Rlp.TryDecode(rlp, out var item, out var reason) ? item.Items! : throw new InvalidOperationException(reason);

    private static System.Numerics.BigInteger Number(RlpItem item) => item.TryNumber(out var number) ? number : throw new InvalidOperationException();
}
