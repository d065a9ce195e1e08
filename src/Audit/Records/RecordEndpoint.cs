using Identity.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Audit.Records;

/// <summary>A signed record request.</summary>
/// <param name="Record">JWS (ES256) with <c>typ</c> <c>identity-contract-record+jwt</c>, the key in <c>jwk</c>, and <c>aud voucher stage commitment</c>.</param>
internal sealed record RecordRequest(string Record);

/// <summary>Where the proof of the record will be.</summary>
internal sealed record RecordAnswer(string Receipt);

/// <summary>Records a version of a contract.</summary>
internal static class RecordEndpoint
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/records", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).WithSummary("Records a version of a contract: a commitment, a stage and a code; no term of it and no name.");

    private static async Task<Results<Ok<RecordAnswer>, ProblemHttpResult>> HandleAsync(RecordRequest request, RecordContract record, AuditSettings settings, CancellationToken ct) =>
        await record.RunAsync(request.Record, ct) is { } refusal ? refusal.ToProblem() : TypedResults.Ok(new RecordAnswer($"{settings.PublicUrl}/log/receipt/"));
}
