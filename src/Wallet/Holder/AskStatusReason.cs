using System.Globalization;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Hosting;

namespace Identity.Wallet.Holder;

/// <summary>What the issuer tells the holder of a copy about it.</summary>
/// <param name="State">valid, suspended or revoked.</param>
/// <param name="Since">Since when, where it is not valid.</param>
/// <param name="Code">Why, as a code; null where it is valid.</param>
/// <param name="Text">Why, in words of the language asked for.</param>
/// <param name="Sentence">What the organisation added, in its own words.</param>
/// <param name="Replaced">A newer one took its place.</param>
/// <param name="Appeal">Whom to turn to and how.</param>
/// <param name="History">Who at the organisation did or read what, newest first.</param>
public sealed record StatusReason(
    string State, DateTimeOffset? Since, string? Code, string? Text, string? Sentence, bool Replaced, AppealContact Appeal, IReadOnlyList<RecordAccess> History);

/// <summary>Where somebody turns who does not agree.</summary>
public sealed record AppealContact(string Organisation, string? Contact, string? How, DateTimeOffset? Until);

/// <summary>One line of who looked at the record; <paramref name="Who"/> is a role and a number.</summary>
public sealed record RecordAccess(DateTimeOffset At, int Times, string Who, string Act, string What, string? Why);

/// <summary>
/// Asks the issuer why a copy is no longer good, proving with the copy's key that it is the holder who asks. The issuer learns that the
/// holder asked; so it is done only when the person wants to know, never by itself.
/// </summary>
public sealed class AskStatusReason(OutboundFetch fetch, TimeProvider clock)
{
    private readonly HolderJson _json = new(fetch);

    /// <summary>The answer, or why there is none.</summary>
    public async Task<(StatusReason? Reason, HolderRefusal? Refusal)> RunAsync(CredentialCopy copy, string language, CancellationToken ct)
    {
        var (nonce, refusal) = await _json.PostAsync($"{copy.Issuer}/nonce", [], null, ct);
        if (StrictJson.Text(nonce?["c_nonce"]) is not { } challenge) return (null, refusal ?? new("malformed", "The nonce answer holds no nonce."));
        var address = $"{copy.Issuer}/status-reason";
        var proof = Jws.Sign(
            new JsonObject { ["typ"] = "identity-status-request+jwt", ["alg"] = copy.Key.Algorithm, ["jwk"] = copy.Key.PublicKey.ToJson() },
            new JsonObject { ["aud"] = address, ["iat"] = clock.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = challenge },
            copy.Key);
        (var answer, refusal) = await _json.PostAsync(address, new JsonObject { ["proof"] = proof, ["language"] = language }, null, ct);
        if (answer is null) return (null, refusal);
        return StrictJson.Text(answer["state"]) is "valid" or "suspended" or "revoked" && answer["appeal"] is JsonObject appeal
            ? (Read(answer, appeal), null)
            : (null, new("malformed", "The answer does not say how the credential stands."));
    }

    private static StatusReason Read(JsonObject answer, JsonObject appeal)
    {
        var reason = answer["reason"] as JsonObject;
        var history = (answer["history"] as JsonArray ?? []).OfType<JsonObject>().Select(line => new RecordAccess(
            Time(line["at"]) ?? default, (int)(StrictJson.Integer(line["times"]) ?? 1), Text(line["who"]), Text(line["act"]), Text(line["what"]), StrictJson.Text(line["why"])));
        return new StatusReason(
            Text(answer["state"]), Time(answer["since"]), StrictJson.Text(reason?["code"]), StrictJson.Text(reason?["text"]), StrictJson.Text(reason?["sentence"]),
            answer["replaced"]?.GetValueKind() is System.Text.Json.JsonValueKind.True,
            new AppealContact(Text(appeal["organisation"]), StrictJson.Text(appeal["contact"]), StrictJson.Text(appeal["how"]), Time(appeal["until"])),
            [.. history]);
    }

    private static string Text(JsonNode? node) => StrictJson.Text(node) ?? "";

    private static DateTimeOffset? Time(JsonNode? node) =>
        DateTimeOffset.TryParseExact(StrictJson.Text(node), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
