using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Exit;

/// <summary>
/// What an exit bundle holds of the ledger (docs/exit-bundle.md): the registry's events of some organisations, the state of the registry after one block that proves them, a receipt of each
/// anchor, or of each entry, and the entries of whole logs. A claim until <see cref="ExitCheck"/> has judged it.
/// </summary>
/// <param name="ChainId">Which chain.</param>
/// <param name="Contract">Which registry.</param>
/// <param name="Genesis">Hash of the chain's first block.</param>
/// <param name="Events">In the chain's order.</param>
/// <param name="State">After which block they are all.</param>
/// <param name="Receipts">Each names its entry and carries a state of its own.</param>
/// <param name="Entries">Of a log (id in lower-case hexadecimal) all entries up to its newest receipt.</param>
public sealed record ExitLedger(
    ulong ChainId, Address Contract, byte[] Genesis, IReadOnlyList<RegistryEvent> Events, SealedState State, IReadOnlyList<LogReceipt> Receipts, IReadOnlyDictionary<string, IReadOnlyList<byte[]>> Entries)
{
    private const string RegistryMember = "registry.json";
    private const string StateMember = "state.json";

    /// <summary>Whether a member of this name may be part of it.</summary>
    public static bool IsMember(string name) => name is RegistryMember or StateMember || TryReceipt(name, out _) || TryTile(name, out _, out _);

    /// <summary>The parts as files: name and content.</summary>
    public IEnumerable<(string Name, byte[] Content)> Members()
    {
        yield return (RegistryMember, ExitEvents.Write(Events));
        yield return (StateMember, Utf8(State.ToJson()));
        foreach (var receipt in Receipts)
        {
            var json = (JsonObject)JsonSerializer.SerializeToNode(new Receipt(receipt.Proof.Text, receipt.Anchor, receipt.State!.ToJson()), Web)!;
            yield return ($"receipts/{Convert.ToHexStringLower(receipt.Entry!)}.json", Utf8(json));
        }
        foreach (var (log, entries) in Entries)
        {
            for (var bundle = 0L; bundle * Tiles.Full < entries.Count; bundle++)
            {
                var tile = Tiles.At(Tiles.Entries, bundle, entries.Count);
                yield return ($"logs/{log}/{Tiles.Path(tile)}", Tiles.EncodeEntries([.. entries.Skip((int)(bundle * Tiles.Full)).Take(tile.Width)]));
            }
        }
    }

    /// <summary>Puts the parts together; false where one is missing or not of its form. Nothing is judged.</summary>
    public static bool TryParse(ulong chainId, Address contract, byte[] genesis, IReadOnlyDictionary<string, byte[]> members, [NotNullWhen(true)] out ExitLedger? ledger, out string reason)
    {
        ledger = null;
        if (!members.TryGetValue(RegistryMember, out var registry) || !ExitEvents.TryRead(registry, out var events)) return Refuse($"{RegistryMember} is missing, or not in its form", out reason);
        SealedState? state = null;
        if (!members.TryGetValue(StateMember, out var stated) || !StrictJson.TryParseObject(stated, out var json, out reason) || !SealedState.TryParse(json, out state, out reason)) return Refuse($"{StateMember} is missing, or not in its form", out reason);
        var receipts = new List<LogReceipt>();
        var tiles = new SortedDictionary<string, SortedList<long, (TileId Tile, List<byte[]> Entries)>>(StringComparer.Ordinal);
        foreach (var (name, content) in members)
        {
            if (TryReceipt(name, out var entry))
            {
                if (!LogReceipt.TryParse(content, out var read, out reason) || read is not [var receipt] || receipt.State is null) return Refuse($"{name} is no receipt with a state: {reason}", out reason);
                receipts.Add(receipt with { Entry = entry });
            }
            else if (TryTile(name, out var log, out var tile))
            {
                if (!Tiles.TryDecodeEntries(content, tile.Width, out var entries)) return Refuse($"{name} is no bundle of {tile.Width} entries", out reason);
                if (!tiles.TryGetValue(log, out var own)) tiles[log] = own = [];
                if (!own.TryAdd(tile.Index, (tile, [.. entries]))) return Refuse($"{name} stands there twice, in two widths", out reason);
            }
        }
        var logs = new Dictionary<string, IReadOnlyList<byte[]>>();
        foreach (var (log, own) in tiles)
        {
            for (var at = 0; at < own.Count; at++)
                if (own.GetKeyAtIndex(at) != at || (at < own.Count - 1 && own.GetValueAtIndex(at).Tile.Width != Tiles.Full)) return Refuse($"of the log {log} a tile is missing", out reason);
            logs[log] = [.. own.Values.SelectMany(tile => tile.Entries)];
        }
        (ledger, reason) = (new ExitLedger(chainId, contract, genesis, events, state, receipts, logs), "");
        return true;
    }

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private static byte[] Utf8(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static bool TryReceipt(string name, out byte[] entry)
    {
        entry = [];
        return name.Length == "receipts/".Length + 64 + ".json".Length && name.StartsWith("receipts/", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal) && TryId(name[9..73], out entry);
    }

    private static bool TryTile(string name, out string log, out TileId tile)
    {
        (log, tile) = ("", default);
        if (!name.StartsWith("logs/", StringComparison.Ordinal) || name.Length < 71 || name[69] != '/' || !TryId(name[5..69], out _)) return false;
        log = name[5..69];
        return Tiles.TryParsePath(name[70..], out tile) && tile.Level == Tiles.Entries;
    }

    private static bool TryId(string text, out byte[] id)
    {
        id = [];
        if (!text.All(char.IsAsciiHexDigitLower)) return false;
        id = Convert.FromHexString(text);
        return true;
    }

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
