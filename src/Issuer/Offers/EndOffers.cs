using Identity.Issuer.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Offers;

/// <summary>Ends the ways by which a wallet could still collect a credential.</summary>
internal static class EndOffers
{
    /// <summary>Ends the open offers, in the unit of work; the caller saves. What came of a redeemed one goes on.</summary>
    public static async Task EndOpenOffersAsync(this IssuerDb db, string credentialId, CancellationToken ct)
    {
        foreach (var open in await db.Offers.Where(o => o.CredentialId == credentialId && o.State == OfferState.Open).ToListAsync(ct)) open.Kill();
    }

    /// <summary>
    /// Ends the open offers and what came of redeemed ones: a wallet that has only begun to collect, or that waits for somebody's agreement, gets nothing. The caller, inside a
    /// transaction that is exclusive for the organisation, saves and commits.
    /// </summary>
    public static async Task EndOffersAsync(this IssuerDb db, string credentialId, CancellationToken ct)
    {
        await db.EndOpenOffersAsync(credentialId, ct);
        await db.AccessTokens.Where(t => t.CredentialId == credentialId).ExecuteDeleteAsync(ct);
        await db.RefreshTokens.Where(t => t.CredentialId == credentialId).ExecuteDeleteAsync(ct);
        await db.DeferredIssues.Where(d => d.CredentialId == credentialId && d.DeliveredAt == null).ExecuteDeleteAsync(ct);
    }
}
