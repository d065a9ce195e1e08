using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Deposits;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Status;

/// <summary>Serves status list tokens (Token Status List, 8) and the list of lists (9.3).</summary>
internal static class StatusEndpoint
{
    private const string MediaType = "application/statuslist+jwt";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/{org}/status/{list:int}", TokenAsync).RequireCors(Cors.Open).ExcludeFromDescription();
        app.MapGet("/{org}/deposits/{deposit}/status/{list:int}", DepositAsync).RequireCors(Cors.Open).ExcludeFromDescription();
        app.MapGet("/{org}/status", ListsAsync).RequireCors(Cors.Open).ExcludeFromDescription();
    }

    private static Task<IResult> TokenAsync(string org, int list, HttpContext http, OrganisationDirectory organisations, PublishStatus publisher, CancellationToken ct) =>
        AnswerAsync(http, async () => organisations.Find(org) is { } organisation ? await publisher.CurrentAsync(organisation, list, ct) : null);

    // What a closed organisation published at its own address is found here, beside the depositary's own lists: {its issuer identifier}/deposits/{id of the closed one}/status/{number}.
    private static Task<IResult> DepositAsync(string org, string deposit, int list, HttpContext http, OrganisationDirectory organisations, DepositDesk desk, PublishStatus publisher, CancellationToken ct) =>
        AnswerAsync(http, async () => organisations.Find(org) is { } organisation && await desk.FindAsync(organisation, deposit, ct) is { } found ? await publisher.CurrentAsync(organisation, found, list, ct) : null);

    private static async Task<IResult> AnswerAsync(HttpContext http, Func<Task<string?>> current)
    {
        // 8.4: a list of the past is not the list of now; we keep none to show.
        if (http.Request.Query.ContainsKey("time")) return Results.Problem(statusCode: 501, title: "No lists of the past", detail: "This service shows the present list only.");
        if (await current() is not { } token) return Results.Problem(statusCode: 404, title: "No such status list");

        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(token)))[..32]}\"";
        http.Response.Headers.ETag = tag;
        // The token's own ttl and exp decide; caches in between must ask, so that a revocation is seen at once.
        http.Response.Headers.CacheControl = "no-cache";
        return http.Request.Headers.IfNoneMatch.Contains(tag) ? Results.StatusCode(304) : Results.Text(token, MediaType);
    }

    private static async Task<IResult> ListsAsync(string org, OrganisationDirectory organisations, IssuerDb db, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var numbers = await db.StatusLists.Where(l => l.Organisation == org).OrderBy(l => l.Number).Select(l => l.Number).ToListAsync(ct);
        var uris = new JsonArray([.. numbers.Select(n => (JsonNode)JsonValue.Create(organisation.StatusListUri(n)))]);
        return Results.Text(new JsonObject { ["status_lists"] = uris }.ToJsonString(), "application/json");
    }
}
