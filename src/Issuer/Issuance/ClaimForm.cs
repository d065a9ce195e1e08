using System.Globalization;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;

namespace Identity.Issuer.Issuance;

/// <summary>Turns the text fields of a page into claims. Judges nothing: what cannot be read stays text and is refused by <see cref="ClaimRules"/>.</summary>
public static class ClaimForm
{
    /// <summary>Reads the fields of a type. Empty fields are left out; lists are separated by commas, or by lines where the entries are texts.</summary>
    /// <param name="type">The type.</param>
    /// <param name="field">The text of a field, or null.</param>
    public static JsonObject Read(TypeDefinition type, Func<string, string?> field)
    {
        var claims = new JsonObject();
        foreach (var claim in type.Claims.Where(c => c.Derived is null))
        {
            if (field(claim.Name)?.Trim() is not { Length: > 0 } text) continue;
            claims[claim.Name] = claim.Kind switch
            {
                ClaimKind.Integer or ClaimKind.Year => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : text,
                ClaimKind.Boolean => text is "true" or "on" ? true : text is "false" ? false : text,
                ClaimKind.Country => text.ToUpperInvariant(),
                ClaimKind.Countries => List(text.ToUpperInvariant(), [',', ';', ' ', '،']),
                ClaimKind.Texts => List(text, ['\r', '\n']),
                ClaimKind.Text when claim.IsLongText => text.ReplaceLineEndings(" "),
                _ => text,
            };
        }
        return claims;
    }

    private static JsonArray List(string text, char[] separators) =>
        [.. text.Split(separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(t => (JsonNode)JsonValue.Create(t))];
}
