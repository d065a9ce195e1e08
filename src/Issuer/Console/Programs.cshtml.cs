using Identity.Issuer.Data;
using Identity.Issuer.Management;
using Identity.Issuer.Staff;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>The organisation's own programs: their keys, what they may do, and the end of a key.</summary>
public sealed class ProgramsModel(Desk desk, ManageApiKeys manage) : PageModel
{
    /// <summary>All keys, newest first.</summary>
    public IReadOnlyList<ApiKey> Keys { get; private set; } = [];

    /// <summary>The new key, shown this once.</summary>
    public string? Key { get; private set; }

    /// <summary>What was typed.</summary>
    public string Label { get; private set; } = "";

    /// <summary>What was ticked.</summary>
    public StaffRoles Roles { get; private set; } = StaffRoles.Clerk;

    /// <summary>Why no key was made, as a code.</summary>
    public string? Problem { get; private set; }

    /// <summary>The key to withdraw was withdrawn already.</summary>
    public bool TooLate { get; private set; }

    /// <summary>Shows the keys.</summary>
    public async Task OnGetAsync(CancellationToken ct) => Keys = await manage.ListAsync(desk.Organisation, ct);

    /// <summary>Makes one.</summary>
    public async Task<IActionResult> OnPostAddAsync(string? label, string[] roles, CancellationToken ct)
    {
        (Label, Roles) = (label ?? "", StaffAccounts.Ticked(roles));
        (Key, Problem) = await manage.AddAsync(desk.Organisation, label, Roles, desk.Actor, ct);
        if (Problem is null) Label = "";
        else Response.StatusCode = StatusCodes.Status400BadRequest;
        Keys = await manage.ListAsync(desk.Organisation, ct);
        return Page();
    }

    /// <summary>Ends one.</summary>
    public async Task<IActionResult> OnPostWithdrawAsync(int number, CancellationToken ct)
    {
        if (await manage.WithdrawAsync(desk.Organisation, number, desk.Actor, ct)) return Redirect("/console/programs");
        (TooLate, Response.StatusCode) = (true, StatusCodes.Status409Conflict);
        Keys = await manage.ListAsync(desk.Organisation, ct);
        return Page();
    }
}
