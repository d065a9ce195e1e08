using Identity.Hosting;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Authorization;

/// <summary>The token endpoint (RFC 6749, 3.2; OpenID4VCI 1.0, 6; RFC 9449, 5). Errors are those of RFC 6749, 5.2.</summary>
internal static class TokenEndpoint
{
    public const string PreAuthorizedGrant = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
    public const string CodeGrant = "authorization_code";
    public const string RefreshGrant = "refresh_token";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/{org}/token", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Secrets).DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(
        string org, HttpContext http, OrganisationDirectory organisations, OfferGrants grants, DpopCheck dpop,
        RedeemCode redeem, RedeemAuthorizationCode authorized, RefreshAccess refresh, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var (form, error) = await OAuthForm.ReadAsync(http.Request, ct);
        if (form is null) return OAuthForm.Error(error!);
        if (form["grant_type"] is not { } grant) return Refuse("invalid_request", "grant_type is missing.");
        if (!grants.Supported.Contains(grant)) return Refuse("unsupported_grant_type", "This grant type is not supported; the server metadata lists those that are.");
        if (form["client_id"]?.Length > OAuthForm.MaxLength) return Refuse("invalid_request", "client_id is too long.");

        (var thumbprint, error) = await dpop.RunAsync(http, organisation, "token", null, ct);
        if (error is not null) return OAuthForm.Error(error);

        return await (grant switch
        {
            CodeGrant => authorized.RunAsync(organisation, form, thumbprint, ct),
            RefreshGrant => refresh.RunAsync(organisation, form, thumbprint, ct),
            _ => redeem.RunAsync(organisation, form, thumbprint, ct),
        }) switch
        {
            Grant.Given given => OAuthForm.Json(200, GiveTokens.Json(given)),
            Grant.Refused refused => Refuse(refused.Error, refused.Description),
            _ => throw new InvalidOperationException("A grant is given or refused."),
        };
    }

    private static IResult Refuse(string code, string description) => OAuthForm.Error(new OAuthError(code, description));
}
