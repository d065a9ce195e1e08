using Identity.Issuer.Exports;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>Everything that the organisation issued as one file: asks for it, shows how far it is, and gives it.</summary>
public sealed class ExportModel(Desk desk, ExportDesk exports) : PageModel
{
    private const long Megabyte = 1_000_000;

    /// <summary>The one that was asked for last; null where nobody did.</summary>
    public OrganisationExport? Newest { get; private set; }

    /// <summary>The newest whose file is there.</summary>
    public OrganisationExport? Made { get; private set; }

    /// <summary>The file that was wanted is not there any more.</summary>
    public bool Gone { get; private set; }

    /// <summary>Changes whenever the page would.</summary>
    public static string MarkOf(ExportStanding standing) => FormattableString.Invariant($"{standing.Newest?.Id}.{standing.Newest?.State}.{standing.Made?.Id}");

    /// <summary>The same of this page.</summary>
    public string Mark => MarkOf(new ExportStanding(Newest, Made));

    /// <summary>A number of bytes in words.</summary>
    public string Size(long bytes) => bytes < Megabyte ? desk.Fill("export.size.kb", ("size", (bytes + 999) / 1000)) : desk.Fill("export.size.mb", ("size", (bytes + Megabyte - 1) / Megabyte));

    /// <summary>Shows it.</summary>
    public Task OnGetAsync(CancellationToken ct) => LoadAsync(ct);

    /// <summary>Asks for a new one.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await exports.AskAsync(desk.Organisation, desk.Actor, ct);
        return Redirect("/console/export");
    }

    /// <summary>Gives the newest file.</summary>
    public async Task<IActionResult> OnPostFileAsync(CancellationToken ct)
    {
        if (await exports.OpenAsync(desk.Organisation, desk.Actor, ct) is var (made, file)) return File(file, ExportApi.MediaType, ExportDesk.FileName(made));
        (Gone, Response.StatusCode) = (true, StatusCodes.Status404NotFound);
        await LoadAsync(ct);
        return Page();
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        await desk.LoadNamesAsync(ct);
        (Newest, Made) = await exports.FindAsync(desk.Organisation, ct);
    }
}
