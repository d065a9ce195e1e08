using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Hosting;

namespace Identity.Wallet.Holder;

/// <summary>What became of receiving.</summary>
public abstract record Reception
{
    private Reception() { }

    /// <summary>All copies arrived and each was checked.</summary>
    public sealed record Received(IReadOnlyList<CredentialCopy> Copies) : Reception
    {
        /// <summary>What can be printed, one for each type whose issuer gives one.</summary>
        public IReadOnlyList<CompactPaper> Papers { get; init; } = [];

        /// <summary>Fetches more copies later, without the person; null where the issuer gives nothing for that, or the tokens were not bound to a key.</summary>
        public MoreCopies? More { get; init; }
    }

    /// <summary>Somebody at the issuer has to agree first. Ask again after the interval, with <see cref="ReceiveCredentials.AskAgainAsync"/>.</summary>
    public sealed record Deferred(WaitingCredentials Waiting) : Reception;

    /// <summary>Nothing was kept.</summary>
    public sealed record Refused(HolderRefusal Why) : Reception;
}

/// <summary>Credentials that the issuer has put off, with all that is needed to ask again.</summary>
public sealed class WaitingCredentials
{
    internal WaitingCredentials(IssuerSession session, Collecting collecting, IReadOnlyList<(string ConfigurationId, string TransactionId)> transactions, TimeSpan interval) =>
        (Session, Collecting, Transactions, Interval) = (session, collecting, transactions, interval);

    /// <summary>How long to wait before asking again.</summary>
    public TimeSpan Interval { get; }

    internal IssuerSession Session { get; }

    internal Collecting Collecting { get; }

    internal IReadOnlyList<(string ConfigurationId, string TransactionId)> Transactions { get; }
}

/// <summary>What fetches more copies of a credential: a refresh token under the DPoP key of its session.</summary>
public sealed class MoreCopies
{
    internal MoreCopies(IssuerSession session, string? clientId) => (Session, ClientId) = (session, clientId);

    internal IssuerSession Session { get; }

    internal string? ClientId { get; }
}

/// <summary>The keys of one collection, what has been checked so far, and how the issuer names each answer.</summary>
internal sealed record Collecting(IReadOnlyList<ISigner> Keys, List<CredentialCopy> Held, List<string> Notifications, string? ClientId)
{
    public List<CompactPaper> Papers { get; } = [];
}

/// <summary>A code flow that waits for its browser: open <see cref="Page"/>, and finish with the address that the browser comes back to.</summary>
public sealed class AuthorizationStep
{
    internal AuthorizationStep(IssuerSession session, Uri page, string clientId, string redirectUri, string verifier, string state) =>
        (Session, Page, ClientId, RedirectUri, Verifier, State) = (session, page, clientId, redirectUri, verifier, state);

    /// <summary>The organisation's page for the browser.</summary>
    public Uri Page { get; }

    internal IssuerSession Session { get; }

    internal string ClientId { get; }

    internal string RedirectUri { get; }

    internal string Verifier { get; }

    internal string State { get; }
}

/// <summary>
/// The wallet's side of OpenID4VCI 1.0: with a pre-authorized code, or by the organisation's page (PAR, PKCE, DPoP); nonce, one proof for each copy, the
/// checks before anything is kept, and the notice to the issuer. The same keys then fetch the compact form.
/// </summary>
public sealed class ReceiveCredentials(OutboundFetch fetch, TimeProvider clock)
{
    private const string CompactFormat = "identity-compact", PaperFormat = "identity-compact-paper";
    private readonly HolderJson _json = new(fetch);
    private readonly StatusAtReceipt _status = new(fetch, clock);

    /// <summary>Redeems an offer for <paramref name="copies"/> one-time copies, each under a new key.</summary>
    public Task<Reception> FromOfferAsync(string link, string? txCode, int copies, CancellationToken ct) => FromOfferAsync(link, txCode, new ReceiveOptions { Copies = copies }, ct);

    /// <summary>Redeems an offer with its pre-authorized code.</summary>
    public async Task<Reception> FromOfferAsync(string link, string? txCode, ReceiveOptions options, CancellationToken ct)
    {
        var (session, refusal) = await OpenAsync(link, options, ct);
        if (session is null) return new Reception.Refused(refusal!);
        if (session.Offer.PreAuthorizedCode is not { } code) return Refuse("authorization_needed", "This offer is collected on the organisation's own page: open it there.");

        var form = new Dictionary<string, string> { ["grant_type"] = "urn:ietf:params:oauth:grant-type:pre-authorized_code", ["pre-authorized_code"] = code };
        if (session.Offer.TxCodeLength is not null) form["tx_code"] = txCode ?? "";
        if (options.ByDetails) form["authorization_details"] = Details(session).ToJsonString();
        return await session.TokenAsync(form, ct) is { } refused ? new Reception.Refused(refused) : await CollectAsync(session, null, ct);
    }

