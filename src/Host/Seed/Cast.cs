using Identity.Ledger.Registry;

namespace Identity.Host.Seed;

/// <summary>
/// The fictional cast of the demonstration, always marked as such: the Republic of Talmara (XT), where people leave, and the
/// Kingdom of Norvia (XN), where they arrive. The two-letter codes are user-assigned ones of ISO 3166-1.
/// </summary>
internal static class Cast
{
    public const string College = "port-selin";
    public const string Interior = "talmara-interior";
    public const string Shipyard = "harbour-yard";
    public const string Agency = "sunline";

    /// <summary>Who issues, what its service offers, and what the accreditor entitles it to.</summary>
    public static readonly IReadOnlyList<Member> Issuers =
    [
        new(Interior, "Talmara Ministry of Interior", "XT", ["person"], ["person"]),
        new(College, "Port Selin Technical College", "XT", ["qualification", "training"], ["qualification", "training"]),
        new(Shipyard, "Harbour Yard", "XN", ["employment-reference", "training"], ["employment-reference", "training"]),
        // An agency that may certify its own training, and that nobody entitled to award qualifications.
        new(Agency, "Sunline Recruitment", "XT", ["qualification", "training"], ["training"]),
    ];

    /// <summary>The authority that says who may issue what.</summary>
    public static OrganisationProfile Accreditor { get; } = new("https://education.talmara.example", "Talmara Ministry of Education", "XT", true, "appeals@education.talmara.example");

    /// <summary>The settings of the Issuer that name the cast.</summary>
    public static IEnumerable<string> IssuerArguments() => Issuers.SelectMany((member, i) => new[]
    {
        $"--Organisations:{i}:Slug={member.Slug}",
        $"--Organisations:{i}:Name={member.Name}",
        $"--Organisations:{i}:Country={member.Country}",
        $"--Organisations:{i}:Demonstration=true",
        $"--Organisations:{i}:Contact=help@{member.Slug}.example",
    }.Concat(member.Types.Select((type, t) => $"--Organisations:{i}:Types:{t}={type}")));
}

/// <summary>One issuer of the cast.</summary>
/// <param name="Slug">Last part of its issuer identifier.</param>
/// <param name="Name">As people read it.</param>
/// <param name="Country">Two letters.</param>
/// <param name="Types">What its console offers.</param>
/// <param name="Accredited">What it is entitled to issue.</param>
internal sealed record Member(string Slug, string Name, string Country, IReadOnlyList<string> Types, IReadOnlyList<string> Accredited);
