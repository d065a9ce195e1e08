using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>Exchanges a pre-authorized code for an access token (OpenID4VCI 1.0, 6).</summary>
internal sealed class RedeemCode(IssuerDb db, OfferSecrets secrets, TimeProvider clock)
{
    public async Task<Grant> RunAsync(Organisation organisation, OAuthForm form, string? keyThumbprint, CancellationToken ct)
    {
        if (form["pre-authorized_code"] is not { Length: <= OAuthForm.MaxLength } code) return new Grant.Refused("invalid_request", "pre-authorized_code is missing or too long.");
        var txCode = form.Has("tx_code") ? form["tx_code"] ?? "" : null;
        if (txCode?.Length > OAuthForm.MaxLength) return new Grant.Refused("invalid_request", "tx_code is too long.");

        var hash = OfferSecrets.Hash(code);
        // A lost race means that another request changed the offer: judge again what it left. Each round the offer comes closer to its end.
        for (var round = 0; round <= Offer.MaxTries; round++)
        {
            db.ChangeTracker.Clear();
            var offer = await db.Offers.SingleOrDefaultAsync(o => o.CodeHash == hash && o.Organisation == organisation.Slug, ct);
            if (offer is null) return TooLate();
            var credential = await db.Credentials.AsNoTracking().Where(c => c.Id == offer.CredentialId).Select(c => new { c.Type, c.State }).SingleAsync(ct);
            var asked = RequestedAccess.Read(form["scope"], form["authorization_details"], organisation, credential.Type, out var error);
            if (error is not null) return new Grant.Refused(error.Code, error.Description);

            var now = clock.GetUtcNow();
            var redemption = offer.Redeem(txCode, candidate => secrets.IsTxCode(offer.Id, candidate), now);
            Grant? won = null;
            if (redemption is Redemption.Won)
                won = GiveTokens.Add(db, new AccessRight(organisation.Slug, offer.Id, offer.CredentialId, GiveTokens.NewFamily(), null, keyThumbprint, asked?.Stored, asked?.ByIdentifier ?? false), credential.State, now);
            if (redemption is Redemption.WrongTxCode { TriesLeft: 0 })
                db.Record(organisation.Slug, offer.CredentialId, Actor.Wallet, "offer_locked", now);
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
                Redemption.Won => won!,
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
