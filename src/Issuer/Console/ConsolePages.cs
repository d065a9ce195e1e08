namespace Identity.Issuer.Console;

/// <summary>The pages for staff, under <c>/console</c>.</summary>
internal static class ConsolePages
{
    /// <summary>Registers what the pages need.</summary>
    public static void AddConsole(this WebApplicationBuilder builder) => builder.Services.AddRazorPages();

    /// <summary>Maps the pages.</summary>
    public static void MapConsole(this WebApplication app) => app.MapRazorPages();
}
