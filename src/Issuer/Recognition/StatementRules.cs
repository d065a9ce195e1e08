using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;

namespace Identity.Issuer.Recognition;

/// <summary>
/// What a statement of comparability must hold, whichever way it is written: from a case, from papers, as a correction, as a row of a file.
/// A fair procedure (Lisbon Convention, articles III to VI) names its grounds; and what follows from a qualification that was shown is as it was shown.
/// </summary>
public static class StatementRules
{
    /// <summary>The type of the statement.</summary>
    public const string Type = "recognition";

    private const string SignedCredential = "signed-credential";
    private static readonly FrozenDictionary<string, string[]> Nothing = FrozenDictionary<string, string[]>.Empty;

    /// <summary>Claims of the statement, and the claim of the qualification that each is copied from.</summary>
    internal static IReadOnlyList<(string Name, string From)> Copied { get; } =
    [
        ("holder_name", "holder_name"), ("holder_name_native", "holder_name_native"), ("original_title", "title"), ("original_body", "awarding_body"),
        ("original_country", "awarding_country"), ("original_awarded_on", "awarded_on"),
    ];

    /// <summary>What nobody writes in a case: it follows from what was shown, or from who decides.</summary>
    public static IReadOnlySet<string> Given { get; } =
        new HashSet<string>([.. Copied.Select(c => c.Name), "evidence", "authority", "authority_country", "decided_on", "original_digest", "original_salt"], StringComparer.Ordinal);

    /// <summary>A claim that ties the statement to a qualification; only a case gives it.</summary>
    public static bool IsTie(TypeDefinition type, string claim) => type.Name == Type && claim is "original_digest" or "original_salt";

    /// <summary>The claims recognise something: any outcome but "none".</summary>
    public static bool Recognises(JsonObject claims) => Text(claims, "outcome") is not "none";

    /// <summary>The claims are those of a statement that rests on a qualification that was shown.</summary>
    public static bool RestsOnCredential(string type, JsonObject claims) =>
        type == Type && (Text(claims, "evidence") is SignedCredential || claims.ContainsKey("original_digest") || claims.ContainsKey("original_salt"));

    /// <summary>The errors by claim; none for another type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="claims">As written.</param>
    /// <param name="shown">Claims of the case, or of the statement that is corrected: where these rest on a qualification that was shown, what follows from it is the same. Null for what is written anew.</param>
    public static IReadOnlyDictionary<string, string[]> Check(TypeDefinition type, JsonObject claims, JsonObject? shown = null)
    {
        if (type.Name != Type) return Nothing;
        var errors = Procedure(claims);
        if (shown is not null && RestsOnCredential(Type, shown))
            foreach (var name in Given.Where(name => !JsonNode.DeepEquals(claims[name], shown[name])))
                errors[name] = ["This follows from the qualification that was shown and stays as it is. Open a case where another is to be evaluated."];
        else if (RestsOnCredential(Type, claims))
            foreach (var name in new[] { "evidence", "original_digest", "original_salt" }.Where(claims.ContainsKey))
                errors[name] = ["Only a case rests on the signed credential: open one (POST /api/{org}/recognition), or say which papers were examined."];
        return errors;
    }

    // Rules that no single field can hold: a statement that does not recognise in full names a substantial difference.
    private static Dictionary<string, string[]> Procedure(JsonObject claims)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (Text(claims, "outcome") is { } outcome && outcome != "full" && Text(claims, "differences") is null)
            errors["differences"] = ["Anything but full recognition needs at least one substantial difference, with its reason."];
        if (Text(claims, "outcome") is "conditional" && Text(claims, "condition") is null) errors["condition"] = ["Say which condition."];
        if (Text(claims, "outcome") is "none" && Text(claims, "way_ahead") is null) errors["way_ahead"] = ["Say what the person can do to be recognised later."];
        if (claims["level_eqf"] is JsonValue level && level.TryGetValue<int>(out var number) && number is < 1 or > 8) errors["level_eqf"] = ["Give a level from 1 to 8."];
        return errors;
    }

    private static string? Text(JsonObject claims, string name) => claims[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Trim() is { Length: > 0 } clean ? clean : null;
}
