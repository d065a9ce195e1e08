using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Accreditation;

namespace Identity.Credentials.Types;

/// <summary>
/// A credential type as data: what it claims, how each claim is named in each language, what a holder may hide and in which order
/// claims enter a QR. The JSON files of this folder are read by C# and by the browser code; a new type needs no code.
/// </summary>
public sealed record TypeDefinition
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    private static readonly FrozenDictionary<string, TypeDefinition> ByName = Load();

    /// <summary>The type identifier, <c>urn:identity:NAME:VERSION</c>.</summary>
    public required string Vct { get; init; }

    /// <summary>The short name used in paths and configuration ids.</summary>
    public required string Name { get; init; }

    /// <summary>Name and description per language (BCP 47).</summary>
    public required IReadOnlyDictionary<string, TypeDisplay> Display { get; init; }

    /// <summary>Background of the card, <c>#rrggbb</c>; white text on it reaches a contrast of 4.5.</summary>
    public required string Color { get; init; }

    /// <summary>Days from issue to expiry; null never expires.</summary>
    public int? ValidDays { get; init; }

    /// <summary>Whether an offer needs a transaction code told apart from the link.</summary>
    public bool TxCode { get; init; } = true;

    /// <summary>Whether a second person must approve before anything is signed.</summary>
    public bool Approval { get; init; }

    /// <summary>How a mistake in an issued credential is put right.</summary>
    public CorrectionKind Correction { get; init; } = CorrectionKind.Replace;

    /// <summary>Two people give it, or two people take it away: one alone moves it to no other phone.</summary>
    public bool IsOfTwoPeople => Approval || Correction is CorrectionKind.Addition;

    /// <summary>The claims in the order that people read them.</summary>
    public required IReadOnlyList<ClaimDefinition> Claims { get; init; }

    /// <summary>Sizes of the compact proof in bytes.</summary>
    public required QrBudget Budget { get; init; }

    /// <summary>At least one claim of each group must be present (a mononym has a full name but no family name).</summary>
    public IReadOnlyList<IReadOnlyList<string>> AtLeastOneOf { get; init; } = [];

    /// <summary>
    /// What a holder shows with one tap, by what it says: <c>who</c> (who I am), <c>can</c> (what I can do), <c>work</c> (I may work). Claims of the code, none sensitive.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Sets { get; init; } = FrozenDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>The claims that the scope of an accreditation can limit, and what each says to it.</summary>
    public IReadOnlyDictionary<string, ScopeFact> Scope { get; init; } = FrozenDictionary<string, ScopeFact>.Empty;

    /// <summary>All types, in a stable order.</summary>
    public static IReadOnlyList<TypeDefinition> All { get; } = [.. ByName.Values.Distinct().OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>The type with this <c>vct</c> or short name, or null.</summary>
    public static TypeDefinition? Find(string? vctOrName) => vctOrName is null ? null : ByName.GetValueOrDefault(vctOrName);

    /// <summary>The claim of this name, or null.</summary>
    public ClaimDefinition? Claim(string name) => Claims.FirstOrDefault(c => c.Name == name);

    /// <summary>The claim with this integer key, or null.</summary>
    public ClaimDefinition? Claim(int key) => Claims.FirstOrDefault(c => c.Key == key);

    /// <summary>The claim that says in whose place it was issued; null where the type cannot.</summary>
    public ClaimDefinition? OriginalIssuer => Claims.FirstOrDefault(c => c.Derived is "original-issuer");

    /// <summary>The claims that enter a compact proof, in its order.</summary>
    public IEnumerable<ClaimDefinition> QrClaims => Claims.Where(c => c.Qr is not null).OrderBy(c => c.Qr);

    /// <summary>The display of a language, or the English one.</summary>
    public TypeDisplay DisplayFor(string language) => Display.TryGetValue(language, out var display) ? display : Display["en"];

    /// <summary>Reads one definition. Throws <see cref="JsonException"/> where a member is missing, unknown or given twice.</summary>
    public static TypeDefinition Parse(string json) => JsonSerializer.Deserialize<TypeDefinition>(json, Format)!;

    /// <summary>Every definition as it was written: its name and the JSON.</summary>
    public static IEnumerable<(string Name, string Json)> Texts()
    {
        var assembly = typeof(TypeDefinition).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("types/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (Path.GetFileNameWithoutExtension(name["types/".Length..]), reader.ReadToEnd());
        }
    }

    private static FrozenDictionary<string, TypeDefinition> Load()
    {
        var types = Texts().Select(type => Parse(type.Json)).ToList();
        return types.SelectMany(t => new[] { (t.Vct, t), (t.Name, t) }).ToFrozenDictionary(x => x.Item1, x => x.t, StringComparer.Ordinal);
    }
}

/// <summary>Name and description of a type in one language.</summary>
public sealed record TypeDisplay(string Name, string Description);

