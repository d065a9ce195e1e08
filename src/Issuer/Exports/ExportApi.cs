using System.ComponentModel;
using Identity.Hosting;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Management;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Issuer.Exports;

/// <summary>The file of an export.</summary>
public sealed record ExportFileView(
    DateTimeOffset MadeAt, [property: Description("Until when it is kept, unless a newer one takes its place before.")] DateTimeOffset KeptUntil,
    long Size, [property: Description("Lower-case hexadecimal.")] string Sha256,
    [property: Description("What it holds is of this time: that of a block of the ledger.")] DateTimeOffset AsOf, long Block,
    [property: Description("Whether it was checked against validators. What is false still lets a reader check it, who names validators, where somebody seals the blocks (sealed).")] bool Proven,
    [property: Description("The name of these validators.")] string? Validators, bool Sealed,
    int Receipts, long Entries, int StatusLists,
    [property: Description("Anchors without a proof, which are left out: their entries count from the next one on. Ask again some minutes later.")] int MissingAnchors,
    [property: Description("Status lists that are left out: whether what they speak of is revoked, the file cannot say.")] int MissingStatusLists,
    [property: Description("Other logs in which the organisation records and that could not be read.")] int MissingLogs);

/// <summary>How the export that was asked for last stands.</summary>
public sealed record ExportView(
    ExportState State, DateTimeOffset AskedAt, DateTimeOffset? FinishedAt,
    [property: Description("Why it failed: not_read, alarm, unknown, too_large, no_receipt, no_state, validators, does_not_hold, slow or fault.")] string? Problem, [property: Description("The same in words.")] string? Reason,
    [property: Description("The newest file that is there; beside an export that is being made, or failed, the one from before.")] ExportFileView? File);

/// <summary>Everything that an organisation issued as one file, by program; the same acts as the console's.</summary>
internal static class ExportApi
{
    /// <summary>What the file is, as HTTP names it.</summary>
    public const string MediaType = "application/zip";

    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/{org}/export").AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).DisableAntiforgery().WithTags("Export")
            .WithMetadata(new NeedsRole(StaffRoles.Admin), new StaysOpen()).ProducesProblem(401).ProducesProblem(403);
        api.MapPost("", AskAsync).WithName("AskExport").WithSummary("Asks for a file by which everything that the organisation issued still verifies when no server is left. While one is being made, that one is meant.");
        api.MapGet("", GetAsync).WithName("GetExport").WithSummary("How the export that was asked for last stands; 404 where nobody asked within thirty days.").ProducesProblem(404);
        api.MapGet("/file", FileAsync).WithName("GetExportFile").WithSummary("The newest file (.idexit). It holds no names; each download is recorded.").Produces(200, contentType: MediaType).ProducesProblem(404);
    }

    private static async Task<Accepted<ExportView>> AskAsync(string org, HttpContext http, ExportDesk desk, CancellationToken ct)
    {
        var export = await desk.AskAsync(http.Caller().Organisation, http.Caller().Actor, ct);
        return TypedResults.Accepted($"/api/{org}/export", View(export, (await desk.FindAsync(http.Caller().Organisation, ct)).Made));
    }

    private static async Task<Results<Ok<ExportView>, ProblemHttpResult>> GetAsync(string org, HttpContext http, ExportDesk desk, CancellationToken ct) =>
        await desk.FindAsync(http.Caller().Organisation, ct) is { Newest: { } newest } standing ? TypedResults.Ok(View(newest, standing.Made)) : TypedResults.Problem("Nobody asked for an export within thirty days.", statusCode: 404, title: "No export");

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> FileAsync(string org, HttpContext http, ExportDesk desk, CancellationToken ct)
    {
        if (await desk.OpenAsync(http.Caller().Organisation, http.Caller().Actor, ct) is not var (made, file)) return TypedResults.Problem("No file is here: ask for an export, and wait until it is made.", statusCode: 404, title: "No file");
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.File(file, MediaType, ExportDesk.FileName(made), enableRangeProcessing: true);
    }

    private static ExportView View(OrganisationExport newest, OrganisationExport? made) => new(
        newest.State, newest.AskedAt, newest.FinishedAt, newest.Problem, newest.Problem is { } problem ? Strings.For("en")[$"export.problem.{problem}"] : null,
        made is { Content: { } c, FinishedAt: { } at } ? new ExportFileView(at, at + OrganisationExport.Kept, c.Size, c.Sha256, c.AsOf, c.Block, c.Validators is not null, c.Validators, c.IsSealed, c.Receipts, c.Entries, c.Lists, c.MissingAnchors, c.MissingLists, c.MissingLogs) : null);
}
