using Identity.Credentials.Accreditation;
using Identity.Credentials.Types;
using Identity.Credentials.Verifiers;
using Identity.Ledger.Registry;
using Identity.Verifier.Policies;

namespace Identity.Host.Seed;

/// <summary>
/// The fictional cast of the demonstration, always marked as such: the Republic of Talmara (XT), where people leave, and the
/// Kingdom of Norvia (XN), where they arrive. The two-letter codes are user-assigned ones of ISO 3166-1.
/// </summary>
internal static class Cast
{
    public const string College = "port-selin";
    public const string Interior = "talmara-interior";
    public const string TradeSchool = "selin-bay";
    public const string Shipyard = "harbour-yard";
    public const string Agency = "sunline";
    public const string Centre = "norvia-recognition";

    /// <summary>Slug of the brand whose auditors look at its suppliers.</summary>
    public const string Brand = "northline";

    /// <summary>Slug of the union that hands out codes at the workplace.</summary>
    public const string Union = "garment-union";

    /// <summary>Slug of the union that serves people without a phone.</summary>
    public const string Seafarers = "seafarers";

    /// <summary>Code of the factory.</summary>
    public const string Site = "SITE-14";

    /// <summary>Slug of the brand's engagement at the factory.</summary>
    public const string Engagement = "site-14";

    /// <summary>Who issues, what its service offers, and what the accreditor entitles it to.</summary>
    public static readonly IReadOnlyList<Member> Issuers =
    [
        new(Interior, "Talmara Ministry of Interior", "XT", ["person"], For(["person"], "Identities")),
        new(College, "Port Selin Technical College", "XT", ["qualification", "training"], For(["qualification", "training"], "Technical education up to level 5") with { Eqf = new LevelRange(1, 5), Jurisdictions = ["XT"] }),
        // Accredited by levels of Talmara's own framework, which no European level stands for.
        new(TradeSchool, "Selin Bay Trade School", "XT", ["qualification"], For(["qualification"], "Trade certificates of the Talmara framework") with { Nqf = new Dictionary<string, LevelRange> { ["XTQF"] = new(1, 4) }, Jurisdictions = ["XT"] }),
        new(Shipyard, "Harbour Yard", "XN", ["employment-reference", "training"], For(["employment-reference", "training"], "References and training at the yard")),
        new(Centre, "Norvia Recognition Centre", "XN", ["recognition"], For(["recognition"], "Comparability of foreign qualifications")),
        // An agency that may certify its own training, and that nobody entitled to award qualifications.
        new(Agency, "Sunline Recruitment", "XT", ["qualification", "training"], For(["training"], "Its own training")),
    ];

