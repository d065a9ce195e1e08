using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Wallet.Desk;

/// <summary>What the person and the desk agree on, before it is read aloud.</summary>
public sealed class NewModel : PageModel
{
    /// <summary>In minutes: hours, and days for those with a card.</summary>
    public static readonly IReadOnlyList<int> Lengths = [60, 240, 1440, 7 * 1440, 30 * 1440, 90 * 1440];

    /// <summary>It cannot be made like this.</summary>
    public bool Wrong { get; private set; }

    /// <summary>Writes it down and goes on to reading aloud.</summary>
    public async Task<IActionResult> OnPostAsync(string? language, string[] scope, int minutes, string? card, string? atEnd, CancellationToken ct)
    {
        var asked = MandateScope.None;
        foreach (var one in scope.Where(s => s.All(char.IsAsciiLetter)))
            if (Enum.TryParse<MandateScope>(one, ignoreCase: true, out var known)) asked |= known;
        var services = HttpContext.RequestServices;
        var wanted = new Wanted(language ?? "", asked, Lengths.Contains(minutes) ? minutes : 0, card == "yes", atEnd == "seal" ? AtEnd.Seal : AtEnd.Erase);
        if (await services.GetRequiredService<MakeMandate>().ProposeAsync(services.GetRequiredService<DeskView>().Seat, wanted, ct) is { } made) return Redirect($"/desk/mandates/{made.Id}/read");
        Wrong = true;
        return Page();
    }
}
