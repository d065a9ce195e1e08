using System.Text.Json;
using Identity.Hosting;
using Identity.Issuer.Management;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Data;

/// <summary>How to get in, for one organisation of a demonstration.</summary>
public sealed record DemonstrationAccess(string Organisation, string UserName, string Password, string ApiKey);

/// <summary>
/// In Development: makes one member of staff and one API key for each organisation at the first start, with random secrets, and keeps
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
        access.AddRange(missing.Select(o => new DemonstrationAccess(o.Slug, $"clerk@{o.Slug}.example", StaffAccounts.NewPassword(), ApiKeys.Create())));
        if (missing.Count > 0) Write(JsonSerializer.Serialize(access, Format));

        var db = services.GetRequiredService<IssuerDb>();
        var users = services.GetRequiredService<UserManager<StaffUser>>();
        foreach (var one in access)
        {
            if (!await db.Users.AnyAsync(u => u.UserName == one.UserName, ct)) await StaffAccounts.CreateAsync(users, one.UserName, one.Organisation, one.Password);
            var hash = ApiKeys.Hash(one.ApiKey);
            if (!await db.ApiKeys.AnyAsync(k => k.Hash == hash, ct))
                db.ApiKeys.Add(new ApiKey { Hash = hash, Organisation = one.Organisation, Label = "demonstration", CreatedAt = clock.GetUtcNow() });
        }
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        Access = [.. access.Where(a => organisations.Find(a.Organisation) is not null)];
    }

    private void Write(string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var half = File + ".new";
        using (var writer = new StreamWriter(half, options)) writer.Write(text);
        System.IO.File.Move(half, File, overwrite: true);
    }
}
