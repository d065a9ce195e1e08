using System.Text.RegularExpressions;
using Identity.Hosting;

namespace Identity.Audit;

/// <summary>Who works here, which sites there are, and which engagements run: from the settings, checked at the start.</summary>
public sealed partial class AuditSettings
{
    private AuditSettings(string publicUrl, string dataFolder, string walletUrl, IReadOnlyList<AuditOrganisation> organisations, IReadOnlyList<Site> sites, IReadOnlyList<Engagement> engagements, TimeSpan publish)
    {
        (PublicUrl, DataFolder, WalletUrl, Organisations, Sites, Engagements, PublishEvery) = (publicUrl, dataFolder, walletUrl, organisations, sites, engagements, publish);
    }

    /// <summary>The service's address, without a slash at the end.</summary>
    public string PublicUrl { get; }

    /// <summary>Where the service keeps its files.</summary>
    public string DataFolder { get; }

    /// <summary>The wallet that links lead to.</summary>
    public string WalletUrl { get; }

    /// <summary>Auditors, and those who hand out codes.</summary>
    public IReadOnlyList<AuditOrganisation> Organisations { get; }

    /// <summary>Workplaces.</summary>
    public IReadOnlyList<Site> Sites { get; }

    /// <summary>What auditors are engaged for.</summary>
    public IReadOnlyList<Engagement> Engagements { get; }

    /// <summary>Time between two publications of the counts, a day unless said otherwise: a count that follows each record at once tells who was in the room.</summary>
    public TimeSpan PublishEvery { get; }

    /// <summary>The organisation, or null.</summary>
    public AuditOrganisation? FindOrganisation(string? slug) => Organisations.FirstOrDefault(o => o.Slug == slug);

    /// <summary>The site, or null.</summary>
    public Site? FindSite(string? code) => Sites.FirstOrDefault(s => s.Code == code);

    /// <summary>The engagement, or null.</summary>
    public Engagement? FindEngagement(string? slug) => Engagements.FirstOrDefault(e => e.Slug == slug);

    /// <summary>The address under which workers know an engagement.</summary>
    public string AddressOf(Engagement engagement) => $"{PublicUrl}/api/engagements/{engagement.Slug}";

    /// <summary>Reads the settings.</summary>
    /// <exception cref="SettingMissingException">One is missing or wrong; the message says which.</exception>
    public static AuditSettings Read(IConfiguration configuration)
    {
        var folder = configuration.Required("Data:Folder", "the folder for the database, keys and what else this service keeps");
        var organisations = configuration.GetSection("Organisations").Get<List<AuditOrganisation>>() ?? [];
        var sites = configuration.GetSection("Sites").Get<List<Site>>() ?? [];
        var engagements = configuration.GetSection("Engagements").Get<List<Engagement>>() ?? [];
        foreach (var slug in organisations.Select(o => o.Slug).Concat(engagements.Select(e => e.Slug)))
            if (!SlugForm().IsMatch(slug)) throw new SettingMissingException("Organisations and Engagements", $"slugs of small letters, digits and hyphens; not “{slug}”");
        foreach (var engagement in engagements)
        {
            if (organisations.All(o => o.Slug != engagement.Organisation)) throw new SettingMissingException("Engagements", $"an organisation that is set too; not “{engagement.Organisation}”");
            if (engagement.Sites.Count == 0 || engagement.Sites.Any(code => sites.All(s => s.Code != code))) throw new SettingMissingException("Engagements", $"sites that are set too, in “{engagement.Slug}”");
        }
        var publish = configuration.GetValue("Counts:Every", TimeSpan.FromDays(1));
        if (publish <= TimeSpan.Zero) throw new SettingMissingException("Counts:Every", "a time above zero, for example 1.00:00:00");
        return new AuditSettings(configuration.PublicUrl().GetLeftPart(UriPartial.Path).TrimEnd('/'), folder, configuration["Wallet:Url"]?.TrimEnd('/') ?? "", organisations, sites, engagements, publish);
    }

    [GeneratedRegex("^[a-z0-9](-?[a-z0-9]){0,39}$")]
    private static partial Regex SlugForm();
}

/// <summary>What an organisation does here: those who count and those who hand out codes are never the same.</summary>
public enum AuditRole
{
    /// <summary>Sees counts, opens what workers show it, writes findings.</summary>
    Auditor,

    /// <summary>Hands out codes to workers at their workplace; sees nothing that they record.</summary>
    Union,
}

/// <summary>An organisation with staff here.</summary>
public sealed record AuditOrganisation
{
    /// <summary>Short name.</summary>
    public required string Slug { get; init; }

    /// <summary>As people read it.</summary>
    public required string Name { get; init; }

    /// <summary>What it does here.</summary>
    public AuditRole Role { get; init; }

    /// <summary>It is fictional.</summary>
    public bool Demonstration { get; init; }
}

/// <summary>A workplace.</summary>
public sealed record Site
{
    /// <summary>Its code, as records carry it.</summary>
    public required string Code { get; init; }

    /// <summary>As people read it.</summary>
    public required string Name { get; init; }
}

/// <summary>What an auditor looks at, for what, until when.</summary>
public sealed record Engagement
{
    /// <summary>Short name, part of its address.</summary>
    public required string Slug { get; init; }

    /// <summary>Slug of the auditor's organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>What workers are told.</summary>
    public required string Purpose { get; init; }

    /// <summary>Codes of the sites.</summary>
    public required IReadOnlyList<string> Sites { get; init; }

    /// <summary>No bundle can be opened after it.</summary>
    public required DateTimeOffset Until { get; init; }
}
