using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Identity.Credentials.Jose;

/// <summary>
/// JSON from outside: valid UTF-8, no member twice, no comments, no trailing commas, no half surrogates, no boundless exponents, bounded depth.
/// Everything later code may call on the result (names, strings) is known not to throw.
/// </summary>
public static class StrictJson
{
    /// <summary>Parses an object; false with a reason for anything else.</summary>
    public static bool TryParseObject(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out JsonObject? value, out string reason, int maxDepth = 32)
    {
        value = TryParse(utf8, out var node, out reason, maxDepth) ? node as JsonObject : null;
        if (value is null && reason.Length == 0) reason = "not a JSON object";
        return value is not null;
    }

    /// <summary>Parses an array; false with a reason for anything else.</summary>
    public static bool TryParseArray(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out JsonArray? value, out string reason, int maxDepth = 32)
    {
        value = TryParse(utf8, out var node, out reason, maxDepth) ? node as JsonArray : null;
        if (value is null && reason.Length == 0) reason = "not a JSON array";
        return value is not null;
    }

    /// <summary>A string member's value, or null when the node is anything but a string.</summary>
    public static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>An integer's value within 64 bits; null for fractions, exponents out of range, strings and everything else.</summary>
    public static long? Integer(JsonNode? node) =>
        node is not JsonValue value ? null
        : value.TryGetValue<long>(out var number) ? number
        : value.TryGetValue<int>(out var small) ? small
        : null;

    /// <summary>A time in seconds since 1970 (NumericDate, RFC 7519 §2), fractions cut off; null for strings, negatives and years past 9999.</summary>
    public static DateTimeOffset? Time(JsonNode? node)
    {
        if (Integer(node) is { } whole) return whole is >= 0 and <= LastSecond ? DateTimeOffset.FromUnixTimeSeconds(whole) : null;
        if (node is not JsonValue value || !value.TryGetValue<double>(out var number)) return null;
        return number is >= 0 and <= LastSecond ? DateTimeOffset.FromUnixTimeSeconds((long)number) : null;
    }

    private const int MaxExponent = 8; // the letter, a sign, six digits
    private const long LastSecond = 253_402_300_799;

    private static bool TryParse(ReadOnlySpan<byte> utf8, out JsonNode? node, out string reason, int maxDepth)
    {
        node = null;
        reason = "";
        if (!Utf8.IsValid(utf8)) { reason = "not UTF-8"; return false; }
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
            while (reader.Read())
            {
                if (reader.ValueIsEscaped) reader.GetString(); // throws on half a surrogate pair, which the document would hand on unread
                // An exponent past 32 bits is well formed, but the framework throws where such a number is compared.
                if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.LastIndexOfAny((byte)'e', (byte)'E') is >= 0 and var at && reader.ValueSpan.Length - at > MaxExponent)
                {
                    reason = "a number has an exponent beyond all measure";
                    return false;
                }
            }
            node = JsonNode.Parse(utf8, null, new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false });
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            reason = "not strict JSON";
            return false;
        }
    }
}
