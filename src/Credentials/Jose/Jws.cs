using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Identity.Credentials.Jose;

/// <summary>A compact JWS whose payload is a JSON object (RFC 7515, RFC 7519), read but not yet believed.</summary>
/// <param name="Header">The protected header.</param>
/// <param name="Payload">The claims.</param>
/// <param name="SigningInput">The first two parts with their dot: what is signed, as ASCII.</param>
/// <param name="Signature">The bytes of the third part.</param>
/// <param name="Compact">The text as it came.</param>
public sealed record Jws(JsonObject Header, JsonObject Payload, string SigningInput, byte[] Signature, string Compact)
{
    /// <summary>Texts longer than this are refused, in characters.</summary>
    public const int MaxLength = 2_000_000;

    /// <summary>`alg` of the header: "ES256" or "EdDSA" in whatever <see cref="TryParse"/> let through.</summary>
    public string Algorithm => StrictJson.Text(Header["alg"])!;

    /// <summary>`typ` of the header, or null.</summary>
    public string? Type => StrictJson.Text(Header["typ"]);

    /// <summary>`kid` of the header, or null.</summary>
    public string? KeyId => StrictJson.Text(Header["kid"]);

    /// <summary>
    /// Takes a text apart; false with a reason for anything not exactly three strict base64url parts, JSON that is not strict,
    /// an algorithm other than ES256 and EdDSA (so `none` and MACs), or critical extensions (none is understood). Does not check the signature.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Jws? jws, out string reason)
    {
        jws = null;
        if (text is null || text.Length > MaxLength) { reason = "JWS is missing or too long"; return false; }
        var first = text.IndexOf('.');
        var second = first < 0 ? -1 : text.IndexOf('.', first + 1);
        if (second < 0 || text.IndexOf('.', second + 1) >= 0) { reason = "JWS does not have three parts"; return false; }

        var span = text.AsSpan();
        if (!Base64Url.TryDecode(span[..first], out var headerBytes)
            || !Base64Url.TryDecode(span[(first + 1)..second], out var payloadBytes)
            || !Base64Url.TryDecode(span[(second + 1)..], out var signature))
        {
            reason = "JWS part is not base64url";
            return false;
        }
        if (!StrictJson.TryParseObject(headerBytes, out var header, out reason)) { reason = $"JWS header: {reason}"; return false; }
        if (StrictJson.Text(header["alg"]) is not ("ES256" or "EdDSA")) { reason = "JWS algorithm is not ES256 or EdDSA"; return false; }
        if (header.ContainsKey("crit") || header.ContainsKey("b64")) { reason = "JWS has a critical extension"; return false; }
        if (!StrictJson.TryParseObject(payloadBytes, out var payload, out reason)) { reason = $"JWS payload: {reason}"; return false; }

        jws = new Jws(header, payload, text[..second], signature, text);
        return true;
    }

    /// <summary>True when the header names the key's own algorithm and the signature is the key's. Keys inside the header are never used.</summary>
    public bool Verify(VerificationKey key)
    {
        if (Algorithm != key.Algorithm) return false;
        return key.Verify(Encoding.ASCII.GetBytes(SigningInput), Signature);
    }

    /// <summary>Signs; `alg` of the header is set from the signer.</summary>
    /// <exception cref="ArgumentException">The header names another algorithm.</exception>
    public static string Sign(JsonObject header, JsonObject payload, ISigner signer) => Sign(EncodeHeader(header, signer), payload, signer);

    /// <summary>The first part of what a key signs, to be used again: a header with certificates costs more to write than the claims.</summary>
    /// <exception cref="ArgumentException">The header names another algorithm.</exception>
    public static string EncodeHeader(JsonObject header, ISigner signer)
    {
        if (header["alg"] is { } alg && StrictJson.Text(alg) != signer.Algorithm) throw new ArgumentException("The header names another algorithm than the signer's.");
        var complete = new JsonObject { ["alg"] = signer.Algorithm };
        foreach (var (name, value) in header)
        {
            if (name != "alg") complete[name] = value?.DeepClone();
        }
        return Encode(complete);
    }

    /// <summary>Signs under a header that <see cref="EncodeHeader"/> made for the same signer.</summary>
    public static string Sign(string encodedHeader, JsonObject payload, ISigner signer)
    {
        var claims = Encode(payload);
        var input = new byte[encodedHeader.Length + 1 + claims.Length];
        Encoding.ASCII.GetBytes(encodedHeader, input);
        input[encodedHeader.Length] = (byte)'.';
        Encoding.ASCII.GetBytes(claims, input.AsSpan(encodedHeader.Length + 1));
        return $"{encodedHeader}.{claims}.{Base64Url.Encode(signer.Sign(input))}";
    }

    private static string Encode(JsonObject json) => Base64Url.Encode(JsonSerializer.SerializeToUtf8Bytes(json, Compactly));

    private static readonly JsonSerializerOptions Compactly =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
