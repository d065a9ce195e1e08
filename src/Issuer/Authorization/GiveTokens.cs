using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;

namespace Identity.Issuer.Authorization;

/// <summary>The outcome of a token request.</summary>
internal abstract record Grant
{
    private Grant() { }

    /// <summary>The tokens, shown this once.</summary>
    public sealed record Given(string AccessToken, string? RefreshToken, AccessRight Right) : Grant;

    /// <summary>An error of RFC 6749, 5.2 or OpenID4VCI 1.0, 6.3.</summary>
    public sealed record Refused(string Error, string Description) : Grant;
}

/// <summary>Makes tokens and writes the token answer.</summary>
internal static class GiveTokens
{
    /// <summary>Longer ones would have to be bound to the sender.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>How long a wallet may wait for a credential that somebody has to agree to.</summary>
    public static readonly TimeSpan RefreshLifetime = TimeSpan.FromDays(30);

    /// <summary>How long a wallet may fetch more copies of a credential that it has.</summary>
    public static readonly TimeSpan MoreLifetime = TimeSpan.FromDays(365);

    /// <summary>A new family's name.</summary>
    public static string NewFamily() => Base64Url.Encode(RandomNumberGenerator.GetBytes(16));

    /// <summary>Adds an access token to the unit of work, and a refresh token where the credential is not ready or the wallet, bound by its key, may fetch more copies; the caller saves.</summary>
    public static Grant.Given Add(IssuerDb db, AccessRight right, CredentialState state, DateTimeOffset now)
    {
        var refresh = right.KeyThumbprint is not null ? AddRefresh(db, right, now + MoreLifetime) : state is CredentialState.Awaiting ? AddRefresh(db, right, now + RefreshLifetime) : null;
        return new Grant.Given(AddAccess(db, right, now), refresh, right);
    }

    /// <summary>Adds an access token; gives its text.</summary>
    public static string AddAccess(IssuerDb db, AccessRight right, DateTimeOffset now)
    {
        var token = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));
        db.AccessTokens.Add(new AccessToken
        {
            Hash = OfferSecrets.Hash(token), Organisation = right.Organisation, OfferId = right.OfferId, CredentialId = right.CredentialId, ExpiresAt = now + Lifetime,
            Family = right.Family, ClientId = right.ClientId, KeyThumbprint = right.KeyThumbprint, Configurations = right.Configurations, ByIdentifier = right.ByIdentifier,
        });
        return token;
    }

    /// <summary>Adds a refresh token; gives its text.</summary>
    public static string AddRefresh(IssuerDb db, AccessRight right, DateTimeOffset expiresAt)
    {
        var token = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));
        db.RefreshTokens.Add(new RefreshToken
        {
            Hash = OfferSecrets.Hash(token), Organisation = right.Organisation, OfferId = right.OfferId, CredentialId = right.CredentialId, ExpiresAt = expiresAt,
            Family = right.Family, ClientId = right.ClientId, KeyThumbprint = right.KeyThumbprint, Configurations = right.Configurations, ByIdentifier = right.ByIdentifier,
        });
        return token;
    }

    /// <summary>The token answer (RFC 6749, 5.1; RFC 9449, 5; OpenID4VCI 1.0, 6.2).</summary>
    public static JsonObject Json(Grant.Given given)
    {
        var right = given.Right;
        var json = new JsonObject
        {
            ["access_token"] = given.AccessToken,
            ["token_type"] = right.KeyThumbprint is null ? "Bearer" : "DPoP",
            ["expires_in"] = (int)Lifetime.TotalSeconds,
        };
        if (given.RefreshToken is { } refresh) json["refresh_token"] = refresh;
        if (right.Configurations is not { } configurations) return json;
        if (!right.ByIdentifier) json["scope"] = configurations;
        else
        {
            json["authorization_details"] = new JsonArray([.. configurations.Split(' ').Select(id => new JsonObject
            {
                ["type"] = RequestedAccess.DetailsType,
                ["credential_configuration_id"] = id,
                ["credential_identifiers"] = new JsonArray(AccessToken.Identifier(id, right.CredentialId)),
            })]);
        }
        return json;
    }
}
