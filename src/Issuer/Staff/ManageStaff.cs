using System.ComponentModel.DataAnnotations;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Staff;

/// <summary>The outcome of a change to the staff.</summary>
public abstract record StaffChange
{
    private StaffChange() { }

    /// <summary>Done; the one-time password is shown this once.</summary>
    public sealed record Done(StaffUser User, string? Password) : StaffChange;

    /// <summary>The organisation has nobody of this number.</summary>
    public sealed record NotFound : StaffChange;

    /// <summary>Not done: <c>user_name</c>, <c>exists</c>, <c>no_role</c> or <c>last_admin</c>.</summary>
    public sealed record Refused(string Code) : StaffChange;
}

/// <summary>
/// Adds staff, gives roles, ends and resets accesses. An organisation always keeps one administrator who can sign in. Changes of one
/// organisation take turns, so that two administrators cannot remove each other.
/// </summary>
public sealed class ManageStaff(IssuerDb db, UserManager<StaffUser> users, TimeProvider clock)
{
    /// <summary>How long a password given by an administrator can be used.</summary>
    public static readonly TimeSpan OneTime = TimeSpan.FromHours(72);

    /// <summary>Adds a person, who changes the one-time password at the first sign-in.</summary>
    public async Task<StaffChange> AddAsync(Organisation organisation, string? userName, StaffRoles roles, Actor actor, CancellationToken ct)
    {
        var name = userName?.Trim() ?? "";
        if (name.Length > 200 || !new EmailAddressAttribute().IsValid(name)) return new StaffChange.Refused("user_name");
        if (roles is StaffRoles.None) return new StaffChange.Refused("no_role");
        await using var turn = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await users.FindByNameAsync(name) is not null) return new StaffChange.Refused("exists");
        var password = StaffPasswords.New();
        var now = clock.GetUtcNow();
        var (user, _) = await StaffAccounts.TryCreateAsync(users, db, name, organisation.Slug, password, roles, now + OneTime);
        if (user is null) return new StaffChange.Refused("user_name"); // letters that no account name may have
        db.Log(organisation.Slug, null, actor, "staff_added", now, Actor.Staff(user.Number, roles).ToString());
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return new StaffChange.Done(user, password);
    }

    /// <summary>Gives exactly these roles.</summary>
    public Task<StaffChange> SetRolesAsync(Organisation organisation, int number, StaffRoles roles, Actor actor, CancellationToken ct) =>
        roles is StaffRoles.None ? Task.FromResult<StaffChange>(new StaffChange.Refused("no_role"))
        : ChangeAsync(organisation, number, "staff_roles", actor, user => user.Roles = roles, ct);

    /// <summary>Ends the access; open sessions end with the next request.</summary>
    public Task<StaffChange> DisableAsync(Organisation organisation, int number, Actor actor, CancellationToken ct) =>
        ChangeAsync(organisation, number, "staff_disabled", actor, user => user.DisabledAt = clock.GetUtcNow(), ct);

    /// <summary>Opens the access again.</summary>
    public Task<StaffChange> EnableAsync(Organisation organisation, int number, Actor actor, CancellationToken ct) =>
        ChangeAsync(organisation, number, "staff_enabled", actor, user => user.DisabledAt = null, ct);

    /// <summary>A new one-time password; passkeys and open sessions end, a lock after wrong tries too.</summary>
    public async Task<StaffChange> ResetAsync(Organisation organisation, int number, Actor actor, CancellationToken ct)
    {
        var password = StaffPasswords.New();
        var change = await ChangeAsync(organisation, number, "staff_reset", actor, async user =>
        {
            user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
            (user.OneTimeUntil, user.LockoutEnd, user.AccessFailedCount) = (clock.GetUtcNow() + OneTime, null, 0);
            foreach (var passkey in await users.GetPasskeysAsync(user)) await users.RemovePasskeyAsync(user, passkey.CredentialId);
        }, ct);
        return change is StaffChange.Done done ? done with { Password = password } : change;
    }

    private Task<StaffChange> ChangeAsync(Organisation organisation, int number, string act, Actor actor, Action<StaffUser> change, CancellationToken ct) =>
        ChangeAsync(organisation, number, act, actor, user =>
        {
            change(user);
            return Task.CompletedTask;
        }, ct);

    private async Task<StaffChange> ChangeAsync(Organisation organisation, int number, string act, Actor actor, Func<StaffUser, Task> change, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await db.Users.SingleOrDefaultAsync(u => u.Organisation == organisation.Slug && u.Number == number, ct) is not { } user) return new StaffChange.NotFound();
        var wasAdmin = IsAdmin(user);
        await change(user);
        if (wasAdmin && !IsAdmin(user) && !await db.Users.AnyAsync(u => u.Organisation == organisation.Slug && u.Number != number && u.DisabledAt == null && (u.Roles & StaffRoles.Admin) != 0, ct))
        {
            db.ChangeTracker.Clear();
            return new StaffChange.Refused("last_admin");
        }
        db.Log(organisation.Slug, null, actor, act, clock.GetUtcNow(), Actor.Staff(number, user.Roles).ToString());
        // Ends the sessions that are open elsewhere.
        await users.UpdateSecurityStampAsync(user);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return new StaffChange.Done(user, null);
    }

    private static bool IsAdmin(StaffUser user) => user.DisabledAt is null && user.Roles.HasFlag(StaffRoles.Admin);
}
