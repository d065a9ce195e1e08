using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Hosting;

namespace Identity.Wallet.Holder;

/// <summary>One offer, its issuer's metadata, and the tokens got for it. Signs DPoP proofs and encrypts messages where the holder wants that.</summary>
internal sealed class IssuerSession(OutboundFetch fetch, TimeProvider clock, CredentialOffer offer, JsonObject metadata, JsonObject server, ReceiveOptions options)
{
    private const int MaxBytes = 1024 * 1024;
    private readonly Es256Key? _dpop = options.Dpop ? Es256Key.Create() : null;
    private readonly ECDiffieHellman? _answers = options.Encryption is null ? null : ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private string? _nonce;
    private string? _access;
    private string? _refresh;
    private JsonArray? _details;

    public CredentialOffer Offer { get; } = offer;

    public JsonObject Metadata { get; } = metadata;

    public JsonObject Server { get; } = server;

    public ReceiveOptions Options { get; } = options;

    /// <summary>Thumbprint of the DPoP key, or null.</summary>
    public string? DpopThumbprint => _dpop?.PublicKey.ThumbprintText();

    /// <summary>The name by which a configuration is asked for: its credential identifier where the token answer gave one (OpenID4VCI 1.0, 8.2).</summary>
    public (string Member, string Value)? NameOf(string configurationId)
    {
        if (_details is null) return ("credential_configuration_id", configurationId);
        var detail = _details.OfType<JsonObject>().FirstOrDefault(d => StrictJson.Text(d["credential_configuration_id"]) == configurationId);
        return StrictJson.Text((detail?["credential_identifiers"] as JsonArray)?.FirstOrDefault()) is { } identifier ? ("credential_identifier", identifier) : null;
    }

    /// <summary>A form to the authorization server.</summary>
    public async Task<(JsonObject? Json, HolderRefusal? Refusal)> FormAsync(string endpoint, IReadOnlyDictionary<string, string> form, CancellationToken ct) =>
        await SendAsync(StrictJson.Text(Server[endpoint]), () => new FormUrlEncodedContent(form), null, ct);

    /// <summary>Gets tokens; null where all went well.</summary>
    public async Task<HolderRefusal?> TokenAsync(Dictionary<string, string> form, CancellationToken ct)
    {
        var (json, refusal) = await FormAsync("token_endpoint", form, ct);
        if (StrictJson.Text(json?["access_token"]) is not { } access) return refusal ?? new("malformed", "The token answer holds no token.");
        if (!string.Equals(StrictJson.Text(json!["token_type"]), _dpop is null ? "Bearer" : "DPoP", StringComparison.OrdinalIgnoreCase))
            return new("malformed", "The token is of a type that was not asked for.");
        (_access, _refresh) = (access, StrictJson.Text(json["refresh_token"]) ?? _refresh);
        _details = json["authorization_details"] as JsonArray ?? _details;
        return null;
    }

    /// <summary>More can be asked for later: the issuer gave a refresh token, and it is bound to our key.</summary>
    public bool CanRefresh => _refresh is not null && _dpop is not null;

    /// <summary>Gets a new access token for a wallet that waits or fetches more; null where all went well.</summary>
    public Task<HolderRefusal?> RefreshAsync(string? clientId, CancellationToken ct)
    {
        if (_refresh is null) return Task.FromResult<HolderRefusal?>(new("invalid_token", "The issuer gave nothing to ask again with."));
        var form = new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = _refresh };
        if (clientId is not null) form["client_id"] = clientId;
        return TokenAsync(form, ct);
    }

    /// <summary>A fresh nonce for key proofs.</summary>
    public async Task<(string? Nonce, HolderRefusal? Refusal)> NonceAsync(CancellationToken ct)
    {
        var (json, refusal) = await SendAsync(StrictJson.Text(Metadata["nonce_endpoint"]), () => new StringContent("{}", Encoding.UTF8, "application/json"), null, ct);
        return StrictJson.Text(json?["c_nonce"]) is { } nonce ? (nonce, null) : (null, refusal ?? new("malformed", "The nonce answer holds no nonce."));
    }

    /// <summary>A request with the access token. Encrypted, and its answer too, where the holder wants that and the endpoint can.</summary>
    public async Task<(JsonObject? Json, HolderRefusal? Refusal)> AskAsync(string endpoint, JsonObject body, bool encryptable, CancellationToken ct)
    {
        var uri = StrictJson.Text(Metadata[endpoint]);
        if (!encryptable || _answers is null) return await SendAsync(uri, () => new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), _access, ct);

        var keys = (Metadata["credential_request_encryption"]?["jwks"]?["keys"] as JsonArray ?? []).Select(k => Jwk.TryParse(k, out var key, out _) && Jwe.IsUsable(key) ? key : null);
        if (keys.FirstOrDefault(k => k is not null) is not { } recipient) return (null, new("unsupported", "The issuer takes no encrypted requests."));
        var request = body.DeepClone().AsObject();
        request["credential_response_encryption"] = new JsonObject { ["jwk"] = (Jwk.From(_answers) with { Alg = "ECDH-ES", Use = "enc", Kid = "answer" }).ToJson(), ["enc"] = Options.Encryption };
        return await SendAsync(uri, () =>
        {
            var content = new StringContent(Jwe.Encrypt(Encoding.UTF8.GetBytes(request.ToJsonString()), recipient, Options.Encryption!, RandomNumberGenerator.Fill));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/jwt");
            return content;
        }, _access, ct);
    }

    private async Task<(JsonObject? Json, HolderRefusal? Refusal)> SendAsync(string? address, Func<HttpContent> content, string? token, CancellationToken ct)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) return (null, new("unreachable", "The address is not absolute."));
        for (var round = 0; ; round++)
        {
            using var body = content();
            var authorization = token is null ? null : new AuthenticationHeaderValue(_dpop is null ? "Bearer" : "DPoP", token);
            var result = await fetch.PostAsync(uri, body, "application/json, application/jwt", MaxBytes, ct, authorization, _dpop is null ? null : Proof(uri, token));
            if (result is FetchResult.Answer { DpopNonce: { } nonce }) _nonce = nonce;
            var (json, refusal) = Read(result);
            // RFC 9449, 8: the first proof may lack the nonce; the second has it.
            if (refusal?.Code != "use_dpop_nonce" || round > 0) return (json, refusal);
        }
    }

    private (JsonObject? Json, HolderRefusal? Refusal) Read(FetchResult result)
    {
        if (result is not FetchResult.Answer { IsSuccess: true, ContentType: "application/jwt" } answer) return HolderJson.Read(result);
        if (_answers is null || !Jwe.TryDecrypt(Encoding.UTF8.GetString(answer.Body), _ => _answers, out var plain, out var reason)) return (null, new("malformed", "The encrypted answer is not for this wallet."));
        return StrictJson.TryParseObject(plain, out var json, out reason) ? (json, null) : (null, new("malformed", reason));
    }

    // RFC 9449, 4.2.
    private string Proof(Uri uri, string? token)
    {
        var payload = new JsonObject
        {
            ["jti"] = Base64Url.Encode(RandomNumberGenerator.GetBytes(16)), ["htm"] = "POST", ["htu"] = uri.GetLeftPart(UriPartial.Path), ["iat"] = clock.GetUtcNow().ToUnixTimeSeconds(),
        };
        if (token is not null) payload["ath"] = Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        if (_nonce is not null) payload["nonce"] = _nonce;
        return Jws.Sign(new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = _dpop!.Algorithm, ["jwk"] = _dpop.PublicKey.ToJson() }, payload, _dpop);
    }
}
