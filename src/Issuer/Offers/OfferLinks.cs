using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Offers;

/// <summary>An offer as staff and programs see it: the links for the holder, and the code that must travel another way.</summary>
/// <param name="Id">The offer.</param>
/// <param name="Link">For a QR code: <c>openid-credential-offer://?credential_offer_uri=…</c>.</param>
/// <param name="WalletLink">Opens our wallet with the offer; null where no wallet is set up (<c>Wallet:Url</c>).</param>
/// <param name="ByValueLink">The whole offer inside the link.</param>
/// <param name="TxCode">Six digits to tell the holder apart from the link; null where the type needs none.</param>
/// <param name="ExpiresAt">When the offer ends by itself.</param>
/// <param name="State">open, redeemed or dead.</param>
/// <param name="WrongTries">Wrong transaction codes so far; the fifth ends the offer.</param>
public sealed record OfferView(string Id, string Link, string? WalletLink, string ByValueLink, string? TxCode, DateTimeOffset ExpiresAt, OfferState State, int WrongTries);

/// <summary>Writes offers as JSON and as links (OpenID4VCI 1.0, 4.1).</summary>
public sealed class OfferLinks(OfferSecrets secrets, OfferGrants allowed, IConfiguration configuration)
{
    private readonly string? _wallet = configuration["Wallet:Url"] is { Length: > 0 } url ? url.TrimEnd('/') : null;

    /// <summary>
    /// The credential offer object. While a paper is in force it offers none: a newer one would end it in the hands of whoever carries it. Of a reference it always does: no one person but
    /// the holder, with the phone that had it first, can end a paper of it that is lost, or that somebody keeps.
    /// </summary>
    public JsonObject Json(Organisation organisation, Offer offer, string type, bool hasPaper)
    {
        var configurations = new JsonArray(Configurations.SdJwt(type), Configurations.Compact(type));
        if (!hasPaper || TypeDefinition.Find(type)?.Correction is CorrectionKind.Addition) configurations.Add(Configurations.Paper(type));
        var grants = new JsonObject();
        if (allowed.PreAuthorized) grants["urn:ietf:params:oauth:grant-type:pre-authorized_code"] = PreAuthorized(organisation, offer);
        if (allowed.Code) grants["authorization_code"] = new JsonObject { ["issuer_state"] = secrets.IssuerState(offer.Id) };
        return new JsonObject
        {
            ["credential_issuer"] = organisation.Issuer,
            ["credential_configuration_ids"] = configurations,
            ["grants"] = grants,
        };
    }

    /// <summary>The offer for staff and programs.</summary>
    public OfferView View(Organisation organisation, Offer offer, string type, bool hasPaper)
    {
        var uri = Uri.EscapeDataString($"{organisation.Issuer}/offers/{offer.Id}");
        var value = Uri.EscapeDataString(Json(organisation, offer, type, hasPaper).ToJsonString());
        return new OfferView(
            offer.Id,
            $"openid-credential-offer://?credential_offer_uri={uri}",
            _wallet is null ? null : $"{_wallet}/#offer?credential_offer_uri={uri}",
            $"openid-credential-offer://?credential_offer={value}",
            offer.NeedsTxCode ? secrets.TxCode(offer.Id) : null,
            offer.ExpiresAt,
            offer.State,
            offer.WrongTries);
    }

    private JsonObject PreAuthorized(Organisation organisation, Offer offer)
    {
        var grant = new JsonObject { ["pre-authorized_code"] = secrets.Code(offer.Id) };
        if (offer.NeedsTxCode)
        {
            grant["tx_code"] = new JsonObject
            {
                ["input_mode"] = "numeric",
                ["length"] = OfferSecrets.TxCodeLength,
                ["description"] = $"The six digits that {Shorten(organisation.Name)} gave you apart from this offer.",
            };
        }
        return grant;
    }

    // tx_code.description holds at most 300 characters.
    private static string Shorten(string name) => name.Length > 200 ? name[..200] : name;
}
