using System.Text.Json.Nodes;
using Identity.Issuer.Data;
using Identity.Issuer.Deposits;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>What closed organisations left to this one, and its acceptance by an administrator. Names no person.</summary>
public sealed class DepositsModel(Desk desk, DepositDesk deposits) : PageModel
{
    /// <summary>The newest first.</summary>
    public IReadOnlyList<Deposit> Deposits { get; private set; } = [];

    /// <summary>What cannot be done; a word of <c>deposit.error.WORD</c>.</summary>
    public string? Wrong { get; private set; }

    /// <summary>An administrator accepts.</summary>
    public bool MayAccept => desk.Roles.HasFlag(StaffRoles.Admin);

    /// <summary>Who works with records opens them.</summary>
    public bool MayRead => (desk.Roles & (StaffRoles.Clerk | StaffRoles.Approver | StaffRoles.Auditor)) != 0;

    /// <summary>How many requests of phones wait, by deposit.</summary>
    public IReadOnlyDictionary<string, int> Waiting { get; private set; } = new Dictionary<string, int>();

    /// <summary>Shows them.</summary>
    public Task OnGetAsync(CancellationToken ct) => ShowAsync(ct);

    /// <summary>Accepts one.</summary>
    public async Task<IActionResult> OnPostAsync(string? id, string? word, CancellationToken ct)
    {
        if (!MayAccept) Wrong = "admin";
        else if (word?.Trim() != desk.Organisation.Slug) Wrong = "word";
        else if (await deposits.AcceptAsync(desk.Organisation, id ?? "", desk.Actor, ct) is var act and not DepositAct.Done) Wrong = (act as DepositAct.Refused)?.Why ?? "missing";
        else return Redirect("/console/deposits");
        Response.StatusCode = Wrong is "word" ? StatusCodes.Status400BadRequest : Wrong is "admin" ? StatusCodes.Status403Forbidden : StatusCodes.Status409Conflict;
        await ShowAsync(ct);
        return Page();
    }

    private async Task ShowAsync(CancellationToken ct) => (Deposits, Waiting) = (await deposits.ListAsync(desk.Organisation, ct), await deposits.WaitingAsync(desk.Organisation, ct));
}

/// <summary>Finds records of a closed organisation. What is searched for stands in no address.</summary>
public sealed class DepositRecordsModel(Desk desk, DepositDesk deposits) : PageModel
{
    /// <summary>The deposit; null where there is none.</summary>
    public Deposit? Deposit { get; private set; }

    /// <summary>A page of its records.</summary>
    public DepositPage? List { get; private set; }

    /// <summary>What was searched for.</summary>
    public string Search { get; private set; } = "";

    /// <summary>What phones asked for and nobody has decided.</summary>
    public IReadOnlyList<(DepositRequest Request, DepositRecord Record)> Waiting { get; private set; } = [];

    /// <summary>Shows the newest.</summary>
    public Task<IActionResult> OnGetAsync(string id, CancellationToken ct) => ShowAsync(id, "", 1, ct);

    /// <summary>Searches, or turns the page.</summary>
    public Task<IActionResult> OnPostAsync(string id, string? search, int number, CancellationToken ct) => ShowAsync(id, search?.Trim() ?? "", number, ct);

    private async Task<IActionResult> ShowAsync(string id, string search, int page, CancellationToken ct)
    {
        Search = search[..Math.Min(search.Length, 100)];
        Deposit = await deposits.FindAsync(desk.Organisation, id, ct);
        List = await deposits.SearchAsync(desk.Organisation, id, Search, page, desk.Actor, ct);
        if (Search.Length == 0) Waiting = await deposits.WaitingAsync(desk.Organisation, id, desk.Actor, ct) ?? [];
        if (Deposit is null) Response.StatusCode = StatusCodes.Status404NotFound;
        return Page();
    }
}

/// <summary>One record of a closed organisation: shown, ended, or issued again.</summary>
public sealed class DepositRecordModel(Desk desk, DepositDesk deposits) : PageModel
{
    /// <summary>The deposit; null where there is none.</summary>
    public Deposit? Deposit { get; private set; }

    /// <summary>The record; null where there is none.</summary>
    public DepositRecord? Record { get; private set; }

    /// <summary>Its claims.</summary>
    public JsonObject Claims { get; private set; } = [];

    /// <summary>What phones asked for.</summary>
    public IReadOnlyList<DepositRequest> Requests { get; private set; } = [];

    /// <summary>What cannot be done; a word of <c>deposit.error.WORD</c>.</summary>
    public string? Wrong { get; private set; }

    /// <summary>The sentence to it, where it names something.</summary>
    public string? Why { get; private set; }

    /// <summary>An auditor only looks.</summary>
    public bool MayAct => (desk.Roles & (StaffRoles.Clerk | StaffRoles.Approver)) != 0;

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGetAsync(string id, string record, CancellationToken ct) => ShowAsync(id, record, StatusCodes.Status200OK, ct);

    /// <summary>Ends it.</summary>
    public Task<IActionResult> OnPostRevokeAsync(string id, string record, string? code, string? reason, int? asked, bool confirmed, CancellationToken ct) =>
        ActAsync(id, record, confirmed, () => deposits.RevokeAsync(desk.Organisation, id, record, code, reason, asked, desk.Actor, ct), ct);

    /// <summary>Issues it again, and goes on to the offer.</summary>
    public Task<IActionResult> OnPostReissueAsync(string id, string record, string? request, int? asked, bool confirmed, CancellationToken ct) =>
        ActAsync(id, record, confirmed, () => deposits.ReissueAsync(desk.Organisation, id, record, request, asked, desk.Actor, ct), ct);

    /// <summary>Refuses what a phone asked for.</summary>
    public Task<IActionResult> OnPostRefuseAsync(string id, string record, string? request, string? reason, CancellationToken ct) =>
        ActAsync(id, record, true, () => deposits.RefuseAsync(desk.Organisation, id, record, request ?? "", reason, desk.Actor, ct), ct);

    private async Task<IActionResult> ActAsync(string id, string record, bool confirmed, Func<Task<DepositAct>> act, CancellationToken ct)
    {
        if (!MayAct) Wrong = "clerk";
        else if (!confirmed) Wrong = "confirm";
        else
        {
            switch (await act())
            {
                case DepositAct.Done or DepositAct.Asked: return Redirect($"/console/deposits/{id}/{record}");
                case DepositAct.Reissued done: return Redirect(desk.Actor.HandsOver && !done.ForPhone ? $"/console/credentials/{done.Credential.Id}/offer" : $"/console/credentials/{done.Credential.Id}");
                case DepositAct.ReasonMissing missing: Wrong = missing.Codes.Count > 0 ? "reason" : "sentence"; break;
                case DepositAct.Refused refused: (Wrong, Why) = (refused.Why, refused.Why is "scope" ? refused.Reason : null); break;
                default: Wrong = "missing"; break;
            }
        }
        return await ShowAsync(id, record, Wrong is "confirm" or "reason" or "sentence" ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict, ct);
    }

    private async Task<IActionResult> ShowAsync(string id, string record, int code, CancellationToken ct)
    {
        await desk.LoadNamesAsync(ct);
        Deposit = await deposits.FindAsync(desk.Organisation, id, ct);
        Record = await deposits.ReadAsync(desk.Organisation, id, record, desk.Actor, ct);
        if (Record is not null) (Claims, Requests) = (JsonNode.Parse(Record.ClaimsJson)!.AsObject(), await deposits.RequestsAsync(Record, ct));
        Response.StatusCode = Record is null ? StatusCodes.Status404NotFound : code;
        return Page();
    }
}
