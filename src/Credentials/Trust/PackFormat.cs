using System.Formats.Cbor;
using Identity.Credentials.Cose;

namespace Identity.Credentials.Trust;

/// <summary>Limits, names and small readings of the trust pack, version 3: docs/trust-pack.md. Readings throw <see cref="CborContentException"/> for what is out of range.</summary>
internal static class PackFormat
{
    public const int Version = 3;

    /// <summary>First member of a whole pack.</summary>
    public const string Pack = "identity-trust-pack";

    /// <summary>First member of a delta.</summary>
    public const string Delta = "identity-trust-delta";

    /// <summary>Most bytes of a content once inflated.</summary>
    public const int MaxContent = 32 * 1024 * 1024;

    /// <summary>The largest number that every reader holds exactly.</summary>
    public const long MaxNumber = (1L << 53) - 1;

    /// <summary>The last second of the year 9999, the furthest a date reaches.</summary>
    public const long MaxTime = 253_402_300_799;

    public static CborReader Reader(byte[] bytes) => new(bytes, CborConformanceMode.Canonical);

    public static CborWriter Writer(int expected) => new(CborConformanceMode.Canonical, initialCapacity: expected);

    /// <summary>The refusals that reading can raise: wrong content, wrong kind of item, out of range.</summary>
    public static bool IsRefusal(Exception exception) => exception is CborContentException or InvalidOperationException or OverflowException;

    /// <summary>Opens an outer form: size, CBOR rules, name and version. What follows the version is the caller's to read.</summary>
    public static bool TryOpen(byte[] bytes, int maxBytes, string name, int members, out CborReader reader, out string reason)
    {
        reader = Reader(bytes);
        reason = bytes.Length > maxBytes ? "too_large" : "malformed";
        if (!CborLimits.TryCheck(bytes, maxBytes, out _)) return false;
        try
        {
            if (reader.ReadStartArray() is not { } count || count < 2 || reader.ReadTextString() != name) return false;
            reason = "unsupported";
            if (Number(reader, int.MaxValue) != Version) return false;
            reason = "malformed";
            return count == members;
        }
        catch (Exception refused) when (IsRefusal(refused))
        {
            return false;
        }
    }

    public static void OpenArray(CborReader reader, int members)
    {
        if (reader.ReadStartArray() != members) throw new CborContentException("An array has the wrong length.");
    }

    public static List<T> List<T>(CborReader reader, Func<CborReader, T> read)
    {
        var count = reader.ReadStartArray() ?? throw new CborContentException("An array has no length.");
        var items = new List<T>(Math.Min(count, 4096));
        for (var at = 0; at < count; at++) items.Add(read(reader));
        reader.ReadEndArray();
        return items;
    }

    public static long Number(CborReader reader, long most)
    {
        var value = reader.ReadInt64();
        return value >= 0 && value <= most ? value : throw new CborContentException("A number is out of range.");
    }

    public static DateTimeOffset Time(CborReader reader) => DateTimeOffset.FromUnixTimeSeconds(Number(reader, MaxTime));

    public static DateTimeOffset? TimeOrNull(CborReader reader) => IsNull(reader) ? null : Time(reader);

    public static byte[] Bytes(CborReader reader, int size)
    {
        var bytes = reader.ReadByteString();
        return bytes.Length == size ? bytes : throw new CborContentException("A byte string has the wrong length.");
    }

    public static string Text(CborReader reader, int most)
    {
        var text = reader.ReadTextString();
        return text.Length > 0 && text.Length <= most ? text : throw new CborContentException("A text is empty or too long.");
    }

    public static bool IsNull(CborReader reader)
    {
        if (reader.PeekState() != CborReaderState.Null) return false;
        reader.ReadNull();
        return true;
    }

    public static void Write(CborWriter writer, DateTimeOffset time) => writer.WriteInt64(Math.Clamp(time.ToUnixTimeSeconds(), 0, MaxTime));

    public static void WriteOrNull(CborWriter writer, DateTimeOffset? time)
    {
        if (time is { } known) Write(writer, known);
        else writer.WriteNull();
    }
}
