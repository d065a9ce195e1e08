using Identity.Credentials.Types;
using Identity.Issuer.Issuance;
using Identity.Issuer.Status;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>Revokes, suspends or reinstates, after a page that says what will follow.</summary>
public sealed class ChangeModel(Desk desk, FindCredentials find, CopyProgress progress, ChangeStatus change) : CredentialPageModel(desk, find, progress)
{
    /// <summary>revocation, suspension or reinstatement.</summary>
    public string Act { get; private set; } = "";

    /// <summary>The reason code that was chosen.</summary>
    public string? Code { get; private set; }

    /// <summary>The codes to choose from.</summary>
    public IReadOnlyList<string> Codes => (Act, Guarded) switch
    {
        ("suspension", false) => Reasons.Suspension,
        ("suspension", true) => Reasons.HoldingReference,
        (_, true) => Reasons.AgainstReference,
        _ => Reasons.Revocation,
    };

    /// <summary>A second person must agree.</summary>
    public bool Guarded => Act != "reinstatement" && Details?.Correction is CorrectionKind.Addition;

    /// <inheritdoc/>
    protected override string Why => "change_status";

    /// <summary>What was typed as the sentence.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The box of the confirmation was ticked.</summary>
    public bool Confirmed { get; private set; }

    /// <summary>The reason is missing.</summary>
    public bool ReasonMissing { get; private set; }

    /// <summary>The confirmation is missing.</summary>
    public bool ConfirmationMissing { get; private set; }

    /// <summary>The act leads on from the present state.</summary>
    public bool Possible => (Act, Details?.State) is ("revocation", not CredentialState.Revoked and not CredentialState.Returned) or ("suspension", CredentialState.Collected) or ("reinstatement", CredentialState.Suspended);

    /// <summary>Shows what would follow.</summary>
    public Task<IActionResult> OnGetAsync(string id, string act, CancellationToken ct)
    {
        Act = act;
        return ShowAsync(id, ct);
    }

    /// <summary>Does it.</summary>
    public async Task<IActionResult> OnPostAsync(string id, string act, string? code, string? reason, bool confirmed, CancellationToken ct)
    {
        (Act, Code, Reason, Confirmed) = (act, code, reason?.ReplaceLineEndings(" ").Trim() ?? "", confirmed);
        (ReasonMissing, ConfirmationMissing) = (act != "reinstatement" && (Reason.Length > 0 ? Reasons.Sentence(Reason) is null : code is null or Reasons.Other), act == "revocation" && !confirmed);
        if (ReasonMissing || ConfirmationMissing) return await ShowAsync(id, ct, StatusCodes.Status400BadRequest);
        try
        {
            var outcome = act switch
            {
                "revocation" => await change.RevokeAsync(Desk.Organisation, id, code, Reason, Desk.Actor, ct),
                "suspension" => await change.SuspendAsync(Desk.Organisation, id, code, Reason, Desk.Actor, ct),
                _ => await change.ReinstateAsync(Desk.Organisation, id, Desk.Actor, ct),
            };
            if (outcome is StatusChange.Changed or StatusChange.Asked) return Redirect($"/console/credentials/{id}");
            ReasonMissing = outcome is StatusChange.ReasonMissing;
        }
        catch (DbUpdateConcurrencyException)
        {
            Problem = Desk["change.raced"];
        }
        return await ShowAsync(id, ct, ReasonMissing ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict);
    }
}
