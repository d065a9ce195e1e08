using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;

namespace Identity.Issuer.Authorization;

/// <summary>
/// Makes and judges nonces: 16 random bytes, the second they end, and 16 bytes of HMAC-SHA256 over both and the organisation.
/// Whether one was used is the database's to say.
/// </summary>
public sealed class Nonces(byte[] secret, TimeProvider clock)
{
    /// <summary>How long a nonce is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int RandomSize = 16, TimeSize = 8, MacSize = 16;

    /// <summary>A new nonce for one organisation: 54 base64url characters.</summary>
    public string Create(string organisation)
    {
        Span<byte> bytes = stackalloc byte[RandomSize + TimeSize + MacSize];
        RandomNumberGenerator.Fill(bytes[..RandomSize]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[RandomSize..], (clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        Mac(organisation, bytes[..(RandomSize + TimeSize)]).CopyTo(bytes[(RandomSize + TimeSize)..]);
        return Base64Url.Encode(bytes);
    }

    /// <summary>True when this service made the nonce for this organisation and it has not ended; <paramref name="used"/> is the row that using it leaves.</summary>
    public bool TryAccept(string organisation, string nonce, out UsedNonce used)
    {
        used = null!;
        if (!Base64Url.TryDecode(nonce, out var bytes) || bytes.Length != RandomSize + TimeSize + MacSize) return false;
        var body = bytes.AsSpan(0, RandomSize + TimeSize);
        if (!CryptographicOperations.FixedTimeEquals(Mac(organisation, body), bytes.AsSpan(RandomSize + TimeSize))) return false;
        var end = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(body[RandomSize..]));
        if (clock.GetUtcNow() >= end) return false;
        used = new UsedNonce { Hash = SHA256.HashData(Encoding.ASCII.GetBytes(nonce)), ExpiresAt = end };
        return true;
    }

    private byte[] Mac(string organisation, ReadOnlySpan<byte> body)
    {
        byte[] input = [.. body, .. Encoding.ASCII.GetBytes(organisation)];
        return HMACSHA256.HashData(secret, input)[..MacSize];
    }
}
