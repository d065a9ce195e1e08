using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Identity.Audit.Vouchers;

/// <summary>A code of 16 characters (80 bits), read from paper or typed: small letters, spaces and hyphens do not matter, O is 0, I and L are 1.</summary>
internal static class VoucherCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 16;

    /// <summary>A new one, in groups of four.</summary>
    public static string New() => string.Join('-', RandomNumberGenerator.GetString(Alphabet, Length).Chunk(4).Select(group => new string(group)));

    /// <summary>What the store knows of a code; false for what cannot be one.</summary>
    public static bool TryHash(string? typed, [NotNullWhen(true)] out byte[]? hash)
    {
        hash = null;
        if (typed is null || typed.Length > 64) return false;
        var code = new string([.. typed.ToUpperInvariant().Where(c => c is not (' ' or '-')).Select(c => c switch { 'O' => '0', 'I' or 'L' => '1', _ => c })]);
        if (code.Length != Length || !code.All(Alphabet.Contains)) return false;
        hash = SHA256.HashData(Encoding.ASCII.GetBytes("identity/voucher/1:" + code));
        return true;
    }
}
