using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Wallet.Mandates;
using Identity.Wallet.Verifiers;
using Microsoft.AspNetCore.Authorization;

namespace Identity.Wallet.Desk;

/// <summary>The pages of desks, under <c>/desk</c>. A service without desks has none of them.</summary>
internal static class DeskPages
{
    /// <summary>Registers what the pages need.</summary>
    public static void AddDesk(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        var desks = Desks.Read(builder.Configuration);
        services.AddSingleton(desks);
        services.AddDeskStaff();
        services.AddSingleton(_ => new PersonsKeys(Path.GetFullPath(builder.Configuration["Data:Folder"]!))).AddSingleton<Sittings>();
        services.AddScoped<MakeMandate>().AddScoped<OpenMandate>().AddScoped<EndMandates>().AddScoped<ActUnderMandate>().AddScoped<ReceiveForPerson>().AddScoped<ShowForPerson>();
        if (desks.All.Count > 0) services.AddHostedService<SweepMandates>();
        services.AddRazorPages(pages =>
        {
            pages.RootDirectory = "/Desk";
            pages.Conventions.AuthorizeFolder("/").AllowAnonymousToPage("/SignIn");
            pages.Conventions.AddStaffFilters("/Desk/Expired.cshtml");
        });
        services.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new OfADesk()).Build());
        services.AddSingleton<IAuthorizationHandler, OfADeskHandler>();
        services.AddHttpContextAccessor().AddScoped<DeskView>();
        services.AddStaffForms("identity-desk-form", "/desk/identity.css", "/desk/desk.css");
    }

    /// <summary>Maps the pages; their files are with the wallet's.</summary>
    public static void MapDesk(this WebApplication app)
    {
        if (app.Services.GetRequiredService<Desks>().All.Count == 0) return;
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapRazorPages();
    }

    private sealed record OfADesk : IAuthorizationRequirement;

    // At each request: a desk that is gone from the settings, or whose organisation was registered to ask people for proofs, does nothing more.
    private sealed class OfADeskHandler(Desks desks, VerifierListKeeper list) : AuthorizationHandler<OfADesk>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OfADesk requirement)
        {
            if (desks.Find(context.User.FindFirst(DeskPrincipal.DeskClaim)?.Value) is { } desk && Desks.VerifierOf(desk, list.Current?.List) is null) context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
