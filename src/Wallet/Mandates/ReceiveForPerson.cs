using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Wallet.Desk;
using Identity.Wallet.Holder;

namespace Identity.Wallet.Mandates;

/// <summary>Collects what an issuer offers, with the person's new keys, and keeps it under the person's key alone.</summary>
internal sealed class ReceiveForPerson(ActUnderMandate acts, Desks desks, OutboundFetch fetch, TimeProvider clock)
{
    /// <summary>One-time copies of each credential: a person shows some, then comes back.</summary>
    private const int Copies = 4;

    /// <returns>Null when it is kept, else a reason: <c>over</c>, <c>scope</c>, <c>own</c>, <c>waiting</c>, or the holder's code.</returns>
    public async Task<string?> RunAsync(Seat seat, Sitting sitting, string? link, string? code, CancellationToken ct)
    {
        await sitting.Turn.WaitAsync(ct);
        try
        {
            var offer = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(link?.Trim() ?? "")));
            if (await WhyNotAsync(sitting, ct) is { } no) return no;
            if (sitting.Collected.Contains(offer)) return null;
            if (IsOwn(seat, link)) return "own";
            var why = await KeepAsync(seat, sitting, await new ReceiveCredentials(fetch, clock).FromOfferAsync(link?.Trim() ?? "", code?.Trim(), Copies, ct), ct);
            if (why is null or "waiting") sitting.Collected.Add(offer);
            return why;
        }
        finally
        {
            sitting.Turn.Release();
        }
    }

    /// <summary>Asks for what an issuer has put off.</summary>
    public async Task<string?> AskAgainAsync(Seat seat, Sitting sitting, CancellationToken ct)
    {
        await sitting.Turn.WaitAsync(ct);
        try
        {
            if (await WhyNotAsync(sitting, ct) is { } no) return no;
            return sitting.Waiting is { } waiting ? await KeepAsync(seat, sitting, await new ReceiveCredentials(fetch, clock).AskAgainAsync(waiting, ct), ct) : null;
        }
        finally
        {
            sitting.Turn.Release();
        }
    }

    private async Task<string?> WhyNotAsync(Sitting sitting, CancellationToken ct) =>
        await acts.FindAsync(sitting, ct) is not { } mandate ? "over" : mandate.Permits(MandateScope.Receive, clock.GetUtcNow()) ? null : "scope";

    private async Task<string?> KeepAsync(Seat seat, Sitting sitting, Reception reception, CancellationToken ct)
    {
        switch (reception)
        {
            case Reception.Received received:
                sitting.Waiting = null;
                if (desks.Find(seat.Desk) is { } desk && received.Copies.Any(copy => Desks.IsOf(desk, copy.Issuer))) return "own";
                var cards = KeptCard.Of(received, clock.GetUtcNow()).ToList();
                var about = string.Join(", ", cards.Select(card => TypeDefinition.Find(card.Vct)?.Name ?? card.Vct));
                // Ended meanwhile: nothing is kept, and the issuer offers again when the person asks for it.
                return await acts.DoAsync(seat, sitting, MandateScope.Receive, "received", about, vault => vault with { Cards = [.. vault.Cards, .. cards] }, ct) ? null : "over";
            case Reception.Deferred deferred:
                sitting.Waiting = deferred.Waiting;
                return "waiting";
            default:
                return ((Reception.Refused)reception).Why.Code;
        }
    }

    // A desk collects nothing from itself: who issues runs no desk.
    private bool IsOwn(Seat seat, string? link)
    {
        if (link is null || desks.Find(seat.Desk) is not { } desk || !CredentialOffer.TryReadLink(link.Trim(), out var json, out var reference)) return false;
        return reference is not null ? Desks.IsOf(desk, reference) : CredentialOffer.TryParse(json!, out var offer, out _) && Desks.IsOf(desk, offer.Issuer);
    }
}
