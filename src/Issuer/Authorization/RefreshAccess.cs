using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>
/// Exchanges a refresh token for an access token (RFC 6749, 6), for a wallet that waits for a credential or fetches more copies of one that it has. A token is replaced at each
/// use, but for one bound to a DPoP key while the wallet waits. The use of a replaced one ends everything that came from its grant (RFC 9700, 4.14), unless its key proves that it
/// is the wallet's own and no later one was ever used: then the answer was lost on the way.
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
        // RFC 9449, 5: a refresh token of a public client that was asked for with DPoP is good with the same key only. Without it, a stolen one does not even end what the wallet has.
        if (token.KeyThumbprint is not null && token.KeyThumbprint != keyThumbprint) return TooLate();
        var state = await db.Credentials.Where(c => c.Id == token.CredentialId).Select(c => c.State).SingleAsync(ct);
        if (await IsReplayedAsync(token, ct) || state is CredentialState.Revoked or CredentialState.Returned)
        {
            await EndFamilyAsync(db, token.Family, ct);
            await transaction.CommitAsync(ct);
            return TooLate();
        }
        if (token.KeyThumbprint != keyThumbprint || state is CredentialState.Suspended) return TooLate();

        var waits = state is CredentialState.Awaiting;
        string? successor = null;
        if (keyThumbprint is null || !waits)
        {
            // Successors that nobody used went with a lost answer.
            db.RefreshTokens.RemoveRange(await db.RefreshTokens.Where(t => t.Family == token.Family && t.UsedAt == null && t.Hash != hash).ToListAsync(ct));
            token.UsedAt = now;
            successor = GiveTokens.AddRefresh(db, token.Right(), token.ExpiresAt);
        }
        // More copies are a round of their own, with keys of their own; what waits is collected with the offer that it waits under.
        var right = await IsCollectedAsync(token, ct) ? token.Right() with { OfferId = RecordId.New(now) } : token.Right();
        var access = GiveTokens.AddAccess(db, right, now);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return TooLate(); // Two uses at once: the other won.
        }
        await transaction.CommitAsync(ct);
        return new Grant.Given(access, successor, right);
    }

    private async Task<bool> IsReplayedAsync(RefreshToken token, CancellationToken ct) =>
        token.UsedAt is { } used && (token.KeyThumbprint is null || await db.RefreshTokens.AnyAsync(t => t.Family == token.Family && t.UsedAt >= used && t.Hash != token.Hash, ct));

    // What the wallet was given the token for is in its hands, and nothing of it is put off any more.
    private async Task<bool> IsCollectedAsync(RefreshToken token, CancellationToken ct) =>
        token.KeyThumbprint is not null && await db.Copies.AnyAsync(c => c.OfferId == token.OfferId, ct)
        && !await db.DeferredIssues.AnyAsync(d => d.OfferId == token.OfferId && d.DeliveredAt == null, ct);

    /// <summary>Ends every token that came from one grant.</summary>
    public static async Task EndFamilyAsync(IssuerDb db, string family, CancellationToken ct)
    {
        await db.AccessTokens.Where(t => t.Family == family).ExecuteDeleteAsync(ct);
        await db.RefreshTokens.Where(t => t.Family == family).ExecuteDeleteAsync(ct);
    }

    private static Grant.Refused TooLate() => new("invalid_grant", "The refresh token is unknown, was used, or has ended.");
}
