using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Identity.Credentials.Trust;

/// <summary>
/// The first 16 bytes of each entry that was anchored while one key was in force, ascending. To make another credential under a stolen key that fits one of n of
/// them takes 2^128 / n hashes: 2^111 for 100,000. (8 bytes would take hours.)
/// </summary>
public sealed class EntryPrefixes
{
    /// <summary>Bytes of an entry that are kept.</summary>
    public const int Size = 16;

    private readonly byte[] _sorted;

    private EntryPrefixes(byte[] sorted) => _sorted = sorted;

    /// <summary>How many there are.</summary>
    public int Count => _sorted.Length / Size;

    /// <summary>All of them, one after the other.</summary>
    public ReadOnlySpan<byte> Bytes => _sorted;

    /// <summary>Sorts them; doubles are kept once.</summary>
    public static EntryPrefixes Of(IEnumerable<UInt128> prefixes)
    {
        var sorted = prefixes.Order().Distinct().ToArray();
        var bytes = new byte[sorted.Length * Size];
        for (var at = 0; at < sorted.Length; at++) BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(at * Size), sorted[at]);
        return new EntryPrefixes(bytes);
    }

    /// <summary>Reads them; false where they are not whole, ascending and distinct.</summary>
    public static bool TryRead(byte[] bytes, [NotNullWhen(true)] out EntryPrefixes? prefixes)
    {
        prefixes = null;
        if (bytes.Length % Size != 0) return false;
        for (var at = Size; at < bytes.Length; at += Size)
            if (bytes.AsSpan(at - Size, Size).SequenceCompareTo(bytes.AsSpan(at, Size)) >= 0) return false;
        prefixes = new EntryPrefixes(bytes);
        return true;
    }

    /// <summary>Whether this prefix of 16 bytes is among them; one of another length never is.</summary>
    public bool Contains(ReadOnlySpan<byte> prefix)
    {
        if (prefix.Length != Size) return false;
        for (int low = 0, high = Count; low < high;)
        {
            var middle = (low + high) / 2;
            var order = _sorted.AsSpan(middle * Size, Size).SequenceCompareTo(prefix);
            if (order == 0) return true;
            if (order < 0) low = middle + 1;
            else high = middle;
        }
        return false;
    }
}
