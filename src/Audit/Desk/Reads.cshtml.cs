using Identity.Audit.Data;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Audit.Desk;

/// <summary>Who of the organisation looked at what.</summary>
public sealed class ReadsModel(ReadLog log, DeskView desk) : PageModel
{
    /// <summary>Newest first.</summary>
    public IReadOnlyList<ReadRow> Reads { get; private set; } = [];

    /// <summary>Shows them.</summary>
    public async Task OnGetAsync(CancellationToken ct) => Reads = await log.NewestAsync(desk.Organisation.Slug, 200, ct);
}
