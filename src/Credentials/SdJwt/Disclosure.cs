using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>One disclosure of an SD-JWT (RFC 9901 §4.2), read from its text.</summary>
/// <param name="Encoded">The base64url text: what is hashed.</param>
/// <param name="Digest">Base64url of the hash of the text, by the SD-JWT's own `_sd_alg`.</param>
/// <param name="Name">The member's name; null for an element of an array.</param>
/// <param name="Value">The value: may itself hold digests.</param>
public sealed record Disclosure(string Encoded, string Digest, string? Name, JsonNode? Value)
{
    /// <summary>Reads a disclosure: two members for an element, three for a member, the salt a string. Names the format keeps for itself are refused (§7.1, step 3).</summary>
    internal static bool TryParse(string encoded, HashFunction hash, [NotNullWhen(true)] out Disclosure? disclosure, out string reason)
    {
        disclosure = null;
        if (!Base64Url.TryDecode(encoded, out var bytes)) return Refuse("disclosure is not base64url", out reason);
        if (!StrictJson.TryParseArray(bytes, out var parts, out reason)) return Refuse($"disclosure: {reason}", out reason);
        if (parts.Count is not (2 or 3)) return Refuse("disclosure has neither two nor three parts", out reason);
        if (StrictJson.Text(parts[0]) is null) return Refuse("disclosure has no salt", out reason);
        var name = parts.Count == 3 ? StrictJson.Text(parts[1]) : null;
        if (parts.Count == 3 && (name is null || Reserved(name))) return Refuse("disclosure has a name it may not have", out reason);

        disclosure = new Disclosure(encoded, hash.Digest(encoded), name, parts[^1]);
        reason = "";
        return true;
    }

    /// <summary>Makes a disclosure with a fresh salt of 16 bytes.</summary>
    internal static Disclosure Make(string? name, JsonNode? value, Action<Span<byte>> random)
    {
        Span<byte> salt = stackalloc byte[16];
        random(salt);
        var json = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(json, Compactly))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(Base64Url.Encode(salt));
            if (name is not null) writer.WriteStringValue(name);
            if (value is null) writer.WriteNullValue();
            else value.WriteTo(writer);
            writer.WriteEndArray();
        }
        var encoded = Base64Url.Encode(json.WrittenSpan);
        return new Disclosure(encoded, HashFunction.Sha256.Digest(encoded), name, value);
    }

    /// <summary>Names that only the format itself may use.</summary>
    internal static bool Reserved(string name) => name is "_sd" or "..." or "_sd_alg";

    private static readonly JsonWriterOptions Compactly = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
