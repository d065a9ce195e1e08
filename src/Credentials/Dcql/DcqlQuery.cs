using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.SdJwt;

namespace Identity.Credentials.Dcql;

/// <summary>A query of the Digital Credentials Query Language (OpenID4VP 1.0 §6).</summary>
/// <param name="Credentials">What is asked for; at least one.</param>
/// <param name="CredentialSets">Which combinations will do; empty means all credentials.</param>
public sealed record DcqlQuery(IReadOnlyList<DcqlCredential> Credentials, IReadOnlyList<DcqlCredentialSet> CredentialSets)
{
    /// <summary>
    /// Reads a query; false with a reason when a required member is missing, an id is not of letters, digits, '_' and '-' or stands twice,
    /// or a set names what is not there. Unknown members are ignored; formats we cannot match are read, and match nothing.
    /// </summary>
    public static bool TryParse(JsonNode? json, [NotNullWhen(true)] out DcqlQuery? query, out string reason) =>
        DcqlParser.TryParse(json, out query, out reason);

    /// <summary>The part with an id, or null.</summary>
    public DcqlCredential? Find(string id) => Credentials.FirstOrDefault(c => c.Id == id);

    /// <summary>The query as JSON: what was read, without members it did not know.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["credentials"] = List(Credentials, c => c.ToJson()) };
        if (CredentialSets.Count > 0) json["credential_sets"] = List(CredentialSets, s => s.ToJson());
        return json;
    }

    internal static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> json) => new(items.Select(json).ToArray());
    internal static JsonArray Names(IEnumerable<string> names) => List(names, n => JsonValue.Create(n));
    internal static JsonArray Groups(IEnumerable<IReadOnlyList<string>> groups) => List(groups, Names);
}

/// <summary>One credential asked for.</summary>
/// <param name="Id">The query's own name for it.</param>
/// <param name="Format">"dc+sd-jwt" is the one we can match.</param>
/// <param name="VctValues">Any of these types will do.</param>
/// <param name="Claims">What is asked; empty asks for nothing that can be withheld.</param>
/// <param name="ClaimSets">Alternatives among the claims, best first; empty means all claims.</param>
/// <param name="Multiple">True when more than one credential may be shown for it.</param>
/// <param name="RequireHolderBinding">False when a copy without key binding will do.</param>
/// <param name="AuthorityKeyIds">`aki` of trusted authorities, base64url; null when no authority is named. A query that names only other kinds has an empty list: nothing matches.</param>
public sealed record DcqlCredential(
    string Id, string Format, IReadOnlyList<string> VctValues, IReadOnlyList<DcqlClaim> Claims, IReadOnlyList<IReadOnlyList<string>> ClaimSets,
    bool Multiple, bool RequireHolderBinding, IReadOnlyList<string>? AuthorityKeyIds)
{
    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["id"] = Id, ["format"] = Format, ["meta"] = new JsonObject() };
        if (VctValues.Count > 0) json["meta"]!["vct_values"] = DcqlQuery.Names(VctValues);
        if (Claims.Count > 0) json["claims"] = DcqlQuery.List(Claims, c => c.ToJson());
        if (ClaimSets.Count > 0) json["claim_sets"] = DcqlQuery.Groups(ClaimSets);
        if (Multiple) json["multiple"] = true;
        if (!RequireHolderBinding) json["require_cryptographic_holder_binding"] = false;
        if (AuthorityKeyIds is { Count: > 0 } ids)
            json["trusted_authorities"] = new JsonArray(new JsonObject { ["type"] = "aki", ["values"] = DcqlQuery.Names(ids) });
        return json;
    }
}

/// <summary>One claim asked for.</summary>
/// <param name="Id">Its name in claim sets, or null.</param>
/// <param name="Path">Where it stands.</param>
/// <param name="Values">If not empty, its value must be one of these: strings, whole numbers, booleans.</param>
public sealed record DcqlClaim(string? Id, ClaimPath Path, IReadOnlyList<JsonValue> Values)
{
    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["path"] = Path.ToJson() };
        if (Id is not null) json["id"] = Id;
        if (Values.Count > 0) json["values"] = DcqlQuery.List(Values, v => v.DeepClone());
        return json;
    }
}

/// <summary>Alternatives among the credentials, best first.</summary>
/// <param name="Options">Each a group of ids that go together.</param>
/// <param name="Required">False when the holder may leave it out.</param>
public sealed record DcqlCredentialSet(IReadOnlyList<IReadOnlyList<string>> Options, bool Required)
{
    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["options"] = DcqlQuery.Groups(Options) };
        if (!Required) json["required"] = false;
        return json;
    }
}
