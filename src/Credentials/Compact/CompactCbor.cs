using System.Formats.Cbor;

namespace Identity.Credentials.Compact;

/// <summary>The few readings that the compact forms share. All throw <see cref="CborContentException"/> for a value out of range.</summary>
internal static class CompactCbor
{
    /// <summary>The last second of the year 9999, the furthest a date reaches.</summary>
    public const long MaxTime = 253_402_300_799;

    /// <summary>A writer that has room for what is expected, in bytes; it grows where more comes.</summary>
    public static CborWriter Writer(int expected = 512) => new(CborConformanceMode.Canonical, initialCapacity: expected);

    public static CborReader Reader(byte[] bytes) => new(bytes, CborConformanceMode.Canonical);

    /// <summary>The refusals that reading can raise: wrong content, wrong kind of item, out of range.</summary>
    public static bool IsRefusal(Exception exception) => exception is CborContentException or InvalidOperationException or OverflowException;

    public static long ReadInteger(CborReader reader, long min, long max)
    {
        var value = reader.ReadInt64();
        if (value < min || value > max) throw new CborContentException("A number is out of range.");
        return value;
    }

    /// <summary>A non-negative 31-bit number: keys, counts, indices.</summary>
    public static int ReadSmall(CborReader reader) => (int)ReadInteger(reader, 0, int.MaxValue);

    public static long? ReadTimeOrNull(CborReader reader)
    {
        if (reader.PeekState() != CborReaderState.Null) return ReadInteger(reader, 0, MaxTime);
        reader.ReadNull();
        return null;
    }

    public static void WriteTimeOrNull(CborWriter writer, long? time)
    {
        if (time is { } seconds) writer.WriteInt64(seconds);
        else writer.WriteNull();
    }

    public static byte[] ReadBytes(CborReader reader, int size)
    {
        var bytes = reader.ReadByteString();
        if (bytes.Length != size) throw new CborContentException("A byte string has the wrong length.");
        return bytes;
    }

    public static string ReadText(CborReader reader, int maxLength)
    {
        var text = reader.ReadTextString();
        if (text.Length > maxLength) throw new CborContentException("A text is too long.");
        return text;
    }

    public static int ReadArray(CborReader reader, int min, int max)
    {
        var count = reader.ReadStartArray() ?? throw new CborContentException("An array has no length.");
        if (count < min || count > max) throw new CborContentException("An array has the wrong length.");
        return count;
    }
}
