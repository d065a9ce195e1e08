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

    /// <summary>Slug of the brand whose auditors look at its suppliers.</summary>
    public const string Brand = "northline";

    /// <summary>Slug of the union that hands out codes at the workplace.</summary>
    public const string Union = "garment-union";

    /// <summary>Code of the factory.</summary>
    public const string Site = "SITE-14";

    /// <summary>Slug of the brand's engagement at the factory.</summary>
    public const string Engagement = "site-14";

    /// <summary>The settings of Audit that name the cast. Counts are published within a second here, once a day elsewhere.</summary>
    public static IEnumerable<string> AuditArguments(string walletUrl) =>
    [
        $"--Wallet:Url={walletUrl}", "--Counts:Every=00:00:00.500", "--Log:Interval=00:00:00.300", "--Ledger:Interval=00:00:00.500", "--Mirror:Interval=00:00:00.500",
        $"--Organisations:0:Slug={Brand}", "--Organisations:0:Name=Northline Apparel", "--Organisations:0:Role=Auditor", "--Organisations:0:Demonstration=true",
        $"--Organisations:1:Slug={Union}", "--Organisations:1:Name=Norvia Garment Workers’ Union", "--Organisations:1:Role=Union", "--Organisations:1:Demonstration=true",
        $"--Sites:0:Code={Site}", "--Sites:0:Name=Site 14",
        $"--Engagements:0:Slug={Engagement}", $"--Engagements:0:Organisation={Brand}", "--Engagements:0:Purpose=Employment contracts at Site 14", $"--Engagements:0:Sites:0={Site}", "--Engagements:0:Until=2030-12-31T00:00:00Z",
    ];

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
