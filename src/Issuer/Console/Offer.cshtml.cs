using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>Hands the newest offer to its holder: the code to scan, and apart from it the six digits.</summary>
public sealed class OfferModel(Desk desk, FindCredentials find, CopyProgress progress, MakeOffer offers) : CredentialPageModel(desk, find, progress)
{
    /// <inheritdoc/>
    protected override string Why => "hand_over";

    /// <summary>The six digits, only when they were asked for.</summary>
    public string? TxCode { get; private set; }

    /// <summary>How the newest offer stands: none, open, redeemed, dead or expired.</summary>
    public string Standing => Details?.Offer is not { } offer ? "none"
        : offer.State is OfferState.Open && Desk.Now >= offer.ExpiresAt ? "expired"
        : Marks.Key(offer.State);

    /// <summary>A new offer can be made.</summary>
    public bool CanRenew => !NeedsTwo && !(NeedsSecond && Details?.Awaits is not null) && Details?.State is CredentialState.Offered or CredentialState.Awaiting or CredentialState.Collected;

    /// <summary>A wallet has it, and only two people together give it to another.</summary>
    public bool NeedsTwo => Details is { CollectedAt: not null } credential && Desk.Organisation.FindType(credential.Type) is { Approval: true };

    /// <summary>Making a new one only asks a second person.</summary>
    public bool NeedsSecond => Details is { } credential && Desk.Organisation.FindType(credential.Type) is { } type && MakeOffer.NeedsSecond(type, credential.CollectedAt is not null);

    /// <summary>Shows the offer without the digits.</summary>
    public Task<IActionResult> OnGetAsync(string id, CancellationToken ct) => ShowAsync(id, ct);

    /// <summary>Shows the digits.</summary>
    public async Task<IActionResult> OnPostCodeAsync(string id, CancellationToken ct)
    {
        var page = await ShowAsync(id, ct);
        if (Standing == "open") TxCode = Details!.Offer!.TxCode;
        return page;
    }

    /// <summary>Makes a new offer, and the older one ends; or asks a second person for it.</summary>
    public async Task<IActionResult> OnPostNewAsync(string id, CancellationToken ct)
    {
        try
        {
            if (await offers.RunAsync(Desk.Organisation, id, Desk.Actor, ct) is Offering.Made or Offering.Asked) return Redirect($"/console/credentials/{id}/offer");
            Problem = Desk["offer.refused"];
        }
        catch (DbUpdateConcurrencyException)
        {
            return RedirectToPage(); // Somebody was faster, or the wallet was: the page shows what holds now.
        }
        return await ShowAsync(id, ct, StatusCodes.Status409Conflict);
    }
}
