using System.Text.Json.Nodes;
using Identity.Credentials.Types;

namespace Identity.Issuer.Issuance;

/// <summary>Claims that are worked out from others on the day of issue, and left out where they are not certain.</summary>
public static class DerivedClaims
{
    /// <summary>The claim that says in the place of which closed organisation its depositary issued: the id, 64 lower-case hexadecimal digits.</summary>
    public const string OriginalIssuer = "original_issuer";

    /// <summary>The claims with the derived ones added.</summary>
    public static JsonObject AddTo(TypeDefinition type, JsonObject claims, DateOnly today)
    {
        var result = claims.DeepClone().AsObject();
        foreach (var claim in type.Claims)
            if (claim.Derived is "age-over-18" && result["birth_date"]?.GetValue<string>() is { } birth && IsOver(PartialDate.Parse(birth), 18, today) is { } answer)
                result[claim.Name] = answer;
        return result;
    }

    /// <summary>Whether somebody born on this date has reached an age; null where the known part of the date does not decide it.</summary>
    public static bool? IsOver(PartialDate birth, int years, DateOnly today) =>
        Birthday(birth.Last, years) <= today ? true
        : Birthday(birth.First, years) > today ? false
        : null;

    // Born on 29 February: in common years the birthday is taken to be 1 March, the later of the two readings.
    private static DateOnly Birthday(DateOnly birth, int years)
    {
        var day = birth.AddYears(years);
        return birth is { Month: 2, Day: 29 } && day.Day == 28 ? day.AddDays(1) : day;
    }
}
