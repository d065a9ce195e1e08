using System.Formats.Cbor;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Transparency;
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

    private const long MaxInteger = (1L << 53) - 1; // what every JSON reader keeps exactly
    private const int MaxTexts = 32;

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
    public JsonNode ToJson() => Value switch
    {
        string text => JsonValue.Create(text),
        long number => JsonValue.Create(number),
        bool flag => JsonValue.Create(flag),
        string[] texts => new JsonArray([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]),
        _ => throw new InvalidOperationException("A claim holds text, a whole number, true or false, or texts."),
    };

    /// <summary>A claim value from JSON; false for kinds a compact proof does not carry (objects, fractions, null).</summary>
    public static bool TryValue(JsonNode? json, out object value)
    {
        value = "";
        switch (json)
        {
            case JsonArray array when array.Count <= MaxTexts && array.All(IsText):
                value = array.Select(n => n!.GetValue<string>()).ToArray();
                return true;
            case JsonValue single when single.GetValueKind() == JsonValueKind.String:
                value = single.GetValue<string>();
                return true;
            case JsonValue single when single.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                value = single.GetValue<bool>();
                return true;
            case JsonValue single when single.GetValueKind() == JsonValueKind.Number:
                if (!long.TryParse(single.ToJsonString(), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number)) return false;
                value = number;
                return Math.Abs(number) <= MaxInteger;
            default:
                return false;
        }
    }

    /// <summary>Writes salt, key and value as members of an open array.</summary>
    internal void WriteMembers(CborWriter writer)
    {
        writer.WriteByteString(Salt);
        writer.WriteInt32(Key);
        switch (Value)
        {
            case string text:
                writer.WriteTextString(text);
                break;
            case long number:
                writer.WriteInt64(number);
                break;
            case bool flag:
                writer.WriteBoolean(flag);
                break;
            case string[] texts:
                writer.WriteStartArray(texts.Length);
                foreach (var text in texts) writer.WriteTextString(text);
                writer.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException("A claim holds text, a whole number, true or false, or texts.");
        }
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote. Throws <see cref="CborContentException"/> or <see cref="InvalidOperationException"/> otherwise.</summary>
    internal static CompactLeaf ReadMembers(CborReader reader)
    {
        var salt = reader.ReadByteString();
        if (salt.Length != SaltSize) throw new CborContentException("A salt has 16 bytes.");
        var key = CompactCbor.ReadSmall(reader);
        return new CompactLeaf(salt, key, ReadValue(reader));
    }

    private static object ReadValue(CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.TextString:
                return reader.ReadTextString();
            case CborReaderState.Boolean:
                return reader.ReadBoolean();
            case CborReaderState.StartArray:
                var count = reader.ReadStartArray() ?? 0;
                if (count > MaxTexts) throw new CborContentException("Too many texts.");
                var texts = new string[count];
                for (var at = 0; at < count; at++) texts[at] = reader.ReadTextString();
                reader.ReadEndArray();
                return texts;
            case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger:
                return CompactCbor.ReadInteger(reader, -MaxInteger, MaxInteger);
            default:
                throw new CborContentException("A claim holds text, a whole number, true or false, or texts.");
        }
    }

    private static bool IsText(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String;
}
