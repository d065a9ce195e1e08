using System.Text.RegularExpressions;
using Identity.Credentials.Types;
using Identity.Issuer.Keys;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Organisations;

/// <summary>An organisation as the settings name it. Section <c>Organisations</c>, an array.</summary>
public sealed class OrganisationOptions
{
    /// <summary>The last part of its issuer identifier: lower-case letters, digits and hyphens.</summary>
    public string Slug { get; set; } = "";

    /// <summary>Its name, as people read it.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its country, ISO 3166-1 alpha-2 or user-assigned.</summary>
    public string Country { get; set; } = "";

    /// <summary>It is fictional. Refused in Production.</summary>
    public bool Demonstration { get; set; }

    /// <summary>How people reach it.</summary>
    public string? Contact { get; set; }

    /// <summary>Short names of the types it issues; empty means all.</summary>
    public List<string> Types { get; set; } = [];

    /// <summary>It prepares and signs also what goes beyond its accreditations, to show what verifiers say to that. Refused in Production.</summary>
    public bool IgnoresScope { get; set; }

    /// <summary>What it says of itself on the ledger, where this service is reached at <paramref name="publicUrl"/>.</summary>
    public OrganisationProfile Profile(string publicUrl) => new($"{publicUrl}/{Slug}", Name, Country, Demonstration, Contact);

    /// <summary>What is wrong with these settings, or null.</summary>
    public string? Problem() =>
        !Organisation.IsSlug(Slug) ? $"Organisations: slug “{Slug}” must be 2 to 64 lower-case letters, digits or hyphens, and none of: {string.Join(", ", Organisation.Reserved)}."
        : Name.Trim().Length is 0 or > 200 ? $"Organisations: {Slug} needs a name of at most 200 characters."
        : Country.Length != 2 || !Country.All(char.IsAsciiLetterUpper) ? $"Organisations: {Slug} needs a country of two capital letters."
        : Types.FirstOrDefault(t => TypeDefinition.Find(t)?.Name != t) is { } unknown ? $"Organisations: {Slug} names the unknown type “{unknown}”."
        : null;
}

/// <summary>An organisation that issues here, with its keys.</summary>
public sealed partial class Organisation
{
    internal static readonly string[] Reserved = ["api", "types", "log", "console", "health", "openapi"];

    /// <summary>The last part of the issuer identifier.</summary>
    public required string Slug { get; init; }

    /// <summary>What it says of itself on the ledger; holds name, country and issuer identifier.</summary>
    public required OrganisationProfile Profile { get; init; }

    /// <summary>The types it issues.</summary>
    public required IReadOnlyList<TypeDefinition> Types { get; init; }

    /// <summary>See <see cref="OrganisationOptions.IgnoresScope"/>.</summary>
    public bool IgnoresScope { get; init; }

    /// <summary>The key it began with. Which key signs now is for <see cref="KeyRing"/> to say.</summary>
    public required IssuerKey FirstKey { get; init; }

    /// <summary>Its account on the ledger.</summary>
    public required IEvmSigner Account { get; init; }

    /// <summary>The issuer identifier (<c>iss</c>, <c>credential_issuer</c>), compared byte for byte.</summary>
    public string Issuer => Profile.Issuer;

    /// <summary>Its name.</summary>
    public string Name => Profile.Name;

    /// <summary>The type of this short name if the organisation issues it, or null.</summary>
    public TypeDefinition? FindType(string? name) => Types.FirstOrDefault(t => t.Name == name);

    /// <summary>The address of one of its status lists.</summary>
    public string StatusListUri(int list) => $"{Issuer}/status/{list}";

    internal static bool IsSlug(string slug) => SlugPattern().IsMatch(slug) && !Reserved.Contains(slug);

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{1,63}$")]
    private static partial Regex SlugPattern();
}

/// <summary>The organisations that issue here, fixed while the service runs.</summary>
public sealed class OrganisationDirectory(IReadOnlyList<Organisation> all)
{
    private readonly Dictionary<string, Organisation> _bySlug = all.ToDictionary(o => o.Slug, StringComparer.Ordinal);

    /// <summary>All of them, in the order of the settings.</summary>
    public IReadOnlyList<Organisation> All { get; } = all;

    /// <summary>The organisation of this slug, or null.</summary>
    public Organisation? Find(string? slug) => slug is null ? null : _bySlug.GetValueOrDefault(slug);
}
