using System.Collections.Frozen;
using Identity.Credentials.Types;
using Identity.Issuer.Issuance;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>One field of the form.</summary>
/// <param name="Claim">What it fills.</param>
/// <param name="Text">What it holds now; several entries are separated by commas.</param>
/// <param name="Error">What is wrong with it, in the page's language, or null.</param>
public sealed record FieldView(ClaimDefinition Claim, string Text, string? Error)
{
    /// <summary>The id and name of the field.</summary>
    public string Id => "claim." + Claim.Name;
}

/// <summary>The form of a type: prepares a credential for one person.</summary>
public sealed class IssueModel(Desk desk, PrepareCredential prepare) : PageModel
{
    private static readonly FrozenSet<string> OwnName = new[] { "awarding_body", "employer", "provider" }.ToFrozenSet();
    private static readonly FrozenSet<string> OwnCountry = new[] { "awarding_country", "employer_country", "provider_country", "issuing_country" }.ToFrozenSet();

    /// <summary>The type; null where the organisation does not issue it.</summary>
    public TypeDefinition? Type { get; private set; }

    /// <summary>The organisation's file number.</summary>
    public string Reference { get; private set; } = "";

    /// <summary>The fields in the order of the type.</summary>
    public IReadOnlyList<FieldView> Fields { get; private set; } = [];

    /// <summary>Sentences with the id of their field, in the order of the form.</summary>
    public IReadOnlyList<(string Id, string Text)> Errors { get; private set; } = [];

    /// <summary>What is wrong with the file number, or null.</summary>
    public string? ReferenceError => Errors.Where(e => e.Id == "reference").Select(e => e.Text).FirstOrDefault();

    /// <summary>An empty form, with what the organisation is known by filled in.</summary>
    public IActionResult OnGet(string type)
    {
        if ((Type = desk.Organisation.FindType(type)) is null) return Missing();
        Show(name => OwnName.Contains(name) ? desk.Organisation.Name : OwnCountry.Contains(name) ? desk.Organisation.Profile.Country : "", new Dictionary<string, string>());
        return Page();
    }

    /// <summary>The same form in the language that the address names; nothing typed is lost.</summary>
    public IActionResult OnPostLanguage(string type)
    {
        if ((Type = desk.Organisation.FindType(type)) is null) return Missing();
        Reference = Request.Form["reference"].ToString();
        Show(Typed, new Dictionary<string, string>());
        return Page();
    }

    /// <summary>Prepares the credential, or shows what to correct.</summary>
    public async Task<IActionResult> OnPostAsync(string type, CancellationToken ct)
    {
        if ((Type = desk.Organisation.FindType(type)) is null) return Missing();
        Reference = Request.Form["reference"].ToString();
        var claims = ClaimForm.Read(Type, Typed);
        switch (await prepare.RunAsync(desk.Organisation, Type.Name, Reference, claims, desk.Actor, ct))
        {
            case Preparation.Prepared prepared:
                return Redirect($"/console/credentials/{prepared.Credential.Id}{(prepared.Offer is null ? "" : "/offer")}");
            case Preparation.Refused refused:
                // A missing file number hides the errors of the claims; both are shown at once.
                var names = refused.Errors.Keys.Concat(ClaimRules.Check(Type, claims, DateOnly.FromDateTime(desk.Now.UtcDateTime), out _).Keys).Distinct();
                Show(Typed, FieldErrors.Explain(Type, claims, names, desk));
                return Page();
            default:
                throw new InvalidOperationException("A credential is prepared or refused.");
        }
    }

    private string Typed(string claim) => string.Join(',', Request.Form["claim." + claim].Where(v => !string.IsNullOrEmpty(v)));

    private void Show(Func<string, string> text, IReadOnlyDictionary<string, string> errors)
    {
        Fields = [.. Type!.Claims.Where(c => c.Derived is null).Select(c => new FieldView(c, text(c.Name), errors.GetValueOrDefault(c.Name)))];
        // In the order of the form, so that the list on top leads down the page.
        Errors = [.. errors.Where(e => Type.Claim(e.Key) is null).Select(e => (e.Key, e.Value)), .. Fields.Where(f => f.Error is not null).Select(f => (f.Id, f.Error!))];
    }

    private PageResult Missing()
    {
        Response.StatusCode = StatusCodes.Status404NotFound;
        return Page();
    }
}