    /// <summary>Begins the code flow: pushes the request (RFC 9126) with PKCE, and names the page to open.</summary>
    public async Task<(AuthorizationStep? Step, HolderRefusal? Refusal)> BeginAsync(string link, string clientId, string redirectUri, ReceiveOptions options, CancellationToken ct)
    {
        var (session, refusal) = await OpenAsync(link, options, ct);
        if (session is null) return (null, refusal);
        if (!session.Offer.ByPage) return (null, new("unsupported_grant_type", "This offer has no page of the organisation."));
        var (verifier, state) = (Base64Url.Encode(RandomNumberGenerator.GetBytes(32)), Base64Url.Encode(RandomNumberGenerator.GetBytes(16)));
        var form = new Dictionary<string, string>
        {
            ["response_type"] = "code", ["client_id"] = clientId, ["redirect_uri"] = redirectUri, ["state"] = state,
            ["code_challenge"] = Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))), ["code_challenge_method"] = "S256",
        };
        if (session.Offer.IssuerState is { } issuerState) form["issuer_state"] = issuerState;
        if (session.DpopThumbprint is { } key) form["dpop_jkt"] = key;
        if (options.ByDetails) form["authorization_details"] = Details(session).ToJsonString();
        else form["scope"] = string.Join(' ', Offered(session).Select(c => StrictJson.Text(c.Configuration["scope"]) ?? c.Id));

        (var pushed, refusal) = await session.FormAsync("pushed_authorization_request_endpoint", form, ct);
        if (StrictJson.Text(pushed?["request_uri"]) is not { } requestUri) return (null, refusal ?? new("malformed", "The answer names no request."));
        var page = $"{StrictJson.Text(session.Server["authorization_endpoint"])}?client_id={Uri.EscapeDataString(clientId)}&request_uri={Uri.EscapeDataString(requestUri)}";
        return Uri.TryCreate(page, UriKind.Absolute, out var uri) && fetch.IsAllowed(uri, out _)
            ? (new AuthorizationStep(session, uri, clientId, redirectUri, verifier, state), null)
            : (null, new("unreachable", "The organisation's page has no address that can be opened."));
    }

    /// <summary>Finishes the code flow with the address that the browser came back to.</summary>
    public async Task<Reception> FinishAsync(AuthorizationStep step, string callback, CancellationToken ct)
    {
        if (!callback.StartsWith(step.RedirectUri, StringComparison.Ordinal)) return Refuse("malformed", "The browser came back to another address.");
        var answer = LinkParameters.Read(callback);
        if (answer.GetValueOrDefault("state") != step.State) return Refuse("malformed", "The answer belongs to another request.");
        // RFC 9207: whose answer it is, before anything in it is used.
        if (answer.GetValueOrDefault("iss") != step.Session.Offer.Issuer) return Refuse("issuer_mismatch", "The answer is by another issuer.");
        if (answer.GetValueOrDefault("error") is { } error) return Refuse(error, answer.GetValueOrDefault("error_description") ?? "The organisation's page ended without a yes.");
        if (answer.GetValueOrDefault("code") is not { } code) return Refuse("malformed", "The answer holds no code.");

        var refused = await step.Session.TokenAsync(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["client_id"] = step.ClientId, ["redirect_uri"] = step.RedirectUri, ["code_verifier"] = step.Verifier,
        }, ct);
        return refused is null ? await CollectAsync(step.Session, step.ClientId, ct) : new Reception.Refused(refused);
    }

    /// <summary>Fetches more copies, each under a new key; nobody is asked. The paper stays as it is.</summary>
    public async Task<Reception> TopUpAsync(MoreCopies more, CancellationToken ct) =>
        await more.Session.RefreshAsync(more.ClientId, ct) is { } ended ? new Reception.Refused(ended) : await CollectAsync(more.Session, more.ClientId, ct, papers: false);

    /// <summary>Asks for credentials that were put off.</summary>
    public async Task<Reception> AskAgainAsync(WaitingCredentials waiting, CancellationToken ct)
    {
        var (session, collecting) = (waiting.Session, waiting.Collecting);
        var still = new List<(string, string)>();
        foreach (var (id, transaction) in waiting.Transactions)
        {
            var (json, refusal) = await session.AskAsync("deferred_credential_endpoint", new JsonObject { ["transaction_id"] = transaction }, encryptable: true, ct);
            if (refusal?.Code == "invalid_token")
            {
                if (await session.RefreshAsync(collecting.ClientId, ct) is { } ended) return new Reception.Refused(ended);
                (json, refusal) = await session.AskAsync("deferred_credential_endpoint", new JsonObject { ["transaction_id"] = transaction }, encryptable: true, ct);
            }
            if (json is null && IsPaper(session, id)) continue;
            if (json is null) return new Reception.Refused(refusal!);
            if (StrictJson.Text(json["transaction_id"]) is { } same)
            {
                // 9.2: the same name again, or the answer is not to our question.
                if (same != transaction) return Refuse("malformed", "The issuer answers about another transaction.");
                still.Add((id, transaction));
            }
            else if (Keep(session, collecting, id, json) is { } refused) return await FailAsync(session, collecting, refused, ct);
        }
        return still.Count > 0 ? new Reception.Deferred(new WaitingCredentials(session, collecting, still, waiting.Interval)) : await DoneAsync(session, collecting, ct);
    }

    private async Task<Reception> CollectAsync(IssuerSession session, string? clientId, CancellationToken ct, bool papers = true)
    {
        var collecting = new Collecting([.. Enumerable.Range(0, session.Options.Copies).Select(_ => session.Options.NewKey())], [], [], clientId);
        var waiting = new List<(string, string)>();
        var interval = TimeSpan.Zero;
        foreach (var (id, _) in Offered(session).Where(offered => papers || !IsPaper(session, offered.Id)))
        {
            var (json, refusal) = await RequestAsync(session, id, IsPaper(session, id) ? [] : collecting.Keys, ct);
            // Not every credential fits a paper: without one it is whole, too.
            if (json is null && IsPaper(session, id)) continue;
            if (json is null) return await FailAsync(session, collecting, refusal!, ct);
            if (StrictJson.Text(json["transaction_id"]) is { } transaction)
            {
                waiting.Add((id, transaction));
                interval = TimeSpan.FromSeconds(Math.Clamp(StrictJson.Integer(json["interval"]) ?? 60, 1, 86_400));
            }
            else if (Keep(session, collecting, id, json) is { } refused) return await FailAsync(session, collecting, refused, ct);
        }
        return waiting.Count > 0 ? new Reception.Deferred(new WaitingCredentials(session, collecting, waiting, interval)) : await DoneAsync(session, collecting, ct);
    }

    private async Task<Reception> DoneAsync(IssuerSession session, Collecting collecting, CancellationToken ct)
    {
        if (collecting.Held.Count == 0) return Refuse("unsupported_credential_format", "The offer holds nothing that this wallet can keep.");
        if (await _status.CheckAsync(collecting.Held, ct) is { } withdrawn) return await FailAsync(session, collecting, withdrawn, ct);
        await NotifyAsync(session, collecting, "credential_accepted", ct);
        return new Reception.Received(collecting.Held) { Papers = collecting.Papers, More = session.CanRefresh ? new MoreCopies(session, collecting.ClientId) : null };
    }

    private async Task<Reception> FailAsync(IssuerSession session, Collecting collecting, HolderRefusal why, CancellationToken ct)
    {
        await NotifyAsync(session, collecting, "credential_failure", ct);
        return new Reception.Refused(why);
    }

    // 11: the issuer may be told; whether it hears it changes nothing for the holder.
    private static async Task NotifyAsync(IssuerSession session, Collecting collecting, string happened, CancellationToken ct)
    {
        if (StrictJson.Text(session.Metadata["notification_endpoint"]) is null) return;
        foreach (var id in collecting.Notifications) await session.AskAsync("notification_endpoint", new JsonObject { ["notification_id"] = id, ["event"] = happened }, encryptable: false, ct);
    }

    private async Task<(JsonObject? Json, HolderRefusal? Refusal)> RequestAsync(IssuerSession session, string id, IReadOnlyList<ISigner> keys, CancellationToken ct)
    {
        if (session.NameOf(id) is not var (member, value)) return (null, new("malformed", "The token answer does not name what was asked for."));
        // What is bound to no key is asked for without proofs.
        if (keys.Count == 0) return await session.AskAsync("credential_endpoint", new JsonObject { [member] = value }, encryptable: true, ct);
        var (nonce, refusal) = await session.NonceAsync(ct);
        if (nonce is null) return (null, refusal);
        var proofs = new JsonArray([.. keys.Select(key => (JsonNode)Proof(key, session.Options.Naming, session.Offer.Issuer, nonce))]);
        return await session.AskAsync("credential_endpoint", new JsonObject { [member] = value, ["proofs"] = new JsonObject { ["jwt"] = proofs } }, encryptable: true, ct);
    }

    private HolderRefusal? Keep(IssuerSession session, Collecting collecting, string id, JsonObject answer)
    {
        if (StrictJson.Text(answer["notification_id"]) is { } notification) collecting.Notifications.Add(notification);
        var texts = (answer["credentials"] as JsonArray)?.Select(c => StrictJson.Text((c as JsonObject)?["credential"])).ToList();
        if (texts is null || texts.Count == 0 || texts.Count > (IsPaper(session, id) ? 1 : collecting.Keys.Count) || texts.Contains(null)) return new("malformed", "The answer does not hold the credentials that were asked for.");
        var configuration = (JsonObject)session.Metadata["credential_configurations_supported"]![id]!;
        return texts.Select(text => Format(configuration) switch
        {
            CompactFormat => CheckReceived.AddCompact(text!, collecting.Held),
            PaperFormat => CheckReceived.AddPaper(text!, collecting.Held, collecting.Papers),
            _ => CheckReceived.AddSdJwt(text!, session.Offer.Issuer, configuration, collecting.Keys, collecting.Held, clock.GetUtcNow()),
        }).FirstOrDefault(refusal => refusal is not null);
    }

    // Appendix F.1: key proof of type jwt.
    private string Proof(ISigner key, KeyNaming naming, string issuer, string nonce)
    {
        var header = new JsonObject { ["typ"] = "openid4vci-proof+jwt", ["alg"] = key.Algorithm };
        if (naming is KeyNaming.Jwk) header["jwk"] = key.PublicKey.ToJson();
        else header["kid"] = naming is KeyNaming.DidJwk ? DidKey.OfJwk(key.PublicKey) : DidKey.OfKey(key.PublicKey);
        return Jws.Sign(header, new JsonObject { ["aud"] = issuer, ["iat"] = clock.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = nonce }, key);
    }

    private async Task<(IssuerSession? Session, HolderRefusal? Refusal)> OpenAsync(string link, ReceiveOptions options, CancellationToken ct)
    {
        var (offer, refusal) = await ReadOfferAsync(link, ct);
        if (offer is null) return (null, refusal);
        (var metadata, refusal) = await _json.GetAsync(WellKnown(offer.Issuer, "openid-credential-issuer"), ct);
        if (metadata is null) return (null, refusal);
        // Section 12.2.3: the identifier must be the very one asked for, byte for byte.
        if (StrictJson.Text(metadata["credential_issuer"]) != offer.Issuer) return (null, new("issuer_mismatch", "The metadata belong to another issuer."));
        (var server, refusal) = await _json.GetAsync(WellKnown(offer.Issuer, "oauth-authorization-server"), ct);
        if (server is null) return (null, refusal);
        // RFC 8414 section 3.3.
        if (StrictJson.Text(server["issuer"]) != offer.Issuer) return (null, new("issuer_mismatch", "The authorization server is another's."));
        return (new IssuerSession(fetch, clock, offer, metadata, server, options), null);
    }

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

    private static JsonArray Details(IssuerSession session) =>
        new([.. Offered(session).Select(c => new JsonObject { ["type"] = "openid_credential", ["credential_configuration_id"] = c.Id })]);

    // The SD-JWT VCs first: their certificate names the key that must have signed the compact forms and the paper too.
    private static IEnumerable<(string Id, JsonObject Configuration)> Offered(IssuerSession session)
    {
        var algorithm = session.Options.Algorithm;
        return [.. from id in session.Offer.ConfigurationIds
                   let configuration = (session.Metadata["credential_configurations_supported"] as JsonObject)?[id] as JsonObject
                   where Format(configuration) is "dc+sd-jwt" or CompactFormat or PaperFormat
                   where configuration["proof_types_supported"]?["jwt"]?["proof_signing_alg_values_supported"] is not JsonArray algorithms || algorithms.Select(StrictJson.Text).Contains(algorithm)
                   orderby Format(configuration) switch { "dc+sd-jwt" => 0, CompactFormat => 1, _ => 2 }
                   select (id, configuration)];
    }

    private static bool IsPaper(IssuerSession session, string id) => Format(session.Metadata["credential_configurations_supported"]?[id] as JsonObject) == PaperFormat;

    private static string? Format(JsonObject? configuration) => StrictJson.Text(configuration?["format"]);

    // Section 12.2.2 and RFC 8414: the well-known part goes between host and path.
    private static string WellKnown(string issuer, string name) =>
        Uri.TryCreate(issuer, UriKind.Absolute, out var uri)
            ? $"{uri.GetLeftPart(UriPartial.Authority)}/.well-known/{name}{uri.AbsolutePath.TrimEnd('/')}"
            : "";

    private static Reception Refuse(string code, string reason) => new Reception.Refused(new HolderRefusal(code, reason));
}
