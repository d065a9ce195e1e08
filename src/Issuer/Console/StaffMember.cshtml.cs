using Identity.Issuer.Data;
using Identity.Issuer.Staff;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>One member of staff: roles, reset, end of the access.</summary>
public sealed class StaffMemberModel(Desk desk, IssuerDb db, ManageStaff manage) : PageModel
{
    /// <summary>The person; null where the organisation has nobody of this number.</summary>
    public StaffUser? Person { get; private set; }

    /// <summary>Why the last change was not made, as a code.</summary>
    public string? Problem { get; private set; }

    /// <summary>The one-time password, shown this once.</summary>
    public string? Password { get; private set; }

    /// <summary>The last change was made.</summary>
    public bool Saved { get; private set; }

    /// <summary>Shows the person.</summary>
    public Task<IActionResult> OnGetAsync(int number, CancellationToken ct) => ShowAsync(number, null, ct);

    /// <summary>Gives roles.</summary>
    public async Task<IActionResult> OnPostRolesAsync(int number, string[] roles, CancellationToken ct) =>
        await ShowAsync(number, await manage.SetRolesAsync(desk.Organisation, number, StaffAccounts.Ticked(roles), desk.Actor, ct), ct);

    /// <summary>Ends the access.</summary>
    public async Task<IActionResult> OnPostDisableAsync(int number, CancellationToken ct) => await ShowAsync(number, await manage.DisableAsync(desk.Organisation, number, desk.Actor, ct), ct);

    /// <summary>Opens it again.</summary>
    public async Task<IActionResult> OnPostEnableAsync(int number, CancellationToken ct) => await ShowAsync(number, await manage.EnableAsync(desk.Organisation, number, desk.Actor, ct), ct);

    /// <summary>A new one-time password.</summary>
    public async Task<IActionResult> OnPostResetAsync(int number, CancellationToken ct) => await ShowAsync(number, await manage.ResetAsync(desk.Organisation, number, desk.Actor, ct), ct);

    private async Task<IActionResult> ShowAsync(int number, StaffChange? change, CancellationToken ct)
    {
        Person = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Organisation == desk.Organisation.Slug && u.Number == number, ct);
        (Saved, Password, Problem) = (change is StaffChange.Done, (change as StaffChange.Done)?.Password, (change as StaffChange.Refused)?.Code);
        Response.StatusCode = Person is null ? StatusCodes.Status404NotFound : Problem is not null ? StatusCodes.Status409Conflict : StatusCodes.Status200OK;
        return Page();
    }
}
