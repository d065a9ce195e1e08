using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Deposits;

/// <summary>
/// Issues a deposited record again under the depositary's own name: says in whose place, which its accreditation must name, and ends every copy that the closed organisation signed. The caller has the organisation's
/// turn (<see cref="DepositDesk.ActAsync"/>), saves and commits.
/// </summary>
public sealed class ReissueDeposited(IssuerDb db, MakeOffer offers, OwnScope scope, TimeProvider clock)
{
    private const int MostAdditions = 20;

    /// <summary>What would be issued.</summary>
    internal sealed record Ready(TypeDefinition Type, JsonObject Claims);

    /// <summary>What would be issued, or why nothing is: <c>not_accepted</c>, <c>ended</c>, <c>state</c>, <c>unrecorded</c>, <c>type</c>, <c>claims</c> or <c>scope</c>. </summary>
    /// <param name="organisation">The depositary.</param>
    /// <param name="found">The record.</param>
    /// <param name="events">The ledger as it was read a moment ago.</param>
    /// <param name="ct">Ends it.</param>
    internal async Task<(Ready? Ready, DepositAct.Refused? Refused)> CheckAsync(Organisation organisation, DepositRecord found, IReadOnlyList<RegistryEvent> events, CancellationToken ct)
    {
        // Whoever supervises may have named another since: verifiers believe that one.
        if (!DepositTerm.Of(events, Convert.FromHexString(found.Deposit), organisation.Profile.Id()).IsOurs) return Refuse("not_accepted", "The ledger does not name this organisation as the depositary that has accepted, or no longer does.");
        if (found.State is CredentialState.Revoked or CredentialState.Returned) return (null, DepositAct.Ended);
        if (found.State is not CredentialState.Collected) return Refuse("state", "Only what was in force when the organisation closed is issued again.");
        if (!found.Recorded) return Refuse("unrecorded", "Nothing shows that the closed organisation ever signed this: none of its copies was on the ledger before the closing.");
        if (!await EntriesOf(found).AnyAsync(e => e.Value == (int)StatusValue.Valid, ct)) return (null, DepositAct.Ended);
        if (organisation.FindType(found.Type) is not { } type || type.Claim(DerivedClaims.OriginalIssuer) is null) return Refuse("type", "This organisation does not issue the type, or the type cannot say in whose place it was issued.");
        var claims = JsonNode.Parse(found.ClaimsJson)!.AsObject();
        if (!TryKeep(type, claims, out var kept) || ClaimCheck.Run(type, claims, clock.GetUtcNow(), out var accepted) is { Count: > 0 } || accepted is null) return Refuse("claims", "The claims that were left do not make a credential of this type here.");
        if (kept is not null) accepted[CorrectCredential.Additions] = kept;
        accepted[DerivedClaims.OriginalIssuer] = found.Deposit;
        return scope.WhyNotInPlaceOf(organisation, found.Deposit, type, accepted) is { } beyond ? Refuse("scope", beyond) : (new Ready(type, accepted), null);

        static (Ready?, DepositAct.Refused?) Refuse(string why, string reason) => (null, new DepositAct.Refused(why, reason));
    }

    /// <summary>Whether it was in force when the organisation closed, is so still, and the ledger shows that it was signed.</summary>
    internal async Task<bool> IsInForceAsync(DepositRecord found, CancellationToken ct) =>
        found is { State: CredentialState.Collected, Recorded: true } && await EntriesOf(found).AnyAsync(e => e.Value == (int)StatusValue.Valid, ct);

