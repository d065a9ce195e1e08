using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Identity.Ledger.Evm;

/// <summary>One item of RLP: a byte string, or a list of items.</summary>
public sealed class RlpItem
{
    private RlpItem(byte[]? bytes, IReadOnlyList<RlpItem>? items) => (Bytes, Items) = (bytes, items);

    /// <summary>The string, or null for a list.</summary>
    public byte[]? Bytes { get; }

    /// <summary>The list, or null for a string.</summary>
    public IReadOnlyList<RlpItem>? Items { get; }

    /// <summary>A byte string.</summary>
    public static RlpItem Of(ReadOnlySpan<byte> bytes) => new(bytes.ToArray(), null);

    /// <summary>A number: big-endian without leading zeros, zero is the empty string.</summary>
    public static RlpItem Of(BigInteger number) =>
        new(number.Sign switch { 0 => [], > 0 => number.ToByteArray(isUnsigned: true, isBigEndian: true), _ => throw new ArgumentOutOfRangeException(nameof(number)) }, null);

    /// <summary>A list.</summary>
    public static RlpItem List(params IReadOnlyList<RlpItem> items) => new(null, items);

    /// <summary>Reads the string as a number: no leading zero, at most 32 bytes.</summary>
    public bool TryNumber(out BigInteger number)
    {
        number = BigInteger.Zero;
        if (Bytes is not { Length: <= 32 } bytes || (bytes.Length > 0 && bytes[0] == 0)) return false;
        number = new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
        return true;
    }
}

/// <summary>Recursive length prefix (Ethereum yellow paper, appendix B). Reading is strict: one encoding per value.</summary>
public static class Rlp
{
    private const int MaxDepth = 16;

    /// <summary>Encodes an item.</summary>
    public static byte[] Encode(RlpItem item)
    {
        if (item.Bytes is { } bytes)
            return bytes.Length == 1 && bytes[0] < 0x80 ? bytes : [.. Prefix(0x80, bytes.Length), .. bytes];
        var body = item.Items!.SelectMany(Encode).ToArray();
        return [.. Prefix(0xc0, body.Length), .. body];
    }

    /// <summary>
    /// Reads exactly one item. Refuses trailing bytes, lengths beyond the input, long forms where short ones do,
    /// lengths with leading zeros and lists nested deeper than 16.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> data, [NotNullWhen(true)] out RlpItem? item, out string reason)
    {
        if (!TryRead(data, 0, out item, out var used, out reason)) return false;
        if (used == data.Length) return true;
        (item, reason) = (null, "bytes after the RLP item");
        return false;
    }

    private static byte[] Prefix(int offset, int length)
    {
        if (length <= 55) return [(byte)(offset + length)];
        Span<byte> big = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(big, length);
        var digits = big.TrimStart((byte)0);
        return [(byte)(offset + 55 + digits.Length), .. digits];
    }

    private static bool TryRead(ReadOnlySpan<byte> data, int depth, [NotNullWhen(true)] out RlpItem? item, out int used, out string reason)
    {
        (item, used) = (null, 0);
        if (!TryHeader(data, out var isList, out var start, out var length, out reason)) return false;
        var body = data.Slice(start, length);
        used = start + length;
        if (!isList)
        {
            item = RlpItem.Of(body);
            return true;
        }
        if (depth == MaxDepth) return Refuse("RLP is nested too deeply", out reason);
        var items = new List<RlpItem>();
        while (body.Length > 0)
        {
            if (!TryRead(body, depth + 1, out var child, out var taken, out reason)) return false;
            items.Add(child);
            body = body[taken..];
        }
        item = RlpItem.List(items);
        return true;
    }

    private static bool TryHeader(ReadOnlySpan<byte> data, out bool isList, out int start, out int length, out string reason)
    {
        (isList, start, length, reason) = (false, 0, 0, "");
        if (data.Length == 0) return Refuse("RLP ends too early", out reason);
        var first = data[0];
        isList = first >= 0xc0;
        if (first < 0x80)
        {
            length = 1;
            return true;
        }
        var size = first - (isList ? 0xc0 : 0x80);
        start = 1;
        if (size > 55)
        {
            var digits = size - 55;
            start = 1 + digits;
            if (digits > 4 || data.Length < start) return Refuse("an RLP length goes beyond the input", out reason);
            if (data[1] == 0) return Refuse("an RLP length has a leading zero", out reason);
            uint big = 0;
            foreach (var b in data[1..start]) big = (big << 8) | b;
            if (big <= 55) return Refuse("a short RLP item is written in the long form", out reason);
            if (big > data.Length - start) return Refuse("an RLP length goes beyond the input", out reason);
            size = (int)big;
        }
        length = size;
        if (length > data.Length - start) return Refuse("an RLP length goes beyond the input", out reason);
        if (!isList && length == 1 && data[1] < 0x80) return Refuse("a single small byte carries an RLP prefix", out reason);
        return true;
    }

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
