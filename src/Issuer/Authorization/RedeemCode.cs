using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>The outcome of a token request.</summary>
internal abstract record Grant
{
    private Grant() { }

    /// <summary>The access token, shown this once.</summary>
    public sealed record Given(string Token, TimeSpan Lifetime) : Grant;

    /// <summary>An error of OpenID4VCI 1.0, 6.3.</summary>
    public sealed record Refused(string Error, string Description) : Grant;
}

/// <summary>Exchanges a pre-authorized code for an access token (OpenID4VCI 1.0, 6).</summary>
internal sealed class RedeemCode(IssuerDb db, OfferSecrets secrets, TimeProvider clock)
{
    // Longer ones would have to be bound to the sender.
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(5);

    public async Task<Grant> RunAsync(Organisation organisation, string code, string? txCode, CancellationToken ct)
    {
        var hash = OfferSecrets.Hash(code);
        // A lost race means that another request changed the offer: judge again what it left. Each round the offer comes closer to its end.
        for (var round = 0; round <= Offer.MaxTries; round++)
        {
            db.ChangeTracker.Clear();
            var offer = await db.Offers.SingleOrDefaultAsync(o => o.CodeHash == hash && o.Organisation == organisation.Slug, ct);
            if (offer is null) return TooLate();

            var now = clock.GetUtcNow();
            var redemption = offer.Redeem(txCode, candidate => secrets.IsTxCode(offer.Id, candidate), now);
            var token = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));
            switch (redemption)
            {
                case Redemption.Won:
                    db.AccessTokens.Add(new AccessToken
                    {
                        Hash = OfferSecrets.Hash(token), Organisation = organisation.Slug, OfferId = offer.Id, CredentialId = offer.CredentialId, ExpiresAt = now + TokenLifetime,
                    });
                    break;
                case Redemption.WrongTxCode { TriesLeft: 0 }:
                    db.Record(organisation.Slug, offer.CredentialId, Actor.Wallet, "offer_locked", now);
                    break;
            }
            try
            {
                await db.SaveChangesAsync(ct);
            }
            catch (DbUpdateConcurrencyException)
            {
                continue;
            }
            return redemption switch
            {
                Redemption.Won => new Grant.Given(token, TokenLifetime),
                Redemption.TxCodeMissing => new Grant.Refused("invalid_request", "A transaction code is needed: the organisation tells it apart from the offer."),
                Redemption.TxCodeUnexpected => new Grant.Refused("invalid_request", "This offer has no transaction code."),
                Redemption.WrongTxCode { TriesLeft: > 0 } wrong => new Grant.Refused("invalid_grant", $"The transaction code is wrong; {wrong.TriesLeft} tries are left."),
                Redemption.WrongTxCode => new Grant.Refused("invalid_grant", "The transaction code was wrong five times. The offer has ended; ask the organisation for a new one."),
                _ => TooLate(),
            };
        }
        return TooLate();
    }

    private static Grant.Refused TooLate() => new("invalid_grant", "The pre-authorized code is unknown, was used, or has ended.");
}
