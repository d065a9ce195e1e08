using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Recovery;
using Identity.Issuer.Status;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>One credential: claims, state, how far each copy has come, and what happened to it.</summary>
public sealed class DetailModel(Desk desk, FindCredentials find, CopyProgress progress, LetRecordGo letGo, StopRecovery stop, IssuerDb db) : CredentialPageModel(desk, find, progress)
{
    /// <summary>How many copies have come how far.</summary>
    public Progress Progress { get; private set; } = new(0, 0, 0);

    /// <summary>Who read the record, newest first, a day's readings in one line.</summary>
    public IReadOnlyList<HistoryLine> Reads { get; private set; } = [];

    /// <summary>What the wallet told for the case that the phone is lost, or null.</summary>
    public RecoveryAnchor? Recovery { get; private set; }

    /// <summary>The reason for stopping that it moves to a new phone is missing.</summary>
    public bool ReasonMissing { get; private set; }

    /// <summary>Shows the credential.</summary>
    public Task<IActionResult> OnGetAsync(string id, CancellationToken ct) => LookAsync(id, StatusCodes.Status200OK, ct);

    private async Task<IActionResult> LookAsync(string id, int status, CancellationToken ct)
    {
        var page = await ShowAsync(id, ct, status);
        if (Details is { Copies: var copies })
            Progress = new Progress(copies.Count(c => c.Anchoring == "waiting"), copies.Count(c => c.Anchoring == "logged"), copies.Count(c => c.Anchoring == "anchored"));
        if (Details is not null) Reads = [.. (await db.HistoryOfAsync(id, ct)).Where(l => l.Act is "read" or "listed" or "bulk_read" or "case-read")];
        if (Details is not null) Recovery = await db.RecoveryAnchors.AsNoTracking().SingleOrDefaultAsync(a => a.CredentialId == id, ct);
        return page;
    }

    /// <summary>A clerk has looked at the person's papers and lets the record move to the phone that it is held from, although the document at the desk had another name; or asks a second person for it (<see cref="Identity.Credentials.Types.TypeDefinition.IsOfTwoPeople"/>).</summary>
    /// <param name="id">The record.</param>
    /// <param name="phone">The key that the page showed: what another phone asks for meanwhile is not let go with it.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<IActionResult> OnPostLetGoAsync(string id, string? phone, CancellationToken ct)
    {
        if (!Desk.Roles.HasFlag(StaffRoles.Clerk)) return StatusCode(StatusCodes.Status403Forbidden);
        await letGo.RunAsync(Desk.Organisation, id, phone ?? "", Desk.Actor, ct); // refused where another phone asks by now: the page shows that one
        return Redirect($"/console/credentials/{id}");
    }

    /// <summary>
    /// A clerk stops that it is moved to a new phone, or asks a second person for it, with a reason (<see cref="Identity.Credentials.Types.TypeDefinition.IsOfTwoPeople"/>); or allows it again. Stopping alone also ends an offer that is
    /// open because it was moved.
    /// </summary>
    public async Task<IActionResult> OnPostRecoveryAsync(string id, bool allow, string? reason, CancellationToken ct)
    {
        if (!Desk.Roles.HasFlag(StaffRoles.Clerk)) return StatusCode(StatusCodes.Status403Forbidden);
        var step = allow ? await stop.AllowAsync(Desk.Organisation, id, Desk.Actor, ct) : await stop.RunAsync(Desk.Organisation, id, reason, Desk.Actor, ct);
        ReasonMissing = step is Step.Refused && !allow && Reasons.Sentence(reason) is null;
        return ReasonMissing ? await LookAsync(id, StatusCodes.Status400BadRequest, ct) : Redirect($"/console/credentials/{id}"); // refused where it is so already: the page shows how it is
    }
}
