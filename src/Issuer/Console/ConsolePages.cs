using System.Text.Encodings.Web;
using System.Text.Unicode;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.Extensions.WebEncoders;

namespace Identity.Issuer.Console;

/// <summary>The pages for staff, under <c>/console</c>.</summary>
internal static class ConsolePages
{
    /// <summary>Signed in, for an organisation that issues here.</summary>
    public const string Policy = "console";

    /// <summary>Registers what the pages need.</summary>
    public static void AddConsole(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddRazorPages(pages =>
        {
            pages.RootDirectory = "/"; // the holder's page lies beside the authorization server
            pages.Conventions.AuthorizeFolder("/Console", Policy).AllowAnonymousToPage("/Console/SignIn");
            pages.Conventions.ConfigureFilter(new RememberLanguage()).ConfigureFilter(new ExpiredForm()).ConfigureFilter(new OnlyHandledMethods());
        });
        services.AddAuthorizationBuilder().AddPolicy(Policy, policy => policy.RequireAuthenticatedUser().AddRequirements(new ActsForOrganisation()));
        services.AddSingleton<IAuthorizationHandler, ActsForOrganisationHandler>();
        services.AddHttpContextAccessor().AddScoped<Desk>().AddScoped<SearchMemory>().AddScoped<CopyProgress>();
        services.AddAntiforgery(antiforgery =>
        {
            (antiforgery.Cookie.Name, antiforgery.Cookie.SameSite, antiforgery.Cookie.SecurePolicy) = ("identity-issuer-form", SameSiteMode.Strict, CookieSecurePolicy.SameAsRequest);
            antiforgery.SuppressXFrameOptionsHeader = true; // Hosting sets a stricter one.
        });
        // Names in any script stay readable in the source of a page; what means something to HTML is encoded all the same.
        services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
    }

    /// <summary>Maps the pages, their files and what their script asks.</summary>
    public static void MapConsole(this WebApplication app)
    {
        app.MapRazorPages();
        app.MapEmbeddedAssets(typeof(ConsolePages).Assembly);
        app.MapGet("/", () => Results.Redirect("/console")).ExcludeFromDescription();
        app.MapGet("/console/credentials/{id}/mark", async (string id, Desk desk, CopyProgress progress, CancellationToken ct) =>
            await progress.MarkAsync(desk.Organisation, id, ct) is { } mark ? Results.Json(new { mark }) : Results.NotFound())
            .RequireAuthorization(Policy).ExcludeFromDescription();
        app.MapGet("/console/bulk/{id}/mark", async (string id, Desk desk, Bulk.BulkDesk bulk, CancellationToken ct) =>
            await bulk.FindAsync(desk.Organisation, id, ct) is { } job ? Results.Json(new { mark = BulkJobModel.MarkOf(job) }) : Results.NotFound())
            .RequireAuthorization(Policy).ExcludeFromDescription();
        app.MapGet("/console/recognition/{id}/mark", async (string id, Desk desk, Recognition.EvaluateQualification evaluate, CancellationToken ct) =>
            desk.Evaluates && await evaluate.StateAsync(desk.Organisation, id, ct) is { } state ? Results.Json(new { mark = state.ToString() }) : Results.NotFound())
            .RequireAuthorization(Policy).ExcludeFromDescription();
        app.MapGet("/console/keys/mark", async (Desk desk, Keys.RotateKeys keys, CancellationToken ct) =>
            Results.Json(new { mark = KeysModel.MarkOf(await keys.ListAsync(desk.Organisation, ct)) }))
            .RequireAuthorization(Policy).ExcludeFromDescription();
    }

    private sealed class ActsForOrganisation : IAuthorizationRequirement;

    // The settings may have lost an organisation whose staff still hold a cookie.
    private sealed class ActsForOrganisationHandler(OrganisationDirectory organisations) : AuthorizationHandler<ActsForOrganisation>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ActsForOrganisation requirement)
        {
            if (organisations.Find(context.User.FindFirst(StaffPrincipal.OrganisationClaim)?.Value) is not null) context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
