using Identity.Hosting;
using Identity.Wallet.Mandates;
using Identity.Wallet.Recovery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Wallet.Desk;

/// <summary>The person lost their phone: the desk looks at their document and says that it is they, or stops what somebody else began. Written down before it is done.</summary>
[EnableRateLimiting(Limits.Secrets)]
public sealed class RecoverModel(DeskView desk, RecoveryDesk recoveries) : SittingPage
{
    /// <summary>The recovery of these nine digits.</summary>
    public RecoverySummary? Found { get; private set; }

    /// <summary><c>approved</c> or <c>stopped</c>.</summary>
    public string? Done { get; private set; }

    private EndMandates Guesses => HttpContext.RequestServices.GetRequiredService<EndMandates>();

    /// <summary>Shows the form.</summary>
    public IActionResult OnGet() => Covered(MandateScope.Recover);

    /// <summary>Looks up.</summary>
    public async Task<IActionResult> OnPostAsync(string? number, CancellationToken ct) => await FindAsync(number, ct) is { } refusal ? Refuse(refusal) : Page();

    /// <summary>It is this person.</summary>
    public Task<IActionResult> OnPostApproveAsync(string? number, string? said, CancellationToken ct) =>
        said == "yes" ? DoAsync(number, "approved", found => recoveries.ApproveAsync(found, desk.Organisation.Slug, ct), ct) : Task.FromResult(Refuse("not_said"));

    /// <summary>The person did not begin it.</summary>
    public Task<IActionResult> OnPostStopAsync(string? number, CancellationToken ct) => DoAsync(number, "stopped", found => recoveries.StopAsync(found, ct), ct);

    private async Task<IActionResult> DoAsync(string? number, string what, Func<string, Task<RecoveryStep>> step, CancellationToken ct)
    {
        if (await FindAsync(number, ct) is { } refusal) return Refuse(refusal);
        if (!await Acts.DoAsync(desk.Seat, Sitting, MandateScope.Recover, "recovery", what, null, ct)) return Refuse("over");
        switch (await step(Found!.Number))
        {
            case RecoveryStep.Taken:
                (Done, Found) = (what, null);
                return Page();
            case RecoveryStep.Refused refused:
                return Refuse("recovery_" + refused.Code);
            default:
                return Refuse("no_recovery");
        }
    }

    // Numbers are not to be guessed either.
    private async Task<string?> FindAsync(string? number, CancellationToken ct)
    {
        if (!Mandate.Scope.HasFlag(MandateScope.Recover)) return "scope";
        if (await Guesses.TooManyAsync(desk.UserName, ct)) return "too_many";
        Found = await recoveries.FindAsync(string.Concat((number ?? "").Where(char.IsAsciiDigit)), ct);
        if (Found is null) await Guesses.CountWrongNowAsync(desk.UserName, ct);
        return Found is null ? "no_recovery" : null;
    }
}
