using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Issuance;

/// <summary>How an answer is to be encrypted.</summary>
internal sealed record ResponseEncryption(Jwk Key, string Enc);

/// <summary>
/// Encrypted credential requests and answers (OpenID4VCI 1.0, 10): ECDH-ES on P-256 with A128GCM or A256GCM, no compression. Who wants the answer
/// encrypted encrypts the request too, so that nobody in between can put another key in its place (8.2).
/// </summary>
internal sealed class MessageEncryption
{
    public const string MediaType = "application/jwt";
    private readonly Dictionary<string, (Jwk Public, ECDiffieHellman Private)> _keys;

    public MessageEncryption(KeyFolder folder, OrganisationDirectory organisations) => _keys = organisations.All.ToDictionary(o => o.Slug, o =>
    {
        var key = folder.EncryptionKey(o.Slug);
        return (KeyFolder.Public(key), key);
    });

    /// <summary>The metadata member <c>credential_request_encryption</c>.</summary>
    public JsonObject RequestMetadata(Organisation organisation) => new()
    {
        ["jwks"] = new JsonObject { ["keys"] = new JsonArray(_keys[organisation.Slug].Public.ToJson()) },
        ["enc_values_supported"] = Encryptions(),
        ["encryption_required"] = false,
    };

    /// <summary>The metadata member <c>credential_response_encryption</c>.</summary>
    public static JsonObject ResponseMetadata() => new()
    {
        ["alg_values_supported"] = new JsonArray("ECDH-ES"),
        ["enc_values_supported"] = Encryptions(),
        ["encryption_required"] = false,
    };

    /// <summary>The JSON of a request as sent, decrypted where its media type says so.</summary>
    public byte[]? Open(Organisation organisation, byte[] body, bool encrypted, out RequestError? error)
    {
        error = null;
        if (!encrypted) return body;
        var (own, key) = _keys[organisation.Slug];
        if (Jwe.TryDecrypt(Encoding.UTF8.GetString(body), kid => kid == own.Kid ? key : null, out var plain, out var reason, CredentialEndpoint.MaxBody)) return plain;
        error = new RequestError("invalid_encryption_parameters", $"The request cannot be decrypted with the keys of the issuer metadata: {reason}.");
        return null;
    }

    /// <summary>Reads <c>credential_response_encryption</c>; null without an error where it is absent.</summary>
    public static ResponseEncryption? Read(JsonObject json, bool requestWasEncrypted, out RequestError? error)
    {
        error = null;
        if (!json.TryGetPropertyValue("credential_response_encryption", out var node)) return null;
        if (node is not JsonObject wish) return Refuse("credential_response_encryption must be an object.", out error);
        if (!requestWasEncrypted) return Refuse("Who asks for an encrypted answer must encrypt the request.", out error);
        if (!Jwk.TryParse(wish["jwk"], out var key, out var reason)) return Refuse($"The jwk cannot be used: {reason}.", out error);
        // 10: alg must be present in the key.
        if (key.Alg != "ECDH-ES" || !Jwe.IsUsable(key)) return Refuse("The jwk must be a P-256 key with alg ECDH-ES.", out error);
        if (StrictJson.Text(wish["enc"]) is not { } enc || !Jwe.Encryptions.Contains(enc)) return Refuse("enc must be A128GCM or A256GCM.", out error);
        return wish.ContainsKey("zip") ? Refuse("Compression is not supported.", out error) : new ResponseEncryption(key, enc);
    }

    /// <summary>An answer, encrypted where it was asked for.</summary>
    public static IResult Answer(int status, JsonObject body, ResponseEncryption? encryption) => encryption is null
        ? Results.Text(body.ToJsonString(), "application/json", statusCode: status)
        : Results.Text(Jwe.Encrypt(Encoding.UTF8.GetBytes(body.ToJsonString()), encryption.Key, encryption.Enc, RandomNumberGenerator.Fill), MediaType, statusCode: status);

    private static JsonArray Encryptions() => [.. Jwe.Encryptions.Select(e => (JsonNode)JsonValue.Create(e))];

    private static ResponseEncryption? Refuse(string description, out RequestError error)
    {
        error = new RequestError("invalid_encryption_parameters", description);
        return null;
    }
}
