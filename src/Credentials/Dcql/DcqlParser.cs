using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;

namespace Identity.Credentials.Dcql;

/// <summary>Reads queries member by member, in the order of OpenID4VP 1.0 §6.</summary>
internal static class DcqlParser
{
    private const int MaxItems = 100;

    public static bool TryParse(JsonNode? json, [NotNullWhen(true)] out DcqlQuery? query, out string reason)
    {
        try
        {
            query = Query(Object(json, "dcql_query"));
            reason = "";
            return true;
        }
        catch (Refusal refusal)
        {
            query = null;
            reason = refusal.Message;
            return false;
        }
    }

    private static DcqlQuery Query(JsonObject json)
    {
        var credentials = Items(json["credentials"], "credentials").Select(item => Credential(Object(item, "credentials"))).ToArray();
        Distinct(credentials.Select(c => c.Id), "credentials");
        var known = credentials.Select(c => c.Id).ToHashSet();
        var sets = !json.ContainsKey("credential_sets") ? [] : Items(json["credential_sets"], "credential_sets").Select(item =>
        {
            var set = Object(item, "credential_sets");
            return new DcqlCredentialSet(Groups(set["options"], known, "options"), Flag(set, "required", absent: true));
        }).ToArray();
        return new DcqlQuery(credentials, sets);
    }

    private static DcqlCredential Credential(JsonObject json)
    {
        var format = StrictJson.Text(json["format"]) ?? throw new Refusal("format is missing");
        var meta = Object(json["meta"], "meta");
        IReadOnlyList<string> types = format == SdJwtVc.Typ ? Strings(meta["vct_values"], "vct_values") : [];
        var claims = !json.ContainsKey("claims") ? [] : Items(json["claims"], "claims").Select(item => Claim(Object(item, "claims"))).ToArray();
        Distinct(claims.Select(c => c.Id).OfType<string>(), "claims");

        IReadOnlyList<IReadOnlyList<string>> sets = [];
        if (json.ContainsKey("claim_sets"))
        {
            if (claims.Length == 0 || claims.Any(c => c.Id is null)) throw new Refusal("claim_sets without claims that have ids");
            sets = Groups(json["claim_sets"], claims.Select(c => c.Id!).ToHashSet(), "claim_sets");
        }

        return new DcqlCredential(
            Id(json["id"]), format, types, claims, sets,
            Flag(json, "multiple", absent: false), Flag(json, "require_cryptographic_holder_binding", absent: true), AuthorityKeyIds(json));
    }

    private static DcqlClaim Claim(JsonObject json)
    {
        if (!ClaimPath.TryParse(json["path"], out var path, out var reason)) throw new Refusal(reason);
        var values = !json.ContainsKey("values") ? [] : Items(json["values"], "values").Select(Value).ToArray();
        return new DcqlClaim(json.ContainsKey("id") ? Id(json["id"]) : null, path, values);
    }

    private static JsonValue Value(JsonNode? node) =>
        node is JsonValue value && (value.GetValueKind() is JsonValueKind.String or JsonValueKind.True or JsonValueKind.False || StrictJson.Integer(value) is not null)
            ? value
            : throw new Refusal("values are not strings, whole numbers or booleans");

    private static IReadOnlyList<string>? AuthorityKeyIds(JsonObject json)
    {
        if (!json.ContainsKey("trusted_authorities")) return null;
        return [.. Items(json["trusted_authorities"], "trusted_authorities").SelectMany(item =>
        {
            var authority = Object(item, "trusted_authorities");
            var type = StrictJson.Text(authority["type"]) ?? throw new Refusal("trusted_authorities has no type");
            var values = Strings(authority["values"], "trusted_authorities");
            return type == "aki" ? values : [];
        })];
    }

    private static IReadOnlyList<IReadOnlyList<string>> Groups(JsonNode? node, IReadOnlySet<string> known, string name) =>
        [.. Items(node, name).Select(item =>
        {
            var ids = Strings(item, name);
            return ids.All(known.Contains) ? ids : throw new Refusal($"{name} names what is not there");
        })];

    private static IReadOnlyList<string> Strings(JsonNode? node, string name) =>
        [.. Items(node, name).Select(item => StrictJson.Text(item) ?? throw new Refusal($"{name} is not a list of strings"))];

    private static JsonArray Items(JsonNode? node, string name) =>
        node is JsonArray { Count: >= 1 and <= MaxItems } items ? items : throw new Refusal($"{name} is not a list of one to {MaxItems}");

    private static JsonObject Object(JsonNode? node, string name) => node as JsonObject ?? throw new Refusal($"{name} is not an object");

    private static bool Flag(JsonObject json, string name, bool absent) =>
        !json.TryGetPropertyValue(name, out var node) ? absent
        : node is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag
        : throw new Refusal($"{name} is not true or false");

    private static string Id(JsonNode? node) =>
        StrictJson.Text(node) is { Length: >= 1 and <= 100 } id && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? id
            : throw new Refusal("an id is not made of letters, digits, '_' and '-'");

    private static void Distinct(IEnumerable<string> ids, string name)
    {
        if (ids.GroupBy(i => i).Any(g => g.Count() > 1)) throw new Refusal($"an id stands twice in {name}");
    }

    /// <summary>Carries a refusal out of the nested readers; never leaves this file.</summary>
    private sealed class Refusal(string reason) : Exception(reason);
}
