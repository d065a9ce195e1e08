using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Wallet.Holder;

namespace Identity.Wallet.Tests.Holder;

/// <summary>Attacks on the request object (OpenID4VP 1.0 sections 5, 8 and 14; RFC 9101): each changes one thing of a good request.</summary>
public sealed class PresentationRequestTests : IDisposable
{
    private readonly Asker _asker = new();

    public void Dispose() => _asker.Dispose();

    [Fact]
    public void A_good_request_is_read_with_everything_the_answer_needs()
    {
        var request = Accepted(_asker.Payload());

        Assert.Equal(_asker.ClientId, request.ClientId);
        Assert.Equal(new Uri($"https://{Asker.Host}/responses/1"), request.ResponseUri);
        Assert.Equal("n-0123456789abcdef0123456789", request.Nonce);
        Assert.Equal("s-1", request.State);
        Assert.Equal("A256GCM", request.Encryption);
        Assert.Equal("answer", request.EncryptTo!.Kid);
        Assert.Equal("Employer", request.ClientName);
    }

    [Fact]
    public void The_issuer_claim_of_a_request_object_is_ignored() => Accepted(_asker.Payload(), p => p["iss"] = "https://someone.else.example");

    [Fact]
    public void A_request_signed_by_another_key_than_the_certificates_is_refused()
    {
        using var stranger = Es256Key.Create();

        Assert.Equal("invalid_request", Refused(_asker.Sign(_asker.Payload(), signer: stranger)).Code);
    }

    [Fact]
    public void A_request_changed_after_signing_is_refused()
    {
        var parts = _asker.Sign(_asker.Payload()).Split('.');
        var changed = _asker.Payload();
        changed["response_uri"] = "https://thief.example/responses/1";

        var other = _asker.Sign(changed).Split('.')[1];

        Assert.Contains("signature", Refused($"{parts[0]}.{other}.{parts[2]}").Reason, StringComparison.Ordinal);
    }

    [Theory, InlineData(null), InlineData("JWT"), InlineData("dc+sd-jwt"), InlineData("OAUTH-AUTHZ-REQ+JWT")]
    public void A_token_of_another_type_is_no_request(string? typ) =>
        Assert.Equal("invalid_request", Refused(_asker.Sign(_asker.Payload(), typ)).Code);

    [Fact]
    public void A_request_that_claims_no_algorithm_is_refused()
    {
        var body = _asker.Sign(_asker.Payload()).Split('.')[1];
        var header = Base64Url.Encode("""{"alg":"none","typ":"oauth-authz-req+jwt"}"""u8);

        Refused($"{header}.{body}.");
    }

    public static TheoryData<string, string?> Changes => new()
    {
        { "nonce", null }, { "nonce", "\"\"" }, { "nonce", "\"too-short\"" }, { "nonce", "12345678901234567890123" },
        { "response_type", null }, { "response_type", "\"code\"" }, { "response_type", "\"vp_token id_token\"" },
        { "response_mode", null }, { "response_mode", "\"fragment\"" }, { "response_mode", "\"query\"" },
        { "redirect_uri", "\"https://employer.example/after\"" },
        { "response_uri", null }, { "response_uri", "\"/responses/1\"" }, { "response_uri", "\"http://employer.example/responses/1\"" },
        { "response_uri", "\"http://localhost:5003/responses/1\"" }, { "response_uri", "\"javascript:alert(1)\"" }, { "response_uri", "\"file:///etc/passwd\"" },
        { "response_uri", "\"https://user:word@employer.example/responses/1\"" },
        { "aud", null }, { "aud", "\"https://another.wallet.example\"" },
        { "wallet_nonce", null }, { "wallet_nonce", "\"another\"" },
        { "dcql_query", null }, { "dcql_query", "{\"credentials\":[]}" }, { "dcql_query", "\"diploma\"" },
        { "client_metadata", null }, { "client_metadata", "{\"jwks\":{\"keys\":[]}}" }, { "client_metadata", "\"none\"" },
    };

    [Theory, MemberData(nameof(Changes))]
    public void A_request_with_a_member_missing_or_wrong_is_refused(string member, string? value)
    {
        var payload = _asker.Payload();
        if (value is null) Assert.True(payload.Remove(member));
        else payload[member] = JsonNode.Parse(value);

        Assert.Equal("invalid_request", Refused(_asker.Sign(payload)).Code);
    }

    [Fact]
    public void A_transaction_of_any_type_is_refused_by_its_own_code()
    {
        var payload = _asker.Payload();
        payload["transaction_data"] = new JsonArray(Base64Url.Encode("""{"type":"payment","credential_ids":["diploma"]}"""u8));

        Assert.Equal("invalid_transaction_data", Refused(_asker.Sign(payload)).Code);
    }

    [Fact]
    public void Link_and_request_must_name_the_same_verifier()
    {
        Assert.Equal("invalid_client", Refused(_asker.Sign(_asker.Payload()), clientId: "x509_san_dns:" + Asker.Host).Code);
        var payload = _asker.Payload();
        payload.Remove("client_id");
        Assert.Equal("invalid_client", Refused(_asker.Sign(payload)).Code);
    }

