using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Recovery;

/// <summary>
/// What a recovery service tells one issuer: two proofs were given for this tag, and the new wallet has this key. Moves nothing alone: where the sheet is one
/// of the proofs, the issuer also wants the secret that only the sheet gives, and always a signature by the new wallet's key.
/// </summary>
/// <param name="Issuer">`iss`: the recovery service.</param>
/// <param name="Audience">`aud`: the issuer identifier it is for.</param>
/// <param name="Id">`jti`: good once.</param>
/// <param name="Tag">What the issuer stored (<see cref="RecoveryCode.TagOf"/>), 43 characters.</param>
/// <param name="Proofs">One of <see cref="Accepted"/>.</param>
/// <param name="Started">When the second proof was given.</param>
/// <param name="Completed">When the time to object was over, or a desk had decided.</param>
/// <param name="Expires">`exp`.</param>
/// <param name="NewKey">`cnf.jkt`: thumbprint (RFC 7638) of the new wallet's key.</param>
/// <param name="Desk">The desk that looked at the person's document, or null.</param>
/// <param name="Mandate">The mandate under which it did, by which its log is found.</param>
/// <param name="Staff">Who of its staff, under the name that its log gives them; never their own.</param>
/// <param name="Document">What stood on the document, hashed; there wherever a desk is one of the proofs.</param>
public sealed record RecoveryAttestation(
    string Issuer, string Audience, string Id, string Tag, IReadOnlyList<string> Proofs, DateTimeOffset Started, DateTimeOffset Completed, DateTimeOffset Expires, string NewKey,
    string? Desk = null, string? Mandate = null, string? Staff = null, DocumentHashes? Document = null)
{
    /// <summary>`typ` of the header.</summary>
    public const string Typ = "identity-recovery+jwt";

    /// <summary>The time in which anybody who was told can object, where no desk took part.</summary>
    public static readonly TimeSpan CoolingOff = TimeSpan.FromDays(7);

    /// <summary>How long one is good: a wallet uses it in the next breath, and one that was handed out is not called back when the recovery is stopped.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>The pairs of proofs that count, in this order.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Accepted { get; } = [["sheet", "contact"], ["desk", "sheet"], ["desk", "contact"]];

    /// <summary>Whether a person at a desk decided.</summary>
    public bool ByDesk => Proofs.Contains("desk");

    /// <summary>Whether the secret of the sheet must come along.</summary>
    public bool BySheet => Proofs.Contains("sheet");

    /// <summary>Signs it; the header carries the key, which issuers compare with the thumbprints they trust.</summary>
    public string Sign(ISigner signer)
    {
        var payload = new JsonObject
        {
            ["iss"] = Issuer, ["aud"] = Audience, ["jti"] = Id, ["tag"] = Tag, ["proofs"] = new JsonArray([.. Proofs.Select(p => (JsonNode)JsonValue.Create(p))]),
            ["started"] = Started.ToUnixTimeSeconds(), ["completed"] = Completed.ToUnixTimeSeconds(), ["exp"] = Expires.ToUnixTimeSeconds(), ["cnf"] = new JsonObject { ["jkt"] = NewKey },
        };
        foreach (var (name, value) in new[] { ("desk", Desk), ("mandate", Mandate), ("staff", Staff) })
            if (value is not null) payload[name] = value;
        if (Document is not null) payload["document"] = Document.ToJson();
        return Jws.Sign(new JsonObject { ["typ"] = Typ, ["kid"] = signer.PublicKey.ThumbprintText(), ["jwk"] = signer.PublicKey.ToJson() }, payload, signer);
    }

    /// <summary>Reads one and verifies that a trusted key signed it in the name of its own service. For whom it is and whether it is still good is the issuer's to judge.</summary>
    /// <param name="jwt">As it came.</param>
    /// <param name="signersOf">Thumbprints of the keys of a service, none for an unknown one.</param>
    /// <param name="attestation">What it says.</param>
    /// <param name="reason">Why not, in English.</param>
    public static bool TryRead(string? jwt, Func<string, IReadOnlyCollection<string>> signersOf, [NotNullWhen(true)] out RecoveryAttestation? attestation, out string reason)
    {
        attestation = null;
        if (!Jws.TryParse(jwt, out var jws, out reason)) return false;
        if (jws.Type != Typ) { reason = "the token is no recovery attestation"; return false; }
        if (!Jwk.TryParse(jws.Header["jwk"], out var jwk, out reason)) return false;
        if (StrictJson.Text(jws.Payload["iss"]) is not { } service || !signersOf(service).Contains(jwk.ThumbprintText())) { reason = "the attestation is not of a trusted recovery service"; return false; }
        if (!VerificationKey.TryImport(jwk, out var key, out reason)) return false;
        using (key)
        {
            if (!jws.Verify(key)) { reason = "the signature does not hold"; return false; }
        }
        return TryReadPayload(jws.Payload, service, out attestation, out reason);
    }

    private static bool TryReadPayload(JsonObject payload, string service, [NotNullWhen(true)] out RecoveryAttestation? attestation, out string reason)
    {
        (attestation, reason) = (null, "the attestation lacks aud, jti, tag, started, completed, exp or cnf.jkt");
        if (StrictJson.Text(payload["aud"]) is not { } audience || StrictJson.Text(payload["jti"]) is not { Length: >= 16 and <= 100 } id
            || StrictJson.Text(payload["tag"]) is not { Length: 43 } tag || (payload["cnf"] as JsonObject)?["jkt"] is not { } jkt || StrictJson.Text(jkt) is not { Length: 43 } newKey
            || StrictJson.Time(payload["started"]) is not { } started || StrictJson.Time(payload["completed"]) is not { } completed || StrictJson.Time(payload["exp"]) is not { } expires) return false;
        reason = "the attestation's proofs are no pair that counts";
        if (payload["proofs"] is not JsonArray { Count: 2 } given || Accepted.FirstOrDefault(pair => pair.SequenceEqual(given.Select(StrictJson.Text))) is not { } proofs) return false;
        var document = DocumentHashes.Read(payload["document"]);
        reason = "a desk is one of the proofs, and the attestation does not say what it read";
        if (proofs.Contains("desk") != document is not null) return false;
        (attestation, reason) = (new RecoveryAttestation(service, audience, id, tag, proofs, started, completed, expires, newKey, Short("desk"), Short("mandate"), Short("staff"), document), "");
        return true;

        string? Short(string name) => payload[name] is { } value && StrictJson.Text(value) is { Length: > 0 and <= 100 } text ? text : null;
    }
}
