using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Identity.Credentials.Jose;

/// <summary>A public key as JSON (RFC 7517): EC P-256 (ES256, ECDH-ES) or OKP Ed25519 (EdDSA). Never holds a private member.</summary>
public sealed record Jwk
{
    /// <summary>"EC" or "OKP".</summary>
    public required string Kty { get; init; }

    /// <summary>"P-256" or "Ed25519".</summary>
    public required string Crv { get; init; }

    /// <summary>Base64url of 32 bytes: the x coordinate, or the Ed25519 key.</summary>
    public required string X { get; init; }

    /// <summary>Base64url of 32 bytes: the y coordinate; null for Ed25519.</summary>
    public string? Y { get; init; }

    /// <summary>The holder of the key's own name for it; says nothing about trust.</summary>
    public string? Kid { get; init; }

    /// <summary>The algorithm the key is meant for, when said.</summary>
    public string? Alg { get; init; }

    /// <summary>"sig" or "enc", when said.</summary>
    public string? Use { get; init; }

    /// <summary>True when the JSON holds a private or symmetric member (RFC 7518 §6).</summary>
    public static bool ContainsPrivate(JsonNode? json) =>
        json is JsonObject members && PrivateMembers.Any(members.ContainsKey);

    /// <summary>
    /// Reads a public key; false with a reason for other key types, coordinates of a wrong length or off the curve, and private members.
    /// Members it does not know are ignored.
    /// </summary>
    public static bool TryParse(JsonNode? json, [NotNullWhen(true)] out Jwk? key, out string reason)
    {
        key = null;
        if (json is not JsonObject members) { reason = "key is not an object"; return false; }
        if (ContainsPrivate(members)) { reason = "key holds a private member"; return false; }

        var (kty, crv, x, y) = (Text("kty"), Text("crv"), Text("x"), Text("y"));
        if (kty is null || crv is null || x is null) { reason = "key lacks kty, crv or x"; return false; }
        if (!Base64Url.TryDecode(x, out var xBytes) || xBytes.Length != 32) { reason = "key x is not 32 bytes"; return false; }
        switch (kty, crv)
        {
            case ("EC", "P-256"):
                if (!Base64Url.TryDecode(y, out var yBytes) || !P256.IsOnCurve(xBytes, yBytes)) { reason = "point is not on P-256"; return false; }
                break;
            case ("OKP", "Ed25519"):
                y = null;
                break;
            default:
                reason = "key type is not supported";
                return false;
        }

        key = new Jwk { Kty = kty, Crv = crv, X = x, Y = y, Kid = Text("kid"), Alg = Text("alg"), Use = Text("use") };
        reason = "";
        return true;

        string? Text(string name) => StrictJson.Text(members[name]);
    }

    /// <summary>An EC key of two 32-byte coordinates.</summary>
    /// <exception cref="ArgumentException">The point is not on P-256.</exception>
    public static Jwk FromCoordinates(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y) =>
        P256.IsOnCurve(x, y)
            ? new Jwk { Kty = "EC", Crv = "P-256", X = Base64Url.Encode(x), Y = Base64Url.Encode(y) }
            : throw new ArgumentException("The point is not on P-256.");

    /// <summary>An Ed25519 key of 32 bytes. Whether it is an acceptable point is judged by <see cref="VerificationKey"/>.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static Jwk FromEd25519(ReadOnlySpan<byte> key) =>
        key.Length == 32
            ? new Jwk { Kty = "OKP", Crv = "Ed25519", X = Base64Url.Encode(key) }
            : throw new ArgumentException("An Ed25519 key has 32 bytes.");

    /// <summary>The public half of a framework key on P-256.</summary>
    public static Jwk From(ECAlgorithm key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return FromCoordinates(point.X, point.Y);
    }

    /// <summary>The algorithm signatures of this key have: "ES256" or "EdDSA".</summary>
    public string SignatureAlgorithm => Kty == "EC" ? "ES256" : "EdDSA";

    /// <summary>The members that are set, as JSON.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["kty"] = Kty, ["crv"] = Crv, ["x"] = X };
        if (Y is not null) json["y"] = Y;
        if (Kid is not null) json["kid"] = Kid;
        if (Alg is not null) json["alg"] = Alg;
        if (Use is not null) json["use"] = Use;
        return json;
    }

    /// <summary>SHA-256 thumbprint (RFC 7638; RFC 8037 §2 for OKP), 32 bytes.</summary>
    public byte[] Thumbprint() => SHA256.HashData(Encoding.ASCII.GetBytes(
        Kty == "EC"
            ? $$"""{"crv":"{{Crv}}","kty":"EC","x":"{{X}}","y":"{{Y}}"}"""
            : $$"""{"crv":"{{Crv}}","kty":"OKP","x":"{{X}}"}"""));

    /// <summary>The thumbprint as base64url: the `kid` this product gives its keys.</summary>
    public string ThumbprintText() => Base64Url.Encode(Thumbprint());

    /// <summary>The bytes of x: 32.</summary>
    public byte[] XBytes() => Decode(X);

    /// <summary>The bytes of y: 32.</summary>
    /// <exception cref="InvalidOperationException">Not an EC key.</exception>
    public byte[] YBytes() => Decode(Y ?? throw new InvalidOperationException("The key has no y."));

    /// <summary>SEC 1 compressed point, 33 bytes.</summary>
    /// <exception cref="InvalidOperationException">Not an EC key.</exception>
    public byte[] Compressed() => [(byte)(2 + (YBytes()[31] & 1)), .. XBytes()];

    /// <summary>Reads a SEC 1 compressed point of 33 bytes; false when no point of P-256 has it.</summary>
    public static bool TryFromCompressed(ReadOnlySpan<byte> point, [NotNullWhen(true)] out Jwk? key)
    {
        key = P256.TryDecompress(point, out var x, out var y)
            ? new Jwk { Kty = "EC", Crv = "P-256", X = Base64Url.Encode(x), Y = Base64Url.Encode(y) }
            : null;
        return key is not null;
    }

    /// <summary>True when both are the same key, whatever their kid, alg and use.</summary>
    public bool SameKey(Jwk other) => Kty == other.Kty && Crv == other.Crv && X == other.X && Y == other.Y;

    /// <summary>The framework's form of an EC key.</summary>
    internal ECParameters Parameters() =>
        new() { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = XBytes(), Y = YBytes() } };

    private static byte[] Decode(string text) =>
        Base64Url.TryDecode(text, out var bytes) ? bytes : throw new InvalidOperationException("The key is not base64url.");

    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
}
