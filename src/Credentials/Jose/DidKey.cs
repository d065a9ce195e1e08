using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Identity.Credentials.Jose;

/// <summary>
/// Keys that name themselves: DID URLs of the methods did:jwk and did:key, P-256 and Ed25519. Nothing is fetched, and the text that
/// <see cref="TryResolve"/> accepts is the only one that names the key in its method.
/// </summary>
public static class DidKey
{
    /// <summary>DID URLs longer than this are refused, in characters.</summary>
    public const int MaxLength = 1024;

    private const string JwkPrefix = "did:jwk:", KeyPrefix = "did:key:";

    // Multicodec, as unsigned varints: p256-pub 0x1200 and ed25519-pub 0xed.
    private static readonly byte[] P256Code = [0x80, 0x24], Ed25519Code = [0xed, 0x01];

    /// <summary>Reads the key of a DID URL such as <c>did:jwk:…#0</c> or <c>did:key:z…#z…</c>; false with a reason for other methods, other keys, a fragment that names no key, and private members.</summary>
    public static bool TryResolve(string? didUrl, [NotNullWhen(true)] out Jwk? key, out string reason)
    {
        key = null;
        if (didUrl is null || didUrl.Length > MaxLength) return Refuse("the DID URL is missing or too long", out reason);
        var hash = didUrl.IndexOf('#', StringComparison.Ordinal);
        if (hash < 0) return Refuse("the DID URL names no key after #", out reason);
        var (did, fragment) = (didUrl[..hash], didUrl[(hash + 1)..]);
        if (did.StartsWith(JwkPrefix, StringComparison.Ordinal)) return TryReadJwk(did[JwkPrefix.Length..], fragment, out key, out reason);
        if (did.StartsWith(KeyPrefix, StringComparison.Ordinal)) return TryReadKey(did[KeyPrefix.Length..], fragment, out key, out reason);
        return Refuse("the DID method is not did:jwk or did:key", out reason);
    }

    /// <summary>The DID URL of a key in the method did:jwk.</summary>
    public static string OfJwk(Jwk key) => $"{JwkPrefix}{Base64Url.Encode(Encoding.UTF8.GetBytes(key.ToJson().ToJsonString(JsonSerializerOptions.Default)))}#0";

    /// <summary>The DID URL of a key in the method did:key.</summary>
    public static string OfKey(Jwk key)
    {
        byte[] bytes = key.Kty == "EC" ? [.. P256Code, .. key.Compressed()] : [.. Ed25519Code, .. key.XBytes()];
        var text = "z" + SimpleBase.Base58.Bitcoin.Encode(bytes);
        return $"{KeyPrefix}{text}#{text}";
    }

    // did:jwk: base64url of the JSON key; its document has the one key #0.
    private static bool TryReadJwk(string text, string fragment, out Jwk? key, out string reason)
    {
        key = null;
        if (fragment != "0") return Refuse("did:jwk has the one key #0", out reason);
        if (!Base64Url.TryDecode(text, out var bytes)) return Refuse("did:jwk is not base64url", out reason);
        if (!StrictJson.TryParseObject(bytes, out var json, out reason, 4)) return Refuse($"did:jwk: {reason}", out reason);
        return Jwk.TryParse(json, out key, out reason);
    }

    // did:key: multibase base58btc of a multicodec key; its document names the key by the same text.
    private static bool TryReadKey(string text, string fragment, out Jwk? key, out string reason)
    {
        key = null;
        if (fragment != text) return Refuse("did:key names its key by the same text again", out reason);
        if (text.Length is < 2 or > 64 || text[0] != 'z') return Refuse("did:key is not base58btc of a supported key", out reason);
        byte[] bytes;
        try
        {
            bytes = SimpleBase.Base58.Bitcoin.Decode(text.AsSpan(1));
        }
        catch (Exception refused) when (refused is ArgumentException or InvalidOperationException or FormatException)
        {
            return Refuse("did:key is not base58btc", out reason);
        }
        if (bytes.Length == 35 && bytes.AsSpan().StartsWith(P256Code))
        {
            if (!Jwk.TryFromCompressed(bytes.AsSpan(2), out key)) return Refuse("did:key holds no point of P-256", out reason);
        }
        else if (bytes.Length == 34 && bytes.AsSpan().StartsWith(Ed25519Code)) key = Jwk.FromEd25519(bytes.AsSpan(2));
        else return Refuse("did:key is of another kind or length of key", out reason);
        reason = "";
        return true;
    }

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