/// <summary>Bytes of a compact proof that shows every claim.</summary>
/// <param name="Target">Aimed at: a poor camera reads it.</param>
/// <param name="Cap">Never passed: optional claims are left out of the code, and where that is not enough nothing is issued.</param>
/// <param name="Over">What happens between the two.</param>
public sealed record QrBudget(int Target, int Cap, QrOver Over = QrOver.Warn);

/// <summary>What happens to claims whose code is larger than its target.</summary>
public enum QrOver
{
    /// <summary>Every claim stays in the code, and whoever issues is told that it is dense.</summary>
    Warn,

    /// <summary>Optional claims are left out of the code, from the end of its order, where that reaches the target.</summary>
    Trim,
}

/// <summary>How a mistake in an issued credential is put right.</summary>
public enum CorrectionKind
{
    /// <summary>A corrected credential takes the place of the wrong one, which is revoked in the same act.</summary>
    Replace,

    /// <summary>A dated sentence is added; what was said stays in force, so that nobody's reference can be taken away as a punishment.</summary>
    Addition,
}

/// <summary>What kind of value a claim holds.</summary>
public enum ClaimKind
{
    /// <summary>Text of at most 150 characters.</summary>
    Text,
    /// <summary>A whole date, <c>YYYY-MM-DD</c>.</summary>
    Date,
    /// <summary>A date known in part: <c>YYYY</c>, <c>YYYY-MM</c> or <c>YYYY-MM-DD</c>.</summary>
    PartialDate,
    /// <summary>A year, four digits, as an integer.</summary>
    Year,
    /// <summary>A whole number.</summary>
    Integer,
    /// <summary>True or false.</summary>
    Boolean,
    /// <summary>One country, ISO 3166-1 alpha-2, or a user-assigned code (XA–XZ, QM–QZ).</summary>
    Country,
    /// <summary>Several countries; <c>QS</c> is stateless, <c>QU</c> unknown.</summary>
    Countries,
    /// <summary>One of the codes listed in <see cref="ClaimDefinition.Values"/>.</summary>
    Enum,
    /// <summary>An absolute https address.</summary>
    Uri,
    /// <summary>Several texts.</summary>
    Texts,
}

/// <summary>Who decides whether a claim is shown.</summary>
public enum Disclosability
{
    /// <summary>The holder chooses each time.</summary>
    Always,
    /// <summary>Stands in clear in every presentation.</summary>
    Never,
}

/// <summary>One claim of a type. Claims are members of the top level.</summary>
public sealed record ClaimDefinition
{
    /// <summary>The member name in the SD-JWT VC.</summary>
    public required string Name { get; init; }

    /// <summary>The integer key in the compact proof; never reused within a type.</summary>
    public required int Key { get; init; }

    /// <summary>The kind of value.</summary>
    public required ClaimKind Kind { get; init; }

    /// <summary>Whether the issuer must give it.</summary>
    public bool Mandatory { get; init; }

    /// <summary>Whether the holder can hide it.</summary>
    public Disclosability Sd { get; init; } = Disclosability.Always;

    /// <summary>Position in the compact proof; null leaves it out.</summary>
    public int? Qr { get; init; }

    /// <summary>How the issuer computes it, for a claim that nobody types: <c>age-over-18</c>, <c>dated-additions</c>, the sentences of later corrections, or
    /// <c>original-issuer</c>, the id (64 hexadecimal digits) of the closed organisation in whose place its depositary issues.</summary>
    public string? Derived { get; init; }

    /// <summary>For a derived claim, the claim that it makes unnecessary to show.</summary>
    public string? DerivedFrom { get; init; }

    /// <summary>Longest text in characters.</summary>
    public int MaxLength { get; init; } = 150;

    /// <summary>A text of several sentences: forms give it room, and line breaks in it count as spaces.</summary>
    [JsonIgnore]
    public bool IsLongText => Kind is ClaimKind.Text && MaxLength > 200;

    /// <summary>For a date: the claim, also a date, before which it cannot lie. Of dates known in part, only what cannot be is refused.</summary>
    public string? NotBefore { get; init; }

    /// <summary>Claims that say nothing without this one: whoever gives one of them must give this, too.</summary>
    public IReadOnlyList<string> NeededWith { get; init; } = [];

    /// <summary>Whether the issuer must give it beside these claims.</summary>
    public bool IsNeeded(JsonObject claims) => Mandatory || NeededWith.Any(name => claims[name] is not null);

    /// <summary>For <see cref="ClaimKind.Enum"/>: code to text per language.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Values { get; init; }

    /// <summary>A verifier should compare it with the person or the identity document.</summary>
    public bool Compare { get; init; }

    /// <summary>Off by default when a holder is asked for it.</summary>
    public bool Sensitive { get; init; }

    /// <summary>The label per language.</summary>
    public required IReadOnlyDictionary<string, string> Display { get; init; }

    /// <summary>Help for the person who fills it in, per language.</summary>
    public IReadOnlyDictionary<string, string>? Hint { get; init; }

    /// <summary>The label in a language, or the English one.</summary>
    public string Label(string language) => Display.TryGetValue(language, out var label) ? label : Display["en"];
}
