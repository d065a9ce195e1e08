using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Contracts;
using Identity.Credentials.Jose;
using Identity.Hosting;

namespace Identity.Wallet.Holder;

/// <summary>A version of a contract as the worker keeps it: terms, salt and the key that is used for nothing else.</summary>
public sealed record ContractCopy(ContractRecord Record, byte[] Salt, Es256Key Key)
{
    /// <summary>What is anchored.</summary>
    public byte[] Commitment { get; } = Record.Commitment(Salt, Key.PublicKey);

    /// <summary>A copy with a fresh salt and key.</summary>
    public static ContractCopy Of(ContractRecord record) => new(record, RandomNumberGenerator.GetBytes(ContractRecord.SaltSize), Es256Key.Create());
}

/// <summary>Who asks to see contracts, as read from the address in its link.</summary>
public sealed record EngagementOffer(string Address, string Auditor, string Purpose, IReadOnlyList<string> Sites, DateTimeOffset Until, Jwk Key);

/// <summary>What was shown, and the token with which it is taken back.</summary>
public sealed record ShownBundle(string Id, string Service, string Token);

/// <summary>The worker's side of Audit: record versions, show some of them to one engagement, take them back.</summary>
public sealed class KeepContracts(OutboundFetch fetch, TimeProvider clock)
{
    private readonly HolderJson _json = new(fetch);

    /// <summary>The signed request that records a version: commitment and stage, by the key made for this code.</summary>
    public static string RecordRequest(string service, string code, Es256Key enrolment, ContractCopy copy) => Jws.Sign(
        new JsonObject { ["typ"] = "identity-contract-record+jwt", ["jwk"] = enrolment.PublicKey.ToJson() },
        new JsonObject { ["aud"] = service, ["voucher"] = code, ["stage"] = copy.Record.Stage, ["commitment"] = Convert.ToHexStringLower(copy.Commitment) },
        enrolment);

    /// <summary>Records a version; null when it was stored.</summary>
    public async Task<HolderRefusal?> RecordAsync(string service, string code, Es256Key enrolment, ContractCopy copy, CancellationToken ct) =>
        (await _json.PostAsync($"{service}/api/records", new JsonObject { ["record"] = RecordRequest(service, code, enrolment, copy) }, null, ct)).Refusal;

    /// <summary>Reads who asks; the key must be the one that the link names.</summary>
    public async Task<(EngagementOffer? Offer, HolderRefusal? Refusal)> ReadAsync(string link, CancellationToken ct)
    {
        var parameters = LinkParameters.Read(link);
        if (!parameters.TryGetValue("at", out var address) || !parameters.TryGetValue("key", out var thumbprint)) return (null, new("invalid_request", "The link names no engagement."));
        var (json, refusal) = await _json.GetAsync(address, ct);
        return json is null ? (null, refusal) : Read(json, address, thumbprint);
    }

    /// <summary>The same from what the address answered.</summary>
    public static (EngagementOffer? Offer, HolderRefusal? Refusal) Read(JsonObject json, string address, string thumbprint)
    {
        if (!Jwk.TryParse(json["key"], out var key, out var reason) || key.ThumbprintText() != thumbprint) return (null, new("engagement_key", "The key is not the one that the link names."));
        if (StrictJson.Text(json["id"]) != address || StrictJson.Text(json["auditor"]) is not { } auditor || StrictJson.Text(json["purpose"]) is not { } purpose
            || !DateTimeOffset.TryParse(StrictJson.Text(json["until"]), System.Globalization.CultureInfo.InvariantCulture, out var until) || json["sites"] is not JsonArray sites)
        {
            return (null, new("malformed", "The engagement is not of a form that this wallet reads."));
        }
        return (new EngagementOffer(address, auditor, purpose, [.. sites.Select(s => StrictJson.Text((s as JsonObject)?["code"])).OfType<string>()], until, key), null);
    }

    /// <summary>The bundle for an engagement, encrypted to its key, as its address takes it; and what takes it back.</summary>
    public static (JsonObject Body, ShownBundle Shown) Bundle(EngagementOffer offer, IReadOnlyList<ContractCopy> copies, DateTimeOffset now, DateTimeOffset until)
    {
        var (id, token) = (Base64Url.Encode(RandomNumberGenerator.GetBytes(16)), Base64Url.Encode(RandomNumberGenerator.GetBytes(16)));
        var consent = new ContractConsent(id, offer.Address, offer.Key.ThumbprintText(), offer.Purpose, now, until, [.. copies.Select(c => Convert.ToHexStringLower(c.Commitment))]);
        var bundle = new ContractBundle([.. copies.Select(c => new ShownContract(c.Record, c.Salt, c.Key.PublicKey, consent.Sign(c.Key)))]);
        return (Envelope(offer, id, token, bundle), new ShownBundle(id, offer.Address[..offer.Address.IndexOf("/api/", StringComparison.Ordinal)], token));
    }

    /// <summary>Encrypts a bundle.</summary>
    internal static JsonObject Envelope(EngagementOffer offer, string id, string token, ContractBundle bundle) => new()
    {
        ["id"] = id,
        ["jwe"] = Jwe.Encrypt(Encoding.UTF8.GetBytes(bundle.ToJson().ToJsonString()), offer.Key, "A256GCM", RandomNumberGenerator.Fill),
        ["withdrawal"] = Base64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(token))),
    };

    /// <summary>Shows copies to an engagement until the engagement's end.</summary>
    public async Task<(ShownBundle? Shown, HolderRefusal? Refusal)> ShowAsync(EngagementOffer offer, IReadOnlyList<ContractCopy> copies, CancellationToken ct)
    {
        var (body, shown) = Bundle(offer, copies, clock.GetUtcNow(), offer.Until);
        var (json, refusal) = await _json.PostAsync($"{offer.Address}/bundles", body, null, ct);
        return json is null ? (null, refusal) : (shown, null);
    }

    /// <summary>Takes a bundle back; null when its content was deleted.</summary>
    public async Task<HolderRefusal?> WithdrawAsync(ShownBundle shown, CancellationToken ct) =>
        (await _json.PostAsync($"{shown.Service}/api/bundles/{shown.Id}/withdrawal", new JsonObject { ["token"] = shown.Token }, null, ct)).Refusal;
}
