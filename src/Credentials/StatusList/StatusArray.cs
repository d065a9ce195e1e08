using System.Diagnostics.CodeAnalysis;
using Identity.Credentials.Jose;

namespace Identity.Credentials.StatusList;

/// <summary>
/// The array of a Token Status List: 1, 2, 4 or 8 bits for each entry, packed from the LEAST significant bit of each byte up
/// (the W3C's bitstring lists pack the other way round).
/// </summary>
public sealed class StatusArray
{
    private readonly byte[] _bytes;

    /// <summary>All entries 0.</summary>
    /// <param name="bits">Bits for each entry: 1, 2, 4 or 8.</param>
    /// <param name="length">Entries; rounded up to whole bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Other bits, or no entries.</exception>
    public StatusArray(int bits, int length)
        : this(bits, new byte[(Checked(bits, length) + PerByte(bits) - 1) / PerByte(bits)]) { }

    private StatusArray(int bits, byte[] bytes)
    {
        Bits = bits;
        _bytes = bytes;
    }

    /// <summary>Bits for each entry.</summary>
    public int Bits { get; }

    /// <summary>How many entries there are.</summary>
    public int Length => _bytes.Length * PerByte(Bits);

    /// <summary>The packed bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The value of an entry.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such entry: an index from outside goes through <see cref="TryGet"/>.</exception>
    public byte Get(int index) => TryGet(index, out var value) ? value : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>The value of an entry; false when the list has no such entry.</summary>
    public bool TryGet(long index, out byte value)
    {
        value = 0;
        if (index < 0 || index >= Length) return false;
        value = (byte)(_bytes[index / PerByte(Bits)] >> Shift((int)index) & Mask);
        return true;
    }

    /// <summary>Sets an entry.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such entry, or the value needs more bits.</exception>
    public void Set(int index, byte value)
    {
        if (index < 0 || index >= Length) throw new ArgumentOutOfRangeException(nameof(index));
        if (value > Mask) throw new ArgumentOutOfRangeException(nameof(value));
        ref var cell = ref _bytes[index / PerByte(Bits)];
        cell = (byte)(cell & ~(Mask << Shift(index)) | value << Shift(index));
    }

    /// <summary>A list of the same length in which every entry has ended that has ended here or there.</summary>
    public StatusArray EndedBy(StatusArray other)
    {
        var ended = new StatusArray(Bits, [.. _bytes]);
        for (var index = 0; index < Math.Min(Length, other.Length); index++)
            if (other.Get(index) == (byte)StatusValue.Invalid && Get(index) != (byte)StatusValue.Invalid) ended.Set(index, (byte)StatusValue.Invalid);
        return ended;
    }

    /// <summary>`lst`: base64url of the ZLIB stream of the bytes.</summary>
    public string Encode() => Base64Url.Encode(Inflate.Deflate(_bytes));

    /// <summary>Reads `lst`; false with a reason when it is not base64url of one whole ZLIB stream or holds more than <paramref name="maxEntries"/>.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? lst, int bits, int maxEntries, [NotNullWhen(true)] out StatusArray? list, out string reason)
    {
        list = null;
        if (bits is not (1 or 2 or 4 or 8)) { reason = "status list bits are not 1, 2, 4 or 8"; return false; }
        if (!Base64Url.TryDecode(lst, out var compressed)) { reason = "status list is not base64url"; return false; }
        if (!Inflate.TryInflateZlib(compressed, (int)(((long)maxEntries + PerByte(bits) - 1) / PerByte(bits)), out var bytes, out reason)) return false;
        if (bytes.Length == 0) { reason = "status list is empty"; return false; }
        list = new StatusArray(bits, bytes);
        return true;
    }

    private int Mask => (1 << Bits) - 1;
    private int Shift(int index) => index % PerByte(Bits) * Bits;
    private static int PerByte(int bits) => 8 / bits;

    private static int Checked(int bits, int length)
    {
        if (bits is not (1 or 2 or 4 or 8)) throw new ArgumentOutOfRangeException(nameof(bits));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return length;
    }
}
