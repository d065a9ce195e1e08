using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Recovery;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Recovery;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Deposits;

/// <summary>The outcome of asking a depositary for what was on a lost phone.</summary>
internal abstract record DepositRecovery
{
    private DepositRecovery() { }

    /// <summary>
    /// <paramref name="Offers"/>: what staff issued again for this phone and nobody has collected. <paramref name="Waiting"/> more records wait for staff, and so do <paramref name="Differs"/> and
    /// <paramref name="CannotTell"/>, where the document that a desk read is not the record's or cannot be compared. <paramref name="Left"/> are not issued again this way: not in force, stopped, refused, or told too late.
    /// </summary>
    public sealed record Done(IReadOnlyList<OfferView> Offers, int Waiting, int Left, int Differs, int CannotTell) : DepositRecovery;

    /// <summary>An error of the endpoint.</summary>
    public sealed record Refused(string Code, string Description) : DepositRecovery;
}

/// <summary>
/// Asks for everything of one tag that a closed organisation had issued, for a new phone, by the proofs that this organisation would have taken (<see cref="RecoverRecords"/>). Nobody sees the old copy here, and a dishonest
/// file can put other claims beside a true entry: so nothing is issued before a clerk has looked, and nothing ends.
/// </summary>
internal sealed class RecoverDeposited(IssuerDb db, RecoveryServices services, DepositDesk desk, ReissueDeposited reissue, TimeProvider clock)
{
    /// <summary>Runs it.</summary>
    /// <param name="organisation">The depositary.</param>
    /// <param name="deposit">Id of the closed organisation.</param>
    /// <param name="jwt">The attestation, for the closed organisation.</param>
    /// <param name="secret">The sheet's secret for the closed organisation, or null.</param>
    /// <param name="key">Thumbprint of the key that signed the request.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<DepositRecovery> RunAsync(Organisation organisation, string deposit, string jwt, byte[]? secret, string key, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await desk.FindAsync(organisation, deposit, ct) is not { } known) return Unknown;
        if (known.State is not DepositState.Accepted) return new DepositRecovery.Refused("not_accepted", "The deposit is not accepted on the ledger yet.");
        if (!RecoveryAttestation.TryRead(jwt, services.KeysOf, out var attestation, out var reason)) return new DepositRecovery.Refused("invalid_attestation", reason);
        if (services.Problem(attestation, known.Issuer(), key, now) is { } problem) return new DepositRecovery.Refused("invalid_attestation", problem);
        if (attestation.BySheet && secret is null) return Unknown;

        List<OfferView> made = [];
        var (waiting, left, differs, cannotTell) = (0, 0, 0, 0);
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await db.IsClosingAsync(organisation.Slug, ct)) return new DepositRecovery.Refused("closing", "The organisation is closing or closed itself.");
        var used = RecoveryServices.Used(attestation);
        if (await db.UsedNonces.AnyAsync(n => n.Hash == used.Hash, ct)) return new DepositRecovery.Refused("invalid_attestation", "the attestation was used before");
        var told = await db.DepositAnchors.AsNoTracking().Where(a => a.Deposit == deposit && a.Tag == attestation.Tag && (a.Until == null || a.Until > now)).ToListAsync(ct);
        if (attestation.BySheet) told.RemoveAll(a => !CryptographicOperations.FixedTimeEquals(a.SecretHash, SHA256.HashData(secret!)));
        if (told.Count == 0) return Unknown;

        db.UsedNonces.Add(used);
        foreach (var anchor in told.OrderBy(a => a.SetAt).DistinctBy(a => a.Record))
        {
            var record = await db.DepositRecords.SingleAsync(r => r.Deposit == deposit && r.Id == anchor.Record, ct);
            var request = await db.DepositRequests.SingleOrDefaultAsync(r => r.Deposit == deposit && r.Record == record.Id && r.Phone == key, ct);
            if (request is { State: DepositRequestState.Issued })
            {
                if (await reissue.OfferAgainAsync(organisation, request, ct) is { } again) made.Add(again.Offer);
            }
            // What was told after the recovery had begun is not proved by it.
            else if (anchor.StoppedAt is not null || attestation.Started <= anchor.SetAt || request is { State: DepositRequestState.Refused }) left++;
            // Whoever has the phone was faster than whoever lost it: staff learn that, and whose proofs speak against it.
            else if (record.ReissuedAs is { } renewed && await db.Credentials.AnyAsync(c => c.Id == renewed && c.PreparedBy == Actor.Wallet.ToString() && c.State != CredentialState.Revoked, ct))
            {
                Ask(organisation, record, request, key, attestation, DepositRequest.Renewed, now);
                waiting++;
            }
            else if (!await reissue.IsInForceAsync(record, ct)) left++;
            else
            {
                var verdict = Compare(attestation, record);
                Ask(organisation, record, request, key, attestation, attestation.Document is null ? "no_document" : verdict switch { DocumentVerdict.Same => null, DocumentVerdict.Differs => "differs", _ => "cannot_tell" }, now);
                if (verdict is DocumentVerdict.Same) waiting++;
                else if (verdict is DocumentVerdict.Differs) differs++;
                else cannotTell++;
            }
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new DepositRecovery.Done(made, waiting, left, differs, cannotTell);
    }

    // A wrong secret, an unknown tag and a deposit that is not here read alike.
    private static DepositRecovery.Refused Unknown => new("unknown_recovery", "This organisation knows no record of that organisation for this sheet.");

    private static DocumentVerdict Compare(RecoveryAttestation attestation, DepositRecord record)
    {
        if (attestation.Document is not { } document) return DocumentVerdict.Same;
        var (names, birth) = NamesInRecord.Of(JsonNode.Parse(record.ClaimsJson)!.AsObject());
        return document.Compare(names, birth);
    }

    // Asked again with the same proofs it is the same request: whoever is about to decide on it is not held up.
    private void Ask(Organisation organisation, DepositRecord record, DepositRequest? request, string key, RecoveryAttestation attestation, string? because, DateTimeOffset now)
    {
        var (proofs, detail) = (string.Join(" + ", attestation.Proofs), attestation.ByDesk ? RecoverRecords.DeskOf(attestation) : null);
        if (request is not null && request.Proofs == proofs && request.Because == because && request.Detail == detail) return;
        var (id, until) = (RecordId.New(now), now + DepositRequest.Kept);
        if (request is null) db.DepositRequests.Add(new DepositRequest { Deposit = record.Deposit, Record = record.Id, Phone = key, Id = id, Proofs = proofs, Because = because, Detail = detail, AskedAt = now, Until = until });
        else (request.Id, request.Proofs, request.Because, request.Detail, request.AskedAt, request.Until) = (id, proofs, because, detail, now, until);
        record.Version++;
        db.Log(organisation.Slug, ReissueDeposited.Logged(record.Deposit, record.Id), Actor.Wallet, "deposit_phone_asked", now);
    }
}
