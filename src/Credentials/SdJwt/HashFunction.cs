using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>The hash function of an SD-JWT (`_sd_alg`, RFC 9901 §4.1.1): SHA-2 only.</summary>
internal sealed record HashFunction(string Name, HashAlgorithmName Algorithm)
{
    public static readonly HashFunction Sha256 = new("sha-256", HashAlgorithmName.SHA256);
    private static readonly HashFunction Sha384 = new("sha-384", HashAlgorithmName.SHA384);
    private static readonly HashFunction Sha512 = new("sha-512", HashAlgorithmName.SHA512);

    public static bool TryFind(JsonObject payload, [NotNullWhen(true)] out HashFunction? function, out string reason)
    {
        function = !payload.TryGetPropertyValue("_sd_alg", out var named) ? Sha256 : StrictJson.Text(named) switch
        {
            "sha-256" => Sha256,
            "sha-384" => Sha384,
            "sha-512" => Sha512,
            _ => null,
        };
        reason = function is null ? "_sd_alg is not supported" : "";
        return function is not null;
    }

    /// <summary>Base64url of the hash over the ASCII of a text.</summary>
    public string Digest(string ascii) => Base64Url.Encode(CryptographicOperations.HashData(Algorithm, Encoding.ASCII.GetBytes(ascii)));
}
