using System.Formats.Cbor;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;

namespace Identity.Credentials.Compact;

/// <summary>What a claim of a compact form can hold: <see cref="string"/>, <see cref="long"/>, <see cref="bool"/> or an array of <see cref="string"/>.</summary>
internal static class CompactValue
{
    private const long MaxInteger = (1L << 53) - 1; // what every JSON reader keeps exactly
    private const int MaxTexts = 32;

    public static JsonNode ToJson(object value) => value switch
    {
        string text => JsonValue.Create(text),
        long number => JsonValue.Create(number),
        bool flag => JsonValue.Create(flag),
        string[] texts => new JsonArray([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]),
        _ => throw Foreign(),
    };

    /// <summary>
    /// The claims of a type that have a place in the code, by key and in its order. Throws <see cref="ArgumentException"/> where there are none or more than 64, or one of a kind that no code carries.
    /// </summary>
    public static IReadOnlyList<(int Key, object Value)> OfCode(TypeDefinition type, JsonObject claims)
    {
        var carried = new List<(int Key, object Value)>();
        foreach (var claim in type.QrClaims)
        {
            if (!claims.TryGetPropertyValue(claim.Name, out var json) || json is null) continue;
            if (!TryFrom(json, out var value)) throw new ArgumentException($"The claim {claim.Name} does not fit a code.", nameof(claims));
            carried.Add((claim.Key, value));
        }

        return carried.Count is 0 or > ClaimTree.MaxLeaves ? throw new ArgumentException("A code has 1 to 64 claims.", nameof(claims)) : carried;
    }

    /// <summary>The value from JSON; false for kinds a compact form does not carry (objects, fractions, null).</summary>
    public static bool TryFrom(JsonNode? json, out object value)
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
                if (!long.TryParse(single.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return false;
                value = number;
                return Math.Abs(number) <= MaxInteger;
            default:
                return false;
        }
    }

    public static void Write(CborWriter writer, object value)
    {
        switch (value)
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
                throw Foreign();
        }
    }

    public static object Read(CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.TextString:
                return reader.ReadTextString();
            case CborReaderState.Boolean:
                return reader.ReadBoolean();
            case CborReaderState.StartArray:
                var texts = new string[CompactCbor.ReadArray(reader, 0, MaxTexts)];
                for (var at = 0; at < texts.Length; at++) texts[at] = reader.ReadTextString();
                reader.ReadEndArray();
                return texts;
            case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger:
                return CompactCbor.ReadInteger(reader, -MaxInteger, MaxInteger);
            default:
                throw new CborContentException("A claim holds text, a whole number, true or false, or texts.");
        }
    }

    private static InvalidOperationException Foreign() => new("A claim holds text, a whole number, true or false, or texts.");

    private static bool IsText(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String;
}
