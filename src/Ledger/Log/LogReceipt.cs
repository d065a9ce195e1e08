using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;

namespace Identity.Ledger.Log;

/// <summary>A receipt as somebody reads it who did not write it: <c>/log/receipt/{entry}</c>, or a copy's part of what a wallet saved.</summary>
/// <param name="Entry">Of which entry it says to be; null where it does not say.</param>
/// <param name="Proof">Index, path and checkpoint.</param>
/// <param name="Anchor">Where on the chain.</param>
/// <param name="State">What proves that; null where it was fetched before it was kept.</param>
public sealed record LogReceipt(byte[]? Entry, TlogProof Proof, ReceiptAnchor Anchor, SealedState? State)
{
    /// <summary>Bytes of the longest file with receipts that is read.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int Depth = 8;
    private const string WalletFormat = "identity-receipts/1";
    private const int MostCopies = 512;

    /// <summary>Whether a text wants to be a receipt of the log, or a wallet's file of them.</summary>
    public static bool Looks(ReadOnlySpan<byte> utf8) =>
        StrictJson.TryParseObject(utf8, out var json, out _, Depth) && (json.ContainsKey("proof") || StrictJson.Text(json["format"]) == WalletFormat);

    /// <summary>Reads one receipt, or all that a wallet saved and that were anchored by then.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out IReadOnlyList<LogReceipt>? receipts, out string reason)
    {
        receipts = null;
        if (utf8.Length > MaxBytes) return Refuse("the file is too large", out reason);
        if (!StrictJson.TryParseObject(utf8, out var json, out reason, Depth)) return false;
        if (json.ContainsKey("proof"))
        {
            if (!TryOne(json, out var single, out reason)) return false;
            receipts = [single];
            return true;
        }
        if (StrictJson.Text(json["format"]) != WalletFormat || json["copies"] is not JsonArray { Count: > 0 and <= MostCopies } copies) return Refuse("it is neither a receipt nor a wallet's file of receipts", out reason);
        var read = new List<LogReceipt>();
        foreach (var copy in copies)
        {
            if (copy is not JsonObject item) return Refuse("a copy in the file is none", out reason);
            if (item["proof"] is null || item["anchor"] is null) continue; // waited when it was saved
            if (!TryOne(item, out var one, out reason)) return false;
            read.Add(one);
        }
        receipts = read;
        return read.Count > 0 || Refuse("no copy in the file was anchored when it was saved", out reason);
    }

    private static bool TryOne(JsonObject json, [NotNullWhen(true)] out LogReceipt? receipt, out string reason)
    {
        receipt = null;
        byte[]? entry = null;
        if (json["entry"] is { } named)
        {
            if (!Hex.TryDecode("0x" + StrictJson.Text(named), out entry) || entry.Length != LedgerLog.EntrySize) return Refuse("its entry is not 32 bytes", out reason);
        }
        if (!TlogProof.TryParse(StrictJson.Text(json["proof"]), out var proof, out _)) return Refuse("its proof is not of c2sp.org/tlog-proof@v1", out reason);
        if (!TryAnchor(json["anchor"], out var anchor)) return Refuse("its anchor is incomplete", out reason);
        SealedState? state = null;
        if (json["state"] is { } given && !SealedState.TryParse(given, out state, out reason)) return false;
        (receipt, reason) = (new LogReceipt(entry, proof!, anchor, state), "");
        return true;
    }

    private static bool TryAnchor(JsonNode? node, [NotNullWhen(true)] out ReceiptAnchor? anchor)
    {
        anchor = null;
        if (node is not JsonObject item || StrictJson.Integer(item["chainId"]) is not { } chain || chain <= 0 || !Address.TryParse(StrictJson.Text(item["contract"]), out var contract)) return false;
        if (StrictJson.Integer(item["size"]) is not { } size || size <= 0 || StrictJson.Integer(item["block"]) is not { } block || block < 0) return false;
        if (Hash(item["log"]) is not { } log || Hash(item["root"]) is not { } root || Hash(item["transaction"]) is not { } transaction || Hash(item["blockHash"]) is not { } hash) return false;
        if (StrictJson.Text(item["time"]) is not { } time || !SealedState.TryTime(time, out _)) return false;
        anchor = new ReceiptAnchor((ulong)chain, contract.ToString(), log, size, root, transaction, (ulong)block, hash, time);
        return true;
    }

    private static string? Hash(JsonNode? node) => Hex.TryDecode(StrictJson.Text(node), out var bytes) && bytes.Length == 32 ? Hex.Encode(bytes) : null;

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
