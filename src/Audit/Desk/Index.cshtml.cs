using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Audit.Desk;

/// <summary>The engagements of the organisation; who hands out codes goes on to the codes.</summary>
public sealed class IndexModel(AuditSettings settings, DeskView desk) : PageModel
{
    /// <summary>The organisation's own.</summary>
    public IReadOnlyList<Engagement> Engagements { get; private set; } = [];

    /// <summary>Shows the list.</summary>
    public IActionResult OnGet()
    {
        if (desk.Found is not { } organisation) return Redirect("/desk/sign-in");
        if (organisation.Role == AuditRole.Union) return Redirect("/desk/codes");
        Engagements = [.. settings.Engagements.Where(e => e.Organisation == organisation.Slug)];
        return Page();
    }
}
