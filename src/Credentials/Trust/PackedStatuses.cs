using System.Diagnostics.CodeAnalysis;
using Identity.Credentials.StatusList;

namespace Identity.Credentials.Trust;

/// <summary>
/// The entries of one status list, in the shorter of two forms. Sparse: for each entry that is not 0, ascending, the number
/// (entries passed over since the last one) · 2^bits + value, as base-128 groups, least first, the top bit set where another follows. Plain: the array as published.
/// Neither is inflated: looking up an entry needs no memory, and a change of one entry changes a byte or two, which keeps deltas small.
/// </summary>
public sealed class PackedStatuses
{
    /// <summary>Most entries of one list.</summary>
    public const int MaxLength = StatusListToken.MaxEntries;

    private readonly byte[] _bytes;

    private PackedStatuses(int bits, int length, bool isSparse, byte[] bytes) => (Bits, Length, IsSparse, _bytes) = (bits, length, isSparse, bytes);

    /// <summary>Bits of an entry: 1, 2, 4 or 8.</summary>
    public int Bits { get; }

    /// <summary>Entries of the list.</summary>
    public int Length { get; }

    /// <summary>Which form it has.</summary>
    public bool IsSparse { get; }

    /// <summary>The form's bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Packs a list.</summary>
    public static PackedStatuses Of(StatusArray list)
    {
        var sparse = new List<byte>();
        var last = -1;
        for (var at = 0; at < list.Length && sparse.Count <= list.Bytes.Length; at++)
        {
            if (list.Get(at) is not (> 0 and var value)) continue;
            var number = ((long)(at - last - 1) << list.Bits) | value;
            for (; number >= 128; number >>= 7) sparse.Add((byte)(number | 128));
            sparse.Add((byte)number);
            last = at;
        }
        return sparse.Count <= list.Bytes.Length
            ? new PackedStatuses(list.Bits, list.Length, true, [.. sparse])
            : new PackedStatuses(list.Bits, list.Length, false, list.Bytes.ToArray());
    }

    /// <summary>Reads a form; false where it is not one that <see cref="Of"/> writes.</summary>
    public static bool TryRead(int bits, int length, bool isSparse, byte[] bytes, [NotNullWhen(true)] out PackedStatuses? statuses)
    {
        statuses = null;
        if (bits is not (1 or 2 or 4 or 8) || length is < 1 or > MaxLength || length % (8 / bits) != 0) return false;
        var read = new PackedStatuses(bits, length, isSparse, bytes);
        if (isSparse ? !read.IsWellFormed() : bytes.Length != length / (8 / bits)) return false;
        statuses = read;
        return true;
    }

    /// <summary>The value of an entry; false where the list has no such entry.</summary>
    public bool TryGet(long index, out byte value)
    {
        value = 0;
        if (index < 0 || index >= Length) return false;
        if (!IsSparse)
        {
            value = (byte)(_bytes[index * Bits / 8] >> (int)(index * Bits % 8) & ((1 << Bits) - 1));
            return true;
        }
        long entry = -1;
        for (var at = 0; at < _bytes.Length && entry < index;)
        {
            TryNumber(ref at, out var number);
            entry += (number >> Bits) + 1;
            if (entry == index) value = (byte)(number & ((1 << Bits) - 1));
        }
        return true;
    }

    private bool IsWellFormed()
    {
        long entry = -1;
        for (var at = 0; at < _bytes.Length;)
        {
            if (!TryNumber(ref at, out var number) || (number & ((1 << Bits) - 1)) == 0) return false;
            entry += (number >> Bits) + 1;
            if (entry >= Length) return false;
        }
        return true;
    }

    // Five groups hold 35 bits: more than any gap of a list with its value. The last group of several is never 0.
    private bool TryNumber(ref int at, out long number)
    {
        number = 0;
        for (var shift = 0; shift < 35 && at < _bytes.Length; shift += 7)
        {
            var group = _bytes[at++];
            number |= (long)(group & 127) << shift;
            if (group < 128) return group > 0 || shift == 0;
        }
        return false;
    }
}
