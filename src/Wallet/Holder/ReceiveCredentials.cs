using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Types;
using Identity.Hosting;

namespace Identity.Wallet.Holder;

/// <summary>What became of receiving.</summary>
public abstract record Reception
{
    private Reception() { }

    /// <summary>All copies arrived and each was checked.</summary>
    public sealed record Received(IReadOnlyList<CredentialCopy> Copies) : Reception;

    /// <summary>Nothing was kept.</summary>
    public sealed record Refused(HolderRefusal Why) : Reception;
}

/// <summary>
/// The wallet's side of OpenID4VCI 1.0 with a pre-authorized code: metadata, token, nonce, one proof per copy, and the checks
/// before anything is kept. The same keys then fetch the compact form.
/// </summary>
public sealed class ReceiveCredentials(OutboundFetch fetch, TimeProvider clock)
{
    private const string CompactFormat = "identity-compact";
    private readonly HolderJson _json = new(fetch);
    private readonly StatusAtReceipt _status = new(fetch, clock);

    /// <summary>Redeems an offer for <paramref name="copies"/> one-time copies, each under a new key.</summary>
    public async Task<Reception> FromOfferAsync(string link, string? txCode, int copies, CancellationToken ct)
    {
        var (offer, refusal) = await ReadOfferAsync(link, ct);
        if (offer is null) return new Reception.Refused(refusal!);

        (var metadata, refusal) = await _json.GetAsync(WellKnown(offer.Issuer, "openid-credential-issuer"), ct);
        if (metadata is null) return new Reception.Refused(refusal!);
        // Section 12.2.3: the identifier must be the very one asked for, byte for byte.
        if (StrictJson.Text(metadata["credential_issuer"]) != offer.Issuer) return Refuse("issuer_mismatch", "The metadata belong to another issuer.");
        (var server, refusal) = await _json.GetAsync(WellKnown(offer.Issuer, "oauth-authorization-server"), ct);
        if (server is null) return new Reception.Refused(refusal!);
        // RFC 8414 section 3.3.
        if (StrictJson.Text(server["issuer"]) != offer.Issuer) return Refuse("issuer_mismatch", "The authorization server is another's.");

        var form = new Dictionary<string, string> { ["grant_type"] = "urn:ietf:params:oauth:grant-type:pre-authorized_code", ["pre-authorized_code"] = offer.PreAuthorizedCode };
        if (offer.TxCodeLength is not null) form["tx_code"] = txCode ?? "";
        (var token, refusal) = await _json.PostFormAsync(StrictJson.Text(server["token_endpoint"]) ?? "", form, ct);
        if (StrictJson.Text(token?["access_token"]) is not { } bearer) return new Reception.Refused(refusal ?? new("malformed", "The token answer holds no token."));
        if (!string.Equals(StrictJson.Text(token!["token_type"]), "Bearer", StringComparison.OrdinalIgnoreCase)) return Refuse("malformed", "The token is of a type that this wallet cannot use.");

        var keys = Enumerable.Range(0, copies).Select(_ => Es256Key.Create()).ToList();
        return await CollectAsync(offer, metadata, bearer, keys, ct);
    }

    private async Task<Reception> CollectAsync(CredentialOffer offer, JsonObject metadata, string bearer, List<Es256Key> keys, CancellationToken ct)
    {
        var held = new List<CredentialCopy>();
        // The SD-JWT VCs first: their certificate names the key that must have signed the compact forms too.
        foreach (var (id, configuration) in Offered(offer, metadata).OrderBy(c => Format(c.Configuration) == CompactFormat ? 1 : 0))
        {
            var (texts, refusal) = await RequestAsync(offer.Issuer, metadata, id, bearer, keys, ct);
            foreach (var text in texts ?? [])
            {
                refusal = Format(configuration) == CompactFormat ? AddCompact(text, held) : AddSdJwt(text, offer.Issuer, configuration, keys, held);
                if (refusal is not null) break;
            }
            if (refusal is not null) return new Reception.Refused(refusal);
        }
        if (held.Count == 0) return Refuse("unsupported_credential_format", "The offer holds nothing that this wallet can keep.");
        return await _status.CheckAsync(held, ct) is { } withdrawn ? new Reception.Refused(withdrawn) : new Reception.Received(held);
    }

    private async Task<(IReadOnlyList<string>? Texts, HolderRefusal? Refusal)> RequestAsync(
        string issuer, JsonObject metadata, string id, string bearer, List<Es256Key> keys, CancellationToken ct)
    {
        var (nonce, refusal) = await _json.PostAsync(StrictJson.Text(metadata["nonce_endpoint"]) ?? "", [], null, ct);
        if (StrictJson.Text(nonce?["c_nonce"]) is not { } challenge) return (null, refusal ?? new("malformed", "The nonce answer holds no nonce."));
        var proofs = new JsonArray([.. keys.Select(key => (JsonNode)Proof(key, issuer, challenge))]);
        var request = new JsonObject { ["credential_configuration_id"] = id, ["proofs"] = new JsonObject { ["jwt"] = proofs } };
        (var response, refusal) = await _json.PostAsync(StrictJson.Text(metadata["credential_endpoint"]) ?? "", request, bearer, ct);
        if (response is null) return (null, refusal);
        var texts = (response["credentials"] as JsonArray)?.Select(c => StrictJson.Text((c as JsonObject)?["credential"])).ToList();
        if (texts is null || texts.Count == 0 || texts.Count > keys.Count || texts.Contains(null)) return (null, new("malformed", "The answer does not hold the credentials that were asked for."));
        return (texts!, null);
    }

