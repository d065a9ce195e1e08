using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;

namespace Identity.Wallet.Holder;

/// <summary>A checked request of OpenID4VP 1.0: who asks, for what, and where the answer goes.</summary>
/// <param name="ClientId">The full client identifier with its prefix; the audience of the key binding.</param>
/// <param name="ResponseUri">Where the answer is posted.</param>
/// <param name="Nonce">Bound by the key binding.</param>
/// <param name="State">Given back as it came.</param>
/// <param name="Query">What is asked.</param>
/// <param name="EncryptTo">The verifier's key of this request; null where the answer goes in clear (<c>direct_post</c>).</param>
/// <param name="Encryption">Content encryption, <c>A256GCM</c> or <c>A128GCM</c>.</param>
/// <param name="ClientName">How the verifier names itself; not proven by anything.</param>
/// <param name="KeyThumbprint">Of the key that signed it: what a registration names.</param>
/// <param name="PurposeId">The registered purpose that it names, or null.</param>
public sealed record PresentationRequest(
    string ClientId, Uri ResponseUri, string Nonce, string? State, DcqlQuery Query, Jwk? EncryptTo, string Encryption, string? ClientName, string? KeyThumbprint, string? PurposeId)
{
    /// <summary>The kind of <c>verifier_info</c> that names a purpose of a registration on the ledger.</summary>
    public const string Registration = "identity-registration";

    private const string Audience = "https://self-issued.me/v2";

    /// <summary>Checks a request object (section 5, RFC 9101): type, signature by the certificate that the client identifier names, and every member a wallet needs.</summary>
    /// <param name="jwt">The request object as served.</param>
    /// <param name="outerClientId">The client identifier of the link.</param>
    /// <param name="walletNonce">What the wallet sent with a POST and must find again, or null.</param>
    /// <param name="allowHttpLoopback">Development only.</param>
    /// <param name="request">The checked request.</param>
    /// <param name="refusal">Why not.</param>
    public static bool TryRead(string jwt, string outerClientId, string? walletNonce, bool allowHttpLoopback,
        [NotNullWhen(true)] out PresentationRequest? request, [NotNullWhen(false)] out HolderRefusal? refusal)
    {
        request = null;
        refusal = null;
        if (!Jws.TryParse(jwt, out var jws, out var reason)) refusal = Invalid(reason);
        else if (jws.Type != "oauth-authz-req+jwt") refusal = Invalid("The request object is of another type.");
        else if (StrictJson.Text(jws.Payload["client_id"]) != outerClientId) refusal = new("invalid_client", "The link and the request name different verifiers.");
        else if (CheckClient(jws, outerClientId, out var host, out var thumbprint) is { } client) refusal = client;
        else if (walletNonce is not null && StrictJson.Text(jws.Payload["wallet_nonce"]) != walletNonce) refusal = Invalid("The request was not made for this wallet.");
        else if (StrictJson.Text(jws.Payload["aud"]) != Audience) refusal = Invalid("The request is meant for another wallet.");
        else refusal = ReadMembers(jws.Payload, outerClientId, host, thumbprint, allowHttpLoopback, out request);
        return request is not null;
    }

    // Section 5.9: the prefix says how the verifier is authenticated; an unknown one is refused.
    private static HolderRefusal? CheckClient(Jws jws, string clientId, out string? requiredHost, out string? keyThumbprint)
    {
        requiredHost = null;
        keyThumbprint = null;
        var colon = clientId.IndexOf(':', StringComparison.Ordinal);
        var (prefix, value) = colon < 0 ? ("", "") : (clientId[..colon], clientId[(colon + 1)..]);
        if (prefix is not ("x509_hash" or "x509_san_dns")) return new("invalid_client", "The verifier does not identify itself in a way this wallet can check.");
        if (!X5c.TryParse(jws.Header["x5c"], out var chain, out var reason)) return Invalid(reason);
        if (prefix == "x509_hash" && X5c.Hash(chain[0]) != value) return new("invalid_client", "The certificate is not the one the verifier names.");
        if (prefix == "x509_san_dns")
        {
            if (!X5c.IsFor(chain[0], value)) return new("invalid_client", "The certificate is for another host.");
            requiredHost = value;
        }
        if (!X5c.TryLeafKey(chain[0], out var leaf)) return Invalid("The certificate holds no P-256 key.");
        if (!VerificationKey.TryImport(leaf, out var key, out reason)) return Invalid(reason);
        keyThumbprint = leaf.ThumbprintText();
        using (key) return jws.Verify(key) ? null : Invalid("The signature of the request does not hold.");
    }

    private static HolderRefusal? ReadMembers(JsonObject payload, string clientId, string? requiredHost, string? keyThumbprint, bool allowHttpLoopback, out PresentationRequest? request)
    {
        request = null;
        var metadata = payload["client_metadata"] as JsonObject;
        var mode = StrictJson.Text(payload["response_mode"]);
        if (StrictJson.Text(payload["response_type"]) != "vp_token") return Invalid("Only vp_token is answered.");
        if (mode is not ("direct_post" or "direct_post.jwt")) return Invalid("Only direct_post answers are sent.");
        if (payload.ContainsKey("redirect_uri")) return Invalid("A direct_post request carries no redirect_uri.");
        if (payload.ContainsKey("transaction_data")) return new("invalid_transaction_data", "This wallet authorizes no transactions.");
        if (StrictJson.Text(payload["nonce"]) is not { Length: >= 22 and <= 512 } nonce) return Invalid("The nonce is missing or too short.");
        if (!Uri.TryCreate(StrictJson.Text(payload["response_uri"]), UriKind.Absolute, out var response) || !IsAllowed(response, allowHttpLoopback)) return Invalid("The response address is not https.");
        if (requiredHost is not null && response.Host != requiredHost) return Invalid("The response address is on another host.");
        if (!DcqlQuery.TryParse(payload["dcql_query"], out var query, out var reason)) return Invalid(reason);
        Jwk? encryptTo = null;
        if (mode == "direct_post.jwt")
        {
            // An unusable key is passed over, not stumbled on.
            encryptTo = ((metadata?["jwks"] as JsonObject)?["keys"] as JsonArray ?? [])
                .Select(k => Jwk.TryParse(k, out var key, out _) && Jwe.IsUsable(key) ? key : null).FirstOrDefault(k => k is not null);
            if (encryptTo is null) return Invalid("The verifier gives no key to encrypt the answer to.");
        }
        var encryptions = (metadata?["encrypted_response_enc_values_supported"] as JsonArray)?.Select(StrictJson.Text).ToList() ?? ["A128GCM"];
        if (encryptTo is not null && Jwe.Encryptions.LastOrDefault(encryptions.Contains) is null) return Invalid("No content encryption in common.");
        request = new PresentationRequest(clientId, response, nonce, StrictJson.Text(payload["state"]), query, encryptTo,
            Jwe.Encryptions.LastOrDefault(encryptions.Contains) ?? "A128GCM", StrictJson.Text(metadata?["client_name"]), keyThumbprint, ReadPurposeId(payload["verifier_info"]));
        return null;
    }

    // Section 5.1: attestations of kinds we do not know are passed over.
    private static string? ReadPurposeId(JsonNode? info) => (info as JsonArray ?? []).OfType<JsonObject>()
        .Where(item => StrictJson.Text(item["format"]) == Registration)
        .Select(item => StrictJson.Text((item["data"] as JsonObject)?["purpose"])).FirstOrDefault(purpose => purpose is not null);

    private static bool IsAllowed(Uri uri, bool allowHttpLoopback) =>
        uri.UserInfo.Length == 0 && (uri.Scheme == Uri.UriSchemeHttps || (allowHttpLoopback && uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private static HolderRefusal Invalid(string reason) => new("invalid_request", reason);

    /// <summary>The body of the answer for these presentations: a form, encrypted where the verifier asked for it (section 8).</summary>
    internal IReadOnlyDictionary<string, string> Answer(IReadOnlyDictionary<string, IReadOnlyList<string>> presentations)
    {
        var token = new JsonObject(presentations.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)new JsonArray([.. p.Value.Select(v => (JsonNode)v)]))));
        if (EncryptTo is null)
        {
            var form = new Dictionary<string, string> { ["vp_token"] = token.ToJsonString() };
            if (State is not null) form["state"] = State;
            return form;
        }
        var plain = new JsonObject { ["vp_token"] = token };
        if (State is not null) plain["state"] = State;
        return new Dictionary<string, string> { ["response"] = Jwe.Encrypt(Encoding.UTF8.GetBytes(plain.ToJsonString()), EncryptTo, Encryption, RandomNumberGenerator.Fill) };
    }
}
