using System.ComponentModel;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Deposits;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Issuer.Management;

/// <summary>What a closed organisation left to this one.</summary>
public sealed record DepositView(
    [property: Description("Id of the closed organisation, 64 hexadecimal digits.")] string Id, string Name, DateTimeOffset ClosedAt, DateTimeOffset TakenAt, int Records,
    [property: Description("Only what is Accepted is believed: status lists are served, records ended or issued again from then on.")] DepositState State,
    [property: Description("The acceptance as the ledger has it.")] DateTimeOffset? AcceptedAt, string? Transaction, [property: Description("Why it waits, or why the ledger refuses it.")] string? Waiting);

/// <summary>Accepts a deposit.</summary>
public sealed record DepositAcceptanceBody([property: Description("The organisation’s short name, as in the path: says that this is meant.")] string? Word);

/// <summary>A record of a closed organisation.</summary>
public sealed record DepositRecordView(
    string Id, string Type, string Reference, string HolderName, CredentialState State, string? StateCode, string? StateReason, DateTimeOffset CreatedAt, DateTimeOffset? CollectedAt,
    [property: Description("The credential of this organisation that took its place.")] string? ReissuedAs,
    [property: Description("What waits for a second person: reissue, or the code of a revocation.")] string? AskedFor,
    [property: Description("Number of that request; whoever agrees to it sends it.")] int? Asked,
    [property: Description("The phone’s request that it was asked for; absent where it is for the counter.")] string? AskedRequest);

/// <summary>What a phone asked for.</summary>
public sealed record DepositRequestView(
    [property: Description("Names the request and what it says; whoever decides sends it.")] string Id, string Record, DepositRequestState State,
    [property: Description("copy: the phone showed its own. Else the proofs of a lost phone.")] string Proofs,
    [property: Description("Why a person must look. Of a copy: claims, place, recovery, earlier, key, expired or two_people. Of a lost phone: differs, cannot_tell, no_document or renewed; absent where a desk read a document of the same name.")] string? Because,
    [property: Description("The claims that differ, or the desk with its mandate and staff.")] string? Detail,
    DateTimeOffset AskedAt, [property: Description("Why it was refused.")] string? Reason);

/// <summary>A page of them.</summary>
public sealed record DepositRecordsView(IReadOnlyList<DepositRecordView> Items, int Page, int Pages, int Total);

/// <summary>One of them with its claims.</summary>
public sealed record DepositRecordDetails(DepositRecordView Record, [property: JsonConverter(typeof(StrictObject))] JsonObject Claims, [property: Description("What phones asked for, the newest first.")] IReadOnlyList<DepositRequestView> Requests);

/// <summary>Ends it in this organisation's status lists.</summary>
public sealed record DepositRevocationBody([property: Description("Why; one of the codes of a revocation.")] string? Code, [property: Description("A sentence of 3 to 500 characters; needed with the code other.")] string? Reason = null,
    [property: Description("For the second person: the number that the record showed with the request.")] int? Asked = null);

/// <summary>Issues it again.</summary>
public sealed record DepositReissueBody(
    [property: Description("For the second person: the number that the record showed with the request.")] int? Asked = null,
    [property: Description("The phone’s request that it is for; that phone alone gets the offer. Absent at the counter.")] string? Request = null);

/// <summary>Refuses what a phone asked for.</summary>
public sealed record DepositRefusalBody([property: Description("Why, a sentence of 3 to 500 characters.")] string? Reason);

/// <summary>The credential that took the place of a deposited one.</summary>
public sealed record ReissuedView([property: Description("Id of the new credential of this organisation.")] string Id, string Reference, [property: Description("Absent for a key without the role clerk, and where it is for a phone that asked.")] OfferView? Offer);