    /// <summary>Issues it and makes an offer; the old copies end. <paramref name="act"/> goes into the access log.</summary>
    internal async Task<DepositAct.Reissued> IssueAsync(Organisation organisation, DepositRecord found, Ready ready, Actor actor, string act, CancellationToken ct)
    {
        var (now, reference) = (clock.GetUtcNow(), found.Reference);
        for (var number = 1; await PrepareCredential.Holding(db, organisation.Slug, ready.Type.Name).AnyAsync(c => c.Reference == reference, ct); number++)
            reference = $"{found.Reference[..Math.Min(found.Reference.Length, 80)]} ({found.Deposit[..8]}{(number == 1 ? "" : $" {number}")})";
        var credential = PrepareCredential.NewRecord(organisation, ready.Type, reference, ready.Claims, actor, now);
        db.Credentials.Add(credential);
        db.Record(organisation.Slug, credential.Id, actor, "created", now);
        var offer = offers.Add(organisation, credential, actor, now);
        found.ReissuedAs = credential.Id;
        await EndAsync(found, Reasons.Replaced, null, ct);
        db.Log(organisation.Slug, Logged(found.Deposit, found.Id), actor, act, now);
        return new DepositAct.Reissued(credential, offer);
    }

    /// <summary>Another offer of what was issued for a phone, which ends the one before; null where a wallet has it already, it has ended since, or staff made an offer of it: that one stands.</summary>
    internal async Task<DepositAct.Reissued?> OfferAgainAsync(Organisation organisation, DepositRequest request, CancellationToken ct)
    {
        var credential = await db.Credentials.SingleAsync(c => c.Id == request.CredentialId && c.Organisation == organisation.Slug, ct);
        if (credential.State is not CredentialState.Offered || credential.CollectedAt is not null || organisation.FindType(credential.Type) is null) return null;
        if (await db.Offers.Where(o => o.CredentialId == credential.Id).OrderByDescending(o => o.CreatedAt).Select(o => o.Id).FirstOrDefaultAsync(ct) is { } newest && newest != request.OfferId) return null;
        await db.EndOffersAsync(credential.Id, ct);
        var offer = offers.Add(organisation, credential, Actor.Wallet, clock.GetUtcNow());
        request.OfferId = offer.Id;
        return new DepositAct.Reissued(credential, offer);
    }

    /// <summary>Ends the record and every copy of it, for ever.</summary>
    internal async Task EndAsync(DepositRecord record, string code, string? reason, CancellationToken ct)
    {
        (record.State, record.StateCode, record.StateReason, record.StateChangedAt) = (CredentialState.Revoked, code, reason, clock.GetUtcNow());
        (record.AskedBy, record.AskedFor, record.AskedRequest) = (null, null, null);
        var entries = await EntriesOf(record).Where(e => e.Value != (int)StatusValue.Invalid).ToListAsync(ct);
        foreach (var entry in entries) entry.Value = (int)StatusValue.Invalid;
        var lists = entries.Select(e => e.List).Distinct().ToList();
        await db.StatusLists.Where(l => l.Organisation == record.Deposit && lists.Contains(l.Number)).ExecuteUpdateAsync(l => l.SetProperty(x => x.Revision, x => x.Revision + 1), ct);
    }

    /// <summary>The status entries of its copies.</summary>
    internal IQueryable<StatusEntry> EntriesOf(DepositRecord record) => db.StatusEntries.Where(e => e.Organisation == record.Deposit && e.CredentialId == record.Id);

    /// <summary>The record in the access log: a file may name its records as it likes, as one of ours too.</summary>
    internal static string Logged(string deposit, string record) => $"{deposit[..16]}:{record}";

    // Of what nobody types only the dated sentences are kept; all else is worked out anew. False where they are none that a service can have written.
    internal static bool TryKeep(TypeDefinition type, JsonObject claims, out JsonArray? additions)
    {
        additions = type.Claim(CorrectCredential.Additions) is null ? null : claims[CorrectCredential.Additions] as JsonArray;
        var max = type.Claim(CorrectCredential.Additions)?.MaxLength;
        var good = claims[CorrectCredential.Additions] is null || additions is { Count: <= MostAdditions } && additions.All(a => StrictJson.Text(a) is { Length: > 0 } text && text.Length <= max && !text.Any(char.IsControl));
        foreach (var claim in type.Claims.Where(c => c.Derived is not null)) claims.Remove(claim.Name);
        additions = additions?.DeepClone().AsArray();
        return good;
    }
}
