using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Receipts;

/// <summary>What a receipt and a wallet's own line have in common: a compact JWS by the key in its header, with names of claims and digests.</summary>
internal static class SignedLine
{
    private const int MaxNames = 64;

    /// <summary>Longest name, in UTF-16 units.</summary>
    public const int MaxName = 200;

    /// <summary>Opens the JWS and verifies it by its own key, ES256.</summary>
    public static bool TryOpen(string? text, string typ, string otherKind, [NotNullWhen(true)] out JsonObject? payload, [NotNullWhen(true)] out Jwk? key, out string reason)
    {
        (payload, key) = (null, null);
        if (text is null or { Length: > CheckReceipt.MaxLength }) { reason = "the receipt is missing or too long"; return false; }
        if (!Jws.TryParse(text.Trim(), out var jws, out reason)) return false;
        if (jws.Type != typ) { reason = otherKind; return false; }
        if (jws.Algorithm != "ES256") { reason = "the algorithm is not ES256"; return false; }
        if (!Jwk.TryParse(jws.Header["jwk"], out key, out reason) || !VerificationKey.TryImport(key, out var verifying, out reason)) return false;
        using (verifying)
        {
            if (!jws.Verify(verifying)) { reason = "the signature does not hold"; return false; }
        }
        payload = jws.Payload;
        return true;
    }

    /// <summary>At most 64 names; null for anything else.</summary>
    public static IReadOnlyList<string>? Names(JsonNode? json) =>
        json is JsonArray { Count: <= MaxNames } list && list.All(item => StrictJson.Text(item) is { Length: > 0 and <= MaxName }) ? [.. list.Select(item => StrictJson.Text(item)!)] : null;

    /// <summary>32 bytes in base64url; null for anything else.</summary>
    public static byte[]? Hash(JsonNode? json) => StrictJson.Text(json) is { } text && Base64Url.TryDecode(text, out var bytes) && bytes.Length == 32 ? bytes : null;
}
