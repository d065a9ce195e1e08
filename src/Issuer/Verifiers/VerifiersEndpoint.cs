using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Verifiers;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Verifiers;

/// <summary>Serves the signed list of registered verifiers of an organisation that is a verifier authority.</summary>
internal static class VerifiersEndpoint
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/{org}/verifiers", HandleAsync).RequireCors(Cors.Open).ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(string org, HttpContext http, OrganisationDirectory organisations, VerifierLists lists, KeyRing ring, IssuerDb db, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        switch (lists.Current(organisation, await ring.ActiveAsync(db, organisation, ct)))
        {
            case VerifierListAnswer.NotReady:
                http.Response.Headers.RetryAfter = "5";
                return Results.Problem(statusCode: 503, title: "The ledger has not been read yet", detail: "Ask again in a few seconds.");
            case VerifierListAnswer.Signed(var token):
                var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)))[..32]}\"";
                http.Response.Headers.ETag = tag;
                // The list's own exp decides; caches in between must ask, so that a withdrawal is seen at once.
                http.Response.Headers.CacheControl = "no-cache";
                return http.Request.Headers.IfNoneMatch.Contains(tag) ? Results.StatusCode(304) : Results.Text(token, VerifierList.MediaType);
            default:
                return Results.Problem(statusCode: 404, title: "This organisation registers no verifiers", detail: "It does not have the role of a verifier authority on the ledger.");
        }
    }
}
