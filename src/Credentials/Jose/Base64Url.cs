using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Framework = System.Buffers.Text.Base64Url;

namespace Identity.Credentials.Jose;

/// <summary>
/// Base64url without padding (RFC 7515 §2). One text for one value: the framework's decoder takes white space and '=',
/// which would let a signed or digested text change without its meaning changing.
/// </summary>
public static class Base64Url
{
    /// <summary>Encodes without padding.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Framework.EncodeToString(bytes);

    /// <summary>Decodes; false for null, any character outside A-Z a-z 0-9 - _, an impossible length, or trailing bits that are not zero.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, out byte[] bytes)
    {
        if (text is not null) return TryDecode(text.AsSpan(), out bytes);
        bytes = [];
        return false;
    }

    /// <inheritdoc cref="TryDecode(string?, out byte[])"/>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (text.Length % 4 == 1 || text.IndexOfAnyExcept(Alphabet) >= 0) return false;
        var decoded = new byte[Framework.GetMaxDecodedLength(text.Length)];
        // Not TryDecodeFromChars: it throws on trailing bits.
        if (Framework.DecodeFromChars(text, decoded, out _, out var written) != OperationStatus.Done || written != decoded.Length) return false;
        bytes = decoded;
        return true;
    }

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
