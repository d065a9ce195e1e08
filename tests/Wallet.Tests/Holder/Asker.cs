using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Wallet.Tests.Holder;

/// <summary>A verifier that makes request objects: good ones, and ones with one thing changed.</summary>
internal sealed class Asker : IDisposable
{
    public const string Host = "employer.example";
    private readonly X509Certificate2 _certificate;
    private readonly Es256Key _key = Es256Key.Create();
    private readonly Es256Key _encryption = Es256Key.Create();

    public Asker()
    {
        var request = new CertificateRequest("CN=Employer", _key.Raw, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        names.AddDnsName("*.wide.example");
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
    }

    public string ClientId => "x509_hash:" + X5c.Hash(_certificate);

    /// <summary>A usable encryption key as a verifier publishes it.</summary>
    public JsonObject EncryptionKey(string kid = "answer")
    {
        var json = _encryption.PublicKey.ToJson();
        (json["kid"], json["use"], json["alg"]) = (kid, "enc", "ECDH-ES");
        return json;
    }

    public JsonObject Payload() => new()
    {
        ["client_id"] = ClientId,
        ["aud"] = "https://self-issued.me/v2",
        ["response_type"] = "vp_token",
        ["response_mode"] = "direct_post.jwt",
        ["response_uri"] = $"https://{Host}/responses/1",
        ["nonce"] = "n-0123456789abcdef0123456789",
        ["state"] = "s-1",
        ["wallet_nonce"] = "from-the-wallet",
        ["dcql_query"] = new JsonObject
        {
            ["credentials"] = new JsonArray(new JsonObject
            {
                ["id"] = "diploma", ["format"] = "dc+sd-jwt", ["meta"] = new JsonObject { ["vct_values"] = new JsonArray("urn:identity:qualification:1") },
                ["claims"] = new JsonArray(new JsonObject { ["path"] = new JsonArray("title") }),
            }),
        },
        ["client_metadata"] = new JsonObject
        {
            ["client_name"] = "Employer",
            ["jwks"] = new JsonObject { ["keys"] = new JsonArray(EncryptionKey()) },
            ["encrypted_response_enc_values_supported"] = new JsonArray("A128GCM", "A256GCM"),
        },
    };

    public string Sign(JsonObject payload, string? typ = "oauth-authz-req+jwt", ISigner? signer = null)
    {
        var header = new JsonObject { ["x5c"] = X5c.ToJson([_certificate]) };
        if (typ is not null) header["typ"] = typ;
        return Jws.Sign(header, payload, signer ?? _key);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _encryption.Dispose();
    }
}
