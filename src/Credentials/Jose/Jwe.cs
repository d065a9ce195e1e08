using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Identity.Credentials.Jose;

/// <summary>
/// Compact JWE (RFC 7516) with ECDH-ES on P-256 used directly (RFC 7518 §4.6) and A128GCM or A256GCM (§5.3): what OpenID4VP's
/// `direct_post.jwt` and HAIP ask for. Nothing else, and no compression.
/// </summary>
public static class Jwe
{
    /// <summary>The content encryptions, weakest first.</summary>
    public static readonly IReadOnlyList<string> Encryptions = ["A128GCM", "A256GCM"];

    /// <summary>Encrypts for the recipient with a fresh ephemeral key. The recipient's kid is echoed.</summary>
    /// <param name="plaintext">What to encrypt.</param>
    /// <param name="recipient">A P-256 key meant for encryption or for nothing in particular.</param>
    /// <param name="enc">"A128GCM" or "A256GCM".</param>
    /// <param name="random">Fills the initialisation vector.</param>
    /// <param name="apu">Bytes both sides mix in for the producer, or none.</param>
    /// <param name="apv">Bytes both sides mix in for the recipient, or none.</param>
    /// <exception cref="ArgumentException">The key cannot be encrypted to, or enc is unknown.</exception>
    public static string Encrypt(
        ReadOnlySpan<byte> plaintext, Jwk recipient, string enc, Action<Span<byte>> random,
        ReadOnlySpan<byte> apu = default, ReadOnlySpan<byte> apv = default)
    {
        if (!IsUsable(recipient)) throw new ArgumentException("The recipient's key is not a P-256 key for ECDH-ES.", nameof(recipient));
        if (KeyBytes(enc) == 0) throw new ArgumentException("Unknown content encryption.", nameof(enc));

        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var other = P256PublicKey.ForAgreement(recipient);
        var header = new JsonObject { ["alg"] = "ECDH-ES", ["enc"] = enc };
        if (recipient.Kid is not null) header["kid"] = recipient.Kid;
        if (!apu.IsEmpty) header["apu"] = Base64Url.Encode(apu);
        if (!apv.IsEmpty) header["apv"] = Base64Url.Encode(apv);
        header["epk"] = Jwk.From(ephemeral).ToJson();

        var protectedPart = Base64Url.Encode(Encoding.UTF8.GetBytes(header.ToJsonString()));
        var key = DeriveKey(ephemeral, other.PublicKey, enc, apu, apv);
        Span<byte> iv = stackalloc byte[12], tag = stackalloc byte[16];
        random(iv);
        var ciphertext = new byte[plaintext.Length];
        using (var aes = new AesGcm(key, tag.Length)) aes.Encrypt(iv, plaintext, ciphertext, tag, Encoding.ASCII.GetBytes(protectedPart));
        CryptographicOperations.ZeroMemory(key);
        return $"{protectedPart}..{Base64Url.Encode(iv)}.{Base64Url.Encode(ciphertext)}.{Base64Url.Encode(tag)}";
    }

    /// <summary>True for a P-256 key that says nothing against ECDH-ES: a wallet skips the others.</summary>
    public static bool IsUsable(Jwk key) => key is { Kty: "EC", Crv: "P-256", Use: null or "enc", Alg: null or "ECDH-ES" };

