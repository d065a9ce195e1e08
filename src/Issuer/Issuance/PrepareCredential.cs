using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>The outcome of preparing a credential.</summary>
public abstract record Preparation
{
    private Preparation() { }

    /// <summary>It is stored and on offer, or waits for a second person where its type needs one; then there is no offer yet.</summary>
    public sealed record Prepared(CredentialRecord Credential, OfferView? Offer) : Preparation;

    /// <summary>Nothing was stored: another credential of this type holds the file number. Sent twice, a request issues once.</summary>
    public sealed record Taken(string Earlier) : Preparation;

    /// <summary>Nothing was stored: the organisation can sign nothing yet.</summary>
    public sealed record NotYet(string Reason) : Preparation;

    /// <summary>Nothing was stored; the errors are keyed by claim name, or by <c>type</c> and <c>reference</c>.</summary>
    /// <param name="Errors">Sentences by field.</param>
    /// <param name="Beyond">Set where the organisation's own accreditations do not cover it.</param>
    public sealed record Refused(IReadOnlyDictionary<string, string[]> Errors, BeyondScope? Beyond = null) : Preparation;
}

/// <summary>Decides to issue a credential to one person: checks the claims, stores them, makes the first offer.</summary>
public sealed class PrepareCredential(IssuerDb db, MakeOffer offers, OwnScope scope, KeyRing ring, TimeProvider clock)
{
    /// <summary>Prepares a credential of an organisation.</summary>
    /// <param name="organisation">Who issues.</param>
    /// <param name="typeName">Short name of one of its types.</param>
    /// <param name="reference">The organisation's file number, 1 to 100 characters.</param>
    /// <param name="claims">The claims; see <see cref="ClaimForm"/> for those of a page.</param>
    /// <param name="actor">Who decided.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Preparation> RunAsync(Organisation organisation, string typeName, string reference, JsonObject claims, Actor actor, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await db.IsClosingAsync(organisation.Slug, ct)) return Refuse("type", "The organisation is closing or closed: it issues nothing any more.");
        if (await ring.IsNewAsync(db, organisation, ct)) return new Preparation.NotYet(KeyRing.NotKnownYet);
        var earlier = organisation.FindType(typeName) is { } type && ClaimCheck.Reference(reference) is { } fileNumber
            ? await Holding(db, organisation.Slug, type.Name).Where(c => c.Reference == fileNumber).OrderBy(c => c.Id).Select(c => c.Id).FirstOrDefaultAsync(ct) : null;
        var preparation = Add(organisation, typeName, reference, claims, actor, null, null, heldBy: earlier);
        if (preparation is not Preparation.Prepared) return preparation;
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return preparation;
    }

    /// <summary>Credentials that hold their file number: a second of the same type cannot have it, by form, program or file, until the first is revoked or was not approved. A correction takes it over.</summary>
    internal static IQueryable<CredentialRecord> Holding(IssuerDb db, string organisation, string type) =>
        db.Credentials.Where(c => c.Organisation == organisation && c.Type == type && c.State != CredentialState.Revoked && c.State != CredentialState.Returned);

    /// <summary>Adds it to the unit of work; the caller saves. One that takes another's place or adds to it names that one; <paramref name="shown"/> as for <see cref="ClaimCheck.Run"/>; <paramref name="heldBy"/> has the file number, if any must not.</summary>
    internal Preparation Add(
        Organisation organisation, string typeName, string reference, JsonObject claims, Actor actor, string? replaces, string? addsTo, JsonArray? additions = null, JsonObject? shown = null, string? heldBy = null)
    {
        var now = clock.GetUtcNow();
        var type = organisation.FindType(typeName);
        if (type is null)
            return Refuse("type", $"Give one of: {string.Join(", ", organisation.Types.Select(t => t.Name))}.");
        // Everything that is wrong in one round.
        var errors = ClaimCheck.Run(type, claims, now, out var accepted, shown);
        if (ClaimCheck.Reference(reference) is not { } fileNumber)
            return new Preparation.Refused(new SortedDictionary<string, string[]>(errors.ToDictionary(), StringComparer.Ordinal) { ["reference"] = ["Give your file number, 1 to 100 characters."] });
        if (accepted is null) return new Preparation.Refused(errors);
        // Whatever is corrected, it was issued in the same place.
        if (type.Claim(DerivedClaims.OriginalIssuer) is not null && shown?[DerivedClaims.OriginalIssuer] is { } place) accepted[DerivedClaims.OriginalIssuer] = place.DeepClone();
        if (scope.GapFor(organisation, type, accepted) is { } beyond) return new Preparation.Refused(new Dictionary<string, string[]> { [beyond.Field] = [beyond.Sentence] }, beyond);
        if (heldBy is not null) return new Preparation.Taken(heldBy);
        if (additions is not null) accepted[CorrectCredential.Additions] = additions;

        var credential = NewRecord(organisation, type, fileNumber, accepted, actor, now, replaces, addsTo);
        db.Credentials.Add(credential);
        db.Record(organisation.Slug, credential.Id, actor, "created", now);
        OfferView? offer = null;
        if (type.Approval)
        {
            credential.HoldBack(now);
            db.Record(organisation.Slug, credential.Id, actor, "held", now);
        }
        else
        {
            offer = offers.Add(organisation, credential, actor, now);
        }
        return new Preparation.Prepared(credential, offer);
    }

    /// <summary>The record of checked claims, as it is stored.</summary>
    internal static CredentialRecord NewRecord(Organisation organisation, TypeDefinition type, string fileNumber, JsonObject accepted, Actor actor, DateTimeOffset now, string? replaces = null, string? addsTo = null)
    {
        var name = HolderName(accepted);
        return new CredentialRecord
        {
            Id = RecordId.New(now),
            Organisation = organisation.Slug,
            Type = type.Name,
            Reference = fileNumber,
            HolderName = name,
            SearchText = SearchText(fileNumber, name),
            ClaimsJson = accepted.ToJsonString(),
            CreatedAt = now,
            PreparedBy = actor.ToString(),
            Replaces = replaces,
            AddsTo = addsTo,
        };
    }

    /// <summary>What the search compares with: lower case, one space between words.</summary>
    public static string SearchText(params string[] parts) =>
        string.Join(' ', parts.SelectMany(p => p.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToLowerInvariant();

    private static Preparation.Refused Refuse(string field, string message) => new(new Dictionary<string, string[]> { [field] = [message] });

    // Every name claim there is, both scripts, so that either finds the person.
    internal static string HolderName(JsonObject claims)
    {
        string[] order = ["full_name", "holder_name", "given_name", "family_name", "full_name_native", "holder_name_native"];
        var names = order.Select(n => claims[n]).OfType<JsonNode>().Where(n => n.GetValueKind() is JsonValueKind.String).Select(n => n.GetValue<string>()).ToList();
        var hasWholeName = claims.ContainsKey("full_name");
        return string.Join(" ", hasWholeName ? names.Where(n => n != Text(claims, "given_name") && n != Text(claims, "family_name")) : names);
    }

    private static string? Text(JsonObject claims, string name) => claims[name]?.GetValue<string>();
}
