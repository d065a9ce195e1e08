using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.StatusList;

/// <summary>Status types every list knows; an application may define others.</summary>
public enum StatusValue
{
    /// <summary>In force.</summary>
    Valid = 0,

    /// <summary>Ended for good.</summary>
    Invalid = 1,

    /// <summary>Out of force for now.</summary>
    Suspended = 2,
}

/// <summary>What a credential says about its status: the entry <paramref name="Index"/> of the list published at <paramref name="Uri"/>.</summary>
public sealed record StatusReference(string Uri, long Index)
{
    /// <summary>Reads the claim `status` with its `status_list`; false with a reason for negative, fractional or textual indices and URIs that are not http(s).</summary>
    public static bool TryParse(JsonNode? status, [NotNullWhen(true)] out StatusReference? reference, out string reason)
    {
        reference = null;
        if (status is not JsonObject members || members["status_list"] is not JsonObject list) { reason = "status has no status_list"; return false; }
        if (StrictJson.Integer(list["idx"]) is not { } index || index is < 0 or > int.MaxValue) { reason = "status idx is not a whole number from 0"; return false; }
        if (StrictJson.Text(list["uri"]) is not { Length: <= 2_000 } uri || !System.Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
            || parsed.Scheme is not ("https" or "http"))
        {
            reason = "status uri is not a web address";
            return false;
        }
        reference = new StatusReference(uri, index);
        reason = "";
        return true;
    }

    /// <summary>The claim `status`.</summary>
    public JsonObject ToJson() => new() { ["status_list"] = new JsonObject { ["idx"] = Index, ["uri"] = Uri } };
}

/// <summary>A status list as published (draft-ietf-oauth-status-list-21 §5.1): read, not yet believed; <see cref="Jws.Verify"/> decides that.</summary>
/// <param name="Uri">`sub`: where the list is published; must equal the credential's own `uri`.</param>
/// <param name="IssuedAt">`iat`.</param>
/// <param name="Expires">`exp`, or null when the list names none.</param>
/// <param name="TimeToLive">`ttl`: how long a copy may be used without asking again, or null.</param>
/// <param name="List">The entries.</param>
/// <param name="Jws">The token itself.</param>
public sealed record StatusListToken(
    string Uri, DateTimeOffset IssuedAt, DateTimeOffset? Expires, TimeSpan? TimeToLive, StatusArray List, Jws Jws)
{
    /// <summary>The media type, and with "application/" left out the `typ`.</summary>
    public const string MediaType = "application/statuslist+jwt";

    private const string Typ = "statuslist+jwt";

    /// <summary>More entries than this are refused unless the caller allows more: 2^22, 1 MB of two-bit entries.</summary>
    public const int MaxEntries = 1 << 22;

    /// <summary>Signs a list. `kid` is the signer's thumbprint.</summary>
    /// <param name="uri">Where it will be published.</param>
    /// <param name="issuedAt">Now.</param>
    /// <param name="expires">After this nobody may rely on it; null where only its age counts.</param>
    /// <param name="timeToLive">How long a copy may be kept without asking again.</param>
    /// <param name="list">The entries.</param>
    /// <param name="signer">The key the credentials themselves were signed with.</param>
    /// <param name="x5c">The header's certificate chain, when there is one.</param>
    public static string Sign(
        string uri, DateTimeOffset issuedAt, DateTimeOffset? expires, TimeSpan? timeToLive, StatusArray list, ISigner signer, JsonArray? x5c = null)
    {
        var header = new JsonObject { ["typ"] = Typ, ["kid"] = signer.PublicKey.ThumbprintText() };
        if (x5c is not null) header["x5c"] = x5c.DeepClone();
        var payload = new JsonObject { ["sub"] = uri, ["iat"] = issuedAt.ToUnixTimeSeconds() };
        if (expires is { } end) payload["exp"] = end.ToUnixTimeSeconds();
        if (timeToLive is { } ttl) payload["ttl"] = (long)ttl.TotalSeconds;
        payload["status_list"] = new JsonObject { ["bits"] = list.Bits, ["lst"] = list.Encode() };
        return Jws.Sign(header, payload, signer);
    }

    /// <summary>Takes a token apart; false with a reason for a wrong `typ`, missing or misshapen claims, or a list that is damaged or too long.</summary>
    public static bool TryParse([NotNullWhen(true)] string? jwt, [NotNullWhen(true)] out StatusListToken? token, out string reason, int maxEntries = MaxEntries)
    {
        token = null;
        if (!Jws.TryParse(jwt, out var jws, out reason)) return false;
        if (jws.Type != Typ) return Refuse("status list typ is not statuslist+jwt", out reason);
        if (StrictJson.Text(jws.Payload["sub"]) is not { Length: > 0 } uri) return Refuse("status list has no sub", out reason);
        if (StrictJson.Time(jws.Payload["iat"]) is not { } issuedAt) return Refuse("status list has no iat", out reason);
        var expires = StrictJson.Time(jws.Payload["exp"]);
        if (expires is null && jws.Payload.ContainsKey("exp")) return Refuse("status list exp is not a time", out reason);
        var ttl = StrictJson.Integer(jws.Payload["ttl"]);
        if (jws.Payload.ContainsKey("ttl") && ttl is not (> 0 and <= uint.MaxValue)) return Refuse("status list ttl is not a positive number", out reason);
        if (jws.Payload["status_list"] is not JsonObject inner) return Refuse("status list is missing", out reason);
        if (StrictJson.Integer(inner["bits"]) is not { } bits || bits is not (1 or 2 or 4 or 8)) return Refuse("status list bits are not 1, 2, 4 or 8", out reason);
        if (!StatusArray.TryDecode(StrictJson.Text(inner["lst"]), (int)bits, maxEntries, out var list, out reason)) return false;

        token = new StatusListToken(uri, issuedAt, expires, ttl is { } seconds ? TimeSpan.FromSeconds(seconds) : null, list, jws);
        return true;
    }

    /// <summary>
    /// The status of an entry as of now; false with a machine code (`status_uri`, `status_range`, `status_expired`, `status_future`) when this list cannot say.
    /// The signature is the caller's to check first. Only 0 means in force: 1, 2 and every unknown value do not.
    /// </summary>
    public bool TryRead(StatusReference reference, DateTimeOffset now, TimeSpan skew, out byte value, out string reason)
    {
        value = 0;
        if (!string.Equals(Uri, reference.Uri, StringComparison.Ordinal)) return Refuse("status_uri", out reason);
        if (IssuedAt > now + skew) return Refuse("status_future", out reason);
        if (Expires is { } end && now - skew >= end) return Refuse("status_expired", out reason);
        if (!List.TryGet(reference.Index, out value)) return Refuse("status_range", out reason);
        reason = "";
        return true;
    }

    /// <summary>Until when a copy fetched at a time may be used without asking again: `ttl` and `exp`, whichever ends first, but never past the given most and never before the least.</summary>
    public DateTimeOffset FreshUntil(DateTimeOffset fetchedAt, TimeSpan least, TimeSpan most)
    {
        var span = TimeToLive ?? most;
        span = span < least ? least : span > most ? most : span;
        var until = fetchedAt + span;
        return Expires is { } end && end < until ? end : until;
    }

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
