using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Verifier.Presentations;

/// <summary>Writes the authorization request of a presentation (OpenID4VP 1.0, section 5), signed or as link parameters.</summary>
public sealed class RequestObject(VerifierSettings settings)
{
    /// <summary>Media type of a signed request (RFC 9101).</summary>
    public const string MediaType = "application/oauth-authz-req+jwt";

    /// <summary>The kind of <c>verifier_info</c> (OpenID4VP 1.0, section 5.1) that names a purpose of a registration on the ledger.</summary>
    public const string Registration = "identity-registration";

    /// <summary>Whether requests are signed; unsigned ones travel in the link whole.</summary>
    public bool IsSigned => settings.ClientId != ClientIdPrefix.RedirectUri;

    /// <summary>Where the wallet fetches the request.</summary>
    public string RequestUri(Presentation presentation) => $"{settings.PublicUrl}/requests/{presentation.RequestId}";

    /// <summary>Where the wallet posts the answer.</summary>
    public string ResponseUri(Presentation presentation) => $"{settings.PublicUrl}/responses/{presentation.RequestId}";

    /// <summary>The full client id, prefix included: what a holder's proof must name as its audience.</summary>
    public string ClientId(Presentation presentation) => settings.ClientId switch
    {
        ClientIdPrefix.X509Hash => $"x509_hash:{presentation.Asker.Keys.LeafHash}",
        ClientIdPrefix.X509SanDns => $"x509_san_dns:{new Uri(settings.PublicUrl).Host}",
        _ => $"redirect_uri:{ResponseUri(presentation)}",
    };

    /// <summary>The part after the scheme of a link that opens a wallet: <c>client_id=…&amp;request_uri=…</c>.</summary>
    public string LinkQuery(Presentation presentation)
    {
        if (IsSigned)
            return Query([("client_id", ClientId(presentation)), ("request_uri", RequestUri(presentation)), ("request_uri_method", "post")]);
        var parameters = Parameters(presentation);
        parameters.Remove("aud");
        return Query(parameters.Select(parameter => (parameter.Key,
            parameter.Value is JsonValue value && value.TryGetValue<string>(out var text) ? text : parameter.Value!.ToJsonString())));
    }

    /// <summary>The signed request object. A <c>wallet_nonce</c> is echoed.</summary>
    public string Sign(Presentation presentation, string? walletNonce, DateTimeOffset now)
    {
        var payload = Parameters(presentation);
        payload["iat"] = now.ToUnixTimeSeconds();
        payload["exp"] = presentation.ExpiresAt.ToUnixTimeSeconds();
        if (walletNonce is not null) payload["wallet_nonce"] = walletNonce;
        var header = new JsonObject { ["alg"] = "ES256", ["typ"] = "oauth-authz-req+jwt", ["x5c"] = X5c.ToJson(presentation.Asker.Keys.Chain) };
        return Jws.Sign(header, payload, presentation.Asker.Keys.Request);
    }

    private JsonObject Parameters(Presentation presentation)
    {
        var parameters = new JsonObject
        {
            ["aud"] = "https://self-issued.me/v2", // the static audience: the wallet's own identifier is not known
            ["client_id"] = ClientId(presentation),
            ["response_type"] = "vp_token",
            ["response_mode"] = presentation.Mode == ResponseMode.DirectPostJwt ? "direct_post.jwt" : "direct_post",
            ["response_uri"] = ResponseUri(presentation),
            ["nonce"] = presentation.Nonce,
            ["state"] = presentation.State,
            ["dcql_query"] = presentation.Dcql.DeepClone(),
            ["client_metadata"] = Metadata(presentation),
            ["purpose"] = presentation.Question.Purpose, // our own member; wallets ignore what they do not know
        };
        if (presentation.Question.PurposeId is { } purpose)
            parameters["verifier_info"] = new JsonArray(new JsonObject { ["format"] = Registration, ["data"] = new JsonObject { ["purpose"] = purpose } });
        return parameters;
    }

    private JsonObject Metadata(Presentation presentation)
    {
        var metadata = new JsonObject
        {
            ["client_name"] = presentation.Asker.Name,
            ["vp_formats_supported"] = new JsonObject
            {
                ["dc+sd-jwt"] = new JsonObject { ["sd-jwt_alg_values"] = new JsonArray("ES256"), ["kb-jwt_alg_values"] = new JsonArray("ES256", "EdDSA") },
            },
        };
        if (presentation.EncryptionJwk is { } key)
        {
            metadata["jwks"] = new JsonObject { ["keys"] = new JsonArray(key.ToJson()) };
            metadata["encrypted_response_enc_values_supported"] = new JsonArray("A128GCM", "A256GCM");
        }
        return metadata;
    }

    private static string Query(IEnumerable<(string Name, string Value)> parameters) =>
        string.Join('&', parameters.Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}"));
}
