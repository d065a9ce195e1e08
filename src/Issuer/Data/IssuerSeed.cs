using System.Text.Json;
using Identity.Hosting;
using Identity.Issuer.Management;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Data;

/// <summary>How to get in, for one organisation of a demonstration: a clerk and an API key with that role, and the rest of the staff.</summary>
public sealed record DemonstrationAccess(string Organisation, string UserName, string Password, string ApiKey)
{
    /// <summary>An API key with the role approver.</summary>
    public string ApproverKey { get; init; } = "";

    /// <summary>The members of staff beside the clerk, one for each other role.</summary>
    public IReadOnlyList<DemonstrationStaff> Staff { get; init; } = [];
}

/// <summary>One member of the staff of a demonstration.</summary>
public sealed record DemonstrationStaff(string Role, string UserName, string Password);

/// <summary>
/// In Development: makes a member of staff for each role and two API keys for each organisation at the first start, with random secrets, and keeps
/// them in <c>issuer-demonstration.json</c> in the data folder, readable by its owner only, so that the Host can print them.
/// </summary>
public sealed class IssuerSeed(OrganisationDirectory organisations, IConfiguration configuration, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The file.</summary>
    public string File { get; } = Path.Combine(configuration["Data:Folder"]!, "issuer-demonstration.json");

    /// <summary>The accounts, filled when the app has started; empty outside Development.</summary>
    public IReadOnlyList<DemonstrationAccess> Access { get; private set; } = [];

    internal async Task RunAsync(IServiceProvider services, CancellationToken ct)
    {
        // Two copies of the service that start at once take turns.
        await using var turn = await services.GetRequiredService<IssuerDb>().Database.BeginExclusiveAsync("seed", ct);
        // The file first, then the rows: killed in between, the next start makes the rows that the file promises.
        var access = System.IO.File.Exists(File) ? JsonSerializer.Deserialize<List<DemonstrationAccess>>(await System.IO.File.ReadAllTextAsync(File, ct), Format)! : [];
        var missing = organisations.All.Where(o => access.All(a => a.Organisation != o.Slug)).ToList();
        access.AddRange(missing.Select(o => new DemonstrationAccess(o.Slug, $"clerk@{o.Slug}.example", StaffPasswords.New(), ApiKeys.Create())));
        var complete = access.Select(Complete).ToList();
        if (missing.Count > 0 || !complete.SequenceEqual(access)) PrivateFiles.Write(File, JsonSerializer.Serialize(complete, Format));

        var db = services.GetRequiredService<IssuerDb>();
        var users = services.GetRequiredService<UserManager<StaffUser>>();
        foreach (var one in complete)
        {
            foreach (var (role, userName, password) in one.Staff.Prepend(new DemonstrationStaff("clerk", one.UserName, one.Password)))
                if (!await db.Users.AnyAsync(u => u.UserName == userName, ct))
                    await StaffAccounts.CreateAsync(users, db, userName, one.Organisation, password, StaffAccounts.ReadRoles(role));
            foreach (var (key, label, roles) in new[] { (one.ApiKey, "demonstration", StaffRoles.Clerk), (one.ApproverKey, "demonstration approver", StaffRoles.Approver) })
            {
                var hash = ApiKeys.Hash(key);
                if (!await db.ApiKeys.AnyAsync(k => k.Hash == hash, ct)) await ApiKeys.AddAsync(db, key, one.Organisation, label, roles, clock.GetUtcNow(), ct);
            }
        }
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        access = complete;
        Access = [.. access.Where(a => organisations.Find(a.Organisation) is not null)];
    }

    // A file of an earlier version lacks what came later.
    private static DemonstrationAccess Complete(DemonstrationAccess access) => access is { ApproverKey.Length: > 0, Staff.Count: > 0 } ? access : access with
    {
        ApproverKey = ApiKeys.Create(),
        Staff = [.. new[] { "approver", "admin", "auditor" }.Select(role => new DemonstrationStaff(role, $"{role}@{access.Organisation}.example", StaffPasswords.New()))],
    };
}
