using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Wallet.Desk;

/// <summary>What is read aloud, and the person's yes or no.</summary>
public sealed class ReadModel(DeskView desk) : PageModel
{
    /// <summary>What is proposed.</summary>
    public MandateRow Mandate { get; private set; } = null!;

    /// <summary>Names of the prompts that say what stands there (src/web/voice/prompts.json, "desk").</summary>
    public string Spoken => string.Join(' ', ["may", .. Enum.GetValues<MandateScope>().Where(one => one != MandateScope.None && Mandate.Scope.HasFlag(one)).Select(one => "scope-" + DeskView.Key(one)),
        "holds", $"length-{Mandate.Minutes}", "words", "each", "log", Mandate.AtEnd == AtEnd.Seal ? "seal" : "erase", Mandate.WithCard ? "card" : "pin", "ask"]);

    /// <summary>Why nothing was agreed.</summary>
    public string? Refused { get; private set; }

    private MakeMandate Making => HttpContext.RequestServices.GetRequiredService<MakeMandate>();

    /// <summary>Shows it.</summary>
    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct) => await Making.FindAsync(desk.Seat, id, ct) is { } found ? Show(found, null) : Redirect($"/desk/mandates/{id}");

    /// <summary>The person agrees.</summary>
    public async Task<IActionResult> OnPostAsync(string id, string? said, string? pin, string? again, string? cardText, CancellationToken ct)
    {
        var refusal = said == "yes" ? await Making.AgreeAsync(desk.Seat, id, pin, again, cardText, ct) : "not_said";
        if (refusal is null) return Redirect($"/desk/mandates/{id}/slip");
        return await Making.FindAsync(desk.Seat, id, ct) is { } found ? Show(found, desk.Refusal(refusal)) : Redirect("/desk/open?over=1");
    }

    /// <summary>The person does not agree.</summary>
    public async Task<IActionResult> OnPostDeclineAsync(string id, CancellationToken ct)
    {
        await Making.DeclineAsync(desk.Seat, id, ct);
        return Redirect("/desk?declined=1");
    }

    private PageResult Show(MandateRow found, string? refused)
    {
        (Mandate, Refused) = (found, refused);
        return Page();
    }
}
