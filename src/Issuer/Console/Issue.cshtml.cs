using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Issuer.Issuance;
using Identity.Issuer.Recognition;
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

    /// <summary>What was sent for a claim.</summary>
    public static string Typed(HttpRequest request, string claim) => string.Join(',', request.Form["claim." + claim].Where(v => !string.IsNullOrEmpty(v)));

    /// <summary>The fields of a form, and every sentence on what is wrong with the id of its field: first those of no claim, then in the order of the form, so that the list on top leads down the page.</summary>
    /// <param name="claims">The claims to fill in.</param>
    /// <param name="text">What the field of a claim holds.</param>
    /// <param name="errors">The sentences by claim; null where nothing is wrong.</param>
    public static (IReadOnlyList<FieldView> Fields, IReadOnlyList<(string Id, string Text)> Errors) Form(IEnumerable<ClaimDefinition> claims, Func<string, string> text, IReadOnlyDictionary<string, string>? errors = null)
    {
        var fields = claims.Select(c => new FieldView(c, text(c.Name), errors?.GetValueOrDefault(c.Name))).ToList();
        return (fields, [.. errors?.Where(e => fields.All(f => f.Claim.Name != e.Key)).Select(e => (e.Key, e.Value)) ?? [], .. fields.Where(f => f.Error is not null).Select(f => (f.Id, f.Error!))]);
    }
}

/// <summary>What the QR code of a credential will be like, for <c>_Qr.cshtml</c>.</summary>
public sealed record QrView(TypeDefinition Type, QrForecast Forecast)
{
    /// <summary>Of claims as they stand in a form: what is wrong with them is not asked here.</summary>
    public static QrView Of(TypeDefinition type, JsonObject claims, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return new QrView(type, CompactSize.Forecast(type, ClaimRules.Check(type, claims, today, out var accepted).Count == 0 && accepted is not null ? DerivedClaims.AddTo(type, accepted, today) : claims));
    }
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

    /// <summary>What the QR code of the fields as they stand will be like.</summary>
    public QrView Qr => QrView.Of(Type!, ClaimForm.Read(Type!, name => Fields.FirstOrDefault(f => f.Claim.Name == name)?.Text), desk.Now);

    /// <summary>Id of the credential that has the file number already, or null.</summary>
    public string? Earlier { get; private set; }

    /// <summary>What is wrong with the file number, or null.</summary>
    public string? ReferenceError => Errors.Where(e => e.Id == "reference").Select(e => e.Text).FirstOrDefault();

    /// <summary>An empty form, with what the organisation is known by filled in.</summary>
    public IActionResult OnGet(string type)
    {
        if ((Type = desk.Organisation.FindType(type)) is null) return Missing();
        Show(name => OwnName.Contains(name) ? desk.Organisation.Name : OwnCountry.Contains(name) ? desk.Organisation.Profile.Country : "");
        return Page();
    }

    /// <summary>The same form in the language that the address names; nothing typed is lost.</summary>
    public IActionResult OnPostLanguage(string type)
    {
        if ((Type = desk.Organisation.FindType(type)) is null) return Missing();
        Reference = Request.Form["reference"].ToString();
        Show(Typed);
        return Page();
    }

    /// <summary>The sentence on the QR code of what is typed so far; nothing is stored.</summary>
    public IActionResult OnPostQr(string type)
    {
        if ((Type = desk.Organisation.FindType(type)) is null) return Missing();
        return Partial("/Console/_Qr.cshtml", QrView.Of(Type, ClaimForm.Read(Type, Typed), desk.Now));
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
                Show(Typed, FieldErrors.Explain(Type, claims, refused.Errors.Keys, desk, refused.Beyond));
                return Page();
            case Preparation.NotYet:
                Show(Typed, new Dictionary<string, string> { ["issue"] = desk.T["keys.new"] });
                Response.StatusCode = StatusCodes.Status409Conflict;
                return Page();
            case Preparation.Taken taken:
                Earlier = taken.Earlier;
                Show(Typed, new Dictionary<string, string> { ["reference"] = desk["error.reference_taken"] });
                return Page();
            default:
                throw new InvalidOperationException("A credential is prepared or refused.");
        }
    }

    private string Typed(string claim) => StatementRules.IsTie(Type!, claim) ? "" : FieldView.Typed(Request, claim);

    private void Show(Func<string, string> text, IReadOnlyDictionary<string, string>? errors = null) =>
        (Fields, Errors) = FieldView.Form(Type!.Claims.Where(c => c.Derived is null && !StatementRules.IsTie(Type, c.Name)), text, errors);

    private PageResult Missing()
    {
        Response.StatusCode = StatusCodes.Status404NotFound;
        return Page();
    }
}
