using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Proofs;

/// <summary>
/// A block's header (Ethereum yellow paper, section 4.3): its fifteen fields and whatever later rules put behind them, as they were encoded, so that
/// hashing gives the same bytes again.
/// </summary>
public sealed class BlockHeader
{
    private const int LeastFields = 15;
    private const int MostFields = 24;
    private const int MostExtraData = 64 * 1024;
    private const int ExtraDataAt = 12;

    // The name of each field in eth_getBlockByNumber, in the order of the header; those after the fifteenth only where the network has them.
    private static readonly (string Name, bool IsNumber)[] Names =
    [
        ("parentHash", false), ("sha3Uncles", false), ("miner", false), ("stateRoot", false), ("transactionsRoot", false), ("receiptsRoot", false), ("logsBloom", false),
        ("difficulty", true), ("number", true), ("gasLimit", true), ("gasUsed", true), ("timestamp", true), ("extraData", false), ("mixHash", false), ("nonce", false),
        ("baseFeePerGas", true), ("withdrawalsRoot", false), ("blobGasUsed", true), ("excessBlobGas", true), ("parentBeaconBlockRoot", false), ("requestsHash", false),
    ];

    private static readonly int[] Lengths = [32, 32, 20, 32, 32, 32, 256];

    private readonly IReadOnlyList<RlpItem> _fields;

    private BlockHeader(IReadOnlyList<RlpItem> fields) => _fields = fields;

    /// <summary>Hash of the block before it: 32 bytes.</summary>
    public byte[] ParentHash => _fields[0].Bytes!;

    /// <summary>Who made the block, in Istanbul networks the candidate of a vote.</summary>
    public Address Coinbase => Address.FromBytes(_fields[2].Bytes!);

    /// <summary>Root of the state after the block: 32 bytes.</summary>
    public byte[] StateRoot => _fields[3].Bytes!;

    /// <summary>Its number.</summary>
    public ulong Number => Number64(8);

    /// <summary>Its time, by the validators' clocks.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeSeconds((long)Number64(11));

    /// <summary>Where a network of validators puts its seals.</summary>
    public byte[] ExtraData => _fields[ExtraDataAt].Bytes!;

    /// <summary>32 bytes; a constant in networks of validators.</summary>
    public byte[] MixHash => _fields[13].Bytes!;

    /// <summary>The RLP.</summary>
    public byte[] Encode() => Rlp.Encode(RlpItem.List(_fields));

    /// <summary>The RLP with other extra data.</summary>
    public byte[] Encode(byte[] extraData) =>
        Rlp.Encode(RlpItem.List([.. _fields.Take(ExtraDataAt), RlpItem.Of(extraData), .. _fields.Skip(ExtraDataAt + 1)]));

    /// <summary>Reads the RLP of a header, strictly.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> rlp, [NotNullWhen(true)] out BlockHeader? header, out string reason)
    {
        header = null;
        if (!Rlp.TryDecode(rlp, out var item, out reason)) return false;
        return TryRead(item.Items, out header, out reason);
    }

    /// <summary>Reads a block as <c>eth_getBlockByNumber</c> gives it. Whether it has the hash that it says is for the network's rule to tell.</summary>
    public static bool TryFromJson(JsonElement block, [NotNullWhen(true)] out BlockHeader? header, out string reason)
    {
        (header, reason) = (null, "the block lacks a field of its header, or has one of another kind");
        if (block.ValueKind != JsonValueKind.Object) return false;
        var fields = new List<RlpItem>();
        foreach (var (name, isNumber) in Names)
        {
            if (!block.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                if (fields.Count < LeastFields) return false;
                break;
            }
            if (value.ValueKind != JsonValueKind.String || !TryBytes(value.GetString()!, isNumber, out var bytes)) return false;
            fields.Add(RlpItem.Of(bytes));
        }
        return TryRead(fields, out header, out reason);
    }

    private static bool TryRead(IReadOnlyList<RlpItem>? fields, [NotNullWhen(true)] out BlockHeader? header, out string reason)
    {
        (header, reason) = (null, "this is no block header");
        if (fields is not { Count: >= LeastFields and <= MostFields } || fields.Any(field => field.Bytes is null)) return false;
        for (var i = 0; i < Lengths.Length; i++)
            if (fields[i].Bytes!.Length != Lengths[i]) return false;
        for (var i = 8; i <= 11; i++)
            if (!fields[i].TryNumber(out _) || fields[i].Bytes!.Length > 8) return false;
        if (!fields[7].TryNumber(out _) || fields[ExtraDataAt].Bytes!.Length > MostExtraData || fields[13].Bytes!.Length != 32 || fields[14].Bytes!.Length != 8) return false;
        var read = new BlockHeader(fields);
        if (read.Number64(11) > 253402300799) return false;
        (header, reason) = (read, "");
        return true;
    }

    private static bool TryBytes(string text, bool isNumber, out byte[] bytes)
    {
        if (!isNumber) return Hex.TryDecode(text, out bytes);
        bytes = [];
        if (!text.StartsWith("0x", StringComparison.Ordinal) || text.Length is < 3 or > 66) return false;
        var digits = text[2..].TrimStart('0');
        if (!Hex.TryDecode("0x" + (digits.Length % 2 == 0 ? digits : "0" + digits), out bytes)) return false;
        return true;
    }

    private ulong Number64(int at)
    {
        Span<byte> big = stackalloc byte[8];
        _fields[at].Bytes!.CopyTo(big[(8 - _fields[at].Bytes!.Length)..]);
        return BinaryPrimitives.ReadUInt64BigEndian(big);
    }
}
