using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Management;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Issuer.Monitoring;

/// <summary>What the monitor of the log knows, for the organisation's own software.</summary>
internal static class MonitorApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var monitor = app.MapGroup("/api/{org}/monitor").AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).DisableAntiforgery().WithTags("Monitor")
            .WithMetadata(new NeedsRole(StaffRoles.Admin | StaffRoles.Auditor)).ProducesProblem(401).ProducesProblem(403);
        monitor.MapGet("", GetAsync).WithName("GetMonitor").WithSummary("What stands in the public record that this service did not do, and how many copies of each type were signed on each of the last thirty days.");
        monitor.MapPost("", LookAsync).WithMetadata(new Closing.StaysOpen()).WithName("LookNow").WithSummary("Compares the log with what was issued now, up to its newest checkpoint, and tells the same.");
    }

    private static async Task<Ok<MonitorView>> GetAsync(string org, HttpContext http, MonitorReport report, CancellationToken ct) => TypedResults.Ok(await report.OfAsync(http.Caller().Organisation, ct));

    private static async Task<Ok<MonitorView>> LookAsync(string org, HttpContext http, WatchLog watch, MonitorReport report, CancellationToken ct)
    {
        await watch.RunAsync(ct);
        return TypedResults.Ok(await report.OfAsync(http.Caller().Organisation, ct));
    }
}
