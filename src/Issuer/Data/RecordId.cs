using System.Buffers.Binary;
using System.Security.Cryptography;
using Identity.Credentials.Jose;

namespace Identity.Issuer.Data;

/// <summary>
/// Makes ids of records: unguessable, and neighbours in an index when made at about the same time, so that a file of many writes few pages
/// of each index rather than all of them.
/// </summary>
internal static class RecordId
{
    /// <summary>Base64url: four characters of the minute, then <paramref name="random"/> bytes that are random.</summary>
    /// <param name="now">When the record is made.</param>
    /// <param name="random">How many random bytes follow.</param>
    public static string New(DateTimeOffset now, int random = 16)
    {
        var bytes = new byte[3 + random];
        Span<byte> minute = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(minute, (uint)(now.ToUnixTimeSeconds() / 60));
        minute[1..].CopyTo(bytes);
        RandomNumberGenerator.Fill(bytes.AsSpan(3));
        return Base64Url.Encode(bytes);
    }
}
