using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Contracts;

/// <summary>A record with what proves it: salt, its own key and the consent by that key.</summary>
/// <param name="Record">The terms.</param>
/// <param name="Salt">32 bytes.</param>
/// <param name="Key">The record's public key.</param>
/// <param name="Consent">The signed consent.</param>
public sealed record ShownContract(ContractRecord Record, byte[] Salt, Jwk Key, string Consent)
{
    /// <summary>What must stand in the log, if the record is as it was when it was anchored.</summary>
    public byte[] Commitment { get; } = Record.Commitment(Salt, Key);

    /// <summary>As JSON.</summary>
    public JsonObject ToJson() => new() { ["record"] = Record.ToJson(), ["salt"] = Base64Url.Encode(Salt), ["key"] = Key.ToJson(), ["consent"] = Consent };

    /// <summary>Reads one; false with a reason.</summary>
    public static bool TryRead(JsonNode? json, [NotNullWhen(true)] out ShownContract? shown, out string reason)
    {
        shown = null;
        reason = "bundle_malformed";
        if (json is not JsonObject members || !ContractRecord.TryRead(members["record"] as JsonObject, out var record, out _)) return false;
        if (!Base64Url.TryDecode(StrictJson.Text(members["salt"]), out var salt) || salt.Length != ContractRecord.SaltSize) return false;
        if (!Jwk.TryParse(members["key"], out var key, out _) || key.Kty != "EC" || StrictJson.Text(members["consent"]) is not { } consent) return false;
        shown = new ShownContract(record, salt, key, consent);
        reason = "";
        return true;
    }
}

/// <summary>What one worker shows to one engagement: one to eight versions under one consent.</summary>
/// <param name="Records">The versions.</param>
public sealed record ContractBundle(IReadOnlyList<ShownContract> Records)
{
    /// <summary>Value of the member <c>format</c>.</summary>
    public const string Format = "identity-contract-bundle-1";

    /// <summary>Most versions in a bundle.</summary>
    public const int MaxRecords = 8;

    /// <summary>Most bytes of a bundle's JSON.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>As JSON, ready to be encrypted.</summary>
    public JsonObject ToJson() => new() { ["format"] = Format, ["records"] = new JsonArray([.. Records.Select(r => (JsonNode)r.ToJson())]) };

    /// <summary>Reads a bundle; false with <c>bundle_malformed</c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ContractBundle? bundle, out string reason)
    {
        bundle = null;
        reason = "bundle_malformed";
        if (utf8.Length > MaxBytes || !StrictJson.TryParseObject(utf8, out var json, out _, maxDepth: 8)) return false;
        if (StrictJson.Text(json["format"]) != Format || json["records"] is not JsonArray { Count: > 0 and <= MaxRecords } list) return false;
        var records = new List<ShownContract>();
        foreach (var node in list)
        {
            if (!ShownContract.TryRead(node, out var shown, out reason)) return false;
            records.Add(shown);
        }
        bundle = new ContractBundle(records);
        reason = "";
        return true;
    }

    /// <summary>
    /// Whether every record's own key consents to exactly these records, this engagement and its key; time is the caller's matter. Reasons: <c>consent_malformed
    /// consent_signature consent_differs consent_other_engagement</c>.
    /// </summary>
    public bool TryVerifyConsent(string engagement, string engagementKey, [NotNullWhen(true)] out ContractConsent? consent, out string reason)
    {
        consent = null;
        var commitments = Records.Select(r => Convert.ToHexStringLower(r.Commitment)).ToList();
        foreach (var record in Records)
        {
            if (!ContractConsent.TryVerify(record.Consent, record.Key, out var one, out reason)) return false;
            reason = "consent_other_engagement";
            if (one.Engagement != engagement || one.EngagementKey != engagementKey) return false;
            reason = "consent_differs";
            if (!one.Commitments.SequenceEqual(commitments)) return false;
            consent ??= one;
            if (one with { Commitments = consent.Commitments } != consent) return false;
        }
        reason = "";
        return consent is not null;
    }
}
