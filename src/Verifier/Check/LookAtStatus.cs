using System.Text.Json.Nodes;
using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Verifier.Results;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Identity.Verifier.Check;

/// <summary>The place of a status, as the answer to <c>evaluation</c> gave it.</summary>
/// <param name="Issuer">The issuer as the credential names it.</param>
/// <param name="Uri">Address of the status list.</param>
/// <param name="Index">Place in the list.</param>
public sealed record StatusBody(string? Issuer, string? Uri, long? Index);

/// <summary>What the list says now.</summary>
/// <param name="Outcome"><c>valid</c>: in force. <c>not_valid</c>: revoked or suspended. <c>cannot_tell</c>: no list that can be relied on could be had.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Evidence">A short technical line.</param>
/// <param name="AsOf">When the list was last had from the issuer; absent where there is none.</param>
public sealed record StatusView(Outcome Outcome, ReasonCode Reason, string Evidence, DateTime? AsOf);

/// <summary>
/// Looks at a status again, weeks after a credential was found genuine, without its holder and without its claims. Lists are public and fetched whole: nobody learns here what
/// could not be read there, and the issuer sees a verifier that renews a list.
/// </summary>
public static class LookAtStatus
{
    /// <summary>Maps <c>POST /api/status</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/status", HandleAsync).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(8 * 1024))
            .WithName("LookAtStatus").WithTags("Check").WithSummary("Looks again at the status of a credential that was found genuine before; nothing else is checked.")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(429);

    private static async Task<Results<Ok<StatusView>, ProblemHttpResult>> HandleAsync(StatusBody body, Examiner examiner, TimeProvider clock, CancellationToken ct)
    {
        var place = new JsonObject { ["status_list"] = new JsonObject { ["uri"] = body.Uri, ["idx"] = body.Index } };
        if (body.Issuer is not { Length: > 0 and <= 2_000 } issuer || !StatusReference.TryParse(place, out var reference, out _))
            return TypedResults.Problem("Give issuer, uri and index as they stand in the credential.", statusCode: 400, title: "No place of a status");
        if (await examiner.StatusAsync(issuer, reference, ct) is not { } verdict)
            return TypedResults.Ok(new StatusView(Outcome.CannotTell, ReasonCode.IssuerUnknown, "the issuer is not in the register", null));
        var line = verdict.Checks.Single(check => check.Name is CheckName.Status).Evidence;
        return TypedResults.Ok(new StatusView(verdict.Outcome, verdict.Reason, line, Utc.Seconds(clock.GetUtcNow() - verdict.DataAge.Status)));
    }
}
