using System.Text;
using Identity.Audit.Bundles;
using Identity.Audit.Data;
using Identity.Audit.Findings;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Audit.Desk;

/// <summary>What one worker shows: terms, dates, the ledger's word, the fields that differ; and the finding as a file. Each look is written down first.</summary>
public sealed class BundleModel(OpenBundle open, MakeFinding findings, ReadLog reads, DeskView desk) : PageModel
{
    /// <summary>The engagement.</summary>
    public Engagement Engagement { get; private set; } = null!;

    /// <summary>The bundle; null once it was withdrawn or its time was over.</summary>
    public OpenedBundle? Bundle { get; private set; }

    /// <summary>Why there is none: <c>withdrawn over</c>.</summary>
    public string GoneState { get; private set; } = "";

    /// <summary>Since when.</summary>
    public DateTimeOffset GoneAt { get; private set; }

    /// <summary>Shows it.</summary>
    public async Task<IActionResult> OnGetAsync(string slug, string id, CancellationToken ct) => await LoadAsync(slug, id, "bundle", ct) ? Page() : NotFound();

    /// <summary>The finding as a file.</summary>
    public async Task<IActionResult> OnPostAsync(string slug, string id, string? note, CancellationToken ct)
    {
        if (!await LoadAsync(slug, id, "finding", ct)) return NotFound();
        if (Bundle is null) return Page();
        if (note?.Length > MakeFinding.MaxNote) return BadRequest();
        return File(Encoding.UTF8.GetBytes(await findings.RunAsync(Engagement, Bundle, note?.Trim() ?? "", ct)), "application/json", $"finding-{id[..8]}.json");
    }

    private async Task<bool> LoadAsync(string slug, string id, string what, CancellationToken ct)
    {
        if (desk.FindEngagement(slug) is not { } engagement) return false;
        Engagement = engagement;
        switch (await open.RunAsync(engagement, id, ct))
        {
            case Opening.Opened opened:
                await reads.WriteAsync(desk.Organisation.Slug, desk.UserName, what, engagement, id, ct);
                Bundle = opened.Bundle;
                return true;
            case Opening.Gone gone:
                (GoneState, GoneAt) = (gone.State, gone.At);
                return true;
            default:
                return false;
        }
    }
}
