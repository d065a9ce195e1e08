using Identity.Hosting;
using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Wallet.Desk;

/// <summary>The person comes back.</summary>
[EnableRateLimiting(Limits.Secrets)]
public sealed class OpenModel(DeskView desk) : PageModel
{
    /// <summary>Nothing opened.</summary>
    public bool Failed { get; private set; }

    /// <summary>What was open before is not any more.</summary>
    public bool Over => Request.Query.ContainsKey("over") && !Failed;

    /// <summary>Opens.</summary>
    public async Task<IActionResult> OnPostAsync(string? first, string? second, string? words, string? pin, string? cardText, CancellationToken ct)
    {
        if (await HttpContext.RequestServices.GetRequiredService<OpenMandate>().RunAsync(desk.Seat, first, second, desk.WordsIn(words), pin, cardText, ct) is { } id) return Redirect($"/desk/mandates/{id}");
        Failed = true;
        return Page();
    }
}
