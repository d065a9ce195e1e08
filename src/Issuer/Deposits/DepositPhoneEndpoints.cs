using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Hosting;
using Identity.Issuer.Authorization;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Recovery;

namespace Identity.Issuer.Deposits;

/// <summary>
/// What a phone asks of the depositary of a closed organisation, docs/recovery.md, section 8: <c>POST /{depositary}/deposits/{id of the closed organisation}/renewal</c> with the copy that it has,
/// <c>POST …/recovery</c> with the proofs of a lost phone. Both take a <see cref="HolderStatement"/>.
/// </summary>
internal static class DepositPhoneEndpoints
{
    /// <summary>typ of the proof; its payload also has <c>credential_hash</c>, SHA-256 of the body's <c>credential</c> in base64url.</summary>
    public const string RenewalType = "identity-renewal-request+jwt";

    // The longest reference with its certificates takes a third.
    private const int MaxRenewal = 64 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/{org}/deposits/{deposit}/renewal", RenewAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Secrets).DisableAntiforgery().ExcludeFromDescription();
        app.MapPost("/{org}/deposits/{deposit}/recovery", RecoverAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Secrets).DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> RenewAsync(string org, string deposit, HttpContext http, OrganisationDirectory organisations, IssuerDb db, Nonces nonces, RenewDeposited renew, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var (statement, refused) = await HolderStatement.ReadAsync(http, organisation, RenewalType, $"{organisation.Issuer}/deposits/{deposit}/renewal", db, nonces, clock.GetUtcNow(), ct, MaxRenewal);
        if (statement is null) return refused!;
        if (StrictJson.Text(statement.Body["credential"]) is not { } text) return HolderStatement.Error("invalid_request", "credential is missing.");
        if (StrictJson.Text(statement.Said["credential_hash"]) != Base64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(text)))) return HolderStatement.Error("invalid_proof", "The proof’s credential_hash is not that of the credential.");
        if (!SdJwtVc.TryParse(text, out var shown, out var reason)) return HolderStatement.Error("invalid_request", $"The credential cannot be read: {reason}.");
        if (shown.Document.KeyBindingJwt is not null) return HolderStatement.Error("invalid_request", "Send the credential without a key binding.");
        // Each digest with its disclosure: what stays hidden cannot be compared.
        if (((shown.Document.Jwt.Payload["_sd"] as JsonArray)?.Count ?? 0) != shown.Document.Disclosures.Count) return HolderStatement.Error("invalid_request", "Send the credential with all its disclosures.");
        var key = statement.Key.ThumbprintText();
        if (shown.HolderKey?.ThumbprintText() != key) return HolderStatement.Error("invalid_proof", "The proof is not signed by the key that the credential names.");
        return await renew.RunAsync(organisation, deposit, shown, key, ct) switch
        {
            DepositAct.Reissued done => Answer(organisation, [done.Offer], new JsonObject { ["waiting"] = 0 }),
            DepositAct.Waits => Answer(organisation, [], new JsonObject { ["waiting"] = 1 }),
            DepositAct.Refused no => Refusal(organisation, no.Why, no.Reason),
            _ => HolderStatement.Json(404, new JsonObject { ["error"] = "unknown_record", ["error_description"] = "This organisation keeps no such credential of a closed organisation, or not since before the closing." }),
        };
    }

    private static async Task<IResult> RecoverAsync(string org, string deposit, HttpContext http, OrganisationDirectory organisations, IssuerDb db, Nonces nonces, RecoverDeposited recover, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var (statement, refused) = await HolderStatement.ReadAsync(http, organisation, RecoveryEndpoints.RequestType, $"{organisation.Issuer}/deposits/{deposit}/recovery", db, nonces, clock.GetUtcNow(), ct);
        if (statement is null) return refused!;
        if (!RecoveryEndpoints.TryReadSecret(statement, out var secret)) return RecoveryEndpoints.BadSecret;
        return await recover.RunAsync(organisation, deposit, StrictJson.Text(statement.Body["attestation"]) ?? "", secret, statement.Key.ThumbprintText(), ct) switch
        {
            DepositRecovery.Done done => Answer(organisation, done.Offers, new JsonObject
            {
                ["waiting"] = done.Waiting, ["left"] = done.Left, ["held"] = new JsonObject { ["differs"] = done.Differs, ["cannot_tell"] = done.CannotTell },
            }),
            DepositRecovery.Refused { Code: "unknown_recovery" } unknown => HolderStatement.Json(404, new JsonObject { ["error"] = unknown.Code, ["error_description"] = unknown.Description }),
            DepositRecovery.Refused { Code: "invalid_attestation" } error => HolderStatement.Error(error.Code, error.Description),
            DepositRecovery.Refused no => Refusal(organisation, no.Code, no.Description),
            _ => throw new InvalidOperationException("Records are asked for or not."),
        };
    }

    private static IResult Answer(Organisation organisation, IEnumerable<OfferView> offers, JsonObject more)
    {
        more["offers"] = new JsonArray([.. offers.Select(offer => (JsonNode)new JsonObject { ["offer"] = offer.Link, ["tx_code"] = offer.TxCode })]);
        more["contact"] = organisation.Profile.Contact;
        return HolderStatement.Json(200, more);
    }

    private static IResult Refusal(Organisation organisation, string why, string reason) => HolderStatement.Json(why is "ledger" ? 503 : 409, new JsonObject
    {
        ["error"] = why is "ledger" ? "ledger-unreadable" : why, ["error_description"] = reason, ["contact"] = organisation.Profile.Contact,
    });
}
