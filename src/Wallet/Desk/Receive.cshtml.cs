using Identity.Hosting;
using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Wallet.Desk;

/// <summary>Collects what an issuer offers the person.</summary>
[EnableRateLimiting(Limits.Work)]
public sealed class ReceiveModel(DeskView desk) : SittingPage
{
    /// <summary>An issuer has put something off.</summary>
    public bool Waiting => Sitting.Waiting is not null;

    private ReceiveForPerson Receiving => HttpContext.RequestServices.GetRequiredService<ReceiveForPerson>();

    /// <summary>Shows the form.</summary>
    public IActionResult OnGet() => Covered(MandateScope.Receive);

    /// <summary>Collects.</summary>
    public async Task<IActionResult> OnPostAsync(string? link, string? code, CancellationToken ct) => Tell(await Receiving.RunAsync(desk.Seat, Sitting, link, code, ct));

    /// <summary>Asks again for what was put off.</summary>
    public async Task<IActionResult> OnPostAgainAsync(CancellationToken ct) => Tell(await Receiving.AskAgainAsync(desk.Seat, Sitting, ct));

    private IActionResult Tell(string? refusal) => refusal is null ? Redirect(Home + "?received=1") : Refuse(refusal);
}
