using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Issuer.Issuance;
using Identity.Issuer.Recognition;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>One case: what the person scans, the verdict, and the form of the statement.</summary>
public sealed class RecognitionCaseModel(Desk desk, EvaluateQualification evaluate) : PageModel
{
    /// <summary>The case; null where the organisation has none of this id.</summary>
    public CaseView? View { get; private set; }

    /// <summary>Fields that the evaluator fills in.</summary>
    public IReadOnlyList<FieldView> Fields { get; private set; } = [];

    /// <summary>Sentences with the id of their field, in the order of the form.</summary>
    public IReadOnlyList<(string Id, string Text)> Errors { get; private set; } = [];

    /// <summary>Why the last act was not done, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>The qualification was shown and is valid; nobody has decided yet.</summary>
    public bool CanDecide => View is { Case.State: CaseState.Answered, Shown: not null } view && EvaluateQualification.IsValid(view.Case);

    /// <summary>Since when the qualification stands on the ledger, or null.</summary>
    public DateTimeOffset? AnchoredAt => View?.Verdict?["ledger"]?["anchoredAt"] is JsonValue time && time.TryGetValue<DateTimeOffset>(out var at) ? at : null;

    /// <summary>The status could not be had when it was last looked at: whoever decides must say that they know.</summary>
    public bool AsksKnowingly => View?.Case.Status is QualificationStatus.Unknown;

    /// <summary>That was said.</summary>
    public bool Knowingly { get; private set; }

    private TypeDefinition Type => desk.Organisation.FindType(StatementRules.Type)!;

    /// <summary>Shows the case.</summary>
    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Show(_ => "");
        return Answer(StatusCodes.Status200OK);
    }

    /// <summary>The same form in the language that the address names; nothing typed is lost.</summary>
    public async Task<IActionResult> OnPostLanguageAsync(string id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Show(Typed);
        return Answer(StatusCodes.Status200OK);
    }

    /// <summary>Asks the person again.</summary>
    public async Task<IActionResult> OnPostAgainAsync(string id, CancellationToken ct)
    {
        if (!desk.Evaluates) return NotFound();
        if (await evaluate.AskAgainAsync(desk.Organisation, id, desk.T.Language, desk.Actor, ct) is Asking.Open) return Redirect($"/console/recognition/{id}");
        await LoadAsync(id, ct);
        Problem = desk["rec.no_verifier"];
        return Answer(StatusCodes.Status409Conflict);
    }

    /// <summary>Looks at the qualification's status again; nothing typed is lost.</summary>
    public async Task<IActionResult> OnPostCheckAsync(string id, CancellationToken ct)
    {
        if (!desk.Evaluates) return NotFound();
        await evaluate.CheckAgainAsync(desk.Organisation, id, desk.Actor, ct);
        await LoadAsync(id, ct);
        Show(Typed);
        return Answer(StatusCodes.Status200OK);
    }

    /// <summary>Prepares the statement, or shows what to correct.</summary>
    public async Task<IActionResult> OnPostAsync(string id, bool knowingly, CancellationToken ct)
    {
        if (!desk.Evaluates) return NotFound();
        Knowingly = knowingly;
        var written = ClaimForm.Read(Type, claim => StatementRules.Given.Contains(claim) ? "" : Typed(claim));
        switch (await evaluate.DecideAsync(desk.Organisation, id, written, desk.Actor, knowingly, ct))
        {
            case Deciding.Done done:
                return Redirect(done.Statement.Offer is null ? $"/console/credentials/{done.Statement.Credential.Id}" : $"/console/credentials/{done.Statement.Credential.Id}/offer");
            case Deciding.Refused refused:
                await LoadAsync(id, ct);
                Show(Typed, FieldErrors.Explain(Type, written, refused.Errors.Keys, desk, refused.Beyond));
                return Answer(StatusCodes.Status200OK);
            case Deciding.Ended:
                await LoadAsync(id, ct);
                Show(Typed);
                Problem = desk["rec.ended"];
                return Answer(StatusCodes.Status200OK);
            case Deciding.CannotTell:
                await LoadAsync(id, ct);
                Show(Typed);
                Problem = desk["rec.unsure"];
                return Answer(StatusCodes.Status200OK);
            default:
                await LoadAsync(id, ct);
                Show(Typed);
                Problem = desk["rec.too_late"];
                return Answer(StatusCodes.Status409Conflict);
        }
    }

    private async Task LoadAsync(string id, CancellationToken ct) => View = desk.Evaluates ? await evaluate.ShowAsync(desk.Organisation, id, desk.Actor, ct) : null;

    private string Typed(string claim) => FieldView.Typed(Request, claim);

    private void Show(Func<string, string> text, IReadOnlyDictionary<string, string>? errors = null)
    {
        if (View is not null) (Fields, Errors) = FieldView.Form(Type.Claims.Where(c => !StatementRules.Given.Contains(c.Name)), text, errors);
    }

    private PageResult Answer(int status)
    {
        Response.StatusCode = View is null ? StatusCodes.Status404NotFound : status;
        return Page();
    }
}
