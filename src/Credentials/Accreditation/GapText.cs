using System.Globalization;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Accreditation;

/// <summary>A gap as a short technical line. What the credential states is about its holder and is left out.</summary>
internal static class GapText
{
    /// <summary>Names the link and how it falls short.</summary>
    public static string Of(EntitlementRuling.Not ruling) =>
        ruling.Chain is { } chain ? $"accreditation {chain.Links[ruling.Link].Number} of {chain.Links[ruling.Link].Holder.Name} {Words(ruling.Gap)}" : "never accredited";

    private static string Words(ScopeGap gap) => gap.Reason switch
    {
        GapReason.Type => "is not for this type",
        GapReason.Kind => $"does not cover the kind: allowed {gap.Allowed}",
        GapReason.Level => $"does not cover the level: allowed {gap.Allowed}",
        GapReason.Field => $"does not cover the field: allowed {gap.Allowed}",
        GapReason.Occupation => $"does not cover the occupation: allowed {gap.Allowed}",
        GapReason.Jurisdiction => $"does not cover the country: allowed {gap.Allowed}",
        GapReason.OnBehalfOf when gap.Stated is null => $"covers only what is issued in the place of another: allowed {gap.Allowed}",
        GapReason.OnBehalfOf => $"does not cover the organisation in whose place it was issued: allowed {gap.Allowed ?? "none"}",
        GapReason.NotYet => $"was in force only since {Day(gap)}",
        GapReason.Over => $"was over on {Day(gap)}",
        GapReason.Withdrawn => $"was withdrawn on {Day(gap)}",
        GapReason.NoRight => $"gives no right to {gap.Stated}",
        GapReason.Closed => $"ended: the organisation was closed on {Day(gap)}",
        _ => "has a scope that cannot be read",
    };

    private static string Day(ScopeGap gap) => Examination.Day(DateTimeOffset.Parse(gap.Allowed!, CultureInfo.InvariantCulture));
}
