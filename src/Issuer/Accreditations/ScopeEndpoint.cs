using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;
using System.Security.Cryptography;
using System.Text;

namespace Identity.Issuer.Accreditations;

/// <summary>
/// <c>GET /{organisation}/scopes/{id}</c>: the text of a scope, canonical JSON, by the SHA-256 that stands in the contract, 64 hexadecimal digits. Whoever reads it computes the id again.
/// The ledger's event holds the same text; here it can be read before the grant is written, and without a node. 404 where neither knows it.
/// </summary>
internal static class ScopeEndpoint
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/{org}/scopes/{id}", ReadAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).ExcludeFromDescription();

    private static async Task<IResult> ReadAsync(string org, string id, HttpContext http, OrganisationDirectory organisations, IssuerDb db, ChainRecord record, CancellationToken ct)
    {
        if (organisations.Find(org) is null) return Results.Problem(statusCode: 404, title: "No such organisation");
        if (id.Length != 64 || !id.All(char.IsAsciiHexDigitLower)) return Missing();
        var wanted = Convert.FromHexString(id);
        var text = ChainTree.TextOf(record.Known, wanted)
            ?? (await db.AccreditationActs.AsNoTracking().Where(a => a.Organisation == org && a.Scope != null).Select(a => a.Scope!).ToListAsync(ct)).Find(scope => SHA256.HashData(Encoding.UTF8.GetBytes(scope)).AsSpan().SequenceEqual(wanted))
            ?? (await record.TryReadAsync(ct) is { } events ? ChainTree.TextOf(events, wanted) : null);
        if (text is null) return Missing();
        // It is what its address says, for ever.
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Text(text, "application/json");
    }

    private static IResult Missing() => Results.Problem(statusCode: 404, title: "No such scope");
}
