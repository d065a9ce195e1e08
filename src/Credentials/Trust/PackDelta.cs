using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;

namespace Identity.Credentials.Trust;

/// <summary>
/// What makes one pack's content of another's: stretches to copy and bytes to put between them. The new statement comes with it, and what comes out counts only
/// where it is the content that was signed: a delta itself needs no trust.
/// </summary>
public static class PackDelta
{
    /// <summary>Most bytes of a delta.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const int Block = 16;

    /// <summary>Writes the delta from one pack to a newer one.</summary>
    public static byte[] Make(TrustPack from, TrustPack to)
    {
        var edits = Edits(from.Bytes.Span, to.Bytes.Span);
        var writer = PackFormat.Writer(64 * 1024);
        writer.WriteStartArray(5);
        writer.WriteTextString(PackFormat.Delta);
        writer.WriteInt32(PackFormat.Version);
        writer.WriteByteString(from.Statement.Digest);
        writer.WriteEncodedValue(to.Statement.Encoded);
        writer.WriteStartArray(edits.Count * 3);
        var end = 0;
        foreach (var edit in edits)
        {
            writer.WriteInt32(edit.Offset - end);
            writer.WriteInt32(edit.Length);
            writer.WriteByteString(to.Bytes.Span.Slice(edit.Insert, edit.Inserted));
            end = edit.Offset + edit.Length;
        }
        writer.WriteEndArray();
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>
    /// Makes the newer pack of the held one. Reasons: those of <see cref="TrustPack.TryRead"/>; <c>pack_other_base</c> where the delta is for another pack than the held one.
    /// </summary>
    public static bool TryApply(TrustPack held, byte[] delta, PackPin pin, [NotNullWhen(true)] out TrustPack? pack, out string reason)
    {
        pack = null;
        if (!PackFormat.TryOpen(delta, MaxBytes, PackFormat.Delta, 5, out var reader, out reason)) return false;
        try
        {
            var from = PackFormat.Bytes(reader, 32);
            if (!PackStatement.TryRead(reader.ReadEncodedValue().Span, pin with { HeldVersion = Math.Max(pin.HeldVersion, held.Statement.Version) }, out var statement, out reason)) return false;
            reason = "pack_other_base";
            if (!from.AsSpan().SequenceEqual(held.Statement.Digest)) return false;
            reason = "malformed";
            return Apply(held.Bytes.Span, reader, statement.Length) is { } content && TrustPack.TryOpen(statement, content, out pack, out reason);
        }
        catch (Exception refused) when (PackFormat.IsRefusal(refused))
        {
            return false;
        }
    }

    // Never more than the signed length, whatever the edits say.
    private static byte[]? Apply(ReadOnlySpan<byte> old, CborReader reader, int length)
    {
        var content = new byte[length];
        var (at, end) = (0, 0L);
        var members = reader.ReadStartArray();
        if (members % 3 != 0) return null;
        for (var edit = 0; edit < members / 3; edit++)
        {
            var (offset, copied) = (end + reader.ReadInt32(), reader.ReadInt32());
            if (offset < 0 || copied < 0 || offset + copied > old.Length || copied > length - at) return null;
            old.Slice((int)offset, copied).CopyTo(content.AsSpan(at));
            (at, end) = (at + copied, offset + copied);
            var inserted = reader.ReadByteString();
            if (inserted.Length > length - at) return null;
            inserted.CopyTo(content.AsSpan(at));
            at += inserted.Length;
        }
        reader.ReadEndArray();
        return at == length ? content : null;
    }

    /// <summary>Greedy: the old bytes are known by their blocks; where one is met in the new bytes, as much as fits around it is copied.</summary>
    private static List<Edit> Edits(ReadOnlySpan<byte> old, ReadOnlySpan<byte> fresh)
    {
        var blocks = new Dictionary<UInt128, List<int>>();
        for (var at = 0; at + Block <= old.Length; at += Block)
        {
            var block = BinaryPrimitives.ReadUInt128BigEndian(old[at..]);
            if (!blocks.TryGetValue(block, out var places)) blocks[block] = places = new List<int>(1);
            places.Add(at);
        }

        var edits = new List<Edit>();
        var (offset, length, literal) = (0, Common(old, fresh), 0);
        literal = length;
        for (var at = literal; at + Block <= fresh.Length;)
        {
            if (!blocks.TryGetValue(BinaryPrimitives.ReadUInt128BigEndian(fresh[at..]), out var places))
            {
                at++;
                continue;
            }
            var place = Nearest(places, offset + length + at - literal);
            var (start, begin) = (at, place);
            while (start > literal && begin > 0 && old[begin - 1] == fresh[start - 1]) (start, begin) = (start - 1, begin - 1);
            edits.Add(new Edit(offset, length, literal, start - literal));
            (offset, length) = (begin, place - begin + Common(old[place..], fresh[at..]));
            at = literal = start + length;
        }
        edits.Add(new Edit(offset, length, literal, fresh.Length - literal));
        return edits;
    }

    private static int Common(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a.CommonPrefixLength(b);

    // Of equal blocks the one where the content would go on.
    private static int Nearest(List<int> places, int expected)
    {
        var at = places.BinarySearch(expected);
        if (at < 0) at = ~at;
        if (at == places.Count || (at > 0 && expected - places[at - 1] < places[at] - expected)) at--;
        return places[at];
    }

    private readonly record struct Edit(int Offset, int Length, int Insert, int Inserted);
}
