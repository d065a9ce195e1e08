using Identity.Hosting;
using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Wallet.Desk;

/// <summary>Ends a mandate of any desk by its two words. Whose it was is not told, to anybody.</summary>
[EnableRateLimiting(Limits.Secrets)]
public sealed class EndModel(DeskView desk) : PageModel
{
    /// <summary>Why nothing ended; null before a try.</summary>
    public WordsSaid? Said { get; private set; }

    /// <summary>Ends it.</summary>
    public async Task<IActionResult> OnPostAsync(string? first, string? second, string? words, CancellationToken ct)
    {
        var said = await HttpContext.RequestServices.GetRequiredService<EndMandates>().ByWordsAsync(desk.Seat, first, second, desk.WordsIn(words), ct);
        if (said == WordsSaid.Ended) return Redirect("/desk?ended=1");
        Said = said;
        return Page();
    }
}
