using Identity.Audit.Data;
using Identity.Credentials;
using Identity.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Bundles;

/// <summary>A bundle on its way to an engagement.</summary>
/// <param name="Id">22 characters of base64url, random, part of the consent.</param>
/// <param name="Jwe">Encrypted to the engagement's key.</param>
/// <param name="Withdrawal">SHA-256 of the token with which its owner takes it back, base64url.</param>
internal sealed record BundleRequest(string Id, string Jwe, string Withdrawal);

/// <summary>Proof that one owns the bundle.</summary>
internal sealed record TokenRequest(string Token);

/// <summary>How a bundle stands: <c>held withdrawn over</c>, and how often somebody opened it.</summary>
internal sealed record BundleAnswer(string State, int Opened, string? LastOpened);

/// <summary>A worker shows versions of a contract, sees whether somebody looked, and takes them back.</summary>
internal static class BundleEndpoint
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").RequireCors(Cors.Open).RequireRateLimiting(Limits.Work);
        api.MapPost("/engagements/{slug}/bundles", ReceiveAsync).WithSummary("Shows versions of a contract to an engagement.");
        api.MapPost("/bundles/{id}/status", StatusAsync).WithSummary("How a bundle stands and how often it was opened.");
        api.MapPost("/bundles/{id}/withdrawal", WithdrawAsync).WithSummary("Takes a bundle back: its content is deleted.");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ReceiveAsync(string slug, BundleRequest request, ReceiveBundle receive, CancellationToken ct) =>
        await receive.RunAsync(slug, request.Id, request.Jwe, request.Withdrawal, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent();

    private static async Task<Results<Ok<BundleAnswer>, ProblemHttpResult>> StatusAsync(string id, TokenRequest request, AuditDb db, TimeProvider clock, CancellationToken ct)
    {
        if (await ReceiveBundle.FindByTokenAsync(db, id, request.Token, ct) is not { } bundle) return Refusal.BundleUnknown.ToProblem();
        var reads = await db.Reads.Where(r => r.Bundle == id).OrderBy(r => r.At).Select(r => r.At).ToListAsync(ct);
        var state = bundle.WithdrawnAt is not null ? "withdrawn" : bundle.Jwe is null || bundle.Until <= clock.GetUtcNow() ? "over" : "held";
        return TypedResults.Ok(new BundleAnswer(state, reads.Count, reads.Count == 0 ? null : reads[^1].ToRfc3339()));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(string id, TokenRequest request, AuditDb db, TimeProvider clock, CancellationToken ct)
    {
        if (await ReceiveBundle.FindByTokenAsync(db, id, request.Token, ct) is not { } bundle) return Refusal.BundleUnknown.ToProblem();
        if (bundle.WithdrawnAt is null)
        {
            (bundle.WithdrawnAt, bundle.Jwe) = (clock.GetUtcNow(), null);
            bundle.Version++;
            await db.SaveChangesAsync(ct);
        }
        return TypedResults.NoContent();
    }
}
