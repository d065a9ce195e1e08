using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Offers;

/// <summary>Serves an offer by reference (OpenID4VCI 1.0, 4.1.3). The random id is the only key to it.</summary>
internal static class OfferEndpoint
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/{org}/offers/{id}", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(string org, string id, OrganisationDirectory organisations, IssuerDb db, OfferLinks links, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return NotFound();
        var found = await db.Offers.AsNoTracking()
            .Where(o => o.Id == id && o.Organisation == org)
            .Join(db.Credentials, o => o.CredentialId, c => c.Id, (o, c) => new { Offer = o, c.Type, HasPaper = c.PaperList != null })
            .SingleOrDefaultAsync(ct);
        if (found is null || !found.Offer.IsOpen(clock.GetUtcNow())) return NotFound();
        return Results.Text(links.Json(organisation, found.Offer, found.Type, found.HasPaper).ToJsonString(), "application/json");
    }

    private static IResult NotFound() => Results.Problem(statusCode: 404, title: "No such offer", detail: "This offer does not exist, was used, or has ended. Ask the organisation for a new one.");
}
