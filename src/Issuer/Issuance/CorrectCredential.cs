using System.Globalization;
using System.Text.Json.Nodes;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Recognition;
using Identity.Issuer.Status;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>The outcome of a correction.</summary>
public abstract record Correction
{
    private Correction() { }

    /// <summary>The new credential; its offer, or null where it waits for a second person (the old one then ends with the approval).</summary>
    public sealed record Done(CredentialRecord Credential, OfferView? Offer) : Correction;

    /// <summary>The organisation has no such credential.</summary>
    public sealed record NotFound : Correction;

    /// <summary>Nothing was changed; the errors are keyed by claim name, or by <c>reason</c>, <c>reference</c> and <c>text</c>.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors, Accreditations.BeyondScope? Beyond = null) : Correction;

    /// <summary>Not possible from the present state; <paramref name="Reason"/> is a sentence.</summary>
    public sealed record Refused(string Reason) : Correction;
}

/// <summary>
/// Puts a mistake right. Most types: the wrong credential ends in every copy and a corrected one is prepared, in one transaction, each
/// naming the other. Types that are corrected by addition: a new credential says the same and one dated sentence more, and the old one stays in force.
/// </summary>
public sealed class CorrectCredential(IssuerDb db, PrepareCredential prepare, ChangeStatus status, TimeProvider clock)
{
    /// <summary>The claim that holds the dated sentences.</summary>
    public const string Additions = "additions";

    /// <summary>How a credential is corrected now: a reference that nobody has collected yet can still be replaced.</summary>
    public static CorrectionKind KindOf(CredentialRecord credential) =>
        credential.CollectedAt is null ? CorrectionKind.Replace : TypeDefinition.Find(credential.Type)?.Correction ?? CorrectionKind.Replace;

    /// <summary>Replaces a credential, or prepares anew one that was not approved.</summary>
    /// <param name="organisation">Whose.</param>
    /// <param name="credentialId">The wrong one.</param>
    /// <param name="claims">All claims, corrected.</param>
    /// <param name="reason">A sentence for the holder on what was wrong, or null.</param>
    /// <param name="actor">Who.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Correction> ReplaceAsync(Organisation organisation, string credentialId, JsonObject claims, string? reason, Actor actor, CancellationToken ct)
    {
        if (!string.IsNullOrWhiteSpace(reason) && Reasons.Sentence(reason) is null) return Error("reason", "Give a sentence of 3 to 500 characters, or none.");
        var sentence = Reasons.Sentence(reason);
        var now = clock.GetUtcNow();
        IReadOnlyList<int> lists = [];
        Preparation.Prepared prepared;
        await using (var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct))
        {
            if (await FindAsync(organisation, credentialId, ct) is not { } old) return new Correction.NotFound();
            if (KindOf(old) is CorrectionKind.Addition) return new Correction.Refused("This credential is corrected by a dated addition, not by replacing it.");
            // What was sent back was to take the place of another: so is what is prepared instead of it.
            var replaced = old is { State: CredentialState.Returned, Replaces: { } first } ? await FindAsync(organisation, first, ct) ?? old : old;
            if (replaced.State is CredentialState.Revoked) return new Correction.Refused("The credential was revoked; prepare a new one.");
            if (old.State is CredentialState.Awaiting) return new Correction.Refused("The credential waits for approval; let it be returned first.");
            if (replaced.ReplacedBy is not null || await db.Credentials.AnyAsync(c => c.Replaces == replaced.Id && c.State == CredentialState.Awaiting, ct))
                return new Correction.Refused("A corrected credential has been prepared already.");

            var before = old.Claims();
            // What follows from a qualification that was shown need not be said again, and cannot be said otherwise.
            if (StatementRules.RestsOnCredential(old.Type, before))
                foreach (var name in StatementRules.Given.Where(name => before.ContainsKey(name) && !claims.ContainsKey(name))) claims[name] = before[name]!.DeepClone();
            switch (prepare.Add(organisation, old.Type, old.Reference, claims, actor, replaced.Id, null, shown: before))
            {
                case Preparation.Refused refused: return new Correction.Invalid(refused.Errors, refused.Beyond);
                case Preparation.Prepared p: prepared = p; break;
                default: throw new InvalidOperationException("A credential is prepared or refused.");
            }
            // Where a second person decides, the wrong one stays in force until then: nobody is left with nothing.
            if (prepared.Credential.State is not CredentialState.Awaiting && replaced.Replace(prepared.Credential.Id, sentence, now) is Step.Taken)
            {
                lists = await status.ApplyAsync(organisation, replaced.Id, StatusValue.Invalid, ct);
                db.Record(organisation.Slug, replaced.Id, actor, "replaced", now, sentence);
            }
            await db.SaveChangesAsync(ct);
            await status.MarkAsync(organisation, lists, ct);
            await transaction.CommitAsync(ct);
        }
        await status.PublishAsync(organisation, lists, ct);
        return new Correction.Done(prepared.Credential, prepared.Offer);
    }

    /// <summary>Adds a dated sentence: a new credential that says the same and this, on offer to the holder. The old one stays in force.</summary>
    public async Task<Correction> AddAsync(Organisation organisation, string credentialId, string? text, Actor actor, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await FindAsync(organisation, credentialId, ct) is not { } old) return new Correction.NotFound();
        if (KindOf(old) is not CorrectionKind.Addition) return new Correction.Refused("This credential is corrected by replacing it.");
        if (old.State is not CredentialState.Collected) return new Correction.Refused("Only a credential in force can be added to.");
        if (await db.Credentials.AnyAsync(c => c.AddsTo == credentialId && c.State != CredentialState.Revoked, ct))
            return new Correction.Refused("This credential has an addition already; add to the newest one.");
        var max = TypeDefinition.Find(old.Type)!.Claim(Additions)!.MaxLength - 12;
        if (Reasons.Sentence(text) is not { } sentence || sentence.Length > max) return Error("text", $"Write a sentence of 3 to {max} characters.");

        var claims = old.Claims();
        var dated = string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyy-MM-dd}: {sentence}");
        var additions = new JsonArray([.. claims[Additions]?.AsArray().Select(a => a!.DeepClone()) ?? [], JsonValue.Create(dated)]);
        claims.Remove(Additions);
        claims.Remove(DerivedClaims.OriginalIssuer);
        if (prepare.Add(organisation, old.Type, old.Reference, claims, actor, null, old.Id, additions, old.Claims()) is not Preparation.Prepared prepared) return Error("text", "The addition cannot be accepted.");
        db.Record(organisation.Slug, old.Id, actor, "added_to", now);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new Correction.Done(prepared.Credential, prepared.Offer);
    }

    private Task<CredentialRecord?> FindAsync(Organisation organisation, string id, CancellationToken ct) =>
        db.Credentials.SingleOrDefaultAsync(c => c.Id == id && c.Organisation == organisation.Slug, ct);

    private static Correction.Invalid Error(string field, string message) => new(new Dictionary<string, string[]> { [field] = [message] });
}
