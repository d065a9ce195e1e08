using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Issuer.Bulk;
using Identity.Issuer.Status;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>The second person's decision on a whole file: its rows to look through, on the page or as a list, and one act for all of them.</summary>
public sealed class ApproveFileModel(Desk desk, BulkDesk bulk) : PageModel
{
    private const int Shown = 50, Batch = 2000;

    /// <summary>The job; null where the organisation has none of this id.</summary>
    public BulkJob? Job { get; private set; }

    /// <summary>Its type; null where the organisation issues it no more.</summary>
    public TypeDefinition? Type { get; private set; }

    /// <summary>The first rows with their claims.</summary>
    public IReadOnlyList<(BulkRow Row, JsonObject Claims)> Rows { get; private set; } = [];

    /// <summary>The reader uploaded it or asked for the issue.</summary>
    public bool Own => Job is { } job && desk.Actor.ToString() is var self && (job.CreatedBy == self || job.StartedBy == self);

    /// <summary>Why nothing was decided, in the page's language.</summary>
    public string? Problem { get; private set; }

    /// <summary>What was typed as the reason.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The reason is missing.</summary>
    public bool ReasonMissing { get; private set; }

    /// <summary>Shows the file.</summary>
    public Task<IActionResult> OnGetAsync(string id, CancellationToken ct) => ShowAsync(id, StatusCodes.Status200OK, ct);

    /// <summary>Every row as CSV, with the columns of the template.</summary>
    public async Task<IActionResult> OnGetRowsAsync(string id, CancellationToken ct)
    {
        await FindAsync(id, ct);
        if (Job is not { State: BulkState.AwaitingApproval } job || Type is null) return NotFound();
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = $"attachment; filename=\"rows-{job.CreatedAt.UtcDateTime:yyyyMMdd-HHmm}.csv\"";
        var claims = Type.Claims.Where(c => c.Derived is null).ToList();
        await Response.WriteAsync(new StringBuilder(CsvText.Mark).AppendRecord(["row", "reference", .. claims.Select(c => c.Name)]).ToString(), ct);
        for (var after = 0; ;)
        {
            var rows = await bulk.ReadRowsAsync(job, after, Batch, desk.Actor, ct);
            if (rows.Count == 0) return new EmptyResult();
            var text = new StringBuilder();
            foreach (var row in rows)
            {
                var values = Read(row);
                text.AppendRecord([$"{row.Number}", row.Reference, .. claims.Select(c => desk.Value(c, values[c.Name]))]);
            }
            await Response.WriteAsync(text.ToString(), ct);
            after = rows[^1].Number;
        }
    }

    /// <summary>Agrees to every row.</summary>
    public Task<IActionResult> OnPostApproveAsync(string id, CancellationToken ct) => DecideAsync(id, bulk.ApproveAsync(desk.Organisation, id, desk.Actor, ct), ct);

    /// <summary>Sends the file back.</summary>
    public async Task<IActionResult> OnPostReturnAsync(string id, string? reason, CancellationToken ct)
    {
        Reason = reason ?? "";
        if (Reasons.Sentence(reason) is { } sentence) return await DecideAsync(id, bulk.ReturnAsync(desk.Organisation, id, sentence, desk.Actor, ct), ct);
        ReasonMissing = true;
        return await ShowAsync(id, StatusCodes.Status400BadRequest, ct);
    }

    private async Task<IActionResult> DecideAsync(string id, Task<bool> decision, CancellationToken ct)
    {
        if (await decision) return Redirect("/console/approvals");
        Problem = desk["approval.refused"];
        return await ShowAsync(id, StatusCodes.Status409Conflict, ct);
    }

    private async Task<IActionResult> ShowAsync(string id, int status, CancellationToken ct)
    {
        await desk.LoadNamesAsync(ct);
        await FindAsync(id, ct);
        if (Job is { State: BulkState.AwaitingApproval } job) Rows = [.. (await bulk.ReadRowsAsync(job, 0, Shown, desk.Actor, ct)).Select(r => (r, Read(r)))];
        Response.StatusCode = Job is null || Type is null ? StatusCodes.Status404NotFound : status;
        return Page();
    }

    private async Task FindAsync(string id, CancellationToken ct)
    {
        Job = await bulk.FindAsync(desk.Organisation, id, ct);
        // A file that nobody asked to issue is the clerks' alone.
        if (Job is { StartedBy: null }) Job = null;
        Type = desk.Organisation.FindType(Job?.Type);
    }

    private static JsonObject Read(BulkRow row) => JsonNode.Parse(row.Claims!)!.AsObject();
}
