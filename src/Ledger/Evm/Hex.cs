using System.Globalization;
using System.Numerics;

namespace Identity.Ledger.Evm;

/// <summary>The two hexadecimal forms of JSON-RPC: data ("0x" and whole bytes) and quantities ("0x" and no leading zero).</summary>
public static class Hex
{
    /// <summary>"0x" and lower-case digits.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>Reads "0x" and an even number of digits.</summary>
    public static bool TryDecode(string? text, out byte[] bytes)
    {
        bytes = [];
        if (text is null || !text.StartsWith("0x", StringComparison.Ordinal) || text.Length % 2 != 0) return false;
        foreach (var c in text.AsSpan(2)) if (!char.IsAsciiHexDigit(c)) return false;
        bytes = Convert.FromHexString(text.AsSpan(2));
        return true;
    }

    internal static string Quantity(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    internal static string Quantity(BigInteger value) =>
        value.IsZero ? "0x0" : "0x" + value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');

    /// <summary>Reads a quantity of at most 64 bits. Leading zeros are tolerated: some nodes write them.</summary>
    internal static bool TryQuantity(string? text, out ulong value)
    {
        value = 0;
        if (text is null || !text.StartsWith("0x", StringComparison.Ordinal) || text.Length is < 3 or > 66) return false;
        var digits = text.AsSpan(2).TrimStart('0');
        foreach (var c in digits) if (!char.IsAsciiHexDigit(c)) return false;
        return digits.Length == 0 || (digits.Length <= 16 && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value));
    }
}
