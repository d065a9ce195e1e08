using System.Security.Claims;
using System.Text.Json;
using Identity.Audit.Keys;
using Identity.Hosting;
using Identity.Hosting.Pages;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Identity.Audit.Data;

/// <summary>The database, staff accounts and what is done before the first request.</summary>
internal static class DataServices
{
    /// <summary>Name of the staff cookie; several apps may share one host name.</summary>
    public const string Cookie = "identity-audit";

    public static void AddAuditData(this WebApplicationBuilder builder, AuditSettings settings)
    {
        var connection = builder.Configuration.GetConnectionString("Audit");
        PrivateFiles.CreateFolder(settings.DataFolder);
        if (string.IsNullOrEmpty(connection)) connection = $"Data Source={Path.Combine(settings.DataFolder, "audit.db")}";
        var services = builder.Services;
        services.AddDbContext<AuditDb>(options => options.UseDatabase(connection));
        services.AddHostedService<PrepareDatabase>(); // first of the hosted services: the others find the tables in place
        services.AddSingleton<AuditSeed>();

        services.AddIdentityCore<AuditUser>(identity =>
        {
            identity.Password.RequiredLength = 12;
            (identity.Password.RequireDigit, identity.Password.RequireLowercase, identity.Password.RequireUppercase, identity.Password.RequireNonAlphanumeric) = (false, false, false, false);
            identity.Lockout.MaxFailedAccessAttempts = 10;
        }).AddEntityFrameworkStores<AuditDb>().AddSignInManager().AddClaimsPrincipalFactory<StaffPrincipal>().AddPasswordValidator<StaffPasswordRule>();
        services.AddScoped<PasswordCheck<AuditUser>>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = Cookie;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.LoginPath = cookie.AccessDeniedPath = "/desk/sign-in";
            cookie.LogoutPath = "/desk/sign-out";
            cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
        });
        services.KeepStaffSessions<AuditDb>();
        services.AddAuthorization();
    }
}

/// <summary>Before the first request: applies migrations and seeds in Development; elsewhere checks that the migrations were applied.</summary>
internal sealed class PrepareDatabase(IServiceScopeFactory scopes, IHostEnvironment environment, AuditSeed seed) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (environment.IsDevelopment())
        {
            await MigrateAsync(scope.ServiceProvider);
            await seed.RunAsync(scope.ServiceProvider, cancellationToken);
        }
        else
        {
            await CheckAsync(scope.ServiceProvider.GetRequiredService<AuditDb>());
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public static Task MigrateAsync(IServiceProvider services) => SqlMigrations.ApplyAsync(services.GetRequiredService<AuditDb>(), typeof(AuditDb).Assembly);

    /// <summary>Throws with a sentence where a migration was not applied.</summary>
    public static async Task CheckAsync(AuditDb db)
    {
        if (await SqlMigrations.MissingAsync(db, typeof(AuditDb).Assembly) is { Count: > 0 } missing)
            throw new InvalidOperationException($"The database lacks {string.Join(", ", missing)}. Run the command “migrate” first.");
    }
}

/// <summary>Makes staff accounts.</summary>
internal static class StaffAccounts
{
    public static async Task CreateAsync(UserManager<AuditUser> users, string userName, string organisation, string password)
    {
        var result = await users.CreateAsync(new AuditUser { UserName = userName, Email = userName, Organisation = organisation }, password);
        if (!result.Succeeded) throw new InvalidOperationException(string.Join(" ", result.Errors.Select(e => e.Description)));
    }
}

/// <summary>Adds the organisation to the signed-in person's claims.</summary>
internal sealed class StaffPrincipal(UserManager<AuditUser> users, IOptions<IdentityOptions> options) : UserClaimsPrincipalFactory<AuditUser>(users, options)
{
    /// <summary>Claim that holds the slug of the organisation.</summary>
    public const string OrganisationClaim = "organisation";

    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(AuditUser user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(OrganisationClaim, user.Organisation));
        return identity;
    }
}

/// <summary>The rule for passwords, with the names that belong to an account.</summary>
internal sealed class StaffPasswordRule(AuditSettings settings) : HardToGuess<AuditUser>
{
    protected override IEnumerable<string?> NamesOf(AuditUser user) => [user.UserName, user.Organisation, settings.FindOrganisation(user.Organisation)?.Name];
}

/// <summary>How to get in, for one organisation of a demonstration.</summary>
public sealed record AuditAccess(string Organisation, string UserName, string Password);

/// <summary>In Development: one member of staff for each organisation, with a random password kept in <c>audit-demonstration.json</c> for its owner only.</summary>
public sealed class AuditSeed(AuditSettings settings)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The accounts, filled when the app has started; empty outside Development.</summary>
    public IReadOnlyList<AuditAccess> Access { get; private set; } = [];

    internal async Task RunAsync(IServiceProvider services, CancellationToken ct)
    {
        // The file first, then the rows: killed in between, the next start makes the rows that the file promises.
        var file = Path.Combine(settings.DataFolder, "audit-demonstration.json");
        var access = File.Exists(file) ? JsonSerializer.Deserialize<List<AuditAccess>>(await File.ReadAllTextAsync(file, ct), Format)! : [];
        var missing = settings.Organisations.Where(o => access.All(a => a.Organisation != o.Slug)).ToList();
        access.AddRange(missing.Select(o => new AuditAccess(o.Slug, $"{(o.Role == AuditRole.Auditor ? "auditor" : "codes")}@{o.Slug}.example", StaffPasswords.New())));
        if (missing.Count > 0) PrivateFiles.Write(file, JsonSerializer.Serialize(access, Format));

        var users = services.GetRequiredService<UserManager<AuditUser>>();
        foreach (var one in access)
            if (await users.FindByNameAsync(one.UserName) is null) await StaffAccounts.CreateAsync(users, one.UserName, one.Organisation, one.Password);
        Access = [.. access.Where(a => settings.FindOrganisation(a.Organisation) is not null)];
    }
}
