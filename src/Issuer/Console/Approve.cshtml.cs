using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Issuer.Approval;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Recovery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>The second person looks and decides.</summary>
public sealed class ApproveModel(Desk desk, FindCredentials find, CopyProgress progress, DecideApproval decide, IssuerDb db) : CredentialPageModel(desk, find, progress)
{
    /// <summary>What was typed as the reason.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The reason is missing.</summary>
    public bool ReasonMissing { get; private set; }

    /// <summary>The credential that this one would take the place of, or null.</summary>
    public CredentialDetails? Replaced { get; private set; }

    /// <summary>Why the record was held, where it is asked that it be let go to a new phone; else null.</summary>
    public RecoveryAnchor? Held { get; private set; }

    /// <summary>The claims in which this one differs from <see cref="Replaced"/>.</summary>
    public IEnumerable<ClaimDefinition> Differing =>
        TypeDefinition.Find(Details!.Type)!.Claims.Where(c => !JsonNode.DeepEquals(Replaced!.Claims[c.Name], Details.Claims[c.Name]));

    /// <inheritdoc/>
    protected override string Why => "approval";

    /// <summary>Shows what waits.</summary>
    public Task<IActionResult> OnGetAsync(string id, CancellationToken ct) => LookAsync(id, StatusCodes.Status200OK, ct);

    /// <summary>Approves what the page showed, <paramref name="asked"/>.</summary>
    public Task<IActionResult> OnPostApproveAsync(string id, string? asked, CancellationToken ct) => DecideAsync(id, () => decide.ApproveAsync(Desk.Organisation, id, asked, Desk.Actor, ct), ct);

    /// <summary>Sends back what the page showed.</summary>
    public Task<IActionResult> OnPostReturnAsync(string id, string? asked, string? reason, CancellationToken ct)
    {
        Reason = reason ?? "";
        return DecideAsync(id, () => decide.ReturnAsync(Desk.Organisation, id, asked, reason, Desk.Actor, ct), ct);
    }

    private async Task<IActionResult> DecideAsync(string id, Func<Task<Decision>> decision, CancellationToken ct)
    {
        try
        {
            switch (await decision())
            {
                case Decision.Done: return Redirect("/console/approvals");
                case Decision.ReasonMissing: ReasonMissing = true; break;
                case Decision.OtherAsked or Decision.AskedMissing: Problem = Desk["approval.other"]; break;
                case Decision.Refused: Problem = Desk["approval.refused"]; break;
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            Problem = Desk["change.raced"];
        }
        return await LookAsync(id, ReasonMissing ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict, ct);
    }

    private async Task<IActionResult> LookAsync(string id, int status, CancellationToken ct)
    {
        var page = await ShowAsync(id, ct, status);
        if (Details is { Awaits: "recovery" }) Held = await db.RecoveryAnchors.AsNoTracking().SingleOrDefaultAsync(a => a.CredentialId == id, ct);
        if (Details is { Awaits: "issue", Replaces: { } older }) Replaced = await ReadAsync(older, ct);
        return page;
    }
}
