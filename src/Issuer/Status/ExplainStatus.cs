using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Authorization;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Status;

/// <summary>
/// Tells the holder, and nobody else, why a credential was suspended or ended, whom to turn to, and who looked at the record. A status list
/// says only that a copy is revoked. <c>POST /{organisation}/status-reason</c>:
/// <code>{"proof": "JWT", "language": "ar"}</code>
/// The proof is a JWT signed with the key of any copy: header <c>typ</c> <c>identity-status-request+jwt</c>, <c>alg</c>, <c>jwk</c>; payload
/// <c>aud</c> (this address), <c>iat</c>, <c>nonce</c> (from the nonce endpoint, good once). Errors: 400 <c>invalid_request</c>,
/// <c>invalid_proof</c>, <c>invalid_nonce</c>; 404 <c>unknown_copy</c>, the same for a key that never held anything and another organisation's.
/// </summary>
internal static class ExplainStatus
{
    /// <summary>The typ of the proof.</summary>
    public const string ProofType = "identity-status-request+jwt";

    private const int MaxProof = 4096;
    private static readonly TimeSpan PastWindow = TimeSpan.FromMinutes(10), FutureWindow = TimeSpan.FromMinutes(1);

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/{org}/status-reason", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Secrets).DisableAntiforgery().ExcludeFromDescription();

    internal static string Address(Organisation organisation) => $"{organisation.Issuer}/status-reason";

    private static async Task<IResult> HandleAsync(string org, HttpContext http, OrganisationDirectory organisations, IssuerDb db, Nonces nonces, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        if (!http.Request.HasJsonContentType() || http.Request.ContentLength is null or > 2 * MaxProof) return Error("invalid_request", "Send a small JSON object.");
        var bytes = new byte[(int)http.Request.ContentLength];
        await http.Request.Body.ReadExactlyAsync(bytes, ct);
        if (!StrictJson.TryParseObject(bytes, out var body, out var reason)) return Error("invalid_request", $"The body must be a JSON object: {reason}.");
        if (StrictJson.Text(body["proof"]) is not { Length: <= MaxProof } proof) return Error("invalid_request", "proof is missing or too long.");

        if (Key(proof, organisation, clock.GetUtcNow(), out var nonce, out var problem) is not { } key) return Error("invalid_proof", problem);
        if (!nonces.TryAccept(organisation.Slug, nonce, out var used) || await db.UsedNonces.AnyAsync(n => n.Hash == used.Hash, ct))
            return Error("invalid_nonce", "The nonce is not of this issuer, was used, or has ended. Fetch a new one.");
        db.UsedNonces.Add(used);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            return Error("invalid_nonce", "The nonce was used before. Fetch a new one.");
        }

        var thumbprint = key.ThumbprintText();
        var credential = await db.Copies.Where(c => c.HolderKey == thumbprint && c.Organisation == org).Join(db.Credentials, c => c.CredentialId, c => c.Id, (_, c) => c).AsNoTracking().FirstOrDefaultAsync(ct);
        if (credential is null) return Json(404, new JsonObject { ["error"] = "unknown_copy", ["error_description"] = "This organisation gave no copy to this key." });
        return Json(200, await AnswerAsync(organisation, credential, Strings.For(StrictJson.Text(body["language"])), db, ct));
    }

    private static Jwk? Key(string proof, Organisation organisation, DateTimeOffset now, out string nonce, out string problem)
    {
        nonce = "";
        if (!Jws.TryParse(proof, out var jws, out problem)) return null;
        if (jws.Type != ProofType) return Refuse($"The proof's typ must be {ProofType}.", out problem);
        if (!Jwk.TryParse(jws.Header["jwk"], out var key, out problem) || !VerificationKey.TryImport(key, out var verifier, out problem)) return null;
        using (verifier)
            if (!jws.Verify(verifier)) return Refuse("The proof's signature is wrong.", out problem);
        if (StrictJson.Text(jws.Payload["aud"]) != Address(organisation)) return Refuse("The proof's aud must be this address.", out problem);
        if (StrictJson.Time(jws.Payload["iat"]) is not { } iat || iat < now - PastWindow || iat > now + FutureWindow) return Refuse("The proof's iat is missing, too old or in the future.", out problem);
        if (StrictJson.Text(jws.Payload["nonce"]) is not { } given) return Refuse("The proof lacks the nonce of the nonce endpoint.", out problem);
        nonce = given;
        return key;
    }

    private static async Task<JsonObject> AnswerAsync(Organisation organisation, CredentialRecord credential, Strings texts, IssuerDb db, CancellationToken ct)
    {
        var ended = credential.State is CredentialState.Revoked or CredentialState.Suspended;
        var settings = await db.OrganisationSettings.AsNoTracking().SingleOrDefaultAsync(s => s.Organisation == organisation.Slug, ct);
        var lines = (await db.HistoryOfAsync(credential.Id, ct)).Select(line => (JsonNode)new JsonObject
        {
            ["at"] = line.At.ToRfc3339(),
            ["times"] = line.Times,
            ["who"] = Who(line.Actor, line.Role, texts),
            ["act"] = line.Act,
            ["what"] = texts[$"issuer.access.{line.Act}"],
            ["why"] = line.Why is null ? null : texts[$"issuer.why.{line.Why}"],
        });
        return new JsonObject
        {
            ["state"] = credential.State switch { CredentialState.Revoked => "revoked", CredentialState.Suspended => "suspended", _ => "valid" },
            ["since"] = ended && credential.StateChangedAt is { } since ? since.ToRfc3339() : null,
            ["reason"] = ended && credential.StateCode is { } code ? new JsonObject { ["code"] = code, ["text"] = texts[$"issuer.reason.{code}"], ["sentence"] = credential.StateReason } : null,
            ["replaced"] = credential.ReplacedBy is not null,
            ["appeal"] = new JsonObject
            {
                ["organisation"] = organisation.Name,
                ["contact"] = settings?.AppealContact ?? organisation.Profile.Contact,
                ["how"] = settings?.AppealHow ?? texts["issuer.appeal.how"],
                ["until"] = ended && settings?.AppealDays is { } days && credential.StateChangedAt is { } from ? from.AddDays(days).ToRfc3339() : null,
            },
            ["history"] = new JsonArray([.. lines]),
        };
    }

    /// <summary>A role and a number: the person at the counter is known to the organisation, not to everybody who holds a card.</summary>
    internal static string Who(string actor, string role, Strings texts) => actor.Split(':', 2) switch
    {
        ["staff", var number] => texts.Format("issuer.who.staff", ("role", texts[$"issuer.role.{role}"]), ("number", number)),
        ["api", var number] => texts.Format("issuer.who.api", ("number", number)),
        ["wallet"] => texts["issuer.actor.wallet"],
        _ => texts["issuer.who.system"],
    };

    private static Jwk? Refuse(string description, out string problem)
    {
        problem = description;
        return null;
    }

    private static IResult Error(string code, string description) => Json(400, new JsonObject { ["error"] = code, ["error_description"] = description });

    private static IResult Json(int status, JsonObject body) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);
}
