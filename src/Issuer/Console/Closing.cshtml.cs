using Identity.Issuer.Accreditations;
using Identity.Issuer.Closing;
using Identity.Issuer.Management;
using Identity.Issuer.Organisations;
using Identity.Ledger.Registry;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>The end of the organisation: what will happen, the question to a second person, and how far it has come.</summary>
public sealed class ClosingModel(Desk desk, AskClosing closings, ChainRecord record) : PageModel
{
    /// <summary>The steps in their order, from the agreement on.</summary>
    public static IReadOnlyList<ClosingState> Steps { get; } = [ClosingState.Begun, ClosingState.ListsSigned, ClosingState.ListsAnchored, ClosingState.OnLedger, ClosingState.Done];

    /// <summary>How it stands; null where nobody ever asked.</summary>
    public OrganisationClosing? Closing { get; private set; }

    /// <summary>Who may take over: id and name.</summary>
    public IReadOnlyList<(string Id, string Name)> Depositaries { get; private set; } = [];

    /// <summary>The name of whoever shall take over, or null.</summary>
    public string? Depositary { get; private set; }

    /// <summary>The ledger cannot be read now.</summary>
    public bool NoLedger { get; private set; }

    /// <summary>What was typed.</summary>
    public (string Depositary, string Notice, string Contact) Typed { get; private set; } = ("", "", "");

    /// <summary>What cannot be used or done; a word of <c>closing.error.WORD</c>.</summary>
    public string? Wrong { get; private set; }

    /// <summary>Changes whenever the page would.</summary>
    public static string MarkOf(OrganisationClosing? closing) => closing is null ? "" : $"{closing.State}{closing.Waiting}";

    /// <summary>Shows it.</summary>
    public async Task OnGetAsync(CancellationToken ct) => await LoadAsync(ct);

    /// <summary>Asks a second person.</summary>
    public async Task<IActionResult> OnPostAsync(string? depositary, string? notice, string? contact, string? word, CancellationToken ct)
    {
        Typed = (depositary ?? "", notice ?? "", contact ?? "");
        if (word?.Trim() != desk.Organisation.Slug) Wrong = "word";
        else
        {
            switch (await ClosingApi.TryAsync(() => closings.AskAsync(desk.Organisation, depositary, notice, contact, desk.Actor, ct)))
            {
                case ClosingAct.Done: return Redirect("/console/closing");
                case ClosingAct.Invalid invalid: Wrong = invalid.Field; break;
                case ClosingAct.NoLedger: Wrong = "ledger"; break;
                case ClosingAct.Refused refused: Wrong = refused.Why; break;
            }
        }
        Response.StatusCode = StatusCodes.Status400BadRequest;
        await LoadAsync(ct);
        return Page();
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        await desk.LoadNamesAsync(ct);
        Closing = await closings.FindAsync(desk.Organisation, ct);
        var events = await record.TryReadAsync(ct);
        NoLedger = events is null;
        if (events is null) return;
        var tree = new ChainTree(events);
        Depositaries = [.. tree.Organisations.Where(o => o.Roles.HasFlag(OrganisationRoles.Depositary) && !o.Id.AsSpan().SequenceEqual(desk.Organisation.Profile.Id())).Select(o => (Convert.ToHexStringLower(o.Id), o.Name))];
        Depositary = Closing?.Depositary is { } id ? tree.NameOf(id) : null;
    }
}

/// <summary>The second person looks at a closing and decides.</summary>
public sealed class ApproveClosingModel(Desk desk, AskClosing closings, ChainRecord record) : PageModel
{
    /// <summary>What is asked; null where nothing is.</summary>
    public OrganisationClosing? Closing { get; private set; }

    /// <summary>The name of whoever shall take over, or null.</summary>
    public string? Depositary { get; private set; }

    /// <summary>What cannot be done; a word of <c>closing.error.WORD</c>.</summary>
    public string? Wrong { get; private set; }

    /// <summary>Shows it.</summary>
    public async Task OnGetAsync(CancellationToken ct) => await LoadAsync(ct);

    /// <summary>Agrees to what the page showed.</summary>
    public Task<IActionResult> OnPostAsync(int asked, string? word, CancellationToken ct) => DecideAsync(asked, word, true, ct);

    /// <summary>Refuses what the page showed.</summary>
    public Task<IActionResult> OnPostReturnAsync(int asked, CancellationToken ct) => DecideAsync(asked, desk.Organisation.Slug, false, ct);

    private async Task<IActionResult> DecideAsync(int asked, string? word, bool agree, CancellationToken ct)
    {
        if (word?.Trim() != desk.Organisation.Slug) Wrong = "word";
        else if (await ClosingApi.TryAsync(() => closings.DecideAsync(desk.Organisation, asked, agree, desk.Actor, ct)) is ClosingAct.Refused refused) Wrong = refused.Why;
        else return Redirect(agree ? "/console/closed" : "/console/approvals");
        Response.StatusCode = Wrong is "word" ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict;
        await LoadAsync(ct);
        return Page();
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        await desk.LoadNamesAsync(ct);
        Closing = await closings.FindAsync(desk.Organisation, ct) is { State: ClosingState.Asked } asked ? asked : null;
        if (Closing?.Depositary is { } id && await record.TryReadAsync(ct) is { } events) Depositary = new ChainTree(events).NameOf(id);
    }
}
