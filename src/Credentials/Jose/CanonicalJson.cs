using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Identity.Credentials.Jose;

/// <summary>JSON in the one form of RFC 8785, for objects, lists, texts, whole numbers, true and false: what hashes of JSON are made of.</summary>
public static class CanonicalJson
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Writes a value. Members are in the order of their names by UTF-16 unit (section 3.2.3).</summary>
    /// <exception cref="ArgumentException">A fraction, or null: neither is used here.</exception>
    public static string Write(JsonNode value)
    {
        var json = new StringBuilder();
        Write(json, value);
        return json.ToString();
    }

    /// <summary>Reads an object of at most so many bytes and so many levels. Whether it was in canonical form shows when what was understood of it is written again.</summary>
    public static bool TryRead(string text, int maxBytes, int maxDepth, [NotNullWhen(true)] out JsonObject? json, out string reason)
    {
        (json, reason) = (null, "it is empty, too long or no Unicode");
        byte[] bytes;
        try
        {
            bytes = text.Length > maxBytes ? [] : Utf8.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
        return bytes.Length > 0 && bytes.Length <= maxBytes && StrictJson.TryParseObject(bytes, out json, out reason, maxDepth);
    }

    private static void Write(StringBuilder json, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject members:
                Separated(json, '{', members.OrderBy(m => m.Key, StringComparer.Ordinal), '}', member =>
                {
                    Text(json, member.Key);
                    json.Append(':');
                    Write(json, member.Value);
                });
                break;
            case JsonArray items:
                Separated(json, '[', items, ']', item => Write(json, item));
                break;
            case JsonValue scalar when StrictJson.Text(scalar) is { } text:
                Text(json, text);
                break;
            case JsonValue scalar when scalar.GetValueKind() is JsonValueKind.True or JsonValueKind.False:
                json.Append(scalar.GetValueKind() == JsonValueKind.True ? "true" : "false");
                break;
            case JsonValue scalar when StrictJson.Integer(scalar) is { } number:
                json.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                throw new ArgumentException("Only objects, lists, texts, whole numbers, true and false are written.", nameof(value));
        }
    }

    private static void Separated<T>(StringBuilder json, char open, IEnumerable<T> items, char close, Action<T> write)
    {
        json.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first) json.Append(',');
            first = false;
            write(item);
        }
        json.Append(close);
    }

    // Section 3.2.2.2: only what JSON must escape is escaped, in the shortest form.
    private static void Text(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var c in text)
            _ = c switch
            {
                '"' or '\\' => json.Append('\\').Append(c),
                '\b' => json.Append("\\b"),
                '\t' => json.Append("\\t"),
                '\n' => json.Append("\\n"),
                '\f' => json.Append("\\f"),
                '\r' => json.Append("\\r"),
                < ' ' => json.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => json.Append(c),
            };
        json.Append('"');
    }
}
