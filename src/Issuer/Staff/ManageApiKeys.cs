using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Management;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Staff;

/// <summary>Makes and withdraws the keys with which an organisation's own programs use the management API.</summary>
public sealed class ManageApiKeys(IssuerDb db, TimeProvider clock)
{
    /// <summary>Roles that a program can have. Staff, keys and settings are managed by people.</summary>
    public const StaffRoles Possible = StaffRoles.Clerk | StaffRoles.Approver | StaffRoles.Auditor;

    /// <summary>All keys of an organisation, the withdrawn ones too, newest first.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(Organisation organisation, CancellationToken ct) =>
        await db.ApiKeys.AsNoTracking().Where(k => k.Organisation == organisation.Slug).OrderByDescending(k => k.Number).ToListAsync(ct);

    /// <summary>Makes a key, shown this once; or says why not: <c>label</c> (1 to 60 characters, no control characters) or <c>no_role</c>.</summary>
    public async Task<(string? Key, string? Problem)> AddAsync(Organisation organisation, string? label, StaffRoles roles, Actor actor, CancellationToken ct)
    {
        var name = label?.Trim() ?? "";
        if (name.Length is 0 or > 60 || name.Any(char.IsControl)) return (null, "label");
        if (roles is StaffRoles.None || (roles & ~Possible) != 0) return (null, "no_role");
        var key = ApiKeys.Create();
        var now = clock.GetUtcNow();
        await using var turn = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        var number = await ApiKeys.AddAsync(db, key, organisation.Slug, name, roles, now, ct);
        db.Log(organisation.Slug, null, actor, "api_key_made", now, Actor.Api(number, roles).ToString());
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return (key, null);
    }

    /// <summary>Withdraws a key at once; its number stays in the records. False where there is no such key in use.</summary>
    public async Task<bool> WithdrawAsync(Organisation organisation, int number, Actor actor, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var turn = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await db.ApiKeys.SingleOrDefaultAsync(k => k.Organisation == organisation.Slug && k.Number == number && k.WithdrawnAt == null, ct) is not { } key) return false;
        key.WithdrawnAt = now;
        db.Log(organisation.Slug, null, actor, "api_key_withdrawn", now, Actor.Api(number, key.Roles).ToString());
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return true;
    }
}
