using System.ComponentModel;
using Identity.Hosting;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Management;

/// <summary>The end of an organisation and how far it has come.</summary>
public sealed record ClosingView(
    [property: Description("From Begun on nothing is issued or changed any more, and nothing goes back.")] ClosingState State,
    [property: Description("Names this very request: whoever decides has seen it.")] int Asked,
    DateTimeOffset AskedAt,
    [property: Description("Id of the organisation that shall take over, 64 hexadecimal digits.")] string? Depositary,
    string Notice, string? Contact, DateTimeOffset? BegunAt,
    [property: Description("The closing statement as it goes onto the ledger, canonical JSON.")] string? Statement,
    [property: Description("The end as the ledger has it.")] DateTimeOffset? ClosedAt, string? Transaction, [property: Description("Why the next step waits.")] string? Waiting);

/// <summary>Asks that the organisation be closed.</summary>
public sealed record ClosingBody(
    [property: Description("The organisation’s short name, as in the path: says that this is meant.")] string? Word,
    [property: Description("A sentence for everybody, in English, 3 to 500 characters; public on the ledger.")] string? Notice,
    [property: Description("Id of the organisation that shall take over; left out, whoever supervises the organisation names one later.")] string? Depositary = null,
    [property: Description("Where people turn to afterwards; public on the ledger.")] string? Contact = null);

/// <summary>Decides a closing that another person asked for.</summary>
public sealed record ClosingDecisionBody(
    [property: Description("The organisation’s short name, as in the path: says that this is meant.")] string? Word,
    [property: Description("The request that was seen, as asked says it.")] int Asked,
    [property: Description("False refuses it.")] bool Agree);

/// <summary>The closing of an organisation, by program; the same acts as the console's, and as there two people.</summary>
internal static class ClosingApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/{org}/closing").AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).DisableAntiforgery().WithTags("Closing").WithMetadata(new StaysOpen())
            .ProducesProblem(401).ProducesProblem(403);
        api.MapGet("", GetAsync).WithMetadata(new NeedsRole(StaffRoles.Admin | StaffRoles.Approver | StaffRoles.Auditor)).WithName("GetClosing").WithSummary("How far the closing of the organisation has come; 404 where nobody ever asked for one.").ProducesProblem(404);
        api.MapPost("", AskAsync).WithMetadata(new NeedsRole(StaffRoles.Admin)).WithName("AskClosing").WithSummary("Asks that the organisation be closed for good; a second person must agree.").ProducesValidationProblem().ProducesProblem(409).ProducesProblem(503);
        api.MapPost("/decision", DecideAsync).WithMetadata(new NeedsRole(StaffRoles.Approver)).WithName("DecideClosing").WithSummary("Agrees to the closing that another asked for, or refuses it. Once agreed, nothing is issued any more, and nobody takes it back.").ProducesProblem(400).ProducesProblem(409);
    }

    private static async Task<Results<Ok<ClosingView>, ProblemHttpResult>> GetAsync(string org, HttpContext http, AskClosing closings, CancellationToken ct) =>
        await closings.FindAsync(http.Caller().Organisation, ct) is { } closing ? TypedResults.Ok(View(closing)) : TypedResults.Problem("Nobody ever asked for a closing.", statusCode: 404, title: "No closing");

    private static async Task<Results<Accepted<ClosingView>, ValidationProblem, ProblemHttpResult>> AskAsync(string org, ClosingBody body, HttpContext http, AskClosing closings, CancellationToken ct) =>
        OrganisationApi.NotMeant(http, body.Word) is { } problem ? problem
        : await TryAsync(() => closings.AskAsync(http.Caller().Organisation, body.Depositary, body.Notice, body.Contact, http.Caller().Actor, ct)) switch
        {
            ClosingAct.Done done => TypedResults.Accepted($"/api/{org}/closing", View(done.Closing)),
            ClosingAct.Invalid invalid => TypedResults.ValidationProblem(new Dictionary<string, string[]> { [invalid.Field] = [invalid.Reason] }, "Nothing was asked."),
            ClosingAct.NoLedger => AccreditationApi.NoLedger(),
            var refused => Conflict(refused),
        };

    private static async Task<Results<Ok<ClosingView>, ProblemHttpResult>> DecideAsync(string org, ClosingDecisionBody body, HttpContext http, AskClosing closings, CancellationToken ct) =>
        OrganisationApi.NotMeant(http, body.Word) is { } problem ? problem
        : await TryAsync(() => closings.DecideAsync(http.Caller().Organisation, body.Asked, body.Agree, http.Caller().Actor, ct)) switch
        {
            ClosingAct.Done done => TypedResults.Ok(View(done.Closing)),
            var refused => Conflict(refused),
        };

    /// <summary>Two at once: one wins, the other is told to look again.</summary>
    internal static async Task<ClosingAct> TryAsync(Func<Task<ClosingAct>> act)
    {
        try
        {
            return await act();
        }
        catch (DbUpdateConcurrencyException)
        {
            return new ClosingAct.Refused("other", "It changed at this very moment. Look at it and decide then.");
        }
    }

    private static ProblemHttpResult Conflict(ClosingAct act) => TypedResults.Problem((act as ClosingAct.Refused)?.Reason, statusCode: 409, title: "Not possible now");

    private static ClosingView View(OrganisationClosing c) => new(
        c.State, c.Version, c.AskedAt, c.Depositary is null ? null : Convert.ToHexStringLower(c.Depositary), c.Notice, c.Contact, c.BegunAt, c.Statement, c.ClosedAt, c.Transaction, c.Waiting);
}
