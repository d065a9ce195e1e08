using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Offers;

/// <summary>The outcome of asking for a new offer.</summary>
public abstract record Offering
{
    private Offering() { }

    /// <summary>The new offer; the older ones have ended.</summary>
    public sealed record Made(OfferView Offer) : Offering;

    /// <summary>A second person must agree first; there is no new offer yet.</summary>
    public sealed record Asked : Offering;

    /// <summary>The organisation has no such credential.</summary>
    public sealed record NotFound : Offering;

    /// <summary>The credential cannot be offered; <paramref name="Reason"/> is a sentence.</summary>
    public sealed record Refused(string Reason) : Offering;
}

/// <summary>Offers a credential again: the first offer was lost or ended, or the holder has a new phone.</summary>
public sealed class MakeOffer(IssuerDb db, OfferSecrets secrets, OfferLinks links, TimeProvider clock, IConfiguration configuration)
{
    private readonly TimeSpan _lifetime = configuration.GetValue("Offers:Lifetime", TimeSpan.FromDays(3));

    /// <summary>
    /// Makes a new offer and ends the open ones of the same credential. Until somebody has collected it a redeemed one ends, too: two wallets that each redeemed an offer would
    /// both collect, and one clerk alone could give to a second phone what two people gave once. Of a reference that somebody has this only asks: whoever sees link and code could take it
    /// on a phone of their own.
    /// </summary>
    public Task<Offering> RunAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct) => RunAsync(organisation, credentialId, agreed: false, actor, ct);

    /// <summary>A second person agrees to the offer that was asked for, and it is made.</summary>
    internal Task<Offering> AgreeAsync(Organisation organisation, string credentialId, Actor actor, CancellationToken ct) => RunAsync(organisation, credentialId, agreed: true, actor, ct);

    private async Task<Offering> RunAsync(Organisation organisation, string credentialId, bool agreed, Actor actor, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        var credential = await db.Credentials.SingleOrDefaultAsync(c => c.Id == credentialId && c.Organisation == organisation.Slug, ct);
        if (credential is null) return new Offering.NotFound();
        if (credential.State is CredentialState.Returned) return new Offering.Refused("The credential was not approved; prepare a corrected one.");
        if (credential.State is CredentialState.Revoked) return new Offering.Refused("The credential was revoked; prepare a new one.");
        if (credential.State is CredentialState.Suspended) return new Offering.Refused("The credential is suspended; reinstate it first.");
        if (organisation.FindType(credential.Type) is not { } type) return new Offering.Refused("The organisation no longer issues credentials of this type.");
        if (type.Approval && credential.CollectedAt is not null) return new Offering.Refused("A wallet has taken this credential already. For another phone replace it by a correction: a second person agrees, and the copies on the old phone end.");

        if (NeedsSecond(type, credential.CollectedAt is not null))
        {
            // Nobody is to have it before the phone that its holder proved.
            if (await db.Offers.AnyAsync(o => o.CredentialId == credentialId && o.State == OfferState.Open && o.ExpiresAt > now && db.RecoveryAnchors.Any(a => a.OfferId == o.Id), ct))
                return new Offering.Refused("The credential is on its way to its holder's new phone.");
            if ((agreed ? credential.AgreeOffer(actor) : credential.AskOffer(actor)) is Step.Refused refused) return new Offering.Refused(refused.Reason);
            if (!agreed)
            {
                db.Record(organisation.Slug, credentialId, actor, "offer_asked", now);
                await db.SaveChangesAsync(ct);
                await transaction.CommitAsync(ct);
                return new Offering.Asked();
            }
        }

        await (credential.CollectedAt is null ? db.EndOffersAsync(credentialId, ct) : db.EndOpenOffersAsync(credentialId, ct));
        var view = Add(organisation, credential, actor, now);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new Offering.Made(view);
    }

    /// <summary>Whether it is offered again only when a second person agrees: a reference that somebody has belongs to its holder.</summary>
    internal static bool NeedsSecond(TypeDefinition type, bool collected) => collected && type.Correction is CorrectionKind.Addition;

    /// <summary>Adds an offer to the unit of work; the caller saves.</summary>
    internal OfferView Add(Organisation organisation, CredentialRecord credential, Actor actor, DateTimeOffset now)
    {
        var offer = NewOffer(secrets, credential, organisation.FindType(credential.Type)!, now, _lifetime);
        db.Offers.Add(offer);
        db.Record(organisation.Slug, credential.Id, actor, "offered", now);
        return links.View(organisation, offer, credential.Type, credential.PaperList is not null);
    }

    /// <summary>A new offer, as it is stored.</summary>
    internal static Offer NewOffer(OfferSecrets secrets, CredentialRecord credential, TypeDefinition type, DateTimeOffset now, TimeSpan lifetime)
    {
        var id = RecordId.New(now, random: 32);
        return new Offer
        {
            Id = id,
            CredentialId = credential.Id,
            Organisation = credential.Organisation,
            CodeHash = OfferSecrets.Hash(secrets.Code(id)),
            NeedsTxCode = type.TxCode,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        };
    }
}
