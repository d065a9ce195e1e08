using Identity.Audit.Engagements;
using Identity.Audit.Vouchers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Audit.Desk;

/// <summary>Makes codes for the workers of a site, to be printed at once and handed out without writing down who got which.</summary>
public sealed class CodesModel(AuditSettings settings, MakeVouchers vouchers) : PageModel
{
    /// <summary>The sites.</summary>
    public IReadOnlyList<Site> Sites => settings.Sites;

    /// <summary>Codes just made, with link and SVG.</summary>
    public IReadOnlyList<(string Code, string Link, string Svg)> Codes { get; private set; } = [];

    /// <summary>The site they are for.</summary>
    public string Site { get; private set; } = "";

    /// <summary>The form could not be used.</summary>
    public bool Wrong { get; private set; }

    /// <summary>Makes them.</summary>
    public async Task<IActionResult> OnPostAsync(string? site, int count, CancellationToken ct)
    {
        if (settings.FindSite(site) is not { } known || count is < 1 or > MakeVouchers.Most)
        {
            Wrong = true;
            return Page();
        }
        Site = known.Code;
        Codes = [.. from code in await vouchers.RunAsync(known, count, ct) let link = EngagementEndpoint.CodeLink(settings, code) select (code, link, QrImage.Svg(link))];
        return Page();
    }
}