    /// <summary>Since when the accreditations say that they are.</summary>
    public static readonly DateTimeOffset AccreditedSince = new(2021, 9, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The authority that says who may issue what.</summary>
    public static OrganisationProfile Accreditor { get; } = new("https://education.talmara.example", "Talmara Ministry of Education", "XT", true, "appeals@education.talmara.example");

    /// <summary>The settings of Audit that name the cast. Counts are published within a second here, once a day elsewhere.</summary>
    public static IEnumerable<string> AuditArguments(string walletUrl) =>
    [
        $"--Wallet:Url={walletUrl}", "--Counts:Every=00:00:00.500", "--Log:Interval=00:00:00.300", "--Ledger:Interval=00:00:00.500", "--Mirror:Interval=00:00:00.500",
        $"--Organisations:0:Slug={Brand}", "--Organisations:0:Name=Northline Apparel", "--Organisations:0:Role=Auditor", "--Organisations:0:Demonstration=true",
        $"--Organisations:1:Slug={Union}", "--Organisations:1:Name=Norvia Garment Workers’ Union", "--Organisations:1:Role=Union", "--Organisations:1:Demonstration=true",
        $"--Sites:0:Code={Site}", "--Sites:0:Name=Site 14",
        $"--Engagements:0:Slug={Engagement}", $"--Engagements:0:Organisation={Brand}", "--Engagements:0:Purpose=Employment contracts at Site 14", $"--Engagements:0:Sites:0={Site}", "--Engagements:0:Until=2030-12-31T00:00:00Z",
    ];

    /// <summary>The settings of the Wallet that name its desk, and who can be none.</summary>
    public static IEnumerable<string> DeskArguments() =>
    [
        $"--Desks:0:Slug={Seafarers}", "--Desks:0:Name=Seafarers and Welders Union", "--Desks:0:Kind=union", "--Desks:0:Site=https://seafarers.example", "--Desks:0:Phone=+99 555 0123", "--Desks:0:Demonstration=true",
        .. Issuers.SelectMany((member, i) => new[] { $"--Registered:{i}:Name={member.Name}", $"--Registered:{i}:Site=https://{member.Slug}.example", $"--Registered:{i}:As={(member.Slug is Agency ? "an agency" : "an issuer")}" }),
    ];

    /// <summary>The Ministry of Interior issues identities and says who may ask for what.</summary>
    public static OrganisationRoles RolesOf(string name) =>
        Issuers.Single(m => m.Name == name).Slug == Interior ? OrganisationRoles.Issuer | OrganisationRoles.VerifierAuthority : OrganisationRoles.Issuer;

    /// <summary>The page that anybody may use, with the questions it puts.</summary>
    public static VerifierProfile PublicPage(IReadOnlyList<string> keys, string url) => new("Identity check page", "XN", true, "help@check.example", true, keys,
        [.. Template.All.Select(template => new VerifierPurpose(template.Name, template.Texts.ToDictionary(text => text.Key, text => text.Value.Purpose),
            [.. template.Credentials.GroupBy(c => c.Type).Select(group => new PurposeClaims(TypeDefinition.Find(group.Key)!.Vct, [.. group.SelectMany(c => c.Required.Concat(c.Optional)).Distinct()]))]))], url);

    /// <summary>An employer that is registered to check welders and whether somebody is of age.</summary>
    public static VerifierProfile HarbourYard(IReadOnlyList<string> keys, string url) => new("Harbour Yard", "XN", true, "people@harbour-yard.example", false, keys,
    [
        new("welder", Words("To hire a welder", "لتوظيف لحّام", "Pour embaucher une soudeuse ou un soudeur", "Para contratar a una soldadora o un soldador"),
            [new(Vct("qualification"), ["holder_name", "holder_name_native", "title", "kind", "occupation", "level_eqf", "awarded_on"])]),
        new("of-age", Words("To check that a person is 18 or older", "للتحقق من أن الشخص أتم 18 سنة", "Pour vérifier qu’une personne a 18 ans ou plus", "Para comprobar que una persona tiene 18 años o más"),
            [new(Vct("person"), ["age_over_18", "document_number_end"])]),
    ], url);

    /// <summary>An agency that is registered for one thing and, in the journey, asks for more.</summary>
    public static VerifierProfile Sunline(IReadOnlyList<string> keys) => new("Sunline Recruitment", "XT", true, "office@sunline.example", false, keys,
        [new("title", Words("To propose a job that fits", "لاقتراح عمل مناسب", "Pour proposer un emploi qui convient", "Para proponer un empleo adecuado"), [new(Vct("qualification"), ["title"])])]);

    private static Dictionary<string, string> Words(string en, string ar, string fr, string es) => new() { ["en"] = en, ["ar"] = ar, ["fr"] = fr, ["es"] = es };

    private static Scope For(string[] types, string label) => new([.. types.Select(Vct)], Label: new Dictionary<string, string> { ["en"] = label });

    private static string Vct(string type) => TypeDefinition.Find(type)!.Vct;

    /// <summary>The settings of the Issuer that name the cast.</summary>
    public static IEnumerable<string> IssuerArguments() => Issuers.SelectMany((member, i) => new[]
    {
        $"--Organisations:{i}:Slug={member.Slug}",
        $"--Organisations:{i}:Name={member.Name}",
        $"--Organisations:{i}:Country={member.Country}",
        $"--Organisations:{i}:Demonstration=true",
        $"--Organisations:{i}:Contact=help@{member.Slug}.example",
        // The agency shows what verifiers say to what it may not issue; the service refuses others the like.
        $"--Organisations:{i}:IgnoresScope={member.Slug == Agency}",
    }.Concat(member.Types.Select((type, t) => $"--Organisations:{i}:Types:{t}={type}")));
}

/// <summary>One issuer of the cast.</summary>
/// <param name="Slug">Last part of its issuer identifier.</param>
/// <param name="Name">As people read it.</param>
/// <param name="Country">Two letters.</param>
/// <param name="Types">What its console offers.</param>
/// <param name="Accredited">What it is entitled to issue.</param>
internal sealed record Member(string Slug, string Name, string Country, IReadOnlyList<string> Types, Scope Accredited);
