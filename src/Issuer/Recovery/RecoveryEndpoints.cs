using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Authorization;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Recovery;

/// <summary>
/// For a phone that may be lost, docs/recovery.md. <c>POST /{organisation}/recovery-anchor</c> stores, by the key of a copy in force, what will prove the holder;
/// <c>POST /{organisation}/recovery</c> moves the records to a new phone. Both take a <see cref="HolderStatement"/>.
/// </summary>
internal static class RecoveryEndpoints
{
    /// <summary>typ of the first; its payload also has <c>secret_hash</c> and <c>tag</c>, 43 characters each.</summary>
    public const string AnchorType = "identity-recovery-anchor+jwt";

    /// <summary>typ of the second; beside the proof the body has <c>attestation</c> and, where the sheet is a proof, <c>secret</c>; <c>rest</c> true asks only for what has not moved to this key yet.</summary>
    public const string RequestType = "identity-recovery-request+jwt";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/{org}/recovery-anchor", AnchorAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Secrets).DisableAntiforgery().ExcludeFromDescription();
        app.MapPost("/{org}/recovery", RecoverAsync).RequireCors(Cors.Open).RequireRateLimiting(Limits.Secrets).DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> AnchorAsync(string org, HttpContext http, OrganisationDirectory organisations, IssuerDb db, Nonces nonces, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var now = clock.GetUtcNow();
        var (statement, refused) = await HolderStatement.ReadAsync(http, organisation, AnchorType, $"{organisation.Issuer}/recovery-anchor", db, nonces, now, ct);
        if (statement is null) return refused!;
        if (StrictJson.Text(statement.Said["secret_hash"]) is not { } hashText || !Base64Url.TryDecode(hashText, out var hash) || hash.Length != 32
            || StrictJson.Text(statement.Said["tag"]) is not { Length: 43 } tag) return HolderStatement.Error("invalid_proof", "secret_hash and tag must be 32 bytes in base64url.");

        await using var transaction = await db.Database.BeginExclusiveAsync(org, ct);
        var thumbprint = statement.Key.ThumbprintText();
        // A key whose copies have ended says nothing any more: the phone it lies on was lost.
        var copy = await db.Copies.Where(c => c.HolderKey == thumbprint && c.Organisation == org)
            .Where(c => db.StatusEntries.Any(e => e.Organisation == org && e.List == c.List && e.Index == c.Index && e.Value != (int)StatusValue.Invalid))
            .Select(c => new { c.CredentialId, c.Family }).FirstOrDefaultAsync(ct);
        if (copy is null) return HolderStatement.Json(404, new JsonObject { ["error"] = "unknown_copy", ["error_description"] = "This organisation gave no copy to this key that is in force." });
        var id = copy.CredentialId;
        var anchor = await db.RecoveryAnchors.SingleOrDefaultAsync(a => a.CredentialId == id, ct);
        if (anchor is not null && anchor.Tag == tag && anchor.SecretHash.AsSpan().SequenceEqual(hash)) return Results.NoContent();
        // Moving it ends every copy that its holder has: of what two people give or take away, a phone that somebody got it on later does not say to where.
        if (TypeDefinition.Find(await db.Credentials.Where(c => c.Id == id).Select(c => c.Type).SingleAsync(ct)) is { IsOfTwoPeople: true } && !await db.IsFirstAsync(id, copy.Family, now, ct))
            return HolderStatement.Json(409, new JsonObject { ["error"] = "held_elsewhere", ["error_description"] = "Another phone had this credential first and still has it. That one says what brings it to a new phone." });
        if (anchor is null) db.RecoveryAnchors.Add(new RecoveryAnchor { CredentialId = id, Organisation = org, SecretHash = hash, Tag = tag, SetAt = now });
        else
        {
            await db.EarlierAnchors.Where(e => e.CredentialId == id && e.Until <= now).ExecuteDeleteAsync(ct);
            // One that is there already keeps its own end: telling it again and again prolongs nothing.
            if (!await db.EarlierAnchors.AnyAsync(e => e.CredentialId == id && e.Tag == anchor.Tag && e.SecretHash == anchor.SecretHash, ct))
                db.EarlierAnchors.Add(new EarlierAnchor { CredentialId = id, Tag = anchor.Tag, SecretHash = anchor.SecretHash, SetAt = anchor.SetAt, Until = now + EarlierAnchor.Kept });
            (anchor.SecretHash, anchor.Tag, anchor.SetAt, anchor.Version) = (hash, tag, now, anchor.Version + 1);
        }
        db.Record(org, id, Actor.Wallet, "recovery_set", now);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return Results.NoContent();
    }

    /// <summary>The member <c>secret</c>, null where it is absent; false where it is not 32 bytes.</summary>
    internal static bool TryReadSecret(HolderStatement statement, out byte[]? secret)
    {
        secret = null;
        return statement.Body["secret"] is not { } given || Base64Url.TryDecode(StrictJson.Text(given), out secret) && secret.Length == 32;
    }

    /// <summary>The answer to a secret that cannot be read.</summary>
    internal static IResult BadSecret => HolderStatement.Error("invalid_request", "secret must be 32 bytes in base64url.");

    private static async Task<IResult> RecoverAsync(string org, HttpContext http, OrganisationDirectory organisations, IssuerDb db, Nonces nonces, RecoverRecords recover, TimeProvider clock, CancellationToken ct)
    {
        if (organisations.Find(org) is not { } organisation) return Results.Problem(statusCode: 404, title: "No such organisation");
        var (statement, refused) = await HolderStatement.ReadAsync(http, organisation, RequestType, $"{organisation.Issuer}/recovery", db, nonces, clock.GetUtcNow(), ct);
        if (statement is null) return refused!;
        if (!TryReadSecret(statement, out var secret)) return BadSecret;
        var restOnly = statement.Body["rest"]?.GetValueKind() is System.Text.Json.JsonValueKind.True;
        return await recover.RunAsync(organisation, StrictJson.Text(statement.Body["attestation"]) ?? "", secret, statement.Key.ThumbprintText(), restOnly, ct) switch
        {
            Recovered.Refused { Code: "unknown_recovery" } unknown => HolderStatement.Json(404, new JsonObject { ["error"] = unknown.Code, ["error_description"] = unknown.Description }),
            Recovered.Refused error => HolderStatement.Error(error.Code, error.Description),
            Recovered.Done done => HolderStatement.Json(200, new JsonObject
            {
                ["offers"] = new JsonArray([.. done.Offers.Select(offer => (JsonNode)new JsonObject { ["offer"] = offer.Link, ["tx_code"] = offer.TxCode })]),
                ["left"] = done.Left,
                ["held"] = new JsonObject { ["differs"] = done.Differs, ["cannot_tell"] = done.CannotTell },
                ["contact"] = organisation.Profile.Contact,
            }),
            _ => throw new InvalidOperationException("Records are moved or not."),
        };
    }
}
