using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Authorization;

/// <summary>The nonce endpoint (OpenID4VCI 1.0, 7). Gives a nonce for the next DPoP proof as well.</summary>
internal static class NonceEndpoint
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/{org}/nonce", Handle).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).DisableAntiforgery().WithMetadata(new Closing.StaysOpen()).ExcludeFromDescription();

    private static IResult Handle(string org, HttpContext http, OrganisationDirectory organisations, Nonces nonces, DpopCheck dpop)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        http.Response.Headers.CacheControl = "no-store";
        dpop.GiveNonce(http, organisation);
        return Results.Text(new JsonObject { ["c_nonce"] = nonces.Create(organisation.Slug) }.ToJsonString(), "application/json");
    }
}
