using Identity.Credentials.Recovery;
using Identity.Hosting;
using Identity.Wallet.Mandates;
using Identity.Wallet.Recovery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Wallet.Desk;

/// <summary>The person lost their phone: the desk looks at their document and says that it is they, or stops what somebody else began. Written down in one transaction with what is done.</summary>
[EnableRateLimiting(Limits.Secrets)]
public sealed class RecoverModel(DeskView desk, RecoveryDesk recoveries, TimeProvider clock) : SittingPage
{
    /// <summary>The recovery of these nine digits.</summary>
    public RecoverySummary? Found { get; private set; }

    /// <summary><c>approved</c>, <c>sent</c> or <c>stopped</c>.</summary>
    public string? Done { get; private set; }

    /// <summary>What was typed of the document: shown again where it was refused.</summary>
    public TypedDocument Typed { get; private set; } = new(null, null, null, null, null, null);

    private EndMandates Guesses => HttpContext.RequestServices.GetRequiredService<EndMandates>();

    /// <summary>Shows the form.</summary>
    public IActionResult OnGet() => Covered(MandateScope.Recover);

    /// <summary>Looks up.</summary>
    public async Task<IActionResult> OnPostAsync(string? number, CancellationToken ct) => await FindAsync(number, ct) is { } refusal ? Refuse(refusal) : Page();

    /// <summary>It is this person, and this stands on the document.</summary>
    public async Task<IActionResult> OnPostApproveAsync(string? number, string? said, TypedDocument typed, CancellationToken ct)
    {
        Typed = typed;
        var dated = string.IsNullOrWhiteSpace(typed.Birth) || DocumentRead.IsBirth(typed.Birth.Trim(), DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        var readable = DocumentRead.TryRead(typed.Family, typed.Given, typed.Other, typed.Birth, out var read);
        var refusal = said != "yes" ? "not_said" : !dated ? "birth" : !readable ? "document" : read.Names.Count == 0 && typed.NoLatin != "yes" ? "no_names" : read.Birth is null && typed.NoBirth != "yes" ? "no_birth" : null;
        if (refusal is null) return await DoAsync(number, "approved", found => recoveries.ApproveAsync(found, Act("approved"), read, ct), ct);
        // The form stays, with what was typed.
        return Refuse(await FindAsync(number, ct) ?? refusal);
    }

    /// <summary>The code did not come: it is sent once more.</summary>
    public Task<IActionResult> OnPostSendAsync(string? number, CancellationToken ct) => DoAsync(number, "sent", found => recoveries.SendCodeAsync(found, Act("sent"), ct), ct);

    /// <summary>The person did not begin it.</summary>
    public Task<IActionResult> OnPostStopAsync(string? number, CancellationToken ct) => DoAsync(number, "stopped", found => recoveries.StopAsync(found, Act("stopped"), ct), ct);

    private DeskAct Act(string what) => new(desk.Organisation.Slug, Mandate.Id, desk.UserName, ct => Acts.AddAsync(desk.Seat, Sitting, MandateScope.Recover, "recovery", what, ct));

    private async Task<IActionResult> DoAsync(string? number, string what, Func<string, Task<RecoveryStep>> step, CancellationToken ct)
    {
        if (await FindAsync(number, ct) is { } refusal) return Refuse(refusal);
        switch (await step(Found!.Number))
        {
            case RecoveryStep.Taken:
                (Done, Found) = (what, null);
                return Page();
            case RecoveryStep.Refused { Code: "over" }: return Refuse("over");
            case RecoveryStep.Refused refused:
                // What was tried stands in the log, too.
                await Acts.DoAsync(desk.Seat, Sitting, MandateScope.Recover, "recovery", "failed", null, ct);
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

/// <summary>What a desk types of a document.</summary>
/// <param name="Family">Family name in Latin letters.</param>
/// <param name="Given">Given names.</param>
/// <param name="Other">Other names on it.</param>
/// <param name="Birth">YYYY, YYYY-MM or YYYY-MM-DD.</param>
/// <param name="NoLatin"><c>yes</c>: it has no name in Latin letters.</param>
/// <param name="NoBirth"><c>yes</c>: it has no date of birth. Not left out by mistake: against a thief of the same name there is nothing else.</param>
public sealed record TypedDocument(string? Family, string? Given, string? Other, string? Birth, string? NoLatin, string? NoBirth);
