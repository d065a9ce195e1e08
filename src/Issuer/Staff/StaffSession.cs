using System.Security.Claims;
using Identity.Hosting.Pages;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Staff;

/// <summary>Who is signed in, as the database has it now.</summary>
/// <param name="Number">The number within the organisation.</param>
/// <param name="Roles">What the person may do.</param>
/// <param name="MustChangePassword">The password was given by an administrator; nothing else is open until it is changed.</param>
/// <param name="MustUsePasskey">The organisation wants a passkey and this session began with a password; only making one is open.</param>
public sealed record Seat(int Number, StaffRoles Roles, bool MustChangePassword, bool MustUsePasskey)
{
    /// <summary>Nothing stands in the way of work.</summary>
    public bool Ready => !MustChangePassword && !MustUsePasskey;
}

/// <summary>Reads the seat once for each request, so that a role that was taken away or an access that was ended counts at once.</summary>
public sealed class StaffSession(IssuerDb db, OrganisationDirectory organisations)
{
    private bool _asked;

    /// <summary>The seat, once it was asked for in this request; null where nobody may work.</summary>
    public Seat? Current { get; private set; }

    /// <summary>The seat of the signed-in person; null where the account was ended or its organisation issues here no more.</summary>
    public async Task<Seat?> OfAsync(ClaimsPrincipal principal, CancellationToken ct)
    {
        if (_asked) return Current;
        _asked = true;
        var id = principal.FindFirstValue(ClaimTypes.NameIdentifier);
        var organisation = principal.FindFirstValue(StaffPrincipal.OrganisationClaim);
        if (id is null || organisations.Find(organisation) is null) return null;
        var user = await db.Users.AsNoTracking().Where(u => u.Id == id && u.Organisation == organisation).Select(u => new { u.Number, u.Roles, u.DisabledAt, u.OneTimeUntil }).SingleOrDefaultAsync(ct);
        if (user is null || user.DisabledAt is not null) return null;
        var passkeys = await db.OrganisationSettings.AsNoTracking().AnyAsync(s => s.Organisation == organisation && s.RequirePasskeys, ct);
        return Current = new Seat(user.Number, user.Roles, user.OneTimeUntil is not null, passkeys && principal.FindFirstValue(StaffSessions.MethodClaim) != "hwk");
    }
}

/// <summary>Someone with one of these roles; with <paramref name="EvenUnready"/> also one who must first change a password or make a passkey.</summary>
internal sealed record NeedsStaff(StaffRoles AnyOf, bool EvenUnready = false) : IAuthorizationRequirement;

internal sealed class NeedsStaffHandler(StaffSession session) : AuthorizationHandler<NeedsStaff>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, NeedsStaff requirement)
    {
        var ct = (context.Resource as HttpContext)?.RequestAborted ?? CancellationToken.None;
        if (await session.OfAsync(context.User, ct) is { } seat && (requirement.EvenUnready || (seat.Ready && (seat.Roles & requirement.AnyOf) != 0))) context.Succeed(requirement);
    }
}

/// <summary>Names of the console's policies.</summary>
internal static class Policies
{
    /// <summary>Signed in, nothing more: the own account.</summary>
    public const string Account = "console.account";

    /// <summary>Reads records: clerk, approver, auditor.</summary>
    public const string Records = "console.records";

    /// <summary>Prepares and ends: clerk.</summary>
    public const string Clerk = "console.clerk";

    /// <summary>Decides: approver.</summary>
    public const string Approver = "console.approver";

    /// <summary>Manages: administrator.</summary>
    public const string Admin = "console.admin";

    /// <summary>Sees who works here: administrator, auditor.</summary>
    public const string Oversight = "console.oversight";

    /// <summary>Reads the access log: auditor.</summary>
    public const string Log = "console.log";

    public static void Add(IServiceCollection services)
    {
        var policies = services.AddAuthorizationBuilder();
        foreach (var (name, requirement) in new (string, NeedsStaff)[]
        {
            (Account, new NeedsStaff(StaffRoles.None, EvenUnready: true)),
            (Records, new NeedsStaff(StaffRoles.Clerk | StaffRoles.Approver | StaffRoles.Auditor)),
            (Clerk, new NeedsStaff(StaffRoles.Clerk)),
            (Approver, new NeedsStaff(StaffRoles.Approver)),
            (Admin, new NeedsStaff(StaffRoles.Admin)),
            (Oversight, new NeedsStaff(StaffRoles.Admin | StaffRoles.Auditor)),
            (Log, new NeedsStaff(StaffRoles.Auditor)),
        })
            policies.AddPolicy(name, policy => policy.RequireAuthenticatedUser().AddRequirements(requirement));
        services.AddScoped<StaffSession>().AddScoped<IAuthorizationHandler, NeedsStaffHandler>().AddScoped<ManageStaff>().AddScoped<ManageApiKeys>();
    }
}
