using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>
/// Pushed authorization requests (RFC 9126; OpenID4VCI 1.0, 5.1.4): the only way to begin the code flow, so that everything a browser later carries is
/// a random name.
/// </summary>
internal static class PushedRequestEndpoint
{
    public const string Prefix = "urn:ietf:params:oauth:request_uri:";
    private const int MaxState = 1000, MaxDetails = 8000;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/{org}/par", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Secrets).DisableAntiforgery().ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(
        string org, HttpContext http, OrganisationDirectory organisations, OfferGrants grants, WalletClients clients, OfferSecrets secrets, DpopCheck dpop, IssuerDb db, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation || !grants.Code) return Results.Problem(statusCode: 404, title: "No such endpoint");
        var (form, error) = await OAuthForm.ReadAsync(http.Request, ct);
        if (form is null) return OAuthForm.Error(error!);
        if (CheckForm(form, clients) is { } wrong) return OAuthForm.Error(wrong);

        (var thumbprint, error) = await dpop.RunAsync(http, organisation, "par", null, ct);
        if (error is not null) return OAuthForm.Error(error);
        // RFC 9449, 10.1: the proof and the parameter, if both are sent, name one key.
        var named = form["dpop_jkt"];
        if (thumbprint is not null && named is not null && named != thumbprint) return Refuse(Dpop.InvalidProof, "dpop_jkt is not the thumbprint of the DPoP proof's key.");

        // 5.1.3: issuer_state may come from anybody. It names an offer and opens nothing: the person's code does.
        var now = clock.GetUtcNow();
        var codeHash = secrets.CodeHashOf(form["issuer_state"]!);
        var offer = codeHash is null ? null : await db.Offers.AsNoTracking().SingleOrDefaultAsync(o => o.CodeHash == codeHash && o.Organisation == org, ct);
        if (offer is null || !offer.IsOpen(now)) return Refuse("invalid_request", "issuer_state is of no open offer; ask the organisation for a new offer.");
        var type = await db.Credentials.Where(c => c.Id == offer.CredentialId).Select(c => c.Type).SingleAsync(ct);
        if (RequestedAccess.Read(form["scope"], form["authorization_details"], organisation, type, out error) is not { } asked)
            return OAuthForm.Error(error ?? new OAuthError("invalid_scope", "Say by scope or authorization_details what is asked."));

        var name = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));
        db.AuthorizationRequests.Add(new AuthorizationRequest
        {
            Hash = OfferSecrets.Hash(name), Organisation = org, ClientId = form["client_id"]!, RedirectUri = form["redirect_uri"]!, InFragment = form["response_mode"] == "fragment",
            ClientState = form["state"], CodeChallenge = form["code_challenge"]!, KeyThumbprint = thumbprint ?? named, OfferId = offer.Id, CredentialId = offer.CredentialId,
            Configurations = asked.Stored, ByIdentifier = asked.ByIdentifier, ExpiresAt = now + AuthorizationRequest.PushedLifetime,
        });
        await db.SaveChangesAsync(ct);
        return OAuthForm.Json(201, new JsonObject { ["request_uri"] = Prefix + name, ["expires_in"] = (int)AuthorizationRequest.PushedLifetime.TotalSeconds });
    }

    private static OAuthError? CheckForm(OAuthForm form, WalletClients clients)
    {
        if (form.Has("request_uri")) return Invalid("request_uri cannot be pushed (RFC 9126, 2.1).");
        if (form.Has("request")) return new OAuthError("request_not_supported", "Send the parameters themselves; request objects are not supported.");
        if (form["client_id"] is not { } clientId) return Invalid("client_id is missing.");
        if (form["redirect_uri"] is not { } redirectUri) return Invalid("redirect_uri is missing.");
        if (clients.Check(clientId, redirectUri) is { } stranger) return stranger;
        if (form["response_type"] is not { } responseType) return Invalid("response_type is missing.");
        if (responseType != "code") return new OAuthError("unsupported_response_type", "Only response_type code is supported.");
        if (form["response_mode"] is not (null or "query" or "fragment")) return Invalid("response_mode must be query or fragment.");
        if (form["code_challenge_method"] != "S256") return Invalid("PKCE with code_challenge_method S256 is required.");
        // RFC 7636, 4.2: base64url of a SHA-256.
        if (form["code_challenge"] is not { } challenge || !Dpop.IsThumbprint(challenge)) return Invalid("code_challenge must be base64url of 32 bytes.");
        if (form["dpop_jkt"] is { } jkt && !Dpop.IsThumbprint(jkt)) return Invalid("dpop_jkt must be base64url of 32 bytes.");
        if (form["state"]?.Length > MaxState) return Invalid("state is too long.");
        if (form["scope"]?.Length > OAuthForm.MaxLength) return new OAuthError("invalid_scope", "scope is too long.");
        if (form["authorization_details"]?.Length > MaxDetails) return new OAuthError("invalid_authorization_details", "authorization_details is too long.");
        if (form["issuer_state"] is not { Length: <= OAuthForm.MaxLength }) return Invalid("issuer_state is missing or too long: the flow begins with an offer of the organisation.");
        return null;
    }

    private static OAuthError Invalid(string description) => new("invalid_request", description);

    private static IResult Refuse(string code, string description) => OAuthForm.Error(new OAuthError(code, description));
}
