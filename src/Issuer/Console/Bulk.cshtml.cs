using System.Text;
using Identity.Credentials.Types;
using Identity.Issuer.Bulk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>Issues many credentials from one file: template, upload, and the files of before.</summary>
[RequestSizeLimit(BulkLimits.Bytes + 1024 * 1024), RequestFormLimits(MultipartBodyLengthLimit = BulkLimits.Bytes + 1024 * 1024)]
public sealed class BulkModel(Desk desk, BulkDesk bulk) : PageModel
{
    /// <summary>The files of before, newest first.</summary>
    public IReadOnlyList<BulkJob> Jobs { get; private set; } = [];

    /// <summary>What is wrong with the upload, in the page's language, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>The job that has the very same file, or null.</summary>
    public BulkJob? Same { get; private set; }

    /// <summary>The chosen type.</summary>
    public string Type { get; private set; } = "";

    /// <summary>Shows the page.</summary>
    public async Task OnGetAsync(CancellationToken ct) => Jobs = await bulk.ListAsync(desk.Organisation, ct);

    /// <summary>A template: the header, and below it a row of explanations that is passed over.</summary>
    public IActionResult OnGetTemplate(string type)
    {
        if (desk.Organisation.FindType(type) is not { } definition) return NotFound();
        var columns = BulkRules.Columns(definition);
        var text = new StringBuilder(CsvText.Mark).AppendRecord([.. columns]);
        text.AppendRecord([.. columns.Select((name, i) => (i == 0 ? "# " : "") + Explanation(definition, name))]);
        return File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", $"{type}.csv");
    }

    /// <summary>Takes a file in; nothing is issued.</summary>
    public async Task<IActionResult> OnPostAsync(string? type, IFormFile? file, CancellationToken ct)
    {
        Type = type ?? "";
        if (desk.Organisation.FindType(type) is not { } definition) Problem = desk.T["bulk.choose_type"];
        else if (file is null || file.Length == 0) Problem = desk.T["bulk.choose_file"];
        else
        {
            await using var content = file.OpenReadStream();
            switch (await bulk.UploadAsync(desk.Organisation, definition.Name, file.FileName, content, desk.Actor, ct))
            {
                case Upload.Taken taken:
                    return Redirect($"/console/bulk/{taken.Job.Id}");
                case Upload.SeenBefore seen:
                    (Same, Problem) = (seen.Job, desk.Fill("bulk.same", ("day", desk.Moment(seen.Job.CreatedAt))));
                    break;
                default:
                    Problem = desk.Fill("bulk.too_large", ("size", BulkLimits.Bytes / 1024 / 1024));
                    break;
            }
        }
        Response.StatusCode = Same is null ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict;
        Jobs = await bulk.ListAsync(desk.Organisation, ct);
        return Page();
    }

    private string Explanation(TypeDefinition type, string column)
    {
        if (type.Claim(column) is not { } claim) return desk.T[$"bulk.template.{column}"];
        var kind = claim.Kind switch
        {
            ClaimKind.Enum => string.Join(" | ", claim.Values?.Keys ?? []),
            _ => desk.T.Find($"bulk.template.kind.{claim.Kind.ToString().ToLowerInvariant()}") ?? "",
        };
        var needed = claim.Mandatory ? $" ({desk["needed"]})" : "";
        return $"{claim.Label(desk.T.Language)}{needed}{(kind.Length == 0 ? "" : ": ")}{kind}";
    }
}
