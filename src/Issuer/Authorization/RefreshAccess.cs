using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>
/// Exchanges a refresh token for an access token (RFC 6749, 6), for a wallet that waits for a credential. A token bound to a DPoP key stays; a
/// bearer one is replaced at each use, and the use of a replaced one ends everything that came from its grant (RFC 9700, 4.14).
/// </summary>
internal sealed class RefreshAccess(IssuerDb db, TimeProvider clock)
{
    public async Task<Grant> RunAsync(Organisation organisation, OAuthForm form, string? keyThumbprint, CancellationToken ct)
    {
        if (form["refresh_token"] is not { Length: <= OAuthForm.MaxLength } sent) return new Grant.Refused("invalid_request", "refresh_token is missing or too long.");
        var now = clock.GetUtcNow();
        var hash = OfferSecrets.Hash(sent);
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        var token = await db.RefreshTokens.SingleOrDefaultAsync(t => t.Hash == hash && t.Organisation == organisation.Slug, ct);
        if (token is null || now >= token.ExpiresAt || token.ClientId != form["client_id"]) return TooLate();
        if (token.UsedAt is not null)
        {
            await EndFamilyAsync(db, token.Family, ct);
            await transaction.CommitAsync(ct);
            return TooLate();
        }
        // RFC 9449, 5: a refresh token of a public client that was asked for with DPoP is good with the same key only.
        if (token.KeyThumbprint != keyThumbprint) return TooLate();

        string? successor = null;
        if (keyThumbprint is null)
        {
            token.UsedAt = now;
            successor = GiveTokens.AddRefresh(db, token.Right(), token.ExpiresAt);
        }
        var access = GiveTokens.AddAccess(db, token.Right(), now);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return TooLate(); // Two uses at once: the other won.
        }
        await transaction.CommitAsync(ct);
        return new Grant.Given(access, successor, token.Right());
    }

    /// <summary>Ends every token that came from one grant.</summary>
    public static async Task EndFamilyAsync(IssuerDb db, string family, CancellationToken ct)
    {
        await db.AccessTokens.Where(t => t.Family == family).ExecuteDeleteAsync(ct);
        await db.RefreshTokens.Where(t => t.Family == family).ExecuteDeleteAsync(ct);
    }

    private static Grant.Refused TooLate() => new("invalid_grant", "The refresh token is unknown, was used, or has ended.");
}
