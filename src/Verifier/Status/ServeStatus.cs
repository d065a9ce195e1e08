using System.Security.Cryptography;
using System.Text;
using Identity.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Identity.Verifier.Status;

/// <summary>
/// Status lists as this service holds them, byte for byte as they were signed: for other verifiers, once the organisation that published them is no more. Lists are public, and trust packs hand on
/// the same ones.
/// </summary>
public static class ServeStatus
{
    /// <summary>Maps <c>GET /mirror/status</c>.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/mirror/status", Handle).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work)
            .WithName("GetMirrorStatus").WithTags("Mirror").WithSummary("A status list that is held here and may be relied on, by the address at which it was published; with final the last one of an organisation that was closed.")
            .Produces<string>(200, "application/statuslist+jwt").ProducesProblem(400).ProducesProblem(429);

    private static Results<FileContentHttpResult, ProblemHttpResult, NotFound> Handle(HttpContext http, StatusCache status, string? uri, bool? final)
    {
        if (uri is not { Length: > 0 and <= 2_000 }) return TypedResults.Problem("Give the address of the list as uri.", statusCode: 400, title: "Which list?");
        if ((final is true ? status.FindFinal(uri) : status.FindCurrent(uri)?.Snapshot.Token) is not { } token) return TypedResults.NotFound();
        var body = Encoding.ASCII.GetBytes(token.Jws.Compact);
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.File(body, "application/statuslist+jwt", entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..32]}\""));
    }
}
