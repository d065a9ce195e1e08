using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Identity.Credentials.Types;

/// <summary>
/// Ties a statement of comparability to the qualification that it is about: a salted hash over who issued the qualification, its type
/// and its mandatory claims. Every copy of that qualification fits it, one issued again to a new phone too; any other content does not.
/// The salt stands in the statement, so a digest met elsewhere tells nothing.
/// </summary>
public static class OriginalDigest
{
    /// <summary>Bytes of the salt.</summary>
    public const int SaltLength = 16;

    private const string Domain = "identity-original-v1";

    /// <summary>The claims of a type that enter the digest: its mandatory ones.</summary>
    public static IReadOnlyList<ClaimDefinition> Claims(TypeDefinition type) => [.. type.Claims.Where(c => c.Mandatory).OrderBy(c => c.Key)];

    /// <summary>
    /// SHA-256 over the deterministic CBOR (RFC 8949, section 4.2.1) of <c>["identity-original-v1", salt, iss, vct, {key: value}]</c>, keys as in the
    /// type. False where a mandatory claim is not among those shown, or is neither text, integer, truth value nor list of texts.
    /// </summary>
    /// <param name="type">The type of the qualification.</param>
    /// <param name="issuer">Its <c>iss</c>.</param>
    /// <param name="claims">Its claims as shown; others than the mandatory ones do not matter.</param>
    /// <param name="salt">16 random bytes.</param>
    /// <param name="digest">32 bytes.</param>
    public static bool TryCompute(TypeDefinition type, string issuer, JsonObject claims, ReadOnlySpan<byte> salt, out byte[] digest)
    {
        digest = [];
        var members = Claims(type);
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(5);
        writer.WriteTextString(Domain);
        writer.WriteByteString(salt);
        writer.WriteTextString(issuer);
        writer.WriteTextString(type.Vct);
        writer.WriteStartMap(members.Count);
        foreach (var member in members)
        {
            writer.WriteInt32(member.Key);
            if (claims[member.Name] is not { } value || !TryWrite(writer, value)) return false;
        }
        writer.WriteEndMap();
        writer.WriteEndArray();
        digest = SHA256.HashData(writer.Encode());
        return true;
    }

    private static bool TryWrite(CborWriter writer, JsonNode value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String when IsText(value):
                writer.WriteTextString(value.GetValue<string>());
                return true;
            case JsonValueKind.Number when long.TryParse(value.ToJsonString(), out var number):
                writer.WriteInt64(number);
                return true;
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBoolean(value.GetValueKind() is JsonValueKind.True);
                return true;
            case JsonValueKind.Array when value.AsArray() is var items && items.All(i => i?.GetValueKind() is JsonValueKind.String && IsText(i)):
                writer.WriteStartArray(items.Count);
                foreach (var item in items) writer.WriteTextString(item!.GetValue<string>());
                writer.WriteEndArray();
                return true;
            default:
                return false;
        }
    }

    // A lone surrogate is no Unicode text and has no bytes to hash.
    private static bool IsText(JsonNode value) => value.GetValue<string>().EnumerateRunes().All(rune => rune != Rune.ReplacementChar);
}
