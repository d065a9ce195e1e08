using Identity.Issuer.Bulk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>Letters with the offer, or slips with the code, to be printed and sent apart from each other.</summary>
public sealed class BulkLettersModel(Desk desk, BulkDesk bulk, BulkResults results) : PageModel
{
    /// <summary>The job; null where the organisation has none of this id.</summary>
    public BulkJob? Job { get; private set; }

    /// <summary>Slips with codes instead of letters with offers.</summary>
    public bool Slips { get; private set; }

    /// <summary>This page, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>How many pages there are.</summary>
    public int Pages { get; private set; }

    /// <summary>What is printed.</summary>
    public IReadOnlyList<BulkLetter> Letters { get; private set; } = [];

    /// <summary>Shows a page of letters or slips.</summary>
    public async Task<IActionResult> OnGetAsync(string id, string kind, int p, CancellationToken ct)
    {
        Slips = kind == "slips";
        Job = await bulk.FindAsync(desk.Organisation, id, ct);
        if (Job is null)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
            return Page();
        }
        Pages = Math.Max(1, (Job.Issued + BulkResults.PageSize - 1) / BulkResults.PageSize);
        Number = Math.Clamp(p, 1, Pages);
        Letters = await results.LettersAsync(desk.Organisation, Job, Number, desk.Actor, ct);
        return Page();
    }
}
