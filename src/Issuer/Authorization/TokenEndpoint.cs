using System.Text.Json.Nodes;
using Identity.Hosting;
using Identity.Issuer.Organisations;
using Microsoft.Extensions.Primitives;

namespace Identity.Issuer.Authorization;

/// <summary>The token endpoint (RFC 6749, 3.2; OpenID4VCI 1.0, 6). Errors are those of RFC 6749, 5.2.</summary>
internal static class TokenEndpoint
{
    public const string PreAuthorizedGrant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    private const int MaxLength = 512;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/{org}/token", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Secrets).DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(string org, HttpContext http, OrganisationDirectory organisations, RedeemCode redeem, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        if (await ReadFormAsync(http.Request, ct) is not { } form) return Error("invalid_request", "Send a form (application/x-www-form-urlencoded).");

        // RFC 6749, 3.2: a parameter must not occur twice.
        if (form.FirstOrDefault(p => p.Value.Count > 1).Key is { } twice) return Error("invalid_request", $"The parameter {Shorten(twice)} occurs twice.");
        if (http.Request.Headers.Authorization.Count > 0) return Error("invalid_client", "This server knows no clients; ask without client authentication.");
        if (One(form, "grant_type") is not { } grant) return Error("invalid_request", "grant_type is missing.");
        if (grant != PreAuthorizedGrant) return Error("unsupported_grant_type", "Only the pre-authorized code grant is supported.");
        if (One(form, "pre-authorized_code") is not { Length: <= MaxLength } code) return Error("invalid_request", "pre-authorized_code is missing or too long.");
        var txCode = form.TryGetValue("tx_code", out var sent) ? sent.ToString() : null;
        if (txCode?.Length > MaxLength) return Error("invalid_request", "tx_code is too long.");

        switch (await redeem.RunAsync(organisation, code, txCode, ct))
        {
            case Grant.Given given:
                return Json(200, new JsonObject { ["access_token"] = given.Token, ["token_type"] = "Bearer", ["expires_in"] = (int)given.Lifetime.TotalSeconds });
            case Grant.Refused refused:
                return Error(refused.Error, refused.Description);
            default:
                throw new InvalidOperationException("A grant is given or refused.");
        }
    }

    private static async Task<IFormCollection?> ReadFormAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentType is not { } type || !type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            return await request.ReadFormAsync(ct);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static string? One(IFormCollection form, string name) => form.TryGetValue(name, out StringValues value) && value.ToString() is { Length: > 0 } text ? text : null;

    private static string Shorten(string name) => name.Length > 40 ? name[..40] : name;

    private static IResult Error(string code, string description) =>
        Json(code == "invalid_client" ? 401 : 400, new JsonObject { ["error"] = code, ["error_description"] = description });

    // Answers carry no-store from Hosting (RFC 6749, 5.1).
    private static IResult Json(int status, JsonObject body) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);
}
