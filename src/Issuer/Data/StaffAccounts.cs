using System.Security.Claims;
using Identity.Hosting.Pages;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Identity.Issuer.Data;

/// <summary>Makes staff accounts.</summary>
internal static class StaffAccounts
{
    /// <summary>Makes an account.</summary>
    /// <exception cref="InvalidOperationException">The user name exists already or is not accepted; the message says so.</exception>
    public static async Task<StaffUser> CreateAsync(UserManager<StaffUser> users, IssuerDb db, string userName, string organisation, string password, StaffRoles roles) =>
        await TryCreateAsync(users, db, userName, organisation, password, roles, null) switch
        {
            ({ } user, _) => user,
            (_, var problem) => throw new InvalidOperationException(problem),
        };

    /// <summary>Makes an account; null with the reason where the user name exists already or is not accepted. With <paramref name="oneTimeUntil"/> the password must be changed at the first sign-in, before that moment.</summary>
    public static async Task<(StaffUser? User, string Problem)> TryCreateAsync(UserManager<StaffUser> users, IssuerDb db, string userName, string organisation, string password, StaffRoles roles, DateTimeOffset? oneTimeUntil)
    {
        var number = (await db.Users.Where(u => u.Organisation == organisation).MaxAsync(u => (int?)u.Number) ?? 0) + 1;
        var user = new StaffUser { UserName = userName, Email = userName, Organisation = organisation, Number = number, Roles = roles, OneTimeUntil = oneTimeUntil };
        var result = await users.CreateAsync(user, password);
        return (result.Succeeded ? user : null, string.Join(" ", result.Errors.Select(e => e.Description)));
    }

    /// <summary>The roles in words as the command line takes them: clerk, approver, admin, auditor.</summary>
    public static IReadOnlyList<string> RoleNames(StaffRoles roles) =>
        [.. Enum.GetValues<StaffRoles>().Where(r => r != StaffRoles.None && roles.HasFlag(r)).Select(r => r.ToString().ToLowerInvariant())];

    /// <summary>Reads names of roles separated by commas; throws with a sentence where one is unknown.</summary>
    public static StaffRoles ReadRoles(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Aggregate(StaffRoles.None, (roles, name) =>
        roles | (Enum.GetValues<StaffRoles>().Where(r => r != StaffRoles.None && r.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)).ToList() is [var known]
            ? known
            : throw new InvalidOperationException($"There is no role “{name}”: give clerk, approver, admin or auditor, several separated by commas.")));

    /// <summary>The roles that were ticked in a form; what is no role is passed over.</summary>
    public static StaffRoles Ticked(string[] names) => names.Aggregate(StaffRoles.None, (all, name) => Enum.TryParse<StaffRoles>(name, ignoreCase: true, out var role) && Enum.IsDefined(role) ? all | role : all);
}

/// <summary>Adds the organisation to the signed-in person's claims. Number and roles are read afresh with each request, so that losing one counts at once.</summary>
internal sealed class StaffPrincipal(UserManager<StaffUser> users, IOptions<IdentityOptions> options) : UserClaimsPrincipalFactory<StaffUser>(users, options)
{
    /// <summary>Claim that holds the slug of the organisation.</summary>
    public const string OrganisationClaim = "organisation";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(StaffUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(OrganisationClaim, user.Organisation));
        return identity;
    }
}

/// <summary>The rule for passwords, with the names that belong to an account.</summary>
internal sealed class StaffPasswordRule(OrganisationDirectory organisations) : HardToGuess<StaffUser>
{
    protected override IEnumerable<string?> NamesOf(StaffUser user) => [user.UserName, user.Organisation, organisations.Find(user.Organisation)?.Name];
}
