using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Hosting;

/// <summary>What every web app of the product shares: settings, problem details, headers, limits, health.</summary>
public static class IdentityHosting
{
    /// <summary>Registers the shared services. Settings: <see cref="Settings.AddIdentitySettings"/>.</summary>
    /// <param name="builder">The app's builder.</param>
    /// <param name="app">Short lower-case name: names the settings file, the data-protection purpose and the key folder.</param>
    /// <param name="args">Command-line arguments; they win over every file.</param>
    public static WebApplicationBuilder AddIdentityHosting(this WebApplicationBuilder builder, string app, string[] args)
    {
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddIdentitySettings(app, args);

        // The framework's own messages quote whole addresses, and a search or an offer in one is somebody's.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new AppName(app));
        services.TryAddSingleton(new ContentPolicy());
        services.AddOptions<OutboundOptions>().Bind(builder.Configuration.GetSection("Outbound"));
        services.AddSingleton<OutboundFetch>();

        services.AddProblemDetails();
        services.AddExceptionHandler<FaultsToProblems>();
        services.AddHealthChecks();
        services.AddCors(cors => cors.AddPolicy(Cors.Open, policy => policy.AllowAnyOrigin().AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("ETag", "Retry-After", "DPoP-Nonce", "WWW-Authenticate")));
        services.AddRateLimiter(Limits.Configure);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        });
        services.Configure<ForwardedHeadersOptions>(forwarded => forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost);
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);

        var protection = services.AddDataProtection().SetApplicationName($"identity-{app}");
        if (builder.Configuration["Data:Folder"] is { Length: > 0 } folder)
            protection.PersistKeysToFileSystem(PrivateFiles.CreateFolder(Path.Combine(folder, "data-protection")));

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
        });
        return builder;
    }

    /// <summary>Adds the shared middleware; call it first.</summary>
    public static WebApplication UseIdentityHosting(this WebApplication app)
    {
        if (app.Environment.IsProduction()) app.UseForwardedHeaders();
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseCors();
        app.UseRateLimiter();
        app.UseMiddleware<Utf8Only>();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
        return app;
    }
}

/// <summary>The short name of the running app.</summary>
public sealed record AppName(string Value);

/// <summary>Names of the cross-origin policies.</summary>
public static class Cors
{
    /// <summary>Any origin, never with credentials: protocol, status, type and log endpoints.</summary>
    public const string Open = "open";
}
