using System.ComponentModel;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Management;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Issuer.Monitoring;

/// <summary>What was found out about a finding.</summary>
public sealed record FindingAnswerBody([property: Description("A sentence of 3 to 500 characters for whoever looks later; names nobody.")] string? Note);

/// <summary>What the monitor of the log knows, for the organisation's own software.</summary>
internal static class MonitorApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var monitor = app.MapGroup("/api/{org}/monitor").AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).DisableAntiforgery().WithTags("Monitor")
            .WithMetadata(new NeedsRole(StaffRoles.Admin | StaffRoles.Auditor)).ProducesProblem(401).ProducesProblem(403);
        monitor.MapGet("", GetAsync).WithName("GetMonitor").WithSummary("What stands in the public record that this service did not do, and how many copies of each type were signed on each of the last thirty days.");
        monitor.MapPost("", LookAsync).WithMetadata(new Closing.StaysOpen()).WithName("LookNow").WithSummary("Compares the log with what was issued now, up to its newest checkpoint, and tells the same.");
        monitor.MapPost("/{finding:long}/answers", AnswerAsync).WithMetadata(new NeedsRole(StaffRoles.Admin), new Closing.StaysOpen()).WithName("AnswerFinding")
            .WithSummary("Writes down what was found out about a finding, beside it for good: it no longer stands at the head of every page. The finding itself stays.").ProducesValidationProblem().ProducesProblem(404);
    }

    private static async Task<Results<Ok<MonitorView>, ValidationProblem, ProblemHttpResult>> AnswerAsync(string org, long finding, FindingAnswerBody body, HttpContext http, MonitorReport report, CancellationToken ct) =>
        await report.AnswerAsync(http.Caller().Organisation, finding, body.Note, http.Caller().Actor, ct) switch
        {
            FindingAnswered.Done => TypedResults.Ok(await report.OfAsync(http.Caller().Organisation, ct)),
            FindingAnswered.NoNote => TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["note"] = ["Give a sentence of 3 to 500 characters."] }, "Nothing was written down."),
            _ => TypedResults.Problem("No finding of this number concerns the organisation.", statusCode: 404, title: "No such finding"),
        };

    private static async Task<Ok<MonitorView>> GetAsync(string org, HttpContext http, MonitorReport report, CancellationToken ct) => TypedResults.Ok(await report.OfAsync(http.Caller().Organisation, ct));

    private static async Task<Ok<MonitorView>> LookAsync(string org, HttpContext http, WatchLog watch, MonitorReport report, CancellationToken ct)
    {
        await watch.RunAsync(ct);
        return TypedResults.Ok(await report.OfAsync(http.Caller().Organisation, ct));
    }
}
