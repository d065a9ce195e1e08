using Identity.Issuer.Data;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>Who works here and in which roles: for the administrator, who changes it, and the auditor, who reads it.</summary>
public sealed class StaffModel(Desk desk, IssuerDb db) : PageModel
{
    /// <summary>Everybody who ever had an account, by number.</summary>
    public IReadOnlyList<StaffUser> People { get; private set; } = [];

    /// <summary>Shows the list.</summary>
    public async Task OnGetAsync(CancellationToken ct) =>
        People = await db.Users.AsNoTracking().Where(u => u.Organisation == desk.Organisation.Slug).OrderBy(u => u.Number).ToListAsync(ct);
}
