using System.Formats.Cbor;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;

namespace Identity.Credentials.Compact;

/// <summary>
/// The two versions of an issuer part and of a paper: 2 is 1 with one member more at its end, the organisation in whose place it was issued. It is a version so that a reader who does not know it refuses
/// instead of passing over whose place it is (docs/compact-proof.md, 4).
/// </summary>
internal static class CompactVersion
{
    /// <summary>The version by what is said.</summary>
    public static int Of(byte[]? originalIssuer) => originalIssuer is null ? 1 : 2;

    /// <summary>Opens the array of so many members, one more in version 2, and writes the first.</summary>
    public static void WriteHead(CborWriter writer, int members, byte[]? originalIssuer)
    {
        writer.WriteStartArray(originalIssuer is null ? members : members + 1);
        writer.WriteInt32(Of(originalIssuer));
    }

    /// <summary>Writes the last member of version 2 and closes the array.</summary>
    public static void WriteTail(CborWriter writer, byte[]? originalIssuer)
    {
        if (originalIssuer is not null) writer.WriteByteString(originalIssuer);
        writer.WriteEndArray();
    }

    /// <summary>Reads what <see cref="WriteHead"/> writes. False with the reason <c>compact_version</c> for another version, else with the one that stands.</summary>
    public static bool TryReadHead(CborReader reader, int members, out bool isInPlace, ref string reason)
    {
        var found = CompactCbor.ReadArray(reader, 1, 64);
        var version = CompactCbor.ReadSmall(reader);
        isInPlace = version == 2;
        if (version is 1 or 2) return found == (isInPlace ? members + 1 : members);
        reason = "compact_version";
        return false;
    }

    /// <summary>Reads what <see cref="WriteTail"/> writes.</summary>
    public static byte[]? ReadTail(CborReader reader, bool isInPlace)
    {
        var originalIssuer = isInPlace ? CompactCbor.ReadBytes(reader, 32) : null;
        reader.ReadEndArray();
        return originalIssuer;
    }

    /// <summary>The id among claims of a type that can say it; null where they do not. Throws <see cref="ArgumentException"/> where it is no id.</summary>
    public static byte[]? OriginalIssuerIn(TypeDefinition type, JsonObject claims)
    {
        if (type.OriginalIssuer is not { } claim || claims[claim.Name] is not { } stated) return null;
        return StrictJson.Text(stated) is { Length: 64 } id && id.All(char.IsAsciiHexDigitLower)
            ? Convert.FromHexString(id) : throw new ArgumentException("The organisation in whose place it is issued has an id of 64 lower-case hexadecimal digits.", nameof(claims));
    }
}
