using System.Buffers.Binary;
using System.Text;
using Identity.Fuzz.Engine;

namespace Identity.Fuzz.Mutations;

/// <summary>Changes that know nothing of a format: bits, cuts, splices, lengths that lie, and characters that trip readers of text.</summary>
public static class Damage
{
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\0", "\uFEFF", "é", "e\u0301", "\u202E", "１", "ſ", "\u2028", "𝟘", " ", "\n", "\r\n", "\t", "=", "~", ".", "..", "...", ",", ":", "%00", "%2e%2e/", "%", "+", "-", "_", "/", "#", "?", "&",
            "-1", "0", "00", "1e999", "1e-999", "18446744073709551616", "9223372036854775808", "2147483648", "9007199254740993", "-0", "0x10", "null", "true", "[]", "{}", "\"", "\\", "\\u0000", "\\ud800", "\\udc00\\ud800",
            "_sd", "...", "_sd_alg", "[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":", "]", "}", "IDP:", "— ", "\n\n", "x", "x509_hash:", "ES256", "none", "HS256",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80], [0x9F], [0x5F], [0xBF], [0x1B, 255, 255, 255, 255, 255, 255, 255, 255], [0x5A, 0xFF, 0xFF, 0xFF, 0xFF], [0x9A, 0x7F, 0xFF, 0xFF, 0xFF],
        [0xF9, 0x7E, 0x00], [0xFB, 0x7F, 0xF8, 0, 0, 0, 0, 0, 0], [0xC2, 0x41, 0x01], [0xD8, 0x18], [0xB9, 0x00], [0xBB],
    ];

    private static readonly long[] Extremes = [0, 1, -1, 127, 128, 255, 256, 32767, 65535, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 53];

    /// <summary>One to six changes to a good document, sometimes with a piece of another.</summary>
    public static byte[] Bytes(byte[] good, IReadOnlyList<byte[]> others, Dice dice)
    {
        var bytes = new List<byte>(good);
        for (var n = 1 + (dice.OneIn(3) ? dice.Next(6) : 0); n > 0; n--) One(bytes, others, dice);
        return [.. bytes];
    }

    /// <summary>The same for text; what is no UTF-8 comes back as replacement characters.</summary>
    public static string Text(string good, IReadOnlyList<string> others, Dice dice) =>
        Encoding.UTF8.GetString(Bytes(Encoding.UTF8.GetBytes(good), [.. others.Select(Encoding.UTF8.GetBytes)], dice));

    private static void One(List<byte> bytes, IReadOnlyList<byte[]> others, Dice dice)
    {
        var at = dice.Next(bytes.Count);
        switch (bytes.Count == 0 ? 3 : dice.Next(12))
        {
            case 0:
                bytes[at] ^= (byte)(1 << dice.Next(8));
                break;
            case 1:
                bytes[at] = (byte)dice.Bits();
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(1 + dice.Next(dice.OneIn(4) ? bytes.Count : 8), bytes.Count - at));
                break;
            case 3:
                bytes.InsertRange(at, dice.Pick(Tokens));
                break;
            case 4:
                bytes.InsertRange(at, dice.Bytes(1 + dice.Next(8)));
                break;
            case 5:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 6: // a piece of itself again
                bytes.InsertRange(dice.Next(bytes.Count), bytes.GetRange(at, Math.Min(1 + dice.Next(40), bytes.Count - at)));
                break;
            case 7: // the head of one, the tail of another
                var other = dice.Pick(others);
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[Math.Min(dice.OneIn(2) ? at : dice.Next(other.Length), other.Length)..]);
                break;
            case 8:
                Overwrite(bytes, at, dice);
                break;
            case 9: // the same place said often
                var piece = bytes.GetRange(at, Math.Min(1 + dice.Next(16), bytes.Count - at));
                for (var n = 1 + dice.Next(dice.OneIn(8) ? 500 : 20); n > 0; n--) bytes.InsertRange(at, piece);
                break;
            case 10:
                var token = dice.Pick(Tokens);
                for (var i = 0; i < token.Length && at + i < bytes.Count; i++) bytes[at + i] = token[i];
                break;
            default: // two places exchanged
                var second = dice.Next(bytes.Count);
                (bytes[at], bytes[second]) = (bytes[second], bytes[at]);
                break;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, Dice dice)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, dice.Pick(Extremes) + (dice.OneIn(3) ? dice.Next(3) - 1 : 0));
        var width = 1 << dice.Next(4);
        if (width == 8 && dice.OneIn(3)) number.Reverse();
        for (var i = 0; i < width && at + i < bytes.Count; i++) bytes[at + i] = number[8 - width + i];
    }
}
