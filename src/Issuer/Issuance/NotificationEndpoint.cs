using Identity.Issuer.AccessLog;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>
/// The notification endpoint (OpenID4VCI 1.0, 11). The same notice again is a success and leaves no second trace. What a wallet adds in
/// words is checked and forgotten: it could hold anything about a person.
/// </summary>
internal static class NotificationEndpoint
{
    private const int MaxLength = 200, MaxDescription = 2000;

    // The act of the credential's history for each event.
    private static readonly Dictionary<string, string> Acts = new()
    {
        ["credential_accepted"] = "wallet_accepted", ["credential_failure"] = "wallet_failed", ["credential_deleted"] = "wallet_deleted",
    };

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/{org}/notification", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Work).DisableAntiforgery().WithMetadata(new Closing.StaysOpen()).ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(string org, HttpContext http, OrganisationDirectory organisations, ProtectedRequest reader, IssuerDb db, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var read = await reader.ReadAsync(http, organisation, "notification", "invalid_notification_request", mayBeEncrypted: false, ct);
        if (read is not Sent.Good(var token, var json, _)) return ((Sent.Bad)read).Answer;

        if (StrictJson.Text(json["notification_id"]) is not { Length: > 0 } id) return Malformed("notification_id is missing or not a text.");
        if (StrictJson.Text(json["event"]) is not { } happened || !Acts.TryGetValue(happened, out var act)) return Malformed("event must be credential_accepted, credential_failure or credential_deleted.");
        if (json.TryGetPropertyValue("event_description", out var words) && !(StrictJson.Text(words) is { Length: <= MaxDescription } text && text == Authorization.ErrorText.Ascii(text)))
            return Malformed("event_description must be a text of printable ASCII without quotes and backslashes.");
        if (id.Length > MaxLength) return Unknown();

        var hash = OfferSecrets.Hash(id);
        var notice = await db.WalletNotices.SingleOrDefaultAsync(n => n.Hash == hash && n.Organisation == org, ct);
        // Another's notification_id is as unknown as none.
        if (notice is null || notice.OfferId != token.OfferId) return Unknown();
        if (notice.Event == happened) return Results.NoContent();
        notice.Event = happened;
        db.Record(notice.Organisation, notice.CredentialId, Actor.Wallet, act, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        return Results.NoContent();
    }

    private static IResult Malformed(string description) => CredentialEndpoint.Error(new RequestError("invalid_notification_request", description));

    private static IResult Unknown() => CredentialEndpoint.Error(new RequestError("invalid_notification_id", "The notification_id is not one of this access token."));
}
