using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;

namespace Identity.Fuzz.Targets;

/// <summary>Receipts of the ledger and what stands in them (docs/receipt.md): whatever is done to one, it proves nothing else than it did.</summary>
internal static class ProofTargets
{
    private static readonly JsonNode[] Vectors = [.. new[] { "qbft", "ibft2", "ibft" }.Select(kind => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "evm", $"{kind}.json")))!)];
    private static readonly string[] Receipts = [.. Vectors.Select(vector => vector["receipt"]!.ToJsonString())];
    private static readonly string[] Pins = [.. Vectors.Select(vector => vector["validators"]!.ToJsonString())];

    public static IEnumerable<Target> All()
    {
        byte[][] headers = [.. Vectors.Select(vector => Bytes(vector["receipt"]!["state"]!["header"]!))];
        yield return new Target("block-header", headers, dice => Damage.Bytes(dice.Pick(headers), headers, dice), bytes =>
        {
            if (!BlockHeader.TryDecode(bytes, out var header, out _)) return Judgement.Refused;
            if (!header.Encode().AsSpan().SequenceEqual(bytes)) return Judgement.False("two encodings of one header");
            foreach (var consensus in Enum.GetValues<Consensus>())
            {
                if (SealedHeader.TryRead(header, consensus, out var read, out _) && (read.BlockHash().Length != 32 || read.Validators.Distinct().Count() != read.Validators.Count)) return Judgement.False("a validator twice");
            }
            return Judgement.Fine;
        });

        yield return EncodingTargets.Text("validators", Pins, text =>
            !ValidatorFile.TryParse(text, out var file, out _) ? Judgement.Refused
            : Judgement.Require(ValidatorFile.TryParse(file.ToText(), out var again, out _) && again.ToText() == file.ToText(), "what it wrote reads otherwise"), JsonDamage.Text);

        yield return Tree(headers[0], Vectors[0]);
        yield return Receipt();
    }

    /// <summary>A list of nodes: with the true root it must lead to the true account, or nowhere.</summary>
    private static Target Tree(byte[] header, JsonNode vector)
    {
        if (!BlockHeader.TryDecode(header, out var read, out _)) throw new InvalidOperationException();
        var root = read.StateRoot;
        var key = Keccak256.Hash(Bytes(vector["validators"]!["contract"]!));
        var absent = Keccak256.Hash("nobody"u8);
        var nodes = vector["receipt"]!["state"]!["account"]!.AsArray().Select(node => Bytes(node!)).ToList();
        if (!MerklePatricia.TryGet(root, key, nodes, out var account, out _) || account is null) throw new InvalidOperationException();
        byte[][] good = [Pack(nodes)];
        return new Target("merkle-patricia", good, dice => OfNodes(nodes, dice), bytes =>
        {
            if (!Rlp.TryDecode(bytes, out var list, out _) || list.Items is not { } items || items.Any(item => item.Bytes is null)) return Judgement.Refused;
            List<byte[]> given = [.. items.Select(item => item.Bytes!)];
            if (MerklePatricia.TryGet(root, absent, given, out var nothing, out _) && nothing is not null) return Judgement.False("an account that the state does not hold");
            if (!MerklePatricia.TryGet(root, key, given, out var value, out _)) return Judgement.Refused;
            return Judgement.Require(value is not null && value.AsSpan().SequenceEqual(account), "another account, or none, under a root that holds it");
        });
    }

    private static Target Receipt()
    {
        var trusted = Pins.Select(pin => ValidatorFile.TryParse(pin, out var file, out _) ? file : throw new InvalidOperationException()).ToList();
        var entries = Vectors.Select(vector => Convert.FromHexString(vector["entry"]!.GetValue<string>())).ToList();
        var proven = Vectors.Select(vector => (Root: vector["receipt"]!["anchor"]!["root"]!.GetValue<string>(), At: vector["receipt"]!["state"]!["provenAt"]!.GetValue<string>())).ToList();
        return EncodingTargets.Text("log-receipt", Receipts, text =>
        {
            if (!LogReceipt.TryParse(Encoding.UTF8.GetBytes(text), out var read, out _)) return Judgement.Refused;
            var held = false;
            for (var kind = 0; kind < trusted.Count; kind++)
            {
                if (ReceiptCheck.Sum(ReceiptCheck.Run(read[0], entries[kind], trusted[kind])) != StepResult.Proven) continue;
                held = true;
                if (read[0].Anchor.Root != proven[kind].Root || read[0].State!.ToJson()["provenAt"]!.GetValue<string>() != proven[kind].At) return Judgement.False("another root, or at another time");
            }
            return held ? Judgement.Fine : Judgement.Refused;
        }, (text, others, dice) => dice.OneIn(3) ? JsonDamage.Text(text, others, dice) : OfLeaf(text, dice)) with { BaseBytes = 32 * 1024 * 1024 }; // the curve's arithmetic for each seal is written with whole numbers
    }

    // One value anywhere in the receipt, with another digit, or, where it is hex, with its bytes damaged: what a change of characters rarely reaches.
    private static string OfLeaf(string text, Dice dice)
    {
        var root = JsonNode.Parse(text)!;
        var places = Leaves(root).Where(leaf => leaf.GetValueKind() == JsonValueKind.String).ToList();
        var place = dice.Pick(places);
        var value = place.GetValue<string>();
        var digits = Enumerable.Range(0, value.Length).Where(at => char.IsAsciiDigit(value[at])).ToList();
        if (Hex.TryDecode(value, out var bytes) && dice.OneIn(2)) place.ReplaceWith(Hex.Encode(Damage.Bytes(bytes, [bytes], dice)));
        else if (digits.Count > 0)
        {
            var at = dice.Pick(digits);
            place.ReplaceWith(string.Concat(value.AsSpan(0, at), dice.Next(10).ToString(CultureInfo.InvariantCulture), value.AsSpan(at + 1)));
        }
        return root.ToJsonString();
    }

    private static IEnumerable<JsonNode> Leaves(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value)),
        JsonArray items => items.SelectMany(Leaves),
        null => [],
        _ => [node],
    };

    private static byte[] OfNodes(List<byte[]> nodes, Dice dice)
    {
        if (dice.OneIn(6)) return Damage.Bytes(Pack(nodes), [Pack(nodes)], dice);
        var changed = nodes.ToList();
        var at = dice.Next(changed.Count);
        switch (dice.Next(4))
        {
            case 0:
                changed.RemoveAt(at);
                break;
            case 1:
                changed.Insert(at, dice.Pick(nodes));
                break;
            case 2:
                (changed[at], changed[0]) = (changed[0], changed[at]);
                break;
            default:
                changed[at] = Damage.Bytes(changed[at], nodes, dice);
                break;
        }
        return Pack(changed);
    }

    private static byte[] Pack(IEnumerable<byte[]> nodes) => Rlp.Encode(RlpItem.List([.. nodes.Select(node => RlpItem.Of(node))]));

    private static byte[] Bytes(JsonNode hex) => Hex.TryDecode(hex.GetValue<string>(), out var bytes) ? bytes : throw new InvalidOperationException();
}
