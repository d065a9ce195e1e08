using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Staff;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
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
            PrivateFiles.CreateFolder(folder);
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
        }).AddEntityFrameworkStores<IssuerDb>().AddSignInManager().AddClaimsPrincipalFactory<StaffPrincipal>().AddPasswordValidator<StaffPasswordRule>();
        services.AddScoped<PasswordCheck<StaffUser>>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = Cookie;
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.LoginPath = "/console/sign-in";
            cookie.LogoutPath = "/console/sign-out";
            cookie.Events.OnRedirectToAccessDenied = DenyAsync;
            cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
        });
        services.KeepStaffSessions<IssuerDb>();
        // Holds the challenge of a passkey between question and answer.
        services.AddAuthentication().AddCookie(IdentityConstants.TwoFactorUserIdScheme, cookie =>
        {
            cookie.Cookie.Name = Cookie + "-passkey";
            cookie.Cookie.SameSite = SameSiteMode.Strict;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = TimeSpan.FromMinutes(5);
        });
        services.Configure<IdentityPasskeyOptions>(passkeys =>
        {
            var own = builder.Configuration.PublicUrl();
            passkeys.ServerDomain = own.Host;
            // The framework compares with the Origin header, which browsers send as “null” from pages without referrer. What the authenticator signed is compared here.
            passkeys.ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && Uri.TryCreate(context.Origin, UriKind.Absolute, out var origin)
                && Uri.Compare(origin, own, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.Ordinal) == 0);
            (passkeys.UserVerificationRequirement, passkeys.ResidentKeyRequirement) = ("required", "required");
        });
        services.AddAuthorization();
    }

    // Where somebody may not go on, the reason decides where to: first the password or passkey, an administrator's first page, an ended account out.
    private static async Task DenyAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var http = context.HttpContext;
        var seat = await http.RequestServices.GetRequiredService<StaffSession>().OfAsync(http.User, http.RequestAborted);
        if (seat is null) await http.SignOutAsync(IdentityConstants.ApplicationScheme);
        http.Response.Redirect(seat is null ? "/console/sign-in" : !seat.Ready ? "/console/account"
            : http.Request.Path == "/console" && seat.Roles.HasFlag(StaffRoles.Admin) ? "/console/staff"
            : "/console/not-allowed");
    }
}
