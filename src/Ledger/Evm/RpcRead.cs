using System.Text.Json;
using System.Text.Unicode;

namespace Identity.Ledger.Evm;

/// <summary>Reads what nodes answer; anything of the wrong shape is a fault of the node.</summary>
internal static class RpcRead
{
    private const int MaxDepth = 32;

    /// <summary>
    /// The answer as JSON: valid UTF-8, no member twice, no half surrogates, so that reading any of its texts later cannot throw.
    /// </summary>
    public static JsonElement Json(byte[] bytes, string method)
    {
        try
        {
            if (!Utf8.IsValid(bytes)) throw new JsonException("Not UTF-8.");
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
                if (reader.ValueIsEscaped) reader.GetString(); // throws on half a surrogate pair
            }
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new EvmException($"The ledger node's answer to {method} is not JSON.", e);
        }
    }

    public static ulong Quantity(JsonElement value, string what) =>
        value.ValueKind == JsonValueKind.String && Hex.TryQuantity(value.GetString(), out var number) ? number : throw Odd(what);

    public static byte[] Bytes(JsonElement value, string what) =>
        value.ValueKind == JsonValueKind.String && Hex.TryDecode(value.GetString(), out var bytes) ? bytes : throw Odd(what);

    public static string Hash(JsonElement value, string what) =>
        Bytes(value, what) is { Length: 32 } bytes ? Hex.Encode(bytes) : throw Odd(what);

    public static EvmHead Block(JsonElement block) => new(
        Quantity(Member(block, "number"), "block number"),
        Hash(Member(block, "hash"), "block hash"),
        Time(Quantity(Member(block, "timestamp"), "block time")),
        Behind: false);

    public static IReadOnlyList<EvmLog> Logs(JsonElement logs)
    {
        if (logs.ValueKind != JsonValueKind.Array) throw Odd("logs");
        return [.. logs.EnumerateArray().Select(Log)];
    }

    /// <summary>The receipt without its block's time, which the caller looks up.</summary>
    public static EvmReceipt Receipt(JsonElement receipt)
    {
        var created = Member(receipt, "contractAddress");
        return new(
            Hash(Member(receipt, "transactionHash"), "transaction hash"),
            Quantity(Member(receipt, "blockNumber"), "block number"),
            Hash(Member(receipt, "blockHash"), "block hash"),
            default,
            Quantity(Member(receipt, "status"), "status") == 1,
            Quantity(Member(receipt, "gasUsed"), "gas"),
            Logs(Member(receipt, "logs")),
            created.ValueKind == JsonValueKind.String && Bytes(created, "address") is { Length: 20 } bytes ? Address.FromBytes(bytes) : null);
    }

    private static EvmLog Log(JsonElement log)
    {
        if (log.ValueKind == JsonValueKind.Object && log.TryGetProperty("removed", out var removed) && removed.ValueKind == JsonValueKind.True)
            throw new EvmException("The ledger node answered with an event of a block that is no longer on the chain.", passing: true);
        var address = Bytes(Member(log, "address"), "address");
        var topics = Member(log, "topics");
        if (address.Length != 20 || topics.ValueKind != JsonValueKind.Array || topics.GetArrayLength() > 4) throw Odd("log");
        return new(
            Address.FromBytes(address),
            [.. topics.EnumerateArray().Select(topic => Bytes(topic, "topic") is { Length: 32 } bytes ? bytes : throw Odd("topic"))],
            Bytes(Member(log, "data"), "log data"),
            Quantity(Member(log, "blockNumber"), "block number"),
            Hash(Member(log, "blockHash"), "block hash"),
            Hash(Member(log, "transactionHash"), "transaction hash"),
            Quantity(Member(log, "logIndex"), "log index"));
    }

    private static DateTimeOffset Time(ulong seconds) =>
        seconds <= 253402300799 ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : throw Odd("block time");

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : throw Odd(name);

    private static EvmException Odd(string what) => new($"The ledger node answered with an unreadable {what}.");
}
