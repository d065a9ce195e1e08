namespace Identity.Credentials.Transparency;

/// <summary>Base64 of RFC 4648 §4 in its one canonical spelling: padded, no white space, no stray trailing bits.</summary>
internal static class StrictBase64
{
    public static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        var buffer = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, buffer, out var written)) return false;
        bytes = buffer[..written];
        return Convert.ToBase64String(bytes) == text;
    }

    public static bool TryDecodeHash(string text, out byte[] hash) => TryDecode(text, out hash) && hash.Length == MerkleTree.HashSize;
}
