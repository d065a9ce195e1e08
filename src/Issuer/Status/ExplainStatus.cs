using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
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
/// The proof is a <see cref="HolderStatement"/> of typ <c>identity-status-request+jwt</c> by the key of any copy. Errors beside its own: 404 <c>unknown_copy</c>, the same for a key that never held anything and another organisation's.
/// </summary>
internal static class ExplainStatus
{
    /// <summary>The typ of the proof.</summary>
    public const string ProofType = "identity-status-request+jwt";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/{org}/status-reason", HandleAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Secrets).DisableAntiforgery().WithMetadata(new Closing.StaysOpen()).ExcludeFromDescription();

    internal static string Address(Organisation organisation) => $"{organisation.Issuer}/status-reason";

    private static async Task<IResult> HandleAsync(string org, HttpContext http, OrganisationDirectory organisations, IssuerDb db, Nonces nonces, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var (statement, refused) = await HolderStatement.ReadAsync(http, organisation, ProofType, Address(organisation), db, nonces, clock.GetUtcNow(), ct);
        if (statement is null) return refused!;

        var thumbprint = statement.Key.ThumbprintText();
        var found = await db.Copies.Where(c => c.HolderKey == thumbprint && c.Organisation == org).Join(db.Credentials, c => c.CredentialId, c => c.Id, (copy, credential) => new { copy, credential }).AsNoTracking().FirstOrDefaultAsync(ct);
        if (found is null) return HolderStatement.Json(404, new JsonObject { ["error"] = "unknown_copy", ["error_description"] = "This organisation gave no copy to this key." });
        // A copy may have ended before its credential, or without it: it was moved to another phone. What came after that is for whoever has the new one.
        var moved = await db.StatusEntries.AnyAsync(e => e.Organisation == org && e.List == found.copy.List && e.Index == found.copy.Index && e.Value == (int)StatusValue.Invalid, ct)
            ? await db.Events.Where(e => e.CredentialId == found.credential.Id && e.Act == Reasons.Recovered && e.At >= found.copy.IssuedAt).OrderBy(e => e.Id).Select(e => (DateTimeOffset?)e.At).FirstOrDefaultAsync(ct) : null;
        return HolderStatement.Json(200, await AnswerAsync(organisation, found.credential, moved, Strings.For(StrictJson.Text(statement.Body["language"])), db, ct));
    }

    private static async Task<JsonObject> AnswerAsync(Organisation organisation, CredentialRecord credential, DateTimeOffset? moved, Strings texts, IssuerDb db, CancellationToken ct)
    {
        var ended = moved is not null || credential.State is CredentialState.Revoked or CredentialState.Suspended;
        var (since, code) = moved is null ? (credential.StateChangedAt, credential.StateCode) : (moved, Reasons.Recovered);
        var settings = await db.OrganisationSettings.AsNoTracking().SingleOrDefaultAsync(s => s.Organisation == organisation.Slug, ct);
        var lines = (await db.HistoryOfAsync(credential.Id, ct, moved)).Select(line => (JsonNode)new JsonObject
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
            ["state"] = moved is not null ? "revoked" : credential.State switch { CredentialState.Revoked => "revoked", CredentialState.Suspended => "suspended", _ => "valid" },
            ["since"] = ended && since is { } at ? at.ToRfc3339() : null,
            ["reason"] = ended && code is not null ? new JsonObject { ["code"] = code, ["text"] = texts[$"issuer.reason.{code}"], ["sentence"] = moved is null ? credential.StateReason : null } : null,
            ["replaced"] = moved is null && credential.ReplacedBy is not null,
            ["appeal"] = new JsonObject
            {
                ["organisation"] = organisation.Name,
                ["contact"] = settings?.AppealContact ?? organisation.Profile.Contact,
                ["how"] = settings?.AppealHow ?? texts["issuer.appeal.how"],
                ["until"] = ended && settings?.AppealDays is { } days && since is { } from ? from.AddDays(days).ToRfc3339() : null,
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
}
