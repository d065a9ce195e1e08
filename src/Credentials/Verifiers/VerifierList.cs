using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Verifiers;

/// <summary>
/// The signed list of registered verifiers that wallets carry: a JWT by an authority's own key. Wallets pin that key's thumbprint, take
/// a list only when its version is higher than the one they have, and call nobody registered by a list that has expired.
/// </summary>
/// <param name="Issuer">`iss`: the authority's issuer identifier.</param>
/// <param name="Authority">Its name, for people.</param>
/// <param name="Version">Only rises.</param>
/// <param name="IssuedAt">`iat`.</param>
/// <param name="Expires">`exp`.</param>
/// <param name="Verifiers">Those in force when it was signed.</param>
/// <param name="Contact">Whom people ask at the authority, or null.</param>
public sealed record VerifierList(string Issuer, string Authority, long Version, DateTimeOffset IssuedAt, DateTimeOffset Expires, IReadOnlyList<ListedVerifier> Verifiers, string? Contact = null)
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/verifier-list+jwt";

    /// <summary>The longest list that is read, in characters.</summary>
    public const int MaxLength = 1_000_000;

    private const string Typ = "verifier-list+jwt";

    /// <summary>Signs the list; the header carries the public key, which readers compare with the thumbprint they have pinned.</summary>
    public string Sign(ISigner signer)
    {
        var header = new JsonObject { ["typ"] = Typ, ["kid"] = signer.PublicKey.ThumbprintText(), ["jwk"] = signer.PublicKey.ToJson() };
        return Jws.Sign(header, ToJson(), signer);
    }

    /// <summary>The payload.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["iss"] = Issuer, ["authority"] = Authority };
        if (Contact is not null) json["contact"] = Contact;
        json["version"] = Version;
        json["iat"] = IssuedAt.ToUnixTimeSeconds();
        json["exp"] = Expires.ToUnixTimeSeconds();
        json["verifiers"] = new JsonArray([.. Verifiers.Select(verifier => (JsonNode)new JsonObject { ["until"] = verifier.Until.ToUnixTimeSeconds(), ["profile"] = verifier.Profile.ToJson() })]);
        return json;
    }

    /// <summary>Reads a list and verifies that one of the pinned keys signed it. Whether it has expired or is older than another is the reader's to judge.</summary>
    /// <param name="jwt">The list as served.</param>
    /// <param name="signers">Thumbprints of the keys that may sign it.</param>
    /// <param name="list">The list.</param>
    /// <param name="reason">Why not.</param>
    public static bool TryRead(string? jwt, IReadOnlyCollection<string> signers, [NotNullWhen(true)] out VerifierList? list, out string reason)
    {
        list = null;
        if (jwt is null or { Length: > MaxLength }) { reason = "the list is missing or too long"; return false; }
        if (!Jws.TryParse(jwt, out var jws, out reason)) return false;
        if (jws.Type != Typ) { reason = "the token is no list of verifiers"; return false; }
        if (!Jwk.TryParse(jws.Header["jwk"], out var jwk, out reason)) return false;
        if (!signers.Contains(jwk.ThumbprintText())) { reason = "the list is signed by a key that is not pinned"; return false; }
        if (!VerificationKey.TryImport(jwk, out var key, out reason)) return false;
        using (key)
        {
            if (!jws.Verify(key)) { reason = "the signature does not hold"; return false; }
        }
        return TryReadPayload(jws.Payload, out list, out reason);
    }

    /// <summary>Reads a payload whose signature somebody else has checked.</summary>
    public static bool TryReadPayload(JsonObject payload, [NotNullWhen(true)] out VerifierList? list, out string reason)
    {
        list = null;
        reason = "the list lacks iss, authority, version, iat, exp or verifiers";
        if (StrictJson.Text(payload["iss"]) is not { Length: > 0 } issuer || StrictJson.Text(payload["authority"]) is not { Length: > 0 and <= 200 } authority
            || StrictJson.Integer(payload["version"]) is not (>= 0 and <= 9_007_199_254_740_991 and var version)
            || StrictJson.Time(payload["iat"]) is not { } issuedAt || StrictJson.Time(payload["exp"]) is not { } expires
            || payload["verifiers"] is not JsonArray { Count: <= 10_000 } items) return false;
        var verifiers = new List<ListedVerifier>();
        foreach (var item in items)
        {
            reason = "a verifier lacks until or profile";
            if (item is not JsonObject entry || StrictJson.Time(entry["until"]) is not { } until) return false;
            if (!VerifierProfile.TryRead(entry["profile"], out var profile, out reason)) return false;
            verifiers.Add(new ListedVerifier(profile, until));
        }
        (list, reason) = (new VerifierList(issuer, authority, version, issuedAt, expires, verifiers, StrictJson.Text(payload["contact"])), "");
        return true;
    }
}

/// <summary>One verifier of the list.</summary>
/// <param name="Profile">What the authority vouches for.</param>
/// <param name="Until">The first second it no longer holds.</param>
public sealed record ListedVerifier(VerifierProfile Profile, DateTimeOffset Until);
