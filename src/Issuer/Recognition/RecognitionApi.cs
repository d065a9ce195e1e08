using System.ComponentModel;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Management;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Issuer.Recognition;

/// <summary>Opens a case.</summary>
public sealed record NewCase([property: Description("The body's own file number, 1 to 100 characters.")] string? Reference);

/// <summary>What the evaluator decided.</summary>
public sealed record StatementBody([property: Description("outcome, outcome_type, level_national, reasons, appeal and the optional claims of /types/recognition; what follows from the qualification is not given."), JsonConverter(typeof(StrictObject))] JsonObject Claims,
    [property: Description("Decide although the qualification's status cannot be looked at now. It is logged.")] bool StatusUnknown = false);

/// <summary>A case.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Reference">The body's file number.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Link">What the person's wallet opens, while the question is open.</param>
/// <param name="ExpiresAt">Until when it can be answered.</param>
/// <param name="Verdict">The verifier's verdict, without claims.</param>
/// <param name="AsOf">As of when the qualification's status is known.</param>
/// <param name="Status">What was heard when it was last looked at again; absent where nobody did since the verdict.</param>
/// <param name="Shown">What was shown, until the decision.</param>
/// <param name="Statement">Id of the statement's credential.</param>
/// <param name="Trouble">Why nothing new is known.</param>
public sealed record CaseBody(string Id, string Reference, CaseState State, string? Link, DateTimeOffset? ExpiresAt, JsonObject? Verdict, DateTimeOffset? AsOf, QualificationStatus? Status, JsonObject? Shown, string? Statement, string? Trouble);

/// <summary>The same work as the console's, for a recognition body's own software.</summary>
internal static class RecognitionApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/{org}/recognition").AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).DisableAntiforgery().WithTags("Recognition")
            .ProducesProblem(401).ProducesProblem(403);
        api.MapPost("", OpenAsync).WithMetadata(new NeedsRole(StaffRoles.Clerk)).WithName("OpenCase").WithSummary("Opens a case: asks a person to show a qualification.").ProducesValidationProblem();
        api.MapGet("/{id}", ShowAsync).WithMetadata(new NeedsRole(StaffRoles.Clerk | StaffRoles.Approver | StaffRoles.Auditor)).WithName("GetCase").WithSummary("Shows a case, with the verdict once the person has answered.").ProducesProblem(404);
        api.MapPost("/{id}/status", CheckAsync).WithMetadata(new NeedsRole(StaffRoles.Clerk)).WithName("CheckCase").WithSummary("Looks at the qualification's status again; deciding does so by itself.").ProducesProblem(404);
        api.MapPost("/{id}/statement", DecideAsync).WithMetadata(new NeedsRole(StaffRoles.Clerk)).WithName("DecideCase").WithSummary("Prepares the statement of comparability and forgets what was shown.").ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<Results<Created<CaseBody>, ValidationProblem>> OpenAsync(string org, NewCase body, HttpContext http, EvaluateQualification evaluate, CancellationToken ct)
    {
        switch (await evaluate.OpenAsync(http.Caller().Organisation, body.Reference, "en", http.Caller().Actor, ct))
        {
            case Asking.Open open:
                return TypedResults.Created($"/api/{org}/recognition/{open.Case.Id}", Body(new CaseView(open.Case, open.Question, null, null, null)));
            case Asking.Refused refused:
                return TypedResults.ValidationProblem(new Dictionary<string, string[]> { [refused.Field] = [refused.Reason] }, "The case was not opened.");
            default:
                throw new InvalidOperationException("A case is opened or refused.");
        }
    }

    private static async Task<Results<Ok<CaseBody>, ProblemHttpResult>> ShowAsync(string org, string id, HttpContext http, EvaluateQualification evaluate, CancellationToken ct) =>
        await evaluate.ShowAsync(http.Caller().Organisation, id, http.Caller().Actor, ct) is { } view ? TypedResults.Ok(Body(view)) : NotFound();

    private static async Task<Results<Ok<StatusLook>, ProblemHttpResult>> CheckAsync(string org, string id, HttpContext http, EvaluateQualification evaluate, CancellationToken ct) =>
        await evaluate.CheckAgainAsync(http.Caller().Organisation, id, http.Caller().Actor, ct) is { } look ? TypedResults.Ok(look)
            : TypedResults.Problem("The organisation has no case of this id that waits for a decision.", statusCode: 404, title: "No such case");

    private static async Task<Results<Created<PreparedCredential>, ValidationProblem, ProblemHttpResult>> DecideAsync(
        string org, string id, StatementBody body, HttpContext http, EvaluateQualification evaluate, CancellationToken ct) =>
        await evaluate.DecideAsync(http.Caller().Organisation, id, body.Claims ?? [], http.Caller().Actor, body.StatusUnknown, ct) switch
        {
            Deciding.Done done => TypedResults.Created($"/api/{org}/credentials/{done.Statement.Credential.Id}", new PreparedCredential(done.Statement.Credential.Id, done.Statement.Credential.State, done.Statement.Offer)),
            Deciding.Refused refused => TypedResults.ValidationProblem(refused.Errors.ToDictionary(), "Some fields cannot be accepted."),
            Deciding.Ended ended => TypedResults.Problem($"The qualification is {Word(ended.Status)}, as of {ended.AsOf:u}: it cannot be recognised. An unfavourable decision (outcome none) is possible.", statusCode: 409, title: "No longer in force"),
            Deciding.CannotTell => TypedResults.Problem("The qualification's status cannot be looked at now. Try again, or send statusUnknown true to decide knowing that it may have been revoked.", statusCode: 409, title: "Status unknown"),
            Deciding.NotNow no => TypedResults.Problem(no.Reason, statusCode: 409, title: "Not possible now"),
            _ => NotFound(),
        };

    private static CaseBody Body(CaseView view) => new(view.Case.Id, view.Case.Reference, view.Case.State, view.Question?.Link, view.Question?.ExpiresAt, view.Verdict, view.Case.AsOf, view.Case.Status, view.Shown?.Claims, view.Case.Statement, view.Trouble);

    private static string Word(QualificationStatus status) => status switch
    {
        QualificationStatus.Revoked => "revoked by its issuer",
        QualificationStatus.Suspended => "suspended by its issuer",
        _ => "past its last day",
    };

    private static ProblemHttpResult NotFound() => TypedResults.Problem("The organisation has no case of this id.", statusCode: 404, title: "No such case");
}
