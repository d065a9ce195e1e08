using Identity.Issuer.Data;
using Identity.Issuer.Monitoring;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>What was issued, and what the public record has besides.</summary>
public sealed class MonitorModel(Desk desk, WatchLog watch, MonitorReport report) : PageModel
{
    /// <summary>What the monitor knows.</summary>
    public MonitorView View { get; private set; } = null!;

    /// <summary>The finding whose answer lacks its sentence.</summary>
    public long? Wrong { get; private set; }

    /// <summary>What was typed as that answer.</summary>
    public string Typed { get; private set; } = "";

    /// <summary>Reads it.</summary>
    public async Task OnGetAsync(CancellationToken ct)
    {
        await desk.LoadNamesAsync(ct);
        View = await report.OfAsync(desk.Organisation, ct);
    }

    /// <summary>Compares now.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await watch.RunAsync(ct);
        return RedirectToPage();
    }

    /// <summary>Writes down what an administrator found out.</summary>
    public async Task<IActionResult> OnPostAnswerAsync(long finding, string? note, CancellationToken ct)
    {
        if (!desk.Roles.HasFlag(StaffRoles.Admin)) return StatusCode(StatusCodes.Status403Forbidden);
        switch (await report.AnswerAsync(desk.Organisation, finding, note, desk.Actor, ct))
        {
            case FindingAnswered.Done: return RedirectToPage();
            case FindingAnswered.NoFinding: return NotFound();
            default:
                (Wrong, Typed, Response.StatusCode) = (finding, note ?? "", StatusCodes.Status400BadRequest);
                await OnGetAsync(ct);
                return Page();
        }
    }

    /// <summary>The text of a kind of finding.</summary>
    public static string Word(FindingKind kind) => kind switch { FindingKind.UnknownEntry => "unknown_entry", FindingKind.OtherLog => "other_log", FindingKind.UnknownKey => "unknown_key", FindingKind.KeyEnded => "key_ended", _ => "contradiction" };

    /// <summary>The text of a form of copies.</summary>
    public static string Form(string format) => format switch { Configurations.CompactFormat => "qr", Configurations.PaperFormat => "paper", _ => "wallet" };
}
