using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;

namespace Identity.Verifier.Policies;

/// <summary>One credential asked for: claims by name, those the holder may refuse, and values that must hold.</summary>
public sealed record AskedCredential(
    string Id,
    TypeDefinition Type,
    IReadOnlyList<string> Required,
    IReadOnlyList<string> Optional,
    IReadOnlyDictionary<string, IReadOnlyList<JsonValue>> Values)
{
    /// <summary>Most optional claims of one credential: every choice is written out in the query.</summary>
    public const int MaxOptional = 4;
}

/// <summary>What is asked of a holder and why, whichever way it is asked. <paramref name="Template"/> is null for chosen claims.</summary>
public sealed record Question(string? Template, string Purpose, IReadOnlyList<AskedCredential> Credentials)
{
    /// <summary>The registered purpose that the request names: a template's own name on the public page.</summary>
    public string? PurposeId { get; init; } = Template;

    /// <summary>Longest purpose in characters; it must fit a challenge.</summary>
    public const int MaxPurpose = 80;

    /// <summary>Whether a purpose can be shown to a holder: not empty, not long, and nothing in it that turns the text around or hides a part of it.</summary>
    public static bool IsPurpose([NotNullWhen(true)] string? purpose) =>
        purpose is { Length: > 0 and <= MaxPurpose } && !purpose.Any(c => char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));

    /// <summary>Cut to the longest purpose; null stays null.</summary>
    public static string? Shorten(string? purpose) => purpose is { Length: > MaxPurpose } ? purpose[..MaxPurpose] : purpose;

    /// <summary>A question for chosen claims of one type. False with a reason where the type or a claim is unknown.</summary>
    public static bool TryChoose(string? type, IReadOnlyList<string>? required, IReadOnlyList<string>? optional, string? purpose,
        [NotNullWhen(true)] out Question? question, out string reason)
    {
        question = null;
        reason = "";
        var definition = TypeDefinition.Find(type);
        if (definition is null) { reason = "There is no credential type of this name."; return false; }
        if (!IsPurpose(purpose)) { reason = $"The purpose must say in 1 to {MaxPurpose} characters why this is asked."; return false; }
        required ??= [];
        optional ??= [];
        if (required.Count + optional.Count is 0 or > 32) { reason = "Choose 1 to 32 claims."; return false; }
        if (optional.Count > AskedCredential.MaxOptional) { reason = $"At most {AskedCredential.MaxOptional} claims can be optional."; return false; }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var claim in required.Concat(optional))
        {
            if (claim is null || definition.Claim(claim) is null) { reason = $"The type {definition.Name} has no claim of a name that was chosen."; return false; }
            if (!seen.Add(claim)) { reason = "A claim is chosen twice."; return false; }
        }
        question = new Question(null, purpose, [new AskedCredential(definition.Name, definition, required, optional, new Dictionary<string, IReadOnlyList<JsonValue>>())]);
        return true;
    }

    /// <summary>
    /// The question as a DCQL query (OpenID4VP 1.0, section 6). Optional claims become claim sets: every combination, the fullest
    /// first, so that a holder can refuse each one alone.
    /// </summary>
    public JsonObject ToDcql() => new()
    {
        ["credentials"] = new JsonArray([.. Credentials.Select(credential => (JsonNode)CredentialQuery(credential))]),
    };

    private static JsonObject CredentialQuery(AskedCredential asked)
    {
        var claims = new JsonArray();
        foreach (var name in asked.Required.Concat(asked.Optional))
        {
            var claim = new JsonObject { ["id"] = name, ["path"] = new JsonArray(name) };
            if (asked.Values.TryGetValue(name, out var values)) claim["values"] = new JsonArray([.. values.Select(value => value.DeepClone())]);
            claims.Add(claim);
        }
        var query = new JsonObject
        {
            ["id"] = asked.Id,
            ["format"] = "dc+sd-jwt",
            ["meta"] = new JsonObject { ["vct_values"] = new JsonArray(asked.Type.Vct) },
            ["claims"] = claims,
        };
        if (asked.Optional.Count == 0) return query;

        var choices = Enumerable.Range(0, 1 << asked.Optional.Count)
            .Select(bits => asked.Optional.Where((_, i) => (bits & (1 << i)) != 0).ToList())
            .OrderByDescending(chosen => chosen.Count)
            .Select(chosen => asked.Required.Concat(chosen).ToList())
            .Where(set => set.Count > 0);
        query["claim_sets"] = new JsonArray([.. choices.Select(set => (JsonNode)new JsonArray([.. set.Select(name => (JsonNode)name)]))]);
        return query;
    }
}
