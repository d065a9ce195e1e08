using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Proofs;

/// <summary>
/// What a contract held after one block, for somebody who asks no node: the header with its seals, the proof under its state root, and the headers at which the validators changed before.
/// As JSON <c>identity-state-proof/1</c> (docs/receipt.md).
/// </summary>
/// <param name="Consensus">By which rules the network agrees; null where nobody seals, and so nothing is proven but that the parts belong together.</param>
/// <param name="Header">RLP of the header, with seals.</param>
/// <param name="Proof">Account and slots, each with what it is said to hold.</param>
/// <param name="Changes">RLP of earlier headers, ascending: the first of each set of validators.</param>
/// <param name="ProvenAt">The header's time.</param>
public sealed record SealedState(Consensus? Consensus, byte[] Header, StateProof Proof, IReadOnlyList<byte[]> Changes, DateTimeOffset ProvenAt)
{
    /// <summary>Most headers of changes in one proof.</summary>
    public const int MostChanges = 64;

    /// <summary>Most slots in one proof.</summary>
    public const int MostSlots = 4096;

    private const string Format = "identity-state-proof/1";
    private const int MostNodes = 65;

    /// <summary>Puts together what was checked and stored.</summary>
    internal static SealedState Of(string consensus, byte[] header, byte[] proof, IReadOnlyList<byte[]> changes)
    {
        if (!BlockHeader.TryDecode(header, out var read, out var reason) || !ConsensusName.TryParse(consensus, out var rules)) throw new InvalidDataException($"A stored header is damaged: {reason}.");
        return new SealedState(rules, header, StateProof.Decode(proof), changes, read.Time);
    }

    /// <summary>The proof as JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["format"] = Format,
        ["consensus"] = ConsensusName.Of(Consensus),
        ["header"] = Hex.Encode(Header),
        ["account"] = List(Proof.Account),
        ["storage"] = new JsonArray([.. Proof.Storage.Select(slot => (JsonNode)new JsonObject { ["slot"] = Hex.Encode(slot.Slot), ["value"] = Hex.Encode(slot.Value), ["proof"] = List(slot.Nodes) })]),
        ["changes"] = List(Changes),
        ["provenAt"] = ProvenAt.ToRfc3339(),
    };

    /// <summary>Reads the JSON; false for anything that is not exactly of this form. Nothing is judged.</summary>
    public static bool TryParse(JsonNode? json, [NotNullWhen(true)] out SealedState? state, out string reason)
    {
        (state, reason) = (null, $"the state is not of {Format}");
        if (json is not JsonObject item || item.Count != 7 || StrictJson.Text(item["format"]) != Format || !ConsensusName.TryParse(StrictJson.Text(item["consensus"]), out var consensus)) return false;
        if (!Hex.TryDecode(StrictJson.Text(item["header"]), out var header) || !TryList(item["account"], MostNodes, out var account) || !TryList(item["changes"], MostChanges, out var changes)) return false;
        if (!TryTime(StrictJson.Text(item["provenAt"]), out var provenAt) || item["storage"] is not JsonArray { Count: <= MostSlots } storage) return false;
        var slots = new List<SlotProof>();
        foreach (var node in storage)
        {
            if (node is not JsonObject { Count: 3 } slot || !Hex.TryDecode(StrictJson.Text(slot["slot"]), out var place) || place.Length != 32) return false;
            if (!Hex.TryDecode(StrictJson.Text(slot["value"]), out var value) || value.Length != 32 || !TryList(slot["proof"], MostNodes, out var nodes)) return false;
            slots.Add(new SlotProof(place, nodes, value));
        }
        reason = "the state names a slot twice";
        if (slots.Select(slot => Convert.ToHexString(slot.Slot)).Distinct().Count() != slots.Count) return false;
        (state, reason) = (new SealedState(consensus, header, new StateProof(account, slots), changes, provenAt), "");
        return true;
    }

    internal static bool TryTime(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    private static JsonArray List(IEnumerable<byte[]> items) => new([.. items.Select(item => (JsonNode)Hex.Encode(item))]);

    private static bool TryList(JsonNode? node, int most, out List<byte[]> items)
    {
        items = [];
        if (node is not JsonArray list || list.Count > most) return false;
        foreach (var each in list)
        {
            if (!Hex.TryDecode(StrictJson.Text(each), out var bytes) || bytes.Length == 0) return false;
            items.Add(bytes);
        }
        return true;
    }
}

/// <summary>How the rules of agreement are called in files and settings.</summary>
public static class ConsensusName
{
    /// <summary>For a network without validators.</summary>
    public const string None = "none";

    /// <summary><c>none</c>, <c>qbft</c>, <c>ibft2</c> or <c>ibft</c>.</summary>
    public static string Of(Consensus? consensus) => consensus?.ToString().ToLowerInvariant() ?? None;

    /// <summary>Reads such a name.</summary>
    public static bool TryParse(string? text, out Consensus? consensus)
    {
        consensus = text switch { "qbft" => Consensus.Qbft, "ibft2" => Consensus.Ibft2, "ibft" => Consensus.Ibft, _ => null };
        return consensus is not null || text == None;
    }
}
