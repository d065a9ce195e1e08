using Identity.Issuer.Approval;
using Identity.Issuer.Issuance;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>The second person looks and decides.</summary>
public sealed class ApproveModel(Desk desk, FindCredentials find, CopyProgress progress, DecideApproval decide) : CredentialPageModel(desk, find, progress)
{
    /// <summary>What was typed as the reason.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The reason is missing.</summary>
    public bool ReasonMissing { get; private set; }

    /// <inheritdoc/>
    protected override string Why => "approval";

    /// <summary>Shows what waits.</summary>
    public Task<IActionResult> OnGetAsync(string id, CancellationToken ct) => ShowAsync(id, ct);

    /// <summary>Approves.</summary>
    public Task<IActionResult> OnPostApproveAsync(string id, CancellationToken ct) => DecideAsync(id, () => decide.ApproveAsync(Desk.Organisation, id, Desk.Actor, ct), ct);

    /// <summary>Sends back.</summary>
    public Task<IActionResult> OnPostReturnAsync(string id, string? reason, CancellationToken ct)
    {
        Reason = reason ?? "";
        return DecideAsync(id, () => decide.ReturnAsync(Desk.Organisation, id, reason, Desk.Actor, ct), ct);
    }

    private async Task<IActionResult> DecideAsync(string id, Func<Task<Decision>> decision, CancellationToken ct)
    {
        try
        {
            switch (await decision())
            {
                case Decision.Done: return Redirect("/console/approvals");
                case Decision.ReasonMissing: ReasonMissing = true; break;
                case Decision.Refused: Problem = Desk["approval.refused"]; break;
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            Problem = Desk["change.raced"];
        }
        return await ShowAsync(id, ct, ReasonMissing ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict);
    }
}
