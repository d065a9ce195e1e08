using System.ComponentModel;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Jose;
using Identity.Hosting;
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

/// <summary>A credential that was prepared, with its first offer.</summary>
public sealed record PreparedCredential(string Id, CredentialState State, OfferView Offer);

/// <summary>Why a status changes.</summary>
public sealed record ReasonBody([property: Description("For the record, 3 to 500 characters.")] string? Reason);

/// <summary>The state after a change.</summary>
public sealed record CredentialStatus(string Id, CredentialState State, string? StateReason, DateTimeOffset? StateChangedAt);

/// <summary>The API for an organisation's own software; the same acts as the console, through the same use cases.</summary>
internal static class ManagementApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/{org}/credentials").AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).DisableAntiforgery().WithTags("Credentials")
            .ProducesProblem(401).ProducesProblem(403);
        api.MapPost("", PrepareAsync).WithName("PrepareCredential").WithSummary("Prepares a credential and offers it to its holder.").ProducesValidationProblem();
        api.MapGet("", ListAsync).WithName("ListCredentials").WithSummary("Lists the organisation's credentials, newest first; search looks at names and references.");
        api.MapGet("/{id}", GetAsync).WithName("GetCredential").WithSummary("Shows one credential: claims, state, copies with their anchoring, and what happened to it.").ProducesProblem(404);
        api.MapPost("/{id}/offer", OfferAsync).WithName("OfferCredential").WithSummary("Makes a new offer and ends the open ones.").ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/{id}/revocation", RevokeAsync).WithName("RevokeCredential").WithSummary("Revokes all copies for ever.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/{id}/suspension", SuspendAsync).WithName("SuspendCredential").WithSummary("Suspends all copies.").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("/{id}/suspension", ReinstateAsync).WithName("ReinstateCredential").WithSummary("Puts suspended copies back in force.").ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<Results<Created<PreparedCredential>, ValidationProblem>> PrepareAsync(
        string org, NewCredential body, HttpContext http, PrepareCredential prepare, CancellationToken ct) =>
        await prepare.RunAsync(http.Caller().Organisation, body.Type ?? "", body.Reference ?? "", body.Claims ?? [], http.Caller().Actor, ct) switch
        {
            Preparation.Prepared prepared => TypedResults.Created(
                $"/api/{org}/credentials/{prepared.Credential.Id}", new PreparedCredential(prepared.Credential.Id, prepared.Credential.State, prepared.Offer)),
            Preparation.Refused refused => TypedResults.ValidationProblem(refused.Errors.ToDictionary(), "Some fields cannot be accepted."),
            _ => throw new InvalidOperationException("A credential is prepared or refused."),
        };

    private static async Task<Ok<CredentialPage>> ListAsync(string org, string? search, int? page, HttpContext http, FindCredentials find, CancellationToken ct) =>
        TypedResults.Ok(await find.ListAsync(http.Caller().Organisation, search, page ?? 1, ct));

    private static async Task<Results<Ok<CredentialDetails>, ProblemHttpResult>> GetAsync(string org, string id, HttpContext http, FindCredentials find, CancellationToken ct) =>
        await find.GetAsync(http.Caller().Organisation, id, http.Caller().Actor, ct) is { } details ? TypedResults.Ok(details) : NotFound();

    private static async Task<Results<Ok<OfferView>, ProblemHttpResult>> OfferAsync(string org, string id, HttpContext http, MakeOffer offers, CancellationToken ct) =>
        await offers.RunAsync(http.Caller().Organisation, id, http.Caller().Actor, ct) switch
        {
            Offering.Made made => TypedResults.Ok(made.Offer),
            Offering.Refused refused => Conflict(refused.Reason),
            _ => NotFound(),
        };

    private static async Task<Results<Ok<CredentialStatus>, ProblemHttpResult>> RevokeAsync(
        string org, string id, ReasonBody body, HttpContext http, ChangeStatus change, CancellationToken ct) =>
        Answer(await change.RevokeAsync(http.Caller().Organisation, id, body.Reason, http.Caller().Actor, ct));

    private static async Task<Results<Ok<CredentialStatus>, ProblemHttpResult>> SuspendAsync(
        string org, string id, ReasonBody body, HttpContext http, ChangeStatus change, CancellationToken ct) =>
        Answer(await change.SuspendAsync(http.Caller().Organisation, id, body.Reason, http.Caller().Actor, ct));

    private static async Task<Results<Ok<CredentialStatus>, ProblemHttpResult>> ReinstateAsync(string org, string id, HttpContext http, ChangeStatus change, CancellationToken ct) =>
        Answer(await change.ReinstateAsync(http.Caller().Organisation, id, http.Caller().Actor, ct));

    private static Results<Ok<CredentialStatus>, ProblemHttpResult> Answer(StatusChange change) => change switch
    {
        StatusChange.Changed c => TypedResults.Ok(new CredentialStatus(c.Credential.Id, c.Credential.State, c.Credential.StateReason, c.Credential.StateChangedAt)),
        StatusChange.ReasonMissing => TypedResults.Problem("Give a reason of 3 to 500 characters.", statusCode: 400, title: "Reason needed"),
        StatusChange.Refused refused => Conflict(refused.Reason),
        _ => NotFound(),
    };

    private static ProblemHttpResult Conflict(string reason) => TypedResults.Problem(reason, statusCode: 409, title: "Not possible now");

    private static ProblemHttpResult NotFound() => TypedResults.Problem("The organisation has no credential of this id.", statusCode: 404, title: "No such credential");
}
