using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Data;

/// <summary>The database, staff accounts and what is done before the first request.</summary>
internal static class DataServices
{
    /// <summary>Name of the staff cookie; several apps may share one host name.</summary>
    public const string Cookie = "identity-issuer";

    public static void AddIssuerData(this WebApplicationBuilder builder)
    {
        var folder = builder.Configuration.Required("Data:Folder", "the folder for the database, keys and what else this service keeps");
        var connection = builder.Configuration.GetConnectionString("Issuer");
        if (string.IsNullOrEmpty(connection))
        {
            Directory.CreateDirectory(folder);
            connection = $"Data Source={Path.Combine(folder, "issuer.db")}";
        }
        var services = builder.Services;
        services.AddDbContext<IssuerDb>(options => options.UseDatabase(connection));
        // First of the hosted services: the others find the tables in place.
        services.AddHostedService<PrepareDatabase>();
        services.AddHostedService<ForgetExpired>();
        services.AddHostedService<SealAccessLog>();
        services.AddScoped<VerifyAccessLog>();
        services.AddSingleton<IssuerSeed>();

        services.AddIdentityCore<StaffUser>(identity =>
        {
            identity.Stores.SchemaVersion = IdentitySchemaVersions.Version3;
            identity.Password.RequiredLength = 12;
            (identity.Password.RequireDigit, identity.Password.RequireLowercase, identity.Password.RequireUppercase, identity.Password.RequireNonAlphanumeric) = (false, false, false, false);
            identity.Lockout.MaxFailedAccessAttempts = 10;
        }).AddEntityFrameworkStores<IssuerDb>().AddSignInManager().AddClaimsPrincipalFactory<StaffPrincipal>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = Cookie;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.LoginPath = "/console/sign-in";
            cookie.LogoutPath = "/console/sign-out";
            cookie.AccessDeniedPath = "/console/sign-in";
            cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
            // A new password or a locked account ends the sessions that are open elsewhere.
            cookie.Events.OnValidatePrincipal = SecurityStampValidator.ValidatePrincipalAsync;
        });
        services.Configure<SecurityStampValidatorOptions>(stamp => stamp.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddAuthorization();
    }
}
