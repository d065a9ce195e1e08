using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Deposits;

/// <summary>
/// Issues again what a phone shows that still has it: the entry that the ledger held before the closing commits to all that the copy says, and the key to who has it, so no clerk looks. Where anything speaks against
/// that (<see cref="Doubt"/>), or two people must agree, the request waits for staff.
/// </summary>
internal sealed class RenewDeposited(IssuerDb db, DepositDesk desk, ReissueDeposited reissue, ChainRecord chain, TimeProvider clock)
{
    /// <summary>Runs it.</summary>
    /// <param name="organisation">The depositary.</param>
    /// <param name="deposit">Id of the closed organisation.</param>
    /// <param name="shown">A copy with all its disclosures; whoever asks has proved to have <paramref name="key"/>, the key that it names.</param>
    /// <param name="key">Thumbprint of that key.</param>
    /// <param name="ct">Ends the work.</param>
    /// <returns><see cref="DepositAct.Reissued"/>, <see cref="DepositAct.Waits"/>, <see cref="DepositAct.Refused"/> (also <c>refused</c>: by a clerk) or <see cref="DepositAct.NotFound"/>.</returns>
    public async Task<DepositAct> RunAsync(Organisation organisation, string deposit, SdJwtVc shown, string key, CancellationToken ct)
    {
        var entry = Entry.OfJwt(shown.Document.Jwt.Compact);
        if (await db.DepositCopies.AsNoTracking().SingleOrDefaultAsync(c => c.Deposit == deposit && c.Entry == entry, ct) is not { } copy) return new DepositAct.NotFound();
        if (await chain.TryReadAsync(ct) is not { } events) return DepositAct.LedgerUnreadable;
        // That it was recorded says when; who signed it the ledger's keys say.
        var closed = Convert.FromHexString(deposit);
        if (!TakeOverCommand.IsSigned(shown.Document.Jwt, TakeOverCommand.SignersOf(events, closed))) return new DepositAct.NotFound();
        if (await desk.FindAsync(organisation, deposit, ct) is not { } known) return new DepositAct.NotFound();
        var place = db.StatusEntries.AsNoTracking().Where(e => e.Organisation == deposit && e.List == copy.List && e.Index == copy.Index);
        return await desk.ActAsync(organisation, deposit, await place.Select(e => e.CredentialId).SingleAsync(ct), ct, async found =>
        {
            var now = clock.GetUtcNow();
            var request = await db.DepositRequests.SingleOrDefaultAsync(r => r.Deposit == deposit && r.Record == found.Id && r.Phone == key, ct);
            if (request is { State: DepositRequestState.Issued }) return await reissue.OfferAgainAsync(organisation, request, ct) ?? (DepositAct)DepositAct.Ended;
            if (request is { State: DepositRequestState.Refused }) return new DepositAct.Refused("refused", request.Reason!);
            if (await place.AnyAsync(e => e.Value != (int)StatusValue.Valid, ct)) return DepositAct.Ended;
            var (ready, refused) = await reissue.CheckAsync(organisation, found, events, ct);
            if (refused is { Why: not "claims" }) return refused;
            var differing = Differing(found, shown);
            var because = shown.Status is not { } said || said.Uri != known.StatusListUri(copy.List) || said.Index != copy.Index ? "place"
                : ready is null || differing.Count > 0 ? "claims"
                : await db.DepositRequests.AnyAsync(r => r.Deposit == deposit && r.Record == found.Id && r.Proofs != DepositRequest.ByCopy && r.State == DepositRequestState.Waiting, ct) ? "recovery"
                : Doubt(events, closed, organisation.Profile.Id(), shown, now) ?? (ready.Type.IsOfTwoPeople ? "two_people" : null);
            if (request is not null && because is not null) return new DepositAct.Waits(Changed: false);
            if (request is null)
                db.DepositRequests.Add(request = new DepositRequest
                {
                    Deposit = deposit, Record = found.Id, Phone = key, Id = RecordId.New(now), Proofs = DepositRequest.ByCopy, AskedAt = now, Until = now + DepositRequest.Kept,
                    Because = because, Detail = because is "claims" && differing.Count > 0 ? string.Join(' ', differing) : null,
                });
            if (because is not null)
            {
                db.Log(organisation.Slug, ReissueDeposited.Logged(deposit, found.Id), Actor.Wallet, "deposit_phone_asked", now);
                return new DepositAct.Waits(Changed: true);
            }
            var done = await reissue.IssueAsync(organisation, found, ready!, Actor.Wallet, "deposit_renewed", ct);
            (request.State, request.CredentialId, request.OfferId) = (DepositRequestState.Issued, done.Credential.Id, done.Offer.Id);
            return done;
        });
    }

    /// <summary>Why a person must look although the copy is what the record says: <c>earlier</c>, <c>key</c> or <c>expired</c> (<see cref="DepositRequest.Because"/>); null where there is nothing.</summary>
    internal static string? Doubt(IReadOnlyList<RegistryEvent> events, byte[] closed, byte[] depositary, SdJwtVc shown, DateTimeOffset now) =>
        DepositTerm.Of(events, closed, depositary).HadAnother ? "earlier"
        : events.OfType<RegistryEvent.KeyEnded>().Any(k => k.Reason is KeyEnding.Compromised && Base64Url.Encode(k.Thumbprint) == shown.Document.Jwt.KeyId && k.Organisation.AsSpan().SequenceEqual(closed)) ? "key"
        : !shown.IsTimely(now, TimeSpan.Zero, out _) ? "expired"
        : null;

    // All that the new credential would say in the holder's or the closed organisation's words.
    private static List<string> Differing(DepositRecord record, SdJwtVc shown)
    {
        if (TypeDefinition.Find(record.Type) is not { } type || shown.Vct != type.Vct) return ["vct"];
        var claims = JsonNode.Parse(record.ClaimsJson)!.AsObject();
        return [.. type.Claims.Where(c => c.Derived is null || c.Name == CorrectCredential.Additions).Select(c => c.Name).Where(name => !JsonNode.DeepEquals(claims[name], shown.Claims[name]))];
    }
}
