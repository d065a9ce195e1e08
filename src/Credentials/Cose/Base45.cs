using System.Buffers;

namespace Identity.Credentials.Cose;

/// <summary>Base45 of RFC 9285, read strictly: upper case only, no dangling character, no group that overflows.</summary>
public static class Base45
{
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:");

    /// <summary>Three characters for two bytes, two for a last single byte.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => SimpleBase.Base45.Default.Encode(bytes);

    /// <summary>Reads text that <see cref="Encode"/> would write; anything else is refused.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, int maxBytes, out byte[] bytes)
    {
        bytes = [];
        if (text.Length % 3 == 1 || text.Length > ((maxBytes + 1) / 2 * 3) || text.ContainsAnyExcept(Alphabet)) return false;
        if (text.IsEmpty) return true;
        var buffer = new byte[((text.Length / 3) + 1) * 2];
        try
        {
            if (!SimpleBase.Base45.Default.TryDecode(text, buffer, out var written)) return false;
            var decoded = buffer[..written];
            if (decoded.Length > maxBytes || !Encode(decoded).AsSpan().SequenceEqual(text)) return false; // an overflowing group comes back different
            bytes = decoded;
            return true;
        }
        catch (Exception refused) when (refused is ArgumentException or OverflowException or InvalidOperationException)
        {
            return false; // how the library says that a group overflows
        }
    }
}
