using Identity.Audit.Data;
using Identity.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Vouchers;

/// <summary>A code as typed or scanned.</summary>
internal sealed record VoucherQuestion(string Code);

/// <summary>What a code is for.</summary>
/// <param name="Site">Code of the workplace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Taken">Some phone uses it already.</param>
/// <param name="Demonstration">Everything here is fictional.</param>
internal sealed record VoucherAnswer(string Site, string Name, bool Taken, bool Demonstration);

/// <summary>Which workplace a code is for: the wallet shows it before anything is recorded.</summary>
internal static class VoucherEndpoint
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/vouchers/check", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Secrets).WithSummary("Which workplace a code is for.");

    private static async Task<Results<Ok<VoucherAnswer>, ProblemHttpResult>> HandleAsync(VoucherQuestion question, AuditDb db, AuditSettings settings, CancellationToken ct)
    {
        if (!VoucherCode.TryHash(question.Code, out var hash) || await db.Vouchers.AsNoTracking().SingleOrDefaultAsync(v => v.Hash == hash, ct) is not { } voucher
            || settings.FindSite(voucher.Site) is not { } site)
        {
            return Refusal.VoucherUnknown(404).ToProblem();
        }
        return TypedResults.Ok(new VoucherAnswer(site.Code, site.Name, voucher.Key is not null, settings.Organisations.Any(o => o.Demonstration)));
    }
}
