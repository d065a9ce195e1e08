using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Hosting.Pages;

/// <summary>A session that is open: its random id and when it began, not whose. The row is deleted when the person signs out.</summary>
public sealed class StaffSessionRow
{
    /// <summary>32 hexadecimal digits, also in the encrypted cookie.</summary>
    public required string Id { get; init; }

    /// <summary>When the person signed in.</summary>
    public required DateTimeOffset StartedAt { get; init; }
}

/// <summary>
/// Sessions of staff that the server can end: a cookie is good only as long as the row that it names exists, so that a copy of it is worth
/// nothing after the sign-out. Other devices of the same person stay signed in. Each sign-in begins a new session and ends the one of the
/// same browser; none lasts longer than <see cref="Longest"/>.
/// </summary>
public static class StaffSessions
{
    /// <summary>After this time the person signs in again, however busy (NIST SP 800-63B-4, section 2.2.3).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    /// <summary>Claim that says how the session began: pwd, or hwk for a passkey (RFC 8176).</summary>
    public const string MethodClaim = "amr";

    /// <summary>Claim that holds the id of the session.</summary>
    public const string SessionClaim = "sid";

    /// <summary>Maps the rows to the table <c>staff_sessions</c>.</summary>
    public static void AddStaffSessions(this ModelBuilder model) => model.Entity<StaffSessionRow>().ToTable("staff_sessions").HasKey(s => s.Id);

    /// <summary>Ties the cookie's tickets to rows of <typeparamref name="TDb"/>, and to the account as it is now: a new password or an ended access ends the sessions that are open elsewhere within a minute.</summary>
    public static void KeepStaffSessions<TDb>(this IServiceCollection services) where TDb : DbContext
    {
        services.Configure<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Events.OnSigningIn = BeginAsync<TDb>;
            cookie.Events.OnSigningOut = context => EndAsync<TDb>(context.HttpContext);
            cookie.Events.OnValidatePrincipal = ValidateAsync<TDb>;
        });
        // Nobody gets this cookie; but whoever is signed out because the account is gone or has changed is signed out of it as well, and that fails where it is not known.
        services.AddAuthentication().AddCookie(IdentityConstants.TwoFactorRememberMeScheme);
        services.Configure<SecurityStampValidatorOptions>(stamp =>
        {
            stamp.ValidationInterval = TimeSpan.FromMinutes(1);
            // Which session it is and how it began stay known when its claims are made anew.
            stamp.OnRefreshingPrincipal = context =>
            {
                if (context.NewPrincipal?.Identity is ClaimsIdentity fresh)
                    fresh.AddClaims(context.CurrentPrincipal?.Claims.Where(c => c.Type is SessionClaim or MethodClaim).Select(c => c.Clone()) ?? []);
                return Task.CompletedTask;
            };
        });
    }

    private static async Task BeginAsync<TDb>(CookieSigningInContext context) where TDb : DbContext
    {
        await EndAsync<TDb>(context.HttpContext);
        var (db, now) = Store<TDb>(context.HttpContext);
        var row = new StaffSessionRow { Id = RandomNumberGenerator.GetHexString(32, lowercase: true), StartedAt = now };
        db.Set<StaffSessionRow>().Add(row);
        await db.SaveChangesAsync();
        var over = now - Longest;
        await db.Set<StaffSessionRow>().Where(s => s.StartedAt < over).ExecuteDeleteAsync();
        ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new Claim(SessionClaim, row.Id));
    }

    private static async Task EndAsync<TDb>(HttpContext http) where TDb : DbContext
    {
        if (http.User.FindFirstValue(SessionClaim) is { } id) await Store<TDb>(http).Db.Set<StaffSessionRow>().Where(s => s.Id == id).ExecuteDeleteAsync();
    }

    // A ticket without a session's id is refused like one whose session has ended.
    private static async Task ValidateAsync<TDb>(CookieValidatePrincipalContext context) where TDb : DbContext
    {
        var id = context.Principal?.FindFirstValue(SessionClaim);
        var (db, now) = Store<TDb>(context.HttpContext);
        var since = now - Longest;
        if (id is null || !await db.Set<StaffSessionRow>().AnyAsync(s => s.Id == id && s.StartedAt >= since, context.HttpContext.RequestAborted)) context.RejectPrincipal();
        else await SecurityStampValidator.ValidatePrincipalAsync(context);
    }

    private static (TDb Db, DateTimeOffset Now) Store<TDb>(HttpContext http) where TDb : DbContext =>
        (http.RequestServices.GetRequiredService<TDb>(), http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
}