    /// <summary>Decrypts; false with a reason for other algorithms, compression, critical extensions, an ephemeral key off the curve, an unknown key, or a wrong tag.</summary>
    /// <param name="compact">The five parts.</param>
    /// <param name="keyByKid">The private key for the header's `kid` (null when it has none), or null when there is none.</param>
    /// <param name="plaintext">The content.</param>
    /// <param name="reason">Why not.</param>
    /// <param name="maxBytes">Texts whose content would be longer are refused before any work.</param>
    public static bool TryDecrypt(string? compact, Func<string?, ECDiffieHellman?> keyByKid, out byte[] plaintext, out string reason, int maxBytes = 1_000_000)
    {
        plaintext = [];
        if (compact is null || compact.Length > maxBytes / 3L * 4 + 8_192) return Refuse("JWE is missing or too long", out reason);
        var parts = compact.Split('.', 6);
        if (parts.Length != 5 || parts[1].Length != 0) return Refuse("JWE does not have five parts with an empty second", out reason);
        if (!Base64Url.TryDecode(parts[0], out var headerBytes) || !Base64Url.TryDecode(parts[2], out var iv)
            || !Base64Url.TryDecode(parts[3], out var ciphertext) || !Base64Url.TryDecode(parts[4], out var tag))
        {
            return Refuse("JWE part is not base64url", out reason);
        }
        if (iv.Length != 12 || tag.Length != 16) return Refuse("JWE vector or tag has a wrong length", out reason);
        if (ciphertext.Length > maxBytes) return Refuse("JWE is too long", out reason);
        if (!StrictJson.TryParseObject(headerBytes, out var header, out reason)) return Refuse($"JWE header: {reason}", out reason);
        if (StrictJson.Text(header["alg"]) != "ECDH-ES") return Refuse("JWE alg is not ECDH-ES", out reason);
        var enc = StrictJson.Text(header["enc"]);
        if (enc is null || KeyBytes(enc) == 0) return Refuse("JWE enc is not A128GCM or A256GCM", out reason);
        if (header.ContainsKey("zip") || header.ContainsKey("crit")) return Refuse("JWE is compressed or has a critical extension", out reason);
        if (!TryParty(header["apu"], out var apu) || !TryParty(header["apv"], out var apv)) return Refuse("JWE apu or apv is not base64url", out reason);
        if (!Jwk.TryParse(header["epk"], out var epk, out reason) || epk.Kty != "EC") return Refuse("JWE epk is not a point of P-256", out reason);
        if (header["kid"] is { } kid && StrictJson.Text(kid) is null) return Refuse("JWE kid is not a string", out reason);

        var own = keyByKid(StrictJson.Text(header["kid"]));
        if (own is null) return Refuse("JWE is for a key that is not ours", out reason);
        try
        {
            using var other = P256PublicKey.ForAgreement(epk);
            var key = DeriveKey(own, other.PublicKey, enc, apu, apv);
            var content = new byte[ciphertext.Length];
            using (var aes = new AesGcm(key, tag.Length)) aes.Decrypt(iv, ciphertext, tag, content, Encoding.ASCII.GetBytes(parts[0]));
            CryptographicOperations.ZeroMemory(key);
            plaintext = content;
            reason = "";
            return true;
        }
        catch (CryptographicException)
        {
            return Refuse("JWE does not decrypt", out reason);
        }
    }

    /// <summary>Concat KDF of RFC 7518 §4.6.2 for one SHA-256 round: both key sizes fit in it.</summary>
    internal static byte[] DeriveKey(ECDiffieHellman own, ECDiffieHellmanPublicKey other, string enc, ReadOnlySpan<byte> apu, ReadOnlySpan<byte> apv)
    {
        var secret = own.DeriveRawSecretAgreement(other);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Number(1);
        hash.AppendData(secret);
        Party(Encoding.ASCII.GetBytes(enc), hash);
        Party(apu, hash);
        Party(apv, hash);
        Number(KeyBytes(enc) * 8);
        CryptographicOperations.ZeroMemory(secret);
        return hash.GetHashAndReset()[..KeyBytes(enc)];

        void Number(int value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            hash.AppendData(bytes);
        }

        static void Party(ReadOnlySpan<byte> data, IncrementalHash hash)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
            hash.AppendData(length);
            hash.AppendData(data);
        }
    }

    private static int KeyBytes(string enc) => enc switch { "A128GCM" => 16, "A256GCM" => 32, _ => 0 };

    private static bool TryParty(JsonNode? node, out byte[] bytes)
    {
        bytes = [];
        return node is null || Base64Url.TryDecode(StrictJson.Text(node), out bytes);
    }

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
