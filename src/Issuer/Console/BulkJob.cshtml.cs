using Identity.Issuer.Bulk;
using Identity.Issuer.Issuance;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>One file: how far it is, what is wrong with it, and what came of it.</summary>
public sealed class BulkJobModel(Desk desk, BulkDesk bulk, BulkResults results) : PageModel
{
    /// <summary>Errors on the page; all of them are in the list to download.</summary>
    public const int Shown = 100;

    /// <summary>The job; null where the organisation has none of this id.</summary>
    public BulkJob? Job { get; private set; }

    /// <summary>The first errors.</summary>
    public IReadOnlyList<BulkError> Errors { get; private set; } = [];

    /// <summary>The first rows whose code will be large.</summary>
    public IReadOnlyList<(int Row, QrForecast Forecast)> Large { get; private set; } = [];

    /// <summary>The act came too late.</summary>
    public bool TooLate { get; private set; }

    /// <summary>Done so far, of <see cref="Whole"/>.</summary>
    public long Part => Job is { State: BulkState.Checking } job ? job.BytesChecked : (Job?.Issued ?? 0) + (Job?.PassedOver ?? 0);

    /// <summary>See <see cref="Part"/>; at least 1.</summary>
    public long Whole => Math.Max(1, Job is { State: BulkState.Checking } job ? job.FileBytes : Job?.Rows ?? 1);

    /// <summary>In percent, rounded down: 100 means done.</summary>
    public int Percent => (int)Math.Min(100, 100 * Part / Whole);

    /// <summary>Changes whenever the page would.</summary>
    public string Mark => MarkOf(Job);

    /// <summary>Letters fill this many pages.</summary>
    public int LetterPages => ((Job?.Issued ?? 0) + BulkResults.PageSize - 1) / BulkResults.PageSize;

    internal static string MarkOf(BulkJob? job) => job is null ? "" : $"{job.State}.{job.Rows}.{job.BytesChecked}.{job.Errors}.{job.Issued}.{job.PassedOver}";

    /// <summary>Shows the job.</summary>
    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct) => await ShowAsync(id, ct);

    /// <summary>Issues.</summary>
    public Task<IActionResult> OnPostStartAsync(string id, CancellationToken ct) => ActAsync(id, bulk.StartAsync(desk.Organisation, id, desk.Actor, ct), ct);

    /// <summary>Holds.</summary>
    public Task<IActionResult> OnPostPauseAsync(string id, CancellationToken ct) => ActAsync(id, bulk.PauseAsync(desk.Organisation, id, desk.Actor, ct), ct);

    /// <summary>Goes on.</summary>
    public Task<IActionResult> OnPostResumeAsync(string id, CancellationToken ct) => ActAsync(id, bulk.ResumeAsync(desk.Organisation, id, desk.Actor, ct), ct);

    /// <summary>Stops for good.</summary>
    public Task<IActionResult> OnPostCancelAsync(string id, CancellationToken ct) => ActAsync(id, bulk.CancelAsync(desk.Organisation, id, desk.Actor, ct), ct);

    /// <summary>The errors, the offers or the codes as CSV.</summary>
    public async Task<IActionResult> OnPostListAsync(string id, string? list, CancellationToken ct)
    {
        if (await bulk.FindAsync(desk.Organisation, id, ct) is not { } job) return NotFound();
        if (list is not ("errors" or "offers" or "codes")) return BadRequest();
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = $"attachment; filename=\"{list}-{job.CreatedAt.UtcDateTime:yyyyMMdd-HHmm}.csv\"";
        var body = Response.Body;
        if (list == "errors") await results.WriteErrorsAsync(job, desk.T, body, ct);
        else if (list == "offers") await results.WriteOffersAsync(desk.Organisation, job, desk.Actor, body, ct);
        else await results.WriteCodesAsync(desk.Organisation, job, desk.Actor, body, ct);
        return new EmptyResult();
    }

    private async Task<IActionResult> ActAsync(string id, Task<bool> act, CancellationToken ct)
    {
        if (await act) return Redirect($"/console/bulk/{id}");
        TooLate = true;
        return await ShowAsync(id, ct, StatusCodes.Status409Conflict);
    }

    private async Task<IActionResult> ShowAsync(string id, CancellationToken ct, int status = StatusCodes.Status200OK)
    {
        await desk.LoadNamesAsync(ct);
        Job = await bulk.FindAsync(desk.Organisation, id, ct);
        Response.StatusCode = Job is null ? StatusCodes.Status404NotFound : status;
        if (Job is { State: BulkState.Ready or BulkState.AwaitingApproval, Warnings: > 0 }) Large = await bulk.LargeAsync(Job, Shown, ct);
        if (Job is { State: BulkState.Refused }) Errors = await bulk.ErrorsAsync(Job, Shown, ct);
        return Page();
    }
}
