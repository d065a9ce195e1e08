using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.Issuer.Authorization;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>The credential endpoint (OpenID4VCI 1.0, 8).</summary>
internal static class CredentialEndpoint
{
    private const int MaxBody = 64 * 1024;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/{org}/credential", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(
        string org, HttpContext http, OrganisationDirectory organisations, IssuerDb db, Nonces nonces, IssueCopies issue, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var now = clock.GetUtcNow();

        // RFC 6750, 2: the header is the only place for a token; in an address it would end up in logs.
        if (http.Request.Query.ContainsKey("access_token")) return Error(new RequestError("invalid_request", "Send the access token in the Authorization header."));
        if (Bearer(http.Request) is not { } sent) return Unauthorized(http, null);
        var hash = OfferSecrets.Hash(sent);
        var token = await db.AccessTokens.AsNoTracking().SingleOrDefaultAsync(t => t.Hash == hash && t.Organisation == org, ct);
        if (token is null || now >= token.ExpiresAt) return Unauthorized(http, "invalid_token");

        if (!http.Request.HasJsonContentType()) return Error(RequestError.Malformed("Send application/json; encrypted requests are not supported."));
        if (await ReadAsync(http.Request, ct) is not { } body) return Error(RequestError.Malformed("The request is too large."));
        if (CredentialRequest.Read(body, organisation, out var error) is not { } request) return Error(error!);
        if (ProofCheck.Run(request.Proofs, organisation, nonces, now, out error) is not { } proofs) return Error(error!);

        // 8.3.1.1: a token that does not reach this credential is a fault of the token.
        var type = await db.Credentials.Where(c => c.Id == token.CredentialId).Select(c => c.Type).SingleAsync(ct);
        if (type != request.Type.Name) return Forbidden(http);

        return await issue.RunAsync(organisation, token, request, proofs, ct) switch
        {
            Collection.Handed handed => Json(200, new JsonObject
            {
                ["credentials"] = new JsonArray([.. handed.Credentials.Select(c => new JsonObject { ["credential"] = c })]),
            }),
            Collection.Refused refused => Error(refused.Error),
            _ => throw new InvalidOperationException("A request is answered or refused."),
        };
    }

    private static string? Bearer(HttpRequest request) =>
        request.Headers.Authorization is [{ Length: > 7 and < 600 } header] && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;

    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > MaxBody) return null;
        using var body = new MemoryStream();
        var buffer = new byte[8 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, ct)) > 0;)
        {
            if (body.Length + read > MaxBody) return null;
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }

    private static IResult Unauthorized(HttpContext http, string? error)
    {
        http.Response.Headers.WWWAuthenticate = error is null ? "Bearer" : $"Bearer error=\"{error}\"";
        return error is null
            ? Results.StatusCode(401)
            : Json(401, new JsonObject { ["error"] = error, ["error_description"] = "The access token is unknown or has ended." });
    }

    private static IResult Forbidden(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer error=\"insufficient_scope\"";
        return Json(403, new JsonObject { ["error"] = "insufficient_scope", ["error_description"] = "The access token is for another credential." });
    }

    private static IResult Error(RequestError error) => Json(400, new JsonObject { ["error"] = error.Code, ["error_description"] = error.Description });

    private static IResult Json(int status, JsonObject body) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);
}
