using System.Buffers.Binary;
using Identity.Fuzz.Engine;

namespace Identity.Fuzz.Mutations;

/// <summary>Changes along the items of CBOR: one in the place of another, heads that lie, longer-than-needed heads; byte strings that hold CBOR are entered.</summary>
public static class CborDamage
{
    private static readonly byte[][] Strange =
    [
        [0xF6], [0xF7], [0xF5], [0xF4], [0x00], [0x20], [0x17], [0x18, 0x18], [0x18, 0x05], [0x1B, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x3B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x40], [0x60], [0x80], [0xA0],
        [0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x00], [0x9F, 0xFF], [0x5F, 0xFF], [0xF9, 0x00, 0x00], [0xFA, 0x7F, 0xC0, 0, 0], [0xC1, 0x00], [0xD2, 0x80], [0xA2, 0x01, 0x02, 0x01, 0x03], [0xA2, 0x02, 0x01, 0x01, 0x01], [0x62, 0xC3, 0x28], [0xF8, 0x14],
    ];

    /// <summary>One to three changes.</summary>
    public static byte[] Bytes(byte[] good, IReadOnlyList<byte[]> others, Dice dice)
    {
        var bytes = good;
        for (var n = 1 + (dice.OneIn(3) ? dice.Next(3) : 0); n > 0; n--) bytes = dice.OneIn(4) ? Damage.Bytes(bytes, others, dice) : One(bytes, others, dice, 3);
        return bytes;
    }

    private static byte[] One(byte[] bytes, IReadOnlyList<byte[]> others, Dice dice, int depth)
    {
        var items = Items(bytes);
        if (items.Count == 0) return Damage.Bytes(bytes, others, dice);
        var (start, head, end) = dice.Pick(items);
        var major = bytes[start] >> 5;
        if (major == 2 && end - head > 4 && depth > 0 && dice.OneIn(2)) // what lies inside, with the right length around it
        {
            var inside = One(bytes[head..end], others, dice, depth - 1);
            return [.. bytes[..start], .. Head(2, (ulong)inside.Length), .. inside, .. bytes[end..]];
        }
        switch (dice.Next(5))
        {
            case 0:
                return [.. bytes[..start], .. dice.Pick(Strange), .. bytes[end..]];
            case 1:
                var other = dice.Pick(items);
                return [.. bytes[..start], .. bytes[other.Start..other.End], .. bytes[end..]];
            case 2:
                var foreign = dice.Pick(others);
                var theirs = Items(foreign);
                if (theirs.Count == 0) goto default;
                var piece = dice.Pick(theirs);
                return [.. bytes[..start], .. foreign[piece.Start..piece.End], .. bytes[end..]];
            case 3: // the head says another number
                return [.. bytes[..start], .. Head(major, dice.Pick((ulong[])[0, 1, 23, 24, 255, 256, 65536, uint.MaxValue, ulong.MaxValue, (ulong)(end - head) + 1])), .. bytes[head..]];
            default: // the same number in more bytes than needed
                return [.. bytes[..start], (byte)((major << 5) | 27), .. new byte[4], .. BigEndian((uint)Math.Max(0, end - head)), .. bytes[head..]];
        }
    }

    private static byte[] Head(int major, ulong value)
    {
        var m = (byte)(major << 5);
        return value switch
        {
            < 24 => [(byte)(m | value)],
            <= 0xFF => [(byte)(m | 24), (byte)value],
            <= 0xFFFF => [(byte)(m | 25), (byte)(value >> 8), (byte)value],
            <= 0xFFFF_FFFF => [(byte)(m | 26), .. BigEndian((uint)value)],
            _ => [(byte)(m | 27), .. BigEndian((uint)(value >> 32)), .. BigEndian((uint)value)],
        };
    }

    private static byte[] BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Where items lie: start, end of the head, end of the content (of strings) or of the head (of all others).</summary>
    private static List<(int Start, int Head, int End)> Items(byte[] bytes)
    {
        var found = new List<(int, int, int)>();
        for (var at = 0; at < bytes.Length && found.Count < 400;)
        {
            var start = at;
            var info = bytes[at] & 0x1F;
            var width = info < 24 ? 0 : info <= 27 ? 1 << (info - 24) : -1;
            if (width < 0 || at + 1 + width > bytes.Length) break;
            ulong value = (ulong)info;
            if (width > 0) for ((value, var i) = (0UL, 1); i <= width; i++) value = (value << 8) | bytes[at + i];
            at += 1 + width;
            var head = at;
            if (bytes[start] >> 5 is 2 or 3)
            {
                if (value > (ulong)(bytes.Length - at)) break;
                at += (int)value;
            }
            found.Add((start, head, at));
        }
        return found;
    }
}
