using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Contracts;

/// <summary>
/// What a worker agrees to: these records, to this engagement and its key, for this purpose, until then. A JWS (ES256) by the key of each record, so that
/// nobody but who recorded them can hand them on, and nobody can pass them to another engagement.
/// </summary>
/// <param name="Bundle">Random id of the bundle, 22 characters of base64url.</param>
/// <param name="Engagement">Address of the engagement.</param>
/// <param name="EngagementKey">Thumbprint of the engagement's encryption key.</param>
/// <param name="Purpose">What the worker was told.</param>
/// <param name="MadeAt">When.</param>
/// <param name="Until">From then on nobody may open it.</param>
/// <param name="Commitments">The records it covers, lower-case hexadecimal, in the bundle's order.</param>
public sealed record ContractConsent(string Bundle, string Engagement, string EngagementKey, string Purpose, DateTimeOffset MadeAt, DateTimeOffset Until, IReadOnlyList<string> Commitments)
{
    /// <summary><c>typ</c> of the JWS.</summary>
    public const string Typ = "identity-contract-consent+jwt";

    /// <summary>Signs with the key of one of the records.</summary>
    public string Sign(ISigner key) => Jws.Sign(new JsonObject { ["typ"] = Typ }, new JsonObject
    {
        ["jti"] = Bundle, ["aud"] = Engagement, ["engagement_key"] = EngagementKey, ["purpose"] = Purpose,
        ["iat"] = MadeAt.ToUnixTimeSeconds(), ["exp"] = Until.ToUnixTimeSeconds(), ["commitments"] = new JsonArray([.. Commitments.Select(c => (JsonNode)c)]),
    }, key);

    /// <summary>Reads and checks a consent; false with <c>consent_malformed</c> or <c>consent_signature</c>.</summary>
    public static bool TryVerify(string? text, Jwk key, [NotNullWhen(true)] out ContractConsent? consent, out string reason)
    {
        consent = null;
        reason = "consent_malformed";
        if (!Jws.TryParse(text, out var jws, out _) || jws.Type != Typ || jws.Algorithm != "ES256") return false;
        var said = jws.Payload;
        if (StrictJson.Text(said["jti"]) is not { Length: 22 } id || StrictJson.Text(said["aud"]) is not { } audience || StrictJson.Text(said["engagement_key"]) is not { } engagementKey
            || StrictJson.Text(said["purpose"]) is not { } purpose || StrictJson.Time(said["iat"]) is not { } made || StrictJson.Time(said["exp"]) is not { } until
            || said["commitments"] is not JsonArray { Count: > 0 and <= ContractBundle.MaxRecords } list)
        {
            return false;
        }
        var commitments = list.Select(StrictJson.Text).OfType<string>().ToList();
        if (commitments.Count != list.Count) return false;

        reason = "consent_signature";
        if (!VerificationKey.TryImport(key, out var verifier, out _)) return false;
        using (verifier)
            if (!jws.Verify(verifier)) return false;
        consent = new ContractConsent(id, audience, engagementKey, purpose, made, until, commitments);
        reason = "";
        return true;
    }
}
