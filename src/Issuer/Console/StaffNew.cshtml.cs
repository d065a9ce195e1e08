using Identity.Issuer.Data;
using Identity.Issuer.Staff;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>Adds a member of staff; the one-time password is shown once.</summary>
public sealed class StaffNewModel(Desk desk, ManageStaff manage) : PageModel
{
    /// <summary>What was typed.</summary>
    public string UserName { get; private set; } = "";

    /// <summary>What was ticked.</summary>
    public StaffRoles Roles { get; private set; } = StaffRoles.Clerk;

    /// <summary>Why nothing was added, as a code.</summary>
    public string? Problem { get; private set; }

    /// <summary>The one-time password.</summary>
    public string? Password { get; private set; }

    /// <summary>Adds the person.</summary>
    public async Task<IActionResult> OnPostAsync(string? userName, string[] roles, CancellationToken ct)
    {
        (UserName, Roles) = (userName ?? "", StaffAccounts.Ticked(roles));
        switch (await manage.AddAsync(desk.Organisation, userName, Roles, desk.Actor, ct))
        {
            case StaffChange.Done done:
                Password = done.Password;
                break;
            case StaffChange.Refused refused:
                Problem = refused.Code;
                Response.StatusCode = StatusCodes.Status400BadRequest;
                break;
        }
        return Page();
    }
}
