using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Approval;
using Identity.Issuer.Bulk;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Issuer.Management;

/// <summary>What to issue, and to whose file it belongs.</summary>
/// <param name="Type">Short name of a type that the organisation issues.</param>
/// <param name="Reference">The organisation's own file number.</param>
/// <param name="Claims">The claims by name, as the type metadata at <c>/types/{type}</c> lists them.</param>
public sealed record NewCredential(
    [property: Description("Short name of a type that the organisation issues, for example qualification.")] string Type,
    [property: Description("The organisation's own file number, 1 to 100 characters.")] string Reference,
    [property: Description("The claims by name; /types/{type} lists them."), JsonConverter(typeof(StrictObject))] JsonObject Claims);

/// <summary>A paper to be printed.</summary>
/// <param name="Text">The text of its QR code, for error correction M.</param>
/// <param name="IssuedAt">When it was made.</param>
/// <param name="ExpiresAt">When it stops being valid, if ever.</param>
public sealed record MadePaper(
    [property: Description("The text of its QR code; print it at error correction M, with at least 0.5 mm for a module.")] string Text, DateTimeOffset IssuedAt, DateTimeOffset? ExpiresAt);

/// <summary>Claims to try, of which nothing is stored.</summary>
/// <param name="Type">Short name of a type that the organisation issues.</param>
/// <param name="Claims">The claims by name.</param>
public sealed record TrialClaims(
    [property: Description("Short name of a type that the organisation issues, for example qualification.")] string Type,
    [property: Description("The claims by name; /types/{type} lists them."), JsonConverter(typeof(StrictObject))] JsonObject Claims);

/// <summary>A credential that was prepared, with its first offer; without one while it waits for a second person, and for those who do not hand over.</summary>
public sealed record PreparedCredential(string Id, CredentialState State, OfferView? Offer);

/// <summary>Why a status changes. The holder can read both.</summary>
public sealed record ReasonBody(
    [property: Description("A sentence of 3 to 500 characters; needed where the code is other or missing.")] string? Reason,
    [property: Description("Revocation: issued_in_error, wrong_person, fraud, entitlement_ended, holder_asked, other. Suspension: under_review, holder_asked, other.")] string? Code = null);

/// <summary>Why something is not approved.</summary>
public sealed record ReturnBody([property: Description("A sentence of 3 to 500 characters for whoever prepared it.")] string? Reason);

/// <summary>All claims, corrected.</summary>
public sealed record CorrectionBody(
    [property: Description("All claims by name, the right ones too."), JsonConverter(typeof(StrictObject))] JsonObject Claims,
    [property: Description("A sentence for the holder on what was wrong, or nothing.")] string? Reason = null);

/// <summary>A dated sentence.</summary>
public sealed record AdditionBody([property: Description("The sentence; the date is put before it.")] string? Text);

/// <summary>The state after a change.</summary>
public sealed record CredentialStatus(string Id, CredentialState State, string? StateCode, string? StateReason, DateTimeOffset? StateChangedAt);