    public static TheoryData<string> ForeignNames =>
    [
        "x509_hash:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x509_hash:", "x509_san_dns:bank.example", "x509_san_dns:sub.wide.example", "x509_san_dns:*.wide.example",
        "redirect_uri:https://employer.example/responses/1", "origin:https://employer.example", "decentralized_identifier:did:web:employer.example",
        "verifier_attestation:employer.example", "openid_federation:https://employer.example", "X509_HASH:x", "employer.example", "",
    ];

    [Theory, MemberData(nameof(ForeignNames))]
    public void A_name_the_certificate_does_not_prove_is_refused(string clientId)
    {
        var payload = _asker.Payload();
        payload["client_id"] = clientId;
        payload["response_uri"] = "https://sub.wide.example/responses/1";

        Assert.Equal("invalid_client", Refused(_asker.Sign(payload), clientId: clientId).Code);
    }

    [Fact]
    public void A_name_without_its_prefix_is_refused()
    {
        var stripped = _asker.ClientId["x509_hash:".Length..];
        var payload = _asker.Payload();
        payload["client_id"] = stripped;

        Assert.Equal("invalid_client", Refused(_asker.Sign(payload), clientId: stripped).Code);
    }

    [Theory]
    [InlineData("https://employer.example/responses/1", true)]
    [InlineData("https://employer.example.thief.example/responses/1", false)]
    [InlineData("https://thief.example/responses/1", false)]
    public void A_verifier_known_by_its_host_is_answered_at_that_host_only(string responseUri, bool accepted)
    {
        var payload = _asker.Payload();
        payload["client_id"] = "x509_san_dns:" + Asker.Host;
        payload["response_uri"] = responseUri;

        Assert.Equal(accepted, Read(_asker.Sign(payload), "x509_san_dns:" + Asker.Host, out _, out _));
    }

    [Fact]
    public void Plain_http_is_for_this_machine_and_development_only()
    {
        var payload = _asker.Payload();
        payload["response_uri"] = "http://localhost:5003/responses/1";
        var jwt = _asker.Sign(payload);

        Assert.True(PresentationRequest.TryRead(jwt, _asker.ClientId, null, allowHttpLoopback: true, out _, out _));
        Assert.False(PresentationRequest.TryRead(jwt, _asker.ClientId, null, allowHttpLoopback: false, out _, out _));
    }

    [Fact]
    public void Keys_that_cannot_be_used_are_passed_over()
    {
        var (signing, foreign, wrapped, off) = (_asker.EncryptionKey("signing"), _asker.EncryptionKey("foreign"), _asker.EncryptionKey("wrapped"), _asker.EncryptionKey("off"));
        signing["use"] = "sig";
        foreign["crv"] = "P-521";
        wrapped["alg"] = "RSA-OAEP";
        off["y"] = off["x"]!.DeepClone();
        var rsa = new JsonObject { ["kty"] = "RSA", ["n"] = "AQAB", ["e"] = "AQAB", ["kid"] = "rsa" };
        var leaked = _asker.EncryptionKey("leaked");
        leaked["d"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

        var request = Accepted(_asker.Payload(), p => p["client_metadata"]!["jwks"]!["keys"] = new JsonArray("text", null, signing, foreign, wrapped, off, rsa, leaked, _asker.EncryptionKey("good")));

        Assert.Equal("good", request.EncryptTo!.Kid);
    }

    [Fact]
    public void With_no_usable_key_nothing_is_sent_in_clear_instead()
    {
        var payload = _asker.Payload();
        payload["client_metadata"]!["jwks"]!["keys"]![0]!["use"] = "sig";

        Refused(_asker.Sign(payload));
    }

    [Fact]
    public void Without_a_content_encryption_in_common_the_request_is_refused()
    {
        var payload = _asker.Payload();
        payload["client_metadata"]!["encrypted_response_enc_values_supported"] = new JsonArray("A128CBC-HS256");

        Refused(_asker.Sign(payload));
    }

    [Fact]
    public void A_member_given_twice_is_refused()
    {
        using var key = Es256Key.Create();
        var parts = _asker.Sign(_asker.Payload()).Split('.');
        Assert.True(Base64Url.TryDecode(parts[1], out var bytes));
        var twice = Base64Url.Encode([.. """{"nonce":"0123456789012345678901","""u8, .. bytes.AsSpan(1)]);

        Assert.DoesNotContain("signature", Refused($"{parts[0]}.{twice}.{parts[2]}").Reason, StringComparison.Ordinal);
    }

    private PresentationRequest Accepted(JsonObject payload, Action<JsonObject>? change = null)
    {
        change?.Invoke(payload);
        Assert.True(Read(_asker.Sign(payload), _asker.ClientId, out var request, out var refusal), refusal?.Reason);
        return request!;
    }

    private HolderRefusal Refused(string jwt, string? clientId = null)
    {
        Assert.False(Read(jwt, clientId ?? _asker.ClientId, out var request, out var refusal));
        Assert.Null(request);
        return refusal!;
    }

    private static bool Read(string jwt, string clientId, out PresentationRequest? request, out HolderRefusal? refusal) =>
        PresentationRequest.TryRead(jwt, clientId, "from-the-wallet", allowHttpLoopback: false, out request, out refusal);
}
