using System.Security.Claims;
using System.Text.Json;
using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Wallet.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Identity.Wallet.Desk;

/// <summary>A person who works at one desk.</summary>
public sealed class DeskUser : IdentityUser
{
    /// <summary>Slug of the only desk this person works at.</summary>
    public required string Desk { get; set; }
}

/// <summary>Accounts and sessions of the desks' staff.</summary>
internal static class DeskStaff
{
    /// <summary>Name of the staff cookie; several apps may share one host name.</summary>
    public const string Cookie = "identity-desk";

    public static void AddDeskStaff(this IServiceCollection services)
    {
        services.AddSingleton<DeskSeed>();
        services.AddIdentityCore<DeskUser>(identity =>
        {
            identity.Password.RequiredLength = 12;
            (identity.Password.RequireDigit, identity.Password.RequireLowercase, identity.Password.RequireUppercase, identity.Password.RequireNonAlphanumeric) = (false, false, false, false);
            identity.Lockout.MaxFailedAccessAttempts = 10;
        }).AddEntityFrameworkStores<WalletDb>().AddSignInManager().AddClaimsPrincipalFactory<DeskPrincipal>().AddPasswordValidator<DeskPasswordRule>();
        services.AddScoped<PasswordCheck<DeskUser>>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = Cookie;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.Cookie.Path = "/desk";
            cookie.LoginPath = cookie.AccessDeniedPath = "/desk/sign-in";
            cookie.LogoutPath = "/desk/sign-out";
            cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
        });
        services.KeepStaffSessions<WalletDb>();
        services.AddAuthorization();
    }

    /// <summary>Makes an account with a random password, which is told once.</summary>
    public static async Task<string> CreateAsync(IServiceProvider services, string desk, string userName, string? password = null)
    {
        var known = services.GetRequiredService<Desks>().Find(desk) ?? throw new InvalidOperationException($"There is no desk “{desk}” in the settings.");
        password ??= StaffPasswords.New();
        var result = await services.GetRequiredService<UserManager<DeskUser>>().CreateAsync(new DeskUser { UserName = userName, Email = userName, Desk = known.Slug }, password);
        return result.Succeeded ? password : throw new InvalidOperationException(string.Join(" ", result.Errors.Select(e => e.Description)));
    }

    /// <summary>Removes the account of somebody who left, or who forgot the password and gets a new one. What they did stays in the logs.</summary>
    public static async Task RemoveAsync(IServiceProvider services, string desk, string userName)
    {
        var users = services.GetRequiredService<UserManager<DeskUser>>();
        if (await users.FindByNameAsync(userName) is not { } user || user.Desk != desk) throw new InvalidOperationException($"The desk “{desk}” has no account “{userName}”.");
        var result = await users.DeleteAsync(user);
        if (!result.Succeeded) throw new InvalidOperationException(string.Join(" ", result.Errors.Select(e => e.Description)));
    }
}

/// <summary>Adds the desk to the signed-in person's claims.</summary>
internal sealed class DeskPrincipal(UserManager<DeskUser> users, IOptions<IdentityOptions> options) : UserClaimsPrincipalFactory<DeskUser>(users, options)
{
    /// <summary>Claim that holds the slug of the desk.</summary>
    public const string DeskClaim = "desk";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(DeskUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(DeskClaim, user.Desk));
        return identity;
    }
}

/// <summary>The rule for passwords, with the names that belong to an account.</summary>
internal sealed class DeskPasswordRule(Desks desks) : HardToGuess<DeskUser>
{
    protected override IEnumerable<string?> NamesOf(DeskUser user) => [user.UserName, user.Desk, desks.Find(user.Desk)?.Name];
}

/// <summary>How to get in, for one desk of a demonstration.</summary>
public sealed record DeskAccess(string Desk, string UserName, string Password);

/// <summary>In Development: one member of staff for each desk, with a random password kept in <c>desk-demonstration.json</c> for its owner only.</summary>
public sealed class DeskSeed(Desks desks, IConfiguration configuration)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The accounts, filled when the app has started; empty outside Development.</summary>
    public IReadOnlyList<DeskAccess> Access { get; private set; } = [];

    internal async Task RunAsync(IServiceProvider services, CancellationToken ct)
    {
        // The file first, then the rows: killed in between, the next start makes the rows that the file promises.
        var file = Path.Combine(configuration["Data:Folder"]!, "desk-demonstration.json");
        var access = File.Exists(file) ? JsonSerializer.Deserialize<List<DeskAccess>>(await File.ReadAllTextAsync(file, ct), Format)! : [];
        var missing = desks.All.Where(desk => access.All(a => a.Desk != desk.Slug)).ToList();
        access.AddRange(missing.Select(desk => new DeskAccess(desk.Slug, $"desk@{desk.Slug}.example", StaffPasswords.New())));
        if (missing.Count > 0) PrivateFiles.Write(file, JsonSerializer.Serialize(access, Format));

        var users = services.GetRequiredService<UserManager<DeskUser>>();
        Access = [.. access.Where(a => desks.Find(a.Desk) is not null)];
        foreach (var one in Access)
            if (await users.FindByNameAsync(one.UserName) is null) await DeskStaff.CreateAsync(services, one.Desk, one.UserName, one.Password);
    }
}
