using System.Text;

namespace Identity.Credentials.Cose;

/// <summary>
/// Looks through one CBOR item before anything decodes it: size, depth, and the deterministic encoding of RFC 8949 §4.2.1
/// restricted to what this product writes: integers, byte strings, text, arrays, maps, false, true, null.
/// Tags, floating point, other simple values, unknown lengths, longer-than-needed lengths, unsorted or doubled map keys,
/// text that is not UTF-8, and bytes after the item are refused. Nothing is allocated by a length that is only claimed.
/// </summary>
public static class CborLimits
{
    /// <summary>Deepest nesting of arrays and maps in what this product writes.</summary>
    public const int MaxDepth = 6;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Whether the bytes are exactly one item within the limits. Reasons: <c>cbor_too_large</c>, <c>cbor_malformed</c>.</summary>
    public static bool TryCheck(ReadOnlySpan<byte> bytes, int maxBytes, out string reason, int maxDepth = MaxDepth)
    {
        reason = "cbor_too_large";
        if (bytes.Length > maxBytes) return false;
        reason = "cbor_malformed";
        var at = 0;
        if (!Item(bytes, ref at, maxDepth) || at != bytes.Length) return false;
        reason = "";
        return true;
    }

    private static bool Item(ReadOnlySpan<byte> bytes, ref int at, int depth)
    {
        if (!Head(bytes, ref at, out var major, out var value)) return false;
        return major switch
        {
            0 or 1 => true,
            2 => Skip(bytes, ref at, value, text: false),
            3 => Skip(bytes, ref at, value, text: true),
            4 => depth > 0 && Array(bytes, ref at, value, depth - 1),
            5 => depth > 0 && Map(bytes, ref at, value, depth - 1),
            7 => value is 20 or 21 or 22, // false, true, null; Head admits no longer form of them
            _ => false,
        };
    }

    /// <summary>Initial byte and argument, in the shortest form only (§4.2.1).</summary>
    private static bool Head(ReadOnlySpan<byte> bytes, ref int at, out int major, out ulong value)
    {
        major = 0;
        value = 0;
        if (at >= bytes.Length) return false;
        var first = bytes[at++];
        major = first >> 5;
        var info = first & 0x1F;
        if (info < 24)
        {
            value = (ulong)info;
            return true;
        }

        if (info > 27 || major == 7) return false; // unknown lengths, reserved; floats and rare simple values
        var length = 1 << (info - 24);
        if (bytes.Length - at < length) return false;
        for (var end = at + length; at < end; at++) value = (value << 8) | bytes[at];
        return length switch { 1 => value >= 24, 2 => value > 0xFF, 4 => value > 0xFFFF, _ => value > 0xFFFF_FFFF };
    }

    private static bool Skip(ReadOnlySpan<byte> bytes, ref int at, ulong length, bool text)
    {
        if (length > (ulong)(bytes.Length - at)) return false;
        var content = bytes.Slice(at, (int)length);
        at += (int)length;
        return !text || IsUtf8(content);
    }

    private static bool Array(ReadOnlySpan<byte> bytes, ref int at, ulong count, int depth)
    {
        if (count > (ulong)(bytes.Length - at)) return false; // every item takes a byte at least
        for (ulong item = 0; item < count; item++)
        {
            if (!Item(bytes, ref at, depth)) return false;
        }

        return true;
    }

    private static bool Map(ReadOnlySpan<byte> bytes, ref int at, ulong count, int depth)
    {
        if (count > (ulong)(bytes.Length - at) / 2) return false;
        ReadOnlySpan<byte> previous = [];
        for (ulong pair = 0; pair < count; pair++)
        {
            var start = at;
            if (!Item(bytes, ref at, depth)) return false;
            var key = bytes[start..at];
            if (pair > 0 && previous.SequenceCompareTo(key) >= 0) return false; // bytewise order; equal means doubled
            previous = key;
            if (!Item(bytes, ref at, depth)) return false;
        }

        return true;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> content)
    {
        try
        {
            StrictUtf8.GetCharCount(content);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
