using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>Exchanges an authorization code for tokens (RFC 6749, 4.1.3; RFC 7636, 4.6; RFC 9449, 10).</summary>
internal sealed class RedeemAuthorizationCode(IssuerDb db, TimeProvider clock)
{
    private const int MinVerifier = 43, MaxVerifier = 128;

    public async Task<Grant> RunAsync(Organisation organisation, OAuthForm form, string? keyThumbprint, CancellationToken ct)
    {
        if (form["code"] is not { Length: <= OAuthForm.MaxLength } code) return Invalid("code is missing or too long.");
        if (form["client_id"] is not { } clientId) return Invalid("client_id is missing.");
        if (form["redirect_uri"] is not { } redirectUri) return Invalid("redirect_uri is missing.");
        if (form["code_verifier"] is not { Length: >= MinVerifier and <= MaxVerifier } verifier || !verifier.All(IsUnreserved)) return Invalid("code_verifier is missing or not one of RFC 7636, 4.1.");
        if (form["authorization_details"]?.Length > 8000) return Invalid("authorization_details is too long.");

        var hash = OfferSecrets.Hash(code);
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        var request = await db.AuthorizationRequests.SingleOrDefaultAsync(r => r.CodeHash == hash && r.Organisation == organisation.Slug, ct);
        var now = clock.GetUtcNow();
        if (request is null || now >= request.ExpiresAt || request.ClientId != clientId) return Wrong();
        if (request.State is RequestState.Redeemed)
        {
            // RFC 6749, 4.1.2: a code that comes twice was stolen once. What it gave ends.
            await RefreshAccess.EndFamilyAsync(db, request.Family!, ct);
            await transaction.CommitAsync(ct);
            return new Grant.Refused("invalid_grant", "The authorization code was used before; what it gave has ended.");
        }
        if (request.State is not RequestState.Granted || request.RedirectUri != redirectUri) return Wrong();
        if (!FixedEquals(Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))), request.CodeChallenge)) return Wrong();
        if (request.KeyThumbprint is { } bound && bound != keyThumbprint)
            return new Grant.Refused(Dpop.InvalidProof, "The code is bound to a DPoP key; send a proof by that key.");

        var offer = await db.Offers.SingleAsync(o => o.Id == request.OfferId, ct);
        if (!offer.Spend(now)) return Wrong();
        var credential = await db.Credentials.AsNoTracking().Where(c => c.Id == request.CredentialId).Select(c => new { c.Type, c.State }).SingleAsync(ct);
        if (!TryNarrow(request, form["authorization_details"], organisation, credential.Type, out var configurations, out var error)) return new Grant.Refused(error!.Code, error.Description);

        var right = new AccessRight(
            organisation.Slug, request.OfferId, request.CredentialId, GiveTokens.NewFamily(), request.ClientId, keyThumbprint, configurations, request.ByIdentifier || form["authorization_details"] is not null);
        request.Redeem(right.Family, now);
        var given = GiveTokens.Add(db, right, credential.State, now);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Wrong(); // Two exchanges at once: the other won.
        }
        await transaction.CommitAsync(ct);
        return given;
    }

    // 6.1.1: the token request may ask for a part of what was authorized, never for more.
    private static bool TryNarrow(AuthorizationRequest request, string? details, Organisation organisation, string type, out string configurations, out OAuthError? error)
    {
        (configurations, error) = (request.Configurations, null);
        if (details is null) return true;
        var asked = RequestedAccess.Read(null, details, organisation, type, out error);
        if (asked is null) return false;
        configurations = asked.Stored;
        if (!asked.Configurations.Except(request.Configurations.Split(' ')).Any()) return true;
        error = new OAuthError("invalid_authorization_details", "This was not asked for in the authorization request.");
        return false;
    }

    private static bool FixedEquals(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(a), Encoding.ASCII.GetBytes(b));

    private static bool IsUnreserved(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~';

    private static Grant.Refused Invalid(string description) => new("invalid_request", description);

    private static Grant.Refused Wrong() => new("invalid_grant", "The authorization code is unknown, has ended, or does not belong to this client, address or verifier.");
}
