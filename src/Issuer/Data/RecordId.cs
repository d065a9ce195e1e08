using System.Buffers.Binary;
using System.Security.Cryptography;
using Identity.Credentials.Jose;

namespace Identity.Issuer.Data;

/// <summary>
/// Makes ids of records: unguessable, and neighbours in an index when made at about the same time, so that a file of many writes few pages
/// of each index rather than all of them (the second, for a file's rows are all of one minute; measured: half the pages that are written).
/// </summary>
internal static class RecordId
{
    /// <summary>Base64url: four bytes of the second, most significant first, then <paramref name="random"/> bytes that are random.</summary>
    /// <param name="now">When the record is made.</param>
    /// <param name="random">How many random bytes follow.</param>
    public static string New(DateTimeOffset now, int random = 16)
    {
        var bytes = new byte[4 + random];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)now.ToUnixTimeSeconds());
        RandomNumberGenerator.Fill(bytes.AsSpan(4));
        return Base64Url.Encode(bytes);
    }
}
