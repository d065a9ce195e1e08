using System.Text.Json.Nodes;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>The outcome of looking at the access token of a request.</summary>
internal abstract record Access
{
    private Access() { }

    /// <summary>The token is good, and if it is bound to a key, that key made the proof.</summary>
    public sealed record Granted(AccessToken Token) : Access;

    /// <summary>The answer to send (RFC 6750, 3; RFC 9449, 7.1).</summary>
    public sealed record Refused(IResult Answer) : Access;
}

/// <summary>Checks the access token at the credential, deferred credential and notification endpoints.</summary>
internal sealed class AccessCheck(IssuerDb db, DpopCheck dpop, TimeProvider clock)
{
    private const int MaxLength = 600;
    private static readonly string Algorithms = $"algs=\"{string.Join(' ', Dpop.Algorithms)}\"";

    public async Task<Access> RunAsync(HttpContext http, Organisation organisation, string endpoint, CancellationToken ct)
    {
        // RFC 6750, 2: the header is the only place for a token; in an address it would end up in logs.
        if (http.Request.Query.ContainsKey("access_token")) return Malformed("Send the access token in the Authorization header.");
        var headers = http.Request.Headers.Authorization;
        if (headers.Count > 1) return Malformed("Send one Authorization header.");
        var (scheme, sent) = Read(headers.Count == 1 ? headers[0] : null);
        if (sent is null) return Missing(http);

        var hash = OfferSecrets.Hash(sent);
        var token = await db.AccessTokens.AsNoTracking().SingleOrDefaultAsync(t => t.Hash == hash && t.Organisation == organisation.Slug, ct);
        if (token is null || clock.GetUtcNow() >= token.ExpiresAt) return Unauthorized(http, scheme, "invalid_token", "The access token is unknown or has ended.");
        // RFC 9449, 7.2: a bound token shown as a bearer token was stolen, or its wallet is broken.
        if (scheme == "Bearer" && token.KeyThumbprint is not null) return Unauthorized(http, "DPoP", "invalid_token", "The access token is bound to a key; send it with the DPoP scheme and a proof.");
        if (scheme == "Bearer") return new Access.Granted(token);
        if (token.KeyThumbprint is null) return Unauthorized(http, "DPoP", "invalid_token", "The access token is not bound to a key; send it with the Bearer scheme.");

        var (thumbprint, error) = await dpop.RunAsync(http, organisation, endpoint, sent, ct);
        if (error is not null) return Unauthorized(http, "DPoP", error.Code, error.Description);
        if (thumbprint is null) return Unauthorized(http, "DPoP", Dpop.InvalidProof, "The DPoP proof is missing.");
        return thumbprint == token.KeyThumbprint ? new Access.Granted(token) : Unauthorized(http, "DPoP", Dpop.InvalidProof, "The DPoP proof is by another key than the access token's.");
    }

    /// <summary>403: the token is good and does not reach what is asked (RFC 6750, 3.1).</summary>
    public static IResult Forbidden(HttpContext http, AccessToken token)
    {
        var scheme = token.KeyThumbprint is null ? "Bearer" : "DPoP";
        http.Response.Headers.WWWAuthenticate = $"{scheme} error=\"insufficient_scope\"";
        return OAuthForm.Json(403, new JsonObject { ["error"] = "insufficient_scope", ["error_description"] = "The access token is for another credential." });
    }

    private static (string Scheme, string? Token) Read(string? header)
    {
        if (header is null or { Length: > MaxLength } || header.Split(' ', 2, StringSplitOptions.TrimEntries) is not [{ } scheme, { Length: > 0 } token]) return ("Bearer", null);
        return scheme.ToUpperInvariant() switch { "BEARER" => ("Bearer", token), "DPOP" => ("DPoP", token), _ => ("Bearer", null) };
    }

    private static Access.Refused Malformed(string description) => new(OAuthForm.Error(new OAuthError("invalid_request", description)));

    // RFC 6750, 3.1: no error code for a request without a token.
    private static Access.Refused Missing(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = new[] { "Bearer", $"DPoP {Algorithms}" };
        return new(Results.StatusCode(401));
    }

    private static Access.Refused Unauthorized(HttpContext http, string scheme, string error, string description)
    {
        http.Response.Headers.WWWAuthenticate = scheme == "DPoP" ? $"DPoP error=\"{error}\", {Algorithms}" : $"Bearer error=\"{error}\"";
        return new(OAuthForm.Json(401, new JsonObject { ["error"] = error, ["error_description"] = ErrorText.Ascii(description) }));
    }
}