    // Appendix F.1: key proof of type jwt.
    private string Proof(Es256Key key, string issuer, string nonce) => Jws.Sign(
        new JsonObject { ["typ"] = "openid4vci-proof+jwt", ["alg"] = key.Algorithm, ["jwk"] = key.PublicKey.ToJson() },
        new JsonObject { ["aud"] = issuer, ["iat"] = clock.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = nonce },
        key);

    // Before anything is kept: signed by the key it names, for our key, of the type that was offered.
    private HolderRefusal? AddSdJwt(string text, string issuer, JsonObject configuration, List<Es256Key> keys, List<CredentialCopy> held)
    {
        if (!SdJwtVc.TryParse(text, out var credential, out var reason)) return new("malformed", reason);
        if (credential.Document.KeyBindingJwt is not null) return new("malformed", "The credential comes with a key binding that is not ours.");
        if (credential.Issuer != issuer) return new("issuer_mismatch", "The credential is by another issuer.");
        if (credential.Vct != StrictJson.Text(configuration["vct"])) return new("type_mismatch", "The credential is of another type.");
        if (credential.HolderKey is not { } holder || keys.Find(k => k.PublicKey.SameKey(holder)) is not { } key)
            return new("foreign_key", "The credential is bound to another key.");
        if (held.Any(h => h.Vct == credential.Vct && h.Key == key)) return new("foreign_key", "Two copies are bound to one key.");
        if (credential.Expires <= clock.GetUtcNow()) return new("not_valid_now", "The credential has already ended.");
        if (!X5c.TryParse(credential.Document.Jwt.Header["x5c"], out var chain, out reason)) return new("malformed", reason);
        if (!X5c.TryLeafKey(chain[0], out var leaf)) return new("malformed", "The issuer's certificate holds no P-256 key.");
        if (!VerificationKey.TryImport(leaf, out var issuerKey, out reason)) return new("malformed", reason);
        using (issuerKey)
            if (!credential.Document.Jwt.Verify(issuerKey)) return new("bad_signature", "The issuer's signature does not hold.");
        held.Add(new CredentialCopy(issuer, credential.Vct, key, text, leaf, null));
        return null;
    }

    private static HolderRefusal? AddCompact(string text, List<CredentialCopy> held)
    {
        if (!Base64Url.TryDecode(text, out var bytes) || !CompactCredential.TryDecode(bytes, out var compact, out _)) return new("malformed", "The compact credential cannot be read.");
        var at = held.FindIndex(h => h.Vct == compact!.Issuer.Type && h.Key.PublicKey.Compressed().AsSpan().SequenceEqual(compact.Issuer.Holder));
        if (at < 0) return new("foreign_key", "The compact credential is bound to another key.");
        if (held[at].Compact is not null) return new("foreign_key", "Two compact credentials are bound to one key.");
        if (!SaysTheSame(compact!, held[at])) return new("malformed", "The compact credential says something else than the credential.");
        if (!VerificationKey.TryImport(held[at].IssuerKey, out var issuerKey, out var reason)) return new("malformed", reason);
        using (issuerKey)
            if (!compact!.Issuer.Verify(issuerKey)) return new("bad_signature", "The issuer's signature does not hold.");
        held[at] = held[at] with { Compact = compact };
        return null;
    }

    private static bool SaysTheSame(CompactCredential compact, CredentialCopy copy) =>
        TypeDefinition.Find(copy.Vct) is { } type && SdJwtVc.TryParse(copy.SdJwt, out var credential, out _)
        && compact.Leaves.All(leaf => type.Claim(leaf.Key) is { } claim && JsonNode.DeepEquals(leaf.ToJson(), credential.Claims[claim.Name]));

    private async Task<(CredentialOffer? Offer, HolderRefusal? Refusal)> ReadOfferAsync(string link, CancellationToken ct)
    {
        if (!CredentialOffer.TryReadLink(link, out var json, out var uri)) return (null, new("invalid_offer", "The link holds no offer, or two."));
        if (uri is not null)
        {
            var (fetched, refusal) = await _json.GetAsync(uri, ct);
            if (fetched is null) return (null, refusal);
            json = fetched.ToJsonString();
        }
        return CredentialOffer.TryParse(json!, out var offer, out var reason) ? (offer, null) : (null, new("invalid_offer", reason));
    }

    private static IEnumerable<(string Id, JsonObject Configuration)> Offered(CredentialOffer offer, JsonObject metadata) =>
        from id in offer.ConfigurationIds
        let configuration = (metadata["credential_configurations_supported"] as JsonObject)?[id] as JsonObject
        where Format(configuration) is "dc+sd-jwt" or CompactFormat
        select (id, configuration);

    private static string? Format(JsonObject? configuration) => StrictJson.Text(configuration?["format"]);

    // Section 12.2.2 and RFC 8414: the well-known part goes between host and path.
    private static string WellKnown(string issuer, string name) =>
        Uri.TryCreate(issuer, UriKind.Absolute, out var uri)
            ? $"{uri.GetLeftPart(UriPartial.Authority)}/.well-known/{name}{uri.AbsolutePath.TrimEnd('/')}"
            : "";

    private static Reception Refuse(string code, string reason) => new Reception.Refused(new HolderRefusal(code, reason));
}
