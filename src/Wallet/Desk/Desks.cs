using System.Text.RegularExpressions;
using Identity.Credentials.Verifiers;
using Identity.Hosting;

namespace Identity.Wallet.Desk;

/// <summary>Who stands by the person and may run a desk.</summary>
public enum DeskKind
{
    /// <summary>A trade union.</summary>
    Union,

    /// <summary>An embassy or consulate.</summary>
    Embassy,

    /// <summary>An organisation that nobody profits from.</summary>
    Ngo,
}

/// <summary>An organisation that runs a desk.</summary>
/// <param name="Slug">Short name.</param>
/// <param name="Name">As people read it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Site">Its web address: by it and by its name it is known in the registry.</param>
/// <param name="Phone">Where people end a mandate by voice.</param>
/// <param name="Demonstration">It is fictional.</param>
public sealed record DeskOrganisation(string Slug, string Name, DeskKind Kind, Uri Site, string Phone, bool Demonstration);

/// <summary>
/// The desks of this service, from the section <c>Desks</c>. None is an issuer, an employer or an agency: what else is registered (section <c>Registered</c>, as the
/// registry has it) is compared when the service starts, the signed list of verifiers at each sign-in and each page.
/// </summary>
public sealed partial class Desks
{
    private Desks(IReadOnlyList<DeskOrganisation> all) => All = all;

    /// <summary>All of them.</summary>
    public IReadOnlyList<DeskOrganisation> All { get; }

    /// <summary>The desk, or null.</summary>
    public DeskOrganisation? Find(string? slug) => All.FirstOrDefault(desk => desk.Slug == slug);

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingMissingException">One is missing or wrong; the message says which, and why somebody can run no desk.</exception>
    public static Desks Read(IConfiguration configuration)
    {
        var registered = configuration.GetSection("Registered").GetChildren().Select(one => (Name: one["Name"] ?? "", Site: one["Site"] ?? "", As: one["As"] ?? "")).ToList();
        var desks = configuration.GetSection("Desks").GetChildren().Select(ReadDesk).ToList();
        if (desks.Select(desk => desk.Slug).Distinct().Count() != desks.Count) throw new SettingMissingException("Desks", "desks with different slugs");
        foreach (var desk in desks)
            if (registered.FirstOrDefault(one => Is(desk, one.Name, one.Site)) is { As: not null } same)
                throw new SettingMissingException("Desks", $"desks that are nothing else: “{desk.Name}” is registered as {(same.As.Length > 0 ? same.As : "an issuer or verifier")} too, and who issues, employs or recruits runs no desk for the same people");
        return new Desks(desks);
    }

    /// <summary>The registered verifier that this organisation is, or null: it must not serve people then.</summary>
    public static VerifierProfile? VerifierOf(DeskOrganisation desk, VerifierList? list) =>
        list?.Verifiers.Select(verifier => verifier.Profile).FirstOrDefault(profile => Is(desk, profile.Name, profile.Contact));

    /// <summary>Whether an address belongs to the desk's own organisation.</summary>
    public static bool IsOf(DeskOrganisation desk, string address) => Is(desk, "", address);

    private static bool Is(DeskOrganisation desk, string name, string address)
    {
        if (Fold(name) is { Length: > 0 } folded && folded == Fold(desk.Name)) return true;
        var host = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : address.Split('@') is [_, .. var rest] && rest.Length > 0 ? rest[^1] : "";
        return host.Length > 0 && (Within(host, desk.Site.Host) || Within(desk.Site.Host, host));
    }

    // The same host, or one below the other.
    private static bool Within(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase) || one.EndsWith("." + other, StringComparison.OrdinalIgnoreCase);

    private static string Fold(string name) => string.Concat(name.Normalize(System.Text.NormalizationForm.FormKC).Where(char.IsLetterOrDigit)).ToUpperInvariant();

    private static DeskOrganisation ReadDesk(IConfigurationSection section)
    {
        string Need(string key, string meaning) => section[key] is { Length: > 0 } value ? value : throw new SettingMissingException($"{section.Path}:{key}", meaning);
        var slug = Need("Slug", "a short name");
        if (!SlugForm().IsMatch(slug)) throw new SettingMissingException($"{section.Path}:Slug", $"small letters, digits and hyphens; not “{slug}”");
        var kind = Need("Kind", "union, embassy or ngo");
        // By name, never by number: 0 would be a union.
        if (!kind.All(char.IsAsciiLetter) || !Enum.TryParse<DeskKind>(kind, ignoreCase: true, out var known)) throw new SettingMissingException($"{section.Path}:Kind", $"union, embassy or ngo; an issuer, an employer or an agency runs no desk, and so not “{kind}”");
        if (!Uri.TryCreate(Need("Site", "the organisation's web address"), UriKind.Absolute, out var site) || site.Scheme != Uri.UriSchemeHttps) throw new SettingMissingException($"{section.Path}:Site", "an https address");
        return new DeskOrganisation(slug, Need("Name", "the name that people know"), known, site, Need("Phone", "the number where people end a mandate by voice"), section.GetValue("Demonstration", false));
    }

    [GeneratedRegex("^[a-z0-9](-?[a-z0-9]){0,39}$")]
    private static partial Regex SlugForm();
}
