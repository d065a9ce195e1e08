using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Types;

namespace Identity.Credentials.Accreditation;

/// <summary>
/// What a credential says of what a scope can limit, as far as it was shown. Each fact is a text: a text claim as it is, any other value as its JSON.
/// </summary>
/// <param name="Type">The vct.</param>
/// <param name="Kind">Of the qualification or permit.</param>
/// <param name="Eqf">Level of the European Qualifications Framework.</param>
/// <param name="Field">ISCED-F 2013.</param>
/// <param name="Occupation">ISCO-08.</param>
/// <param name="Jurisdiction">ISO 3166-1.</param>
/// <param name="OnBehalfOf">Id of the closed organisation in whose place it was issued, lower-case hexadecimal.</param>
/// <param name="Hidden">
/// What the type can state and this credential does not show, in the order of <see cref="GapReason"/>. What is neither stated nor hidden the credential does not say. <see cref="GapReason.Level"/> is the European
/// level: whether a national one is missing depends on whose the scope limits.
/// </param>
public sealed record ScopeFacts(
    string Type, string? Kind, string? Eqf, string? Field, string? Occupation, string? Jurisdiction, string? OnBehalfOf, IReadOnlyList<GapReason> Hidden)
{
    /// <summary>Short name of the national framework, as scopes name it.</summary>
    public string? NqfFramework { get; init; }

    /// <summary>Level in that framework: a number, perhaps with one decimal place.</summary>
    public string? NqfLevel { get; init; }

    /// <summary>Framework and level; null where one of them is not shown, since neither says anything alone.</summary>
    public string? National => NqfFramework is null || NqfLevel is null ? null : $"{NqfFramework} {NqfLevel}";

    /// <summary>Reads the claims that the type's member <c>scope</c> names.</summary>
    /// <param name="type">The type.</param>
    /// <param name="shown">The claims.</param>
    /// <param name="namesPlace">Whether in whose place it was issued is among them if it was signed, as in an SD-JWT and in a compact code: then nobody is named where nobody stands.</param>
    public static ScopeFacts Of(TypeDefinition type, JsonObject shown, bool namesPlace = false)
    {
        var said = new string?[Enum.GetValues<ScopeFact>().Length];
        var hidden = new List<GapReason>();
        foreach (var (claim, fact) in type.Scope)
        {
            if (shown[claim] is { } value) said[(int)fact] = Text(value);
            // Who names nobody issues in its own name. Of every other fact it stays open what a credential that does not state it would have stated.
            else if (fact is not (ScopeFact.NqfFramework or ScopeFact.NqfLevel) && !(namesPlace && fact is ScopeFact.OnBehalfOf && type.Claim(claim)?.Sd is Disclosability.Never)) hidden.Add(ReasonOf(fact));
        }
        hidden.Sort();
        return new ScopeFacts(type.Vct, said[(int)ScopeFact.Kind], said[(int)ScopeFact.Eqf], said[(int)ScopeFact.Field], said[(int)ScopeFact.Occupation],
            said[(int)ScopeFact.Jurisdiction], said[(int)ScopeFact.OnBehalfOf], hidden) { NqfFramework = said[(int)ScopeFact.NqfFramework], NqfLevel = said[(int)ScopeFact.NqfLevel] };
    }

    /// <summary>The reason that a gap in this fact gives.</summary>
    public static GapReason ReasonOf(ScopeFact fact) => fact switch
    {
        ScopeFact.Kind => GapReason.Kind,
        ScopeFact.Eqf or ScopeFact.NqfFramework or ScopeFact.NqfLevel => GapReason.Level,
        ScopeFact.Field => GapReason.Field,
        ScopeFact.Occupation => GapReason.Occupation,
        ScopeFact.Jurisdiction => GapReason.Jurisdiction,
        _ => GapReason.OnBehalfOf,
    };

    private static string Text(JsonNode value) => value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}

/// <summary>What a claim says to a scope.</summary>
public enum ScopeFact
{
    /// <summary><see cref="ScopeFacts.Kind"/>.</summary>
    Kind,
    /// <summary><see cref="ScopeFacts.Eqf"/>.</summary>
    Eqf,
    /// <summary><see cref="ScopeFacts.Field"/>.</summary>
    Field,
    /// <summary><see cref="ScopeFacts.Occupation"/>.</summary>
    Occupation,
    /// <summary><see cref="ScopeFacts.Jurisdiction"/>.</summary>
    Jurisdiction,
    /// <summary><see cref="ScopeFacts.OnBehalfOf"/>.</summary>
    [JsonStringEnumMemberName("on_behalf_of")]
    OnBehalfOf,
    /// <summary><see cref="ScopeFacts.NqfFramework"/>.</summary>
    [JsonStringEnumMemberName("nqf_framework")]
    NqfFramework,
    /// <summary><see cref="ScopeFacts.NqfLevel"/>.</summary>
    [JsonStringEnumMemberName("nqf_level")]
    NqfLevel,
}

/// <summary>Why an accreditation does not cover what was issued.</summary>
public enum GapReason
{
    /// <summary>There never was one.</summary>
    Never,
    /// <summary>Its scope names other types.</summary>
    Type,
    /// <summary>Its scope names other kinds.</summary>
    Kind,
    /// <summary>Its scope ends below this level, or begins above it.</summary>
    Level,
    /// <summary>Its scope names other fields.</summary>
    Field,
    /// <summary>Its scope names other occupations.</summary>
    Occupation,
    /// <summary>Its scope names other countries.</summary>
    Jurisdiction,
    /// <summary>Its scope does not name the organisation in whose place it was issued.</summary>
    OnBehalfOf,
    /// <summary>It began later.</summary>
    NotYet,
    /// <summary>It had run out.</summary>
    Over,
    /// <summary>It had been withdrawn.</summary>
    Withdrawn,
    /// <summary>It gives another right.</summary>
    NoRight,
    /// <summary>The issuer had been closed.</summary>
    Closed,
    /// <summary>Its scope cannot be read: what nobody here can read entitles nobody.</summary>
    Text,
}

/// <summary>One way in which an accreditation falls short.</summary>
/// <param name="Reason">Which.</param>
/// <param name="Stated">What the credential states or would need, a national level behind the name of its framework; null where there is nothing to name.</param>
/// <param name="Allowed">What the accreditation allows: codes, a range, or for times the moment (RFC 3339, UTC) that made the difference.</param>
public sealed record ScopeGap(GapReason Reason, string? Stated, string? Allowed);
