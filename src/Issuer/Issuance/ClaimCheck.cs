using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Issuer.Recognition;

namespace Identity.Issuer.Issuance;

/// <summary>Everything that is asked of claims before they are stored, for one person's form and for a row of a file alike.</summary>
public static class ClaimCheck
{
    /// <summary>The errors by claim name; none where <paramref name="accepted"/> is not null.</summary>
    /// <param name="type">The type.</param>
    /// <param name="claims">As received.</param>
    /// <param name="now">The present time.</param>
    /// <param name="accepted">The claims to store, derived ones not included.</param>
    /// <param name="shown">For a statement of comparability: see <see cref="StatementRules.Check"/>.</param>
    public static IReadOnlyDictionary<string, string[]> Run(TypeDefinition type, JsonObject claims, DateTimeOffset now, out JsonObject? accepted, JsonObject? shown = null)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var errors = ClaimRules.Check(type, claims, today, out accepted);
        if (StatementRules.Check(type, claims, shown) is { Count: > 0 } unfair)
        {
            accepted = null;
            return new SortedDictionary<string, string[]>(errors.Where(e => !unfair.ContainsKey(e.Key)).Concat(unfair).ToDictionary(), StringComparer.Ordinal);
        }
        if (accepted is null || CompactSize.Problem(type, DerivedClaims.AddTo(type, accepted, today)) is not var (longest, problem)) return errors;
        accepted = null;
        return new Dictionary<string, string[]> { [longest] = [problem] };
    }

    /// <summary>Null for a reference that can be used, once its surrounding white space is gone.</summary>
    public static string? Reference(string text) => text.Trim() is { Length: > 0 and <= 100 } fileNumber && !fileNumber.Any(char.IsControl) ? fileNumber : null;
}
