using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>
/// Reads the DPoP proof of a request, lets each be used once, and hands out the nonces for the next. Seen proofs stand in the database, so
/// that all copies of the service share them: where it cannot be asked, the request fails.
/// </summary>
internal sealed class DpopCheck(IssuerDb db, Nonces nonces, TimeProvider clock)
{
    /// <summary>The thumbprint of the proof's key; null without an error where the request has no proof.</summary>
    /// <param name="http">The request. The answer gets a nonce for the next proof.</param>
    /// <param name="organisation">Whose endpoint it is.</param>
    /// <param name="endpoint">The endpoint's name in the path.</param>
    /// <param name="accessToken">The token beside the proof, or null at the authorization server.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<(string? Thumbprint, OAuthError? Error)> RunAsync(HttpContext http, Organisation organisation, string endpoint, string? accessToken, CancellationToken ct)
    {
        var sent = http.Request.Headers[Dpop.Header];
        if (sent.Count == 0) return (null, null);
        GiveNonce(http, organisation);
        if (sent is not [{ } text]) return (null, new OAuthError(Dpop.InvalidProof, "Send one DPoP header."));

        var expected = new DpopExpectation(http.Request.Method, $"{organisation.Issuer}/{endpoint}", accessToken, nonce => nonces.TryAccept(Purpose(organisation), nonce, out _), clock.GetUtcNow());
        if (Dpop.Check(text, expected, out var error) is not { } proof) return (null, error);
        return await WasSeenAsync(proof.Replay, ct) ? (null, new OAuthError(Dpop.InvalidProof, "The DPoP proof was used before.")) : (proof.Thumbprint, null);
    }

    /// <summary>Puts a nonce for the next proof on the answer (RFC 9449, 8.2).</summary>
    public void GiveNonce(HttpContext http, Organisation organisation) => http.Response.Headers[Dpop.NonceHeader] = nonces.Create(Purpose(organisation));

    // Stored before anything is done for the request. Of two at once the primary key lets one through.
    private async Task<bool> WasSeenAsync(UsedNonce proof, CancellationToken ct)
    {
        if (await db.UsedNonces.AnyAsync(n => n.Hash == proof.Hash, ct)) return true;
        db.UsedNonces.Add(proof);
        try
        {
            await db.SaveChangesAsync(ct);
            return false;
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            if (await db.UsedNonces.AnyAsync(n => n.Hash == proof.Hash, ct)) return true;
            throw;
        }
    }

    // A slug holds no space: nonces of proofs and of DPoP are never taken for each other.
    private static string Purpose(Organisation organisation) => $"dpop {organisation.Slug}";
}
