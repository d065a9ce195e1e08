using Identity.Audit.Data;
using Identity.Hosting;
using Identity.Hosting.Pages;
using Microsoft.AspNetCore.Authorization;

namespace Identity.Audit.Desk;

/// <summary>The pages for staff, under <c>/desk</c>: auditors see engagements, those who hand out codes see codes.</summary>
internal static class DeskPages
{
    /// <summary>Signed in for an organisation that audits.</summary>
    public const string Auditors = "auditors";

    /// <summary>Signed in for an organisation that hands out codes.</summary>
    public const string Unions = "unions";

    /// <summary>Registers what the pages need.</summary>
    public static void AddDesk(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRazorPages(pages =>
        {
            pages.RootDirectory = "/Desk";
            pages.Conventions.AuthorizeFolder("/").AllowAnonymousToPage("/SignIn");
            foreach (var page in new[] { "/Engagement", "/Bundle", "/Reads" }) pages.Conventions.AuthorizePage(page, Auditors);
            pages.Conventions.AuthorizePage("/Codes", Unions);
            pages.Conventions.AddStaffFilters("/Desk/Expired.cshtml");
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(Auditors, policy => policy.RequireAuthenticatedUser().AddRequirements(new ActsAs(AuditRole.Auditor)))
            .AddPolicy(Unions, policy => policy.RequireAuthenticatedUser().AddRequirements(new ActsAs(AuditRole.Union)));
        services.AddSingleton<IAuthorizationHandler, ActsAsHandler>();
        services.AddHttpContextAccessor().AddScoped<DeskView>();
        services.AddStaffForms("identity-audit-form", "/desk/identity.css", "/desk/desk.css");
    }

    /// <summary>Maps the pages and their files.</summary>
    public static void MapDesk(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapEmbeddedAssets(typeof(DeskPages).Assembly);
        app.MapGet("/", () => Results.Redirect("/desk")).ExcludeFromDescription();
    }

    private sealed record ActsAs(AuditRole Role) : IAuthorizationRequirement;

    // From the settings at each request: an organisation that is gone, or changed its part, sees nothing more.
    private sealed class ActsAsHandler(AuditSettings settings) : AuthorizationHandler<ActsAs>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ActsAs requirement)
        {
            if (settings.FindOrganisation(context.User.FindFirst(StaffPrincipal.OrganisationClaim)?.Value)?.Role == requirement.Role) context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
