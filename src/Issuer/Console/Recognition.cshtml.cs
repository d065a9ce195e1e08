using Identity.Issuer.Recognition;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>A recognition body's cases, and a new one.</summary>
public sealed class RecognitionModel(Desk desk, EvaluateQualification evaluate) : PageModel
{
    /// <summary>The newest cases.</summary>
    public IReadOnlyList<RecognitionCase> Cases { get; private set; } = [];

    /// <summary>What was typed.</summary>
    public string Reference { get; private set; } = "";

    /// <summary>What was typed is no file number.</summary>
    public bool WrongReference { get; private set; }

    /// <summary>Why no case was opened, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>Shows the page; there is none for an organisation that does not evaluate.</summary>
    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => desk.Evaluates ? await ShowAsync(StatusCodes.Status200OK, ct) : NotFound();

    /// <summary>Opens a case and shows what the person scans.</summary>
    public async Task<IActionResult> OnPostAsync(string? reference, CancellationToken ct)
    {
        if (!desk.Evaluates) return NotFound();
        Reference = reference ?? "";
        if (await evaluate.OpenAsync(desk.Organisation, Reference, desk.T.Language, desk.Actor, ct) is Asking.Open open) return Redirect($"/console/recognition/{open.Case.Id}");
        WrongReference = Issuance.ClaimCheck.Reference(Reference) is null;
        Problem = desk[WrongReference ? "error.reference" : "rec.no_verifier"];
        return await ShowAsync(StatusCodes.Status400BadRequest, ct);
    }

    private async Task<IActionResult> ShowAsync(int status, CancellationToken ct)
    {
        Cases = await evaluate.ListAsync(desk.Organisation, ct);
        Response.StatusCode = status;
        return Page();
    }
}
