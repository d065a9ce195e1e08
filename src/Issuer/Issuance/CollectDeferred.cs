using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.Authorization;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>Answers a wallet that waits: still not, the credentials, or never (OpenID4VCI 1.0, 9.2 and 9.3).</summary>
internal sealed class CollectDeferred(IssuerDb db, IssueCopies issue, TimeProvider clock)
{
    public async Task<Collection> RunAsync(Organisation organisation, AccessToken token, string transactionId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var hash = OfferSecrets.Hash(transactionId);
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await issue.EndedAsync(token, ct) is { } ended) return ended;
        var waiting = await db.DeferredIssues.SingleOrDefaultAsync(d => d.Hash == hash && d.Organisation == organisation.Slug, ct);
        if (waiting is null || waiting.DeliveredAt is not null || waiting.OfferId != token.OfferId) return Unknown();
        var credential = await db.Credentials.SingleAsync(c => c.Id == waiting.CredentialId, ct);
        if (credential.State is CredentialState.Awaiting) return new Collection.Deferred(transactionId);

        waiting.Deliver(now);
        var collection = await issue.SignAsync(organisation, credential, new CopyOrder(token.OfferId, token.Family, TypeDefinition.Find(credential.Type)!, waiting.Format, waiting.Keys()), now, ct);
        if (collection is Collection.Refused) return collection;
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Unknown(); // Two questions at once: the other got it.
        }
        await transaction.CommitAsync(ct);
        return collection;
    }

    private static Collection.Refused Unknown() => new(new RequestError("invalid_transaction_id", "The transaction is not one of this access token, or its credentials were delivered."));
}
