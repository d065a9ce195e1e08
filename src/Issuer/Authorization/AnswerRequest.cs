using Identity.Issuer.AccessLog;
using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Authorization;

/// <summary>What became of the person's answer on the page.</summary>
internal abstract record Answering
{
    private Answering() { }

    /// <summary>The browser goes back to the wallet.</summary>
    public sealed record Back(string Uri) : Answering;

    /// <summary>No code was typed.</summary>
    public sealed record CodeMissing : Answering;

    /// <summary>The code was wrong.</summary>
    public sealed record Wrong(int TriesLeft) : Answering;

    /// <summary>The last try was wrong; the offer has ended. The browser may go back to the wallet.</summary>
    public sealed record Locked(string Uri) : Answering;

    /// <summary>The request or its offer is not open in this browser any more.</summary>
    public sealed record Ended : Answering;
}

/// <summary>Takes the person's answer: the collection code, or no. The answer to the wallet is that of RFC 6749, 4.1.2 with <c>iss</c> (RFC 9207).</summary>
internal sealed class AnswerRequest(IssuerDb db, OfferSecrets secrets, TimeProvider clock)
{
    private const string Denied = "access_denied";

    public async Task<Answering> RunAsync(Organisation organisation, byte[] request, byte[] browser, bool agrees, string? txCode, CancellationToken ct)
    {
        // As with pre-authorized codes: a lost race brings the offer closer to its end, so this ends too.
        for (var round = 0; round <= Offer.MaxTries; round++)
        {
            db.ChangeTracker.Clear();
            try
            {
                return await OnceAsync(organisation, request, browser, agrees, txCode, ct);
            }
            catch (DbUpdateConcurrencyException)
            {
                continue;
            }
        }
        return new Answering.Ended();
    }

    private async Task<Answering> OnceAsync(Organisation organisation, byte[] hash, byte[] browser, bool agrees, string? txCode, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var request = await db.AuthorizationRequests.SingleOrDefaultAsync(r => r.Hash == hash && r.Organisation == organisation.Slug, ct);
        // Only what this very browser has opened and nobody has answered.
        if (request is not { State: RequestState.Opened } || !request.Open(browser, now)) return new Answering.Ended();
        if (!agrees)
        {
            request.Deny(now);
            await db.SaveChangesAsync(ct);
            return new Answering.Back(Answer(request, organisation, ("error", Denied)));
        }

        var offer = await db.Offers.SingleAsync(o => o.Id == request.OfferId, ct);
        if (offer.NeedsTxCode && string.IsNullOrEmpty(txCode)) return new Answering.CodeMissing();
        switch (offer.Prove(offer.NeedsTxCode ? txCode : null, candidate => secrets.IsTxCode(offer.Id, candidate), now))
        {
            case Redemption.Won:
                var code = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));
                request.Grant(OfferSecrets.Hash(code), now);
                await db.SaveChangesAsync(ct);
                return new Answering.Back(Answer(request, organisation, ("code", code)));
            case Redemption.WrongTxCode { TriesLeft: > 0 } wrong:
                await db.SaveChangesAsync(ct);
                return new Answering.Wrong(wrong.TriesLeft);
            case Redemption.WrongTxCode:
                request.Deny(now);
                db.Record(offer.Organisation, offer.CredentialId, Actor.Wallet, "offer_locked", now);
                await db.SaveChangesAsync(ct);
                return new Answering.Locked(Answer(request, organisation, ("error", Denied)));
            default:
                return new Answering.Ended();
        }
    }

    private static string Answer(AuthorizationRequest request, Organisation organisation, (string Name, string Value) outcome)
    {
        var parameters = new StringBuilder($"{outcome.Name}={Uri.EscapeDataString(outcome.Value)}");
        if (request.ClientState is { } state) parameters.Append($"&state={Uri.EscapeDataString(state)}");
        parameters.Append($"&iss={Uri.EscapeDataString(organisation.Issuer)}");
        var join = request.InFragment ? '#' : request.RedirectUri.Contains('?') ? '&' : '?';
        return $"{request.RedirectUri}{join}{parameters}";
    }
}
