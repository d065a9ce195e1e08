using Identity.Hosting;
using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Wallet.Desk;

/// <summary>Takes a verifier's question.</summary>
[EnableRateLimiting(Limits.Work)]
public sealed class ShowModel : SittingPage
{
    /// <summary>Shows the form.</summary>
    public IActionResult OnGet() => Covered(MandateScope.Show);

    /// <summary>Reads the question and puts it to the person.</summary>
    public async Task<IActionResult> OnPostAsync(string? text, CancellationToken ct)
    {
        var (question, refusal) = await HttpContext.RequestServices.GetRequiredService<ShowForPerson>().ReviewAsync(Sitting, text, ct);
        return question is not null ? Redirect($"{Home}/questions/{question.Id}") : Refuse(refusal!);
    }
}
