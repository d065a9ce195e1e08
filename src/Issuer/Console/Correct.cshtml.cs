using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Issuer.Issuance;
using Identity.Issuer.Recognition;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>Corrects: the form with what the credential says, to be put right and replaced in one act; or for references one dated sentence.</summary>
public sealed class CorrectModel(Desk desk, FindCredentials find, CopyProgress progress, CorrectCredential correct) : CredentialPageModel(desk, find, progress)
{
    /// <summary>The type; null where the organisation issues it no more.</summary>
    public TypeDefinition? Type { get; private set; }

    /// <summary>The fields in the order of the type.</summary>
    public IReadOnlyList<FieldView> Fields { get; private set; } = [];

    /// <summary>Sentences with the id of their field.</summary>
    public IReadOnlyList<(string Id, string Text)> Errors { get; private set; } = [];

    /// <summary>What was typed as the sentence.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The sentence is missing or too long.</summary>
    public bool TextMissing { get; private set; }

    /// <summary>The state allows a correction.</summary>
    public bool Possible => Details is { ReplacedBy: null, State: not CredentialState.Awaiting and not CredentialState.Revoked };

    /// <summary>What follows from a qualification that was shown and is not written here.</summary>
    public IEnumerable<ClaimDefinition> Fixed =>
        Details is { } one && Type is not null && StatementRules.RestsOnCredential(one.Type, one.Claims) ? Type.Claims.Where(c => StatementRules.Given.Contains(c.Name)) : [];

    /// <inheritdoc/>
    protected override string Why => "correction";

    /// <summary>Shows the form.</summary>
    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct)
    {
        var page = await LoadAsync(id, ct);
        if (Details is { } credential && Type is not null) Show(name => AsTyped(credential.Claims[name]));
        return page;
    }

    /// <summary>Replaces the credential, or shows what to correct.</summary>
    public async Task<IActionResult> OnPostAsync(string id, string? reason, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        if (Details is null || Type is null) return Page();
        Text = reason ?? "";
        var claims = ClaimForm.Read(Type, Typed);
        try
        {
            switch (await correct.ReplaceAsync(Desk.Organisation, id, claims, reason, Desk.Actor, ct))
            {
                case Correction.Done done:
                    return Redirect($"/console/credentials/{done.Credential.Id}{(done.Offer is null ? "" : "/offer")}");
                case Correction.Invalid invalid:
                    Show(Typed, FieldErrors.Explain(Type, claims, invalid.Errors.Keys.Where(k => k != "reason"), Desk, invalid.Beyond));
                    if (invalid.Errors.ContainsKey("reason")) Errors = [.. Errors, ("reason", Desk["error.reason"])];
                    Response.StatusCode = StatusCodes.Status400BadRequest;
                    return Page();
                case Correction.Refused:
                    Problem = Desk["change.raced"];
                    break;
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            Problem = Desk["change.raced"];
        }
        Show(Typed);
        Response.StatusCode = StatusCodes.Status409Conflict;
        return Page();
    }

    /// <summary>Adds a dated sentence.</summary>
    public async Task<IActionResult> OnPostAddAsync(string id, string? text, CancellationToken ct)
    {
        Text = text ?? "";
        switch (await correct.AddAsync(Desk.Organisation, id, text, Desk.Actor, ct))
        {
            case Correction.Done done: return Redirect($"/console/credentials/{done.Credential.Id}/offer");
            case Correction.Invalid: TextMissing = true; break;
            case Correction.Refused: Problem = Desk["add.refused"]; break;
        }
        await LoadAsync(id, ct);
        if (Details is not null) Response.StatusCode = TextMissing ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict;
        return Page();
    }

    private async Task<IActionResult> LoadAsync(string id, CancellationToken ct)
    {
        var page = await ShowAsync(id, ct);
        Type = Desk.Organisation.FindType(Details?.Type);
        if (Type is null) Response.StatusCode = StatusCodes.Status404NotFound;
        return page;
    }

    private string Typed(string claim) => IsAsked(claim) ? FieldView.Typed(Request, claim) : "";

    private bool IsAsked(string claim) => !StatementRules.IsTie(Type!, claim) && Fixed.All(c => c.Name != claim);

    private void Show(Func<string, string> text, IReadOnlyDictionary<string, string>? errors = null) =>
        (Fields, Errors) = FieldView.Form(Type!.Claims.Where(c => c.Derived is null && IsAsked(c.Name)), text, errors);

    // As the form shows it: lists of countries by commas, lists of texts by lines.
    private static string AsTyped(JsonNode? value) => value switch
    {
        null => "",
        JsonArray items => string.Join(items.Any(i => AsTyped(i).Length > 2) ? "\n" : ",", items.Select(AsTyped)),
        _ when value.GetValueKind() is JsonValueKind.String => value.GetValue<string>(),
        _ => value.ToJsonString(),
    };
}
