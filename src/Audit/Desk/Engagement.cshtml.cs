using Identity.Audit.Counts;
using Identity.Audit.Data;
using Identity.Audit.Engagements;
using Identity.Audit.Keys;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Desk;

/// <summary>What is published of a site.</summary>
public sealed record SiteCounts(string Code, IReadOnlyList<PublishedCount> Counts, DateTimeOffset? PublishedAt);

/// <summary>An engagement: counts of its sites, what workers show, and the link for workers.</summary>
public sealed class EngagementModel(AuditSettings settings, EngagementKeys keys, AuditDb db, CountSites counts, ReadLog reads, DeskView desk) : PageModel
{
    /// <summary>The engagement.</summary>
    public Engagement Engagement { get; private set; } = null!;

    /// <summary>Its sites.</summary>
    public IReadOnlyList<SiteCounts> Sites { get; private set; } = [];

    /// <summary>What workers showed.</summary>
    public IReadOnlyList<BundleRow> Bundles { get; private set; } = [];

    /// <summary>For workers.</summary>
    public string Link { get; private set; } = "";

    /// <summary>The same as an SVG.</summary>
    public string Code { get; private set; } = "";

    /// <summary>Shows it.</summary>
    public async Task<IActionResult> OnGetAsync(string slug, CancellationToken ct)
    {
        if (desk.FindEngagement(slug) is not { } engagement) return NotFound();
        Engagement = engagement;
        await reads.WriteAsync(desk.Organisation.Slug, desk.UserName, "counts", engagement, null, ct);
        var sites = new List<SiteCounts>();
        foreach (var code in engagement.Sites)
            sites.Add(await counts.OfAsync(code, ct) is { } published ? new SiteCounts(code, published.Counts, published.PublishedAt) : new SiteCounts(code, [new PublishedCount("", 0)], null));
        Sites = sites;
        Bundles = await db.Bundles.AsNoTracking().Where(b => b.Engagement == slug).OrderByDescending(b => b.ReceivedOn).ThenBy(b => b.Id).Take(200).ToListAsync(ct);
        Link = EngagementEndpoint.Link(settings, keys, engagement);
        Code = QrImage.Svg(Link);
        return Page();
    }
}
