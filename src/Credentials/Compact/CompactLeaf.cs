using System.Formats.Cbor;
using System.Text.Json;
using System.Text.Json.Nodes;
using SHA256 = System.Security.Cryptography.SHA256;

namespace Identity.Credentials.Compact;

/// <summary>
/// One salted claim. Its hash, SHA-256(0x10 ‖ CBOR [salt, key, value]), is a leaf of the credential's tree; a claim that is not
/// shown cannot be guessed from it, because the salt is random.
/// </summary>
/// <param name="Salt">16 bytes.</param>
/// <param name="Key">The claim's integer key in its type definition.</param>
/// <param name="Value"><see cref="string"/>, <see cref="long"/>, <see cref="bool"/> or an array of <see cref="string"/>.</param>
public sealed record CompactLeaf(byte[] Salt, int Key, object Value)
{
    /// <summary>Bytes of a salt.</summary>
    public const int SaltSize = 16;

    /// <summary>The leaf's hash.</summary>
    public byte[] Hash()
    {
        var writer = CompactCbor.Writer(128);
        writer.WriteStartArray(3);
        WriteMembers(writer);
        writer.WriteEndArray();
        return SHA256.HashData([0x10, .. writer.Encode()]);
    }

    /// <summary>The value as JSON.</summary>
    public JsonNode ToJson() => CompactValue.ToJson(Value);

    /// <summary>A claim value from JSON; false for kinds a compact proof does not carry (objects, fractions, null).</summary>
    public static bool TryValue(JsonNode? json, out object value) => CompactValue.TryFrom(json, out value);

    /// <summary>Writes salt, key and value as members of an open array.</summary>
    internal void WriteMembers(CborWriter writer)
    {
        writer.WriteByteString(Salt);
        writer.WriteInt32(Key);
        CompactValue.Write(writer, Value);
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote. Throws <see cref="CborContentException"/> or <see cref="InvalidOperationException"/> otherwise.</summary>
    internal static CompactLeaf ReadMembers(CborReader reader)
    {
        var salt = CompactCbor.ReadBytes(reader, SaltSize);
        var key = CompactCbor.ReadSmall(reader);
        return new CompactLeaf(salt, key, CompactValue.Read(reader));
    }
}
