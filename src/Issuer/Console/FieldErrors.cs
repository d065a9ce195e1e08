using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Issuance;
using Identity.Issuer.Recognition;

namespace Identity.Issuer.Console;

/// <summary>Puts a refusal into the words of the page's language. What is wrong is decided by <see cref="ClaimCheck"/> alone; this finds the sentence.</summary>
internal static class FieldErrors
{
    /// <summary>A sentence for each field that was refused.</summary>
    public static IReadOnlyDictionary<string, string> Explain(TypeDefinition type, JsonObject claims, IEnumerable<string> refused, Desk desk, BeyondScope? beyond = null)
    {
        // Where there is no field for it, at the file number, which every form has.
        if (beyond is not null)
            return new Dictionary<string, string> { [beyond.Field == "type" ? "reference" : beyond.Field] = desk.Format(beyond.Allowed is null ? "error.beyond" : "error.beyond_allowed", ("number", beyond.Number), ("name", beyond.Holder), ("allowed", beyond.Allowed)) };
        var byRule = ClaimRules.Check(type, claims, DateOnly.FromDateTime(desk.Now.UtcDateTime), out _);
        var byProcedure = StatementRules.Check(type, claims);
        return refused.ToDictionary(name => name, name => byProcedure.ContainsKey(name) ? desk["rec.error." + name] : type.Claim(name) is not { } claim
            ? desk[name == "reference" ? "error.reference" : "error.other"]
            : byRule.ContainsKey(name) ? Rule(type, claim, claims, desk) : Size(type, claim, claims, desk));
    }

    private static string Rule(TypeDefinition type, ClaimDefinition claim, JsonObject claims, Desk desk)
    {
        if (claims[claim.Name] is not { } value)
        {
            return claim.IsNeeded(claims)
                ? desk.Format("error.needed", ("label", claim.Label(desk.T.Language)))
                : desk.Format("error.one_of", ("labels", Labels(type.AtLeastOneOf.First(g => g[0] == claim.Name).Select(n => type.Claim(n)!), desk)));
        }
        return claim.Kind switch
        {
            ClaimKind.Text => desk.Format(Text(value).Trim().Length > claim.MaxLength ? "error.long" : "error.characters", ("max", claim.MaxLength)),
            _ when !ClaimRules.IsInOrder(claim, claims) => desk.Format("error.order", ("late", claim.Label(desk.T.Language)), ("late_date", Text(value)), ("early", type.Claim(claim.NotBefore!)!.Label(desk.T.Language)), ("early_date", Text(claims[claim.NotBefore!]!))),
            ClaimKind.PartialDate when PartialDate.TryParse(Text(value), out _) => desk["error.future"],
            ClaimKind.Texts => desk.Format("error.texts", ("max", claim.MaxLength)),
            ClaimKind.PartialDate => desk["error.partial_date"],
            _ => desk["error." + claim.Kind.ToString().ToLowerInvariant()],
        };
    }

    private static string Size(TypeDefinition type, ClaimDefinition claim, JsonObject claims, Desk desk) => claims.ContainsKey(claim.Name)
        ? desk["error.qr_long"]
        : desk.Format("error.one_of", ("labels", Labels(type.QrClaims.Where(c => c.Derived is null), desk)));

    private static string Labels(IEnumerable<ClaimDefinition> claims, Desk desk) => string.Join(desk["list.separator"], claims.Select(c => c.Label(desk.T.Language)));

    private static string Text(JsonNode value) => value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}