/// <summary>What closed organisations left, by program; the same acts as the console's.</summary>
internal static class DepositApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/{org}/deposits").AddEndpointFilter<ApiKeyFilter>().RequireRateLimiting(Limits.Work).DisableAntiforgery().WithTags("Deposits").ProducesProblem(401).ProducesProblem(403);
        var (all, hands) = (new NeedsRole(StaffRoles.Admin | StaffRoles.Clerk | StaffRoles.Approver | StaffRoles.Auditor), new NeedsRole(StaffRoles.Clerk | StaffRoles.Approver));
        api.MapGet("", ListAsync).WithMetadata(all).WithName("ListDeposits").WithSummary("What closed organisations left to this one, the newest first.");
        api.MapPost("/{id}/acceptance", AcceptAsync).WithMetadata(new NeedsRole(StaffRoles.Admin)).WithName("AcceptDeposit").WithSummary("Accepts a deposit; written to the ledger in a moment. From then on this organisation’s status lists count for what the closed one issued.")
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        api.MapGet("/{id}/credentials", SearchAsync).WithMetadata(hands).WithName("ListDepositedCredentials").WithSummary("Records of a closed organisation; each word of search must occur in the holder’s name or the file number.").ProducesProblem(404);
        api.MapGet("/{id}/credentials/{record}", ReadAsync).WithMetadata(hands).WithName("GetDepositedCredential").WithSummary("One record of a closed organisation with its claims.").ProducesProblem(404);
        api.MapPost("/{id}/credentials/{record}/revocation", RevokeAsync).WithMetadata(hands).WithName("RevokeDepositedCredential").WithSummary("Ends every copy in this organisation’s status lists, for ever. Of a reference a clerk asks, and an approver agrees by sending the same.")
            .ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        api.MapPost("/{id}/credentials/{record}/reissue", ReissueAsync).WithMetadata(hands).WithName("ReissueDepositedCredential").WithSummary("Issues it again under this organisation’s own name and ends every old copy. Of a reference a clerk asks, and an approver agrees by sending the same.")
            .ProducesProblem(404).ProducesProblem(409);
        api.MapGet("/{id}/requests", RequestsAsync).WithMetadata(hands).WithName("ListDepositRequests").WithSummary("What phones asked for and nobody has decided, the oldest first, 50 at most.").ProducesProblem(404);
        api.MapPost("/{id}/credentials/{record}/requests/{request}/refusal", RefuseAsync).WithMetadata(hands).WithName("RefuseDepositRequest").WithSummary("Refuses what a phone asked for. Nothing ends; the holder can come to the counter.")
            .ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<Ok<DepositView[]>> ListAsync(string org, HttpContext http, DepositDesk desk, CancellationToken ct) =>
        TypedResults.Ok((await desk.ListAsync(http.Caller().Organisation, ct)).Select(d => new DepositView(d.Id, d.Name, d.ClosedAt, d.TakenAt, d.Records, d.State, d.AcceptedAt, d.Transaction, d.Waiting)).ToArray());

    private static async Task<Results<Accepted, ProblemHttpResult>> AcceptAsync(string org, string id, DepositAcceptanceBody body, HttpContext http, DepositDesk desk, CancellationToken ct) =>
        OrganisationApi.NotMeant(http, body.Word) is { } problem ? problem
        : await desk.AcceptAsync(http.Caller().Organisation, id, http.Caller().Actor, ct) switch { DepositAct.Done => TypedResults.Accepted($"/api/{org}/deposits"), var refused => Problem(refused) };

    private static async Task<Results<Ok<DepositRecordsView>, ProblemHttpResult>> SearchAsync(string org, string id, HttpContext http, DepositDesk desk, CancellationToken ct, string? search = null, int page = 1) =>
        await desk.SearchAsync(http.Caller().Organisation, id, search, page, http.Caller().Actor, ct) is { } found ? TypedResults.Ok(new DepositRecordsView([.. found.Records.Select(View)], found.Page, found.Pages, found.Total)) : Problem(new DepositAct.NotFound());

    private static async Task<Results<Ok<DepositRecordDetails>, ProblemHttpResult>> ReadAsync(string org, string id, string record, HttpContext http, DepositDesk desk, CancellationToken ct) =>
        await desk.ReadAsync(http.Caller().Organisation, id, record, http.Caller().Actor, ct) is { } found
            ? TypedResults.Ok(new DepositRecordDetails(View(found), JsonNode.Parse(found.ClaimsJson)!.AsObject(), [.. (await desk.RequestsAsync(found, ct)).Select(View)])) : Problem(new DepositAct.NotFound());

    private static async Task<Results<Ok, Accepted, ValidationProblem, ProblemHttpResult>> RevokeAsync(string org, string id, string record, DepositRevocationBody body, HttpContext http, DepositDesk desk, CancellationToken ct) =>
        await desk.RevokeAsync(http.Caller().Organisation, id, record, body.Code, body.Reason, body.Asked, http.Caller().Actor, ct) switch
        {
            DepositAct.Done => TypedResults.Ok(),
            DepositAct.Asked => TypedResults.Accepted((string?)null),
            DepositAct.ReasonMissing missing => TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["code"] = [$"Give one of: {string.Join(", ", missing.Codes)}; a sentence has 3 to 500 characters, and other needs one."] }, "Nothing was changed."),
            var refused => Problem(refused),
        };

    private static async Task<Results<Created<ReissuedView>, Accepted, ProblemHttpResult>> ReissueAsync(string org, string id, string record, DepositReissueBody? body, HttpContext http, DepositDesk desk, CancellationToken ct) =>
        await desk.ReissueAsync(http.Caller().Organisation, id, record, body?.Request, body?.Asked, http.Caller().Actor, ct) switch
        {
            DepositAct.Reissued done => TypedResults.Created($"/api/{org}/credentials/{done.Credential.Id}", new ReissuedView(done.Credential.Id, done.Credential.Reference, http.Caller().Actor.HandsOver && !done.ForPhone ? done.Offer : null)),
            DepositAct.Asked => TypedResults.Accepted((string?)null),
            var refused => Problem(refused),
        };

    private static async Task<Results<Ok<DepositRequestView[]>, ProblemHttpResult>> RequestsAsync(string org, string id, HttpContext http, DepositDesk desk, CancellationToken ct) =>
        await desk.WaitingAsync(http.Caller().Organisation, id, http.Caller().Actor, ct) is { } waiting ? TypedResults.Ok(waiting.Select(w => View(w.Request)).ToArray()) : Problem(new DepositAct.NotFound());

    private static async Task<Results<Ok, ValidationProblem, ProblemHttpResult>> RefuseAsync(string org, string id, string record, string request, DepositRefusalBody body, HttpContext http, DepositDesk desk, CancellationToken ct) =>
        await desk.RefuseAsync(http.Caller().Organisation, id, record, request, body.Reason, http.Caller().Actor, ct) switch
        {
            DepositAct.Done => TypedResults.Ok(),
            DepositAct.ReasonMissing => TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["reason"] = ["Give a sentence of 3 to 500 characters."] }, "Nothing was changed."),
            var refused => Problem(refused),
        };

    private static ProblemHttpResult Problem(DepositAct act) => act is DepositAct.Refused refused
        ? TypedResults.Problem(refused.Reason, statusCode: 409, title: "Not possible now")
        : TypedResults.Problem("The organisation has no such deposit, or it no such record.", statusCode: 404, title: "No such deposit");

    private static DepositRecordView View(DepositRecord r) => new(r.Id, r.Type, r.Reference, r.HolderName, r.State, r.StateCode, r.StateReason, r.CreatedAt, r.CollectedAt, r.ReissuedAs, r.AskedFor, r.Asked, r.AskedRequest);

    private static DepositRequestView View(DepositRequest r) => new(r.Id, r.Record, r.State, r.Proofs, r.Because, r.Detail, r.AskedAt, r.Reason);
}