/// <summary>The API for an organisation's own software; the same acts as the console, through the same use cases.</summary>
internal static class ManagementApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/{org}/credentials").AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).DisableAntiforgery().WithTags("Credentials")
            .ProducesProblem(401).ProducesProblem(403);
        const StaffRoles Readers = StaffRoles.Clerk | StaffRoles.Approver | StaffRoles.Auditor;
        api.MapPost("", PrepareAsync).Needs(StaffRoles.Clerk).WithName("PrepareCredential").WithSummary("Prepares a credential and offers it to its holder; types that need a second person wait for approval first. A reference that another credential of the type holds is refused (409), so that a request sent twice issues once.").ProducesValidationProblem().ProducesProblem(409);
        api.MapPost("/qr", Forecast).Needs(StaffRoles.Clerk).WithName("ForecastQr").WithSummary("Tells what the QR code of these claims will be like, and what is left out of it to keep it readable; stores nothing.").ProducesValidationProblem();
        api.MapPost("/qr/file", TryFileAsync).Needs(StaffRoles.Clerk).Accepts<string>("text/csv").WithName("TryFile").WithSummary("Reads a file of a type (text/csv, at most 4 MB) and tells row by row which QR codes will be large, what is left out of them, and what is wrong; stores nothing.").ProducesValidationProblem().ProducesProblem(413);
        api.MapGet("", ListAsync).Needs(Readers).WithName("ListCredentials").WithSummary("Lists the organisation's credentials, newest first; search looks at names and references.");
        api.MapGet("/{id}", GetAsync).Needs(Readers).WithName("GetCredential").WithSummary("Shows one credential: claims, state, copies with their anchoring, and what happened to it.").ProducesProblem(404);
        api.MapPost("/{id}/offer", OfferAsync).Needs(StaffRoles.Clerk).WithName("OfferCredential").WithSummary("Makes a new offer and ends the open ones; until somebody has collected the credential, a wallet that has redeemed an earlier one gets nothing by it either. Of a reference that somebody has this only asks (202): a second person must agree.").ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/{id}/approval", ApproveAsync).Needs(StaffRoles.Approver).WithName("ApproveCredential").WithSummary("Approves what another prepared or asked: the issue, a revocation, a suspension, a paper, another offer, a move to a new phone or an end of such moves.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/{id}/return", ReturnAsync).Needs(StaffRoles.Approver).WithName("ReturnCredential").WithSummary("Does not approve what another prepared or asked, with a sentence why.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/{id}/correction", CorrectAsync).Needs(StaffRoles.Clerk).WithName("CorrectCredential").WithSummary("Ends a wrong credential in every copy and prepares the corrected one, in one act.").ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/{id}/addition", AddAsync).Needs(StaffRoles.Clerk).WithName("AddToCredential").WithSummary("Adds a dated sentence to a reference; the reference stays in force.").ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/{id}/revocation", RevokeAsync).Needs(StaffRoles.Clerk).WithName("RevokeCredential").WithSummary("Revokes all copies for ever. For references it only asks (202): a second person must agree.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/{id}/suspension", SuspendAsync).Needs(StaffRoles.Clerk).WithName("SuspendCredential").WithSummary("Suspends all copies. For references it only asks (202): a second person must agree.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/{id}/paper", PaperAsync).Needs(StaffRoles.Clerk).WithName("MakePaper").WithSummary("Makes a paper to be printed; the one made before, if any, ends in the same act. Of a type that needs a second person, once collected, and of a reference with a paper in force, this only asks (202); the console prints what was agreed to.").ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("/{id}/paper", EndPaperAsync).Needs(StaffRoles.Clerk).WithName("EndPaper").WithSummary("Ends the paper in force because it was lost; the credential stays as it is.").ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("/{id}/suspension", ReinstateAsync).Needs(StaffRoles.Clerk).WithName("ReinstateCredential").WithSummary("Puts suspended copies back in force.").ProducesProblem(404).ProducesProblem(409);
    }

    private const string AskedText = "The request that was seen to wait, as asked of the credential says it, for example revocation-2. Another one that waits by now, of the same kind too, is not decided (409); without this nothing is (400).";

    private static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, StaffRoles anyOf) => route.WithMetadata(new NeedsRole(anyOf));

    private static async Task<Results<Created<PreparedCredential>, ValidationProblem, ProblemHttpResult>> PrepareAsync(
        string org, NewCredential body, HttpContext http, PrepareCredential prepare, CancellationToken ct) =>
        await prepare.RunAsync(http.Caller().Organisation, body.Type ?? "", body.Reference ?? "", body.Claims ?? [], http.Caller().Actor, ct) switch
        {
            Preparation.Prepared prepared => TypedResults.Created(
                $"/api/{org}/credentials/{prepared.Credential.Id}", new PreparedCredential(prepared.Credential.Id, prepared.Credential.State, prepared.Offer)),
            Preparation.Refused refused => TypedResults.ValidationProblem(refused.Errors.ToDictionary(), "Some fields cannot be accepted."),
            Preparation.NotYet notYet => TypedResults.Problem(notYet.Reason, statusCode: 409, title: "The ledger does not know the signing key yet"),
            Preparation.Taken taken => TypedResults.Problem(
                $"The credential {taken.Earlier} of this type has this reference. To replace it, correct or revoke it; another credential needs a reference of its own.",
                statusCode: 409, title: "Reference in use", extensions: new Dictionary<string, object?> { ["credential"] = taken.Earlier }),
            _ => throw new InvalidOperationException("A credential is prepared or refused."),
        };

    private static Results<Ok<QrForecast>, ValidationProblem> Forecast(string org, TrialClaims body, HttpContext http, TimeProvider clock)
    {
        var organisation = http.Caller().Organisation;
        if (organisation.FindType(body.Type ?? "") is not { } type)
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["type"] = [$"Give one of: {string.Join(", ", organisation.Types.Select(t => t.Name))}."] }, "Some fields cannot be accepted.");
        var now = clock.GetUtcNow();
        var errors = ClaimCheck.Run(type, body.Claims ?? [], now, out var accepted);
        return accepted is null
            ? TypedResults.ValidationProblem(errors.ToDictionary(), "Some fields cannot be accepted.")
            : TypedResults.Ok(CompactSize.Forecast(type, DerivedClaims.AddTo(type, accepted, DateOnly.FromDateTime(now.UtcDateTime))));
    }

    private static async Task<Results<Ok<DryRun>, ValidationProblem, ProblemHttpResult>> TryFileAsync(string org, string type, HttpContext http, TimeProvider clock, CancellationToken ct)
    {
        if (http.Caller().Organisation.FindType(type) is not { } found)
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["type"] = [$"Give one of: {string.Join(", ", http.Caller().Organisation.Types.Select(t => t.Name))}."] }, "Some fields cannot be accepted.");
        using var file = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (int read; (read = await http.Request.Body.ReadAsync(buffer, ct)) > 0;)
        {
            if (file.Length + read > DryRun.MaxBytes) return TypedResults.Problem("Try a file of at most 4 MB.", statusCode: 413, title: "The file is too large");
            file.Write(buffer, 0, read);
        }
        file.Position = 0;
        return TypedResults.Ok(DryRun.Of(found, file, clock.GetUtcNow()));
    }

    private static async Task<Ok<CredentialPage>> ListAsync(string org, string? search, int? page, HttpContext http, FindCredentials find, CancellationToken ct) =>
        TypedResults.Ok(await find.ListAsync(http.Caller().Organisation, search, page ?? 1, http.Caller().Actor, ct));

    private static async Task<Results<Ok<CredentialDetails>, ProblemHttpResult>> GetAsync(string org, string id, HttpContext http, FindCredentials find, CancellationToken ct) =>
        await find.GetAsync(http.Caller().Organisation, id, http.Caller().Actor, ct) is { } details ? TypedResults.Ok(details) : NotFound();

    private static async Task<Results<Ok<OfferView>, Accepted, ProblemHttpResult>> OfferAsync(string org, string id, HttpContext http, MakeOffer offers, CancellationToken ct) =>
        await offers.RunAsync(http.Caller().Organisation, id, http.Caller().Actor, ct) switch
        {
            Offering.Made made => TypedResults.Ok(made.Offer),
            Offering.Asked => TypedResults.Accepted((string?)null),
            Offering.Refused refused => Conflict(refused.Reason),
            _ => NotFound(),
        };

    private static async Task<Results<Ok<PreparedCredential>, ProblemHttpResult>> ApproveAsync(string org, string id, [Required, Description(AskedText)] string? asked, HttpContext http, DecideApproval approval, CancellationToken ct) =>
        Answer(await approval.ApproveAsync(http.Caller().Organisation, id, asked, http.Caller().Actor, ct));

    private static async Task<Results<Ok<PreparedCredential>, ProblemHttpResult>> ReturnAsync(string org, string id, [Required, Description(AskedText)] string? asked, ReturnBody body, HttpContext http, DecideApproval approval, CancellationToken ct) =>
        Answer(await approval.ReturnAsync(http.Caller().Organisation, id, asked, body.Reason, http.Caller().Actor, ct));

    private static async Task<Results<Created<PreparedCredential>, ValidationProblem, ProblemHttpResult>> CorrectAsync(
        string org, string id, CorrectionBody body, HttpContext http, CorrectCredential correct, CancellationToken ct) =>
        Answer(org, await correct.ReplaceAsync(http.Caller().Organisation, id, body.Claims ?? [], body.Reason, http.Caller().Actor, ct));

    private static async Task<Results<Created<PreparedCredential>, ValidationProblem, ProblemHttpResult>> AddAsync(
        string org, string id, AdditionBody body, HttpContext http, CorrectCredential correct, CancellationToken ct) =>
        Answer(org, await correct.AddAsync(http.Caller().Organisation, id, body.Text, http.Caller().Actor, ct));

    private static async Task<Results<Ok<CredentialStatus>, Accepted<CredentialStatus>, ProblemHttpResult>> RevokeAsync(
        string org, string id, ReasonBody body, HttpContext http, ChangeStatus change, CancellationToken ct) =>
        Answer(await change.RevokeAsync(http.Caller().Organisation, id, body.Code, body.Reason, http.Caller().Actor, ct));

    private static async Task<Results<Ok<CredentialStatus>, Accepted<CredentialStatus>, ProblemHttpResult>> SuspendAsync(
        string org, string id, ReasonBody body, HttpContext http, ChangeStatus change, CancellationToken ct) =>
        Answer(await change.SuspendAsync(http.Caller().Organisation, id, body.Code, body.Reason, http.Caller().Actor, ct));

    private static async Task<Results<Ok<CredentialStatus>, Accepted<CredentialStatus>, ProblemHttpResult>> ReinstateAsync(string org, string id, HttpContext http, ChangeStatus change, CancellationToken ct) =>
        Answer(await change.ReinstateAsync(http.Caller().Organisation, id, http.Caller().Actor, ct));

    private static Results<Ok<PreparedCredential>, ProblemHttpResult> Answer(Decision decision) => decision switch
    {
        Decision.Done done => TypedResults.Ok(new PreparedCredential(done.Credential.Id, done.Credential.State, done.Offer)),
        Decision.ReasonMissing => TypedResults.Problem("Give a sentence of 3 to 500 characters.", statusCode: 400, title: "Reason needed"),
        Decision.AskedMissing => TypedResults.Problem("Give asked: which request this decides, as asked of the credential says it. Whoever decides has seen it.", statusCode: 400, title: "Not said what is decided"),
        Decision.OtherAsked other => Conflict(other.Reason),
        Decision.Refused refused => Conflict(refused.Reason),
        _ => NotFound(),
    };

    private static Results<Created<PreparedCredential>, ValidationProblem, ProblemHttpResult> Answer(string org, Correction correction) => correction switch
    {
        Correction.Done done => TypedResults.Created($"/api/{org}/credentials/{done.Credential.Id}", new PreparedCredential(done.Credential.Id, done.Credential.State, done.Offer)),
        Correction.Invalid invalid => TypedResults.ValidationProblem(invalid.Errors.ToDictionary(), "Some fields cannot be accepted."),
        Correction.Refused refused => Conflict(refused.Reason),
        _ => NotFound(),
    };

    private static async Task<Results<Ok<MadePaper>, Accepted, ProblemHttpResult>> PaperAsync(string org, string id, HttpContext http, MakePaper paper, CancellationToken ct) =>
        await paper.RunAsync(http.Caller().Organisation, id, http.Caller().Actor, ct) switch
        {
            PaperMade.Made(var copy) => TypedResults.Ok(new MadePaper(copy.Body!, copy.IssuedAt, copy.ExpiresAt)),
            PaperMade.Asked => TypedResults.Accepted((string?)null),
            PaperMade.Refused refused => Conflict(refused.Reason),
            _ => NotFound(),
        };

    private static async Task<Results<NoContent, ProblemHttpResult>> EndPaperAsync(string org, string id, HttpContext http, MakePaper paper, CancellationToken ct) =>
        await paper.EndAsync(http.Caller().Organisation, id, http.Caller().Actor, ct) switch
        {
            PaperMade.Ended => TypedResults.NoContent(),
            PaperMade.Refused refused => Conflict(refused.Reason),
            _ => NotFound(),
        };

    private static Results<Ok<CredentialStatus>, Accepted<CredentialStatus>, ProblemHttpResult> Answer(StatusChange change) => change switch
    {
        StatusChange.Changed c => TypedResults.Ok(Status(c.Credential)),
        StatusChange.Asked a => TypedResults.Accepted((string?)null, Status(a.Credential)),
        StatusChange.ReasonMissing missing => TypedResults.Problem(
            $"Give a code ({string.Join(", ", missing.Codes)}){(missing.Codes.Contains(Reasons.Other) ? "; with other, a sentence of 3 to 500 characters" : "")}.", statusCode: 400, title: "Reason needed"),
        StatusChange.Refused refused => Conflict(refused.Reason),
        _ => NotFound(),
    };

    private static CredentialStatus Status(CredentialRecord c) => new(c.Id, c.State, c.StateCode, c.StateReason, c.StateChangedAt);

    private static ProblemHttpResult Conflict(string reason) => TypedResults.Problem(reason, statusCode: 409, title: "Not possible now");

    private static ProblemHttpResult NotFound() => TypedResults.Problem("The organisation has no credential of this id.", statusCode: 404, title: "No such credential");
}
