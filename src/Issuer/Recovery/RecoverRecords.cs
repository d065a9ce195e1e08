using System.Security.Cryptography;
using Identity.Credentials.Recovery;
using Identity.Credentials.StatusList;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Recovery;

/// <summary>The outcome of asking for everything anew on another phone.</summary>
internal abstract record Recovered
{
    private Recovered() { }

    /// <summary>
    /// The copies on the lost phone have ended; one offer for each record. <paramref name="Left"/> records could not be moved now: suspended, or stopped by staff.
    /// <paramref name="Differs"/> and <paramref name="CannotTell"/> more wait for staff, because the document that a desk read had another name, or could not be compared.
    /// </summary>
    public sealed record Done(IReadOnlyList<OfferView> Offers, int Left, int Differs, int CannotTell) : Recovered;

    /// <summary>An error of the endpoint.</summary>
    public sealed record Refused(string Code, string Description) : Recovered;
}

/// <summary>
/// Moves all records of one tag to a new wallet, in one transaction: every copy ends, on paper too, every token and open offer with it, and an ordinary offer is made. Two
/// things are needed together: the attestation of a trusted service, good once, and the sheet's secret where the sheet is one of its proofs. Where a desk decided, only records of
/// the person on its document move.
/// </summary>
internal sealed class RecoverRecords(IssuerDb db, RecoveryServices services, MakeOffer offers, ChangeStatus status, TimeProvider clock)
{
    /// <summary>Runs it.</summary>
    /// <param name="organisation">Whose records.</param>
    /// <param name="jwt">The attestation.</param>
    /// <param name="secret">The sheet's secret for this issuer, or null.</param>
    /// <param name="key">Thumbprint of the key that signed the request.</param>
    /// <param name="restOnly">Only what has not moved to this key yet: what came before stays as it is.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Recovered> RunAsync(Organisation organisation, string jwt, byte[]? secret, string key, bool restOnly, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!RecoveryAttestation.TryRead(jwt, services.KeysOf, out var attestation, out var reason)) return new Recovered.Refused("invalid_attestation", reason);
        if (services.Problem(attestation, organisation.Issuer, key, now) is { } problem) return new Recovered.Refused("invalid_attestation", problem);
        if (attestation.BySheet && secret is null) return Unknown;

        List<OfferView> made = [];
        List<DocumentVerdict> held = [];
        HashSet<int> lists = [];
        int known;
        await using (var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct))
        {
            var used = RecoveryServices.Used(attestation);
            if (await db.UsedNonces.AnyAsync(n => n.Hash == used.Hash, ct)) return new Recovered.Refused("invalid_attestation", "the attestation was used before");
            var found = await AnchorsAsync(organisation, attestation.Tag, now, ct);
            if (attestation.BySheet) found.RemoveAll(a => !CryptographicOperations.FixedTimeEquals(a.SecretHash, SHA256.HashData(secret!)));
            found = [.. found.DistinctBy(a => a.Record.CredentialId)];
            if (found.Count == 0) return Unknown;

            if (restOnly) found.RemoveAll(a => a.Record.RecoveredBy == key);

            db.UsedNonces.Add(used);
            foreach (var (anchor, hash, setAt) in found)
            {
                // What was told after the recovery had begun is not proved by it: nobody spends the seven days first and takes the phone then. Nor does an older recovery undo a newer one.
                if (anchor.StoppedAt is not null || attestation.Started <= setAt || (anchor.RecoveredBy is { } by && by != key && attestation.Completed < anchor.RecoveredAt)) continue;
                if (await HeldAsync(organisation, anchor, attestation, now, ct) is { } verdict)
                {
                    held.Add(verdict);
                    continue;
                }
                if (await MoveAsync(organisation, anchor.CredentialId, attestation, lists, now, ct) is not { } offer) continue;
                // What was told after what proved now, ends; what was told before stays as long as it would have.
                await db.EarlierAnchors.Where(e => e.CredentialId == anchor.CredentialId && e.SetAt >= setAt).ExecuteDeleteAsync(ct);
                (anchor.SecretHash, anchor.Tag, anchor.SetAt) = (hash, attestation.Tag, setAt);
                anchor.Moved(key, offer.Id, now);
                made.Add(offer);
            }
            known = found.Count;
            await db.SaveChangesAsync(ct);
            await status.MarkAsync(organisation, [.. lists], ct);
            await transaction.CommitAsync(ct);
        }
        await status.PublishAsync(organisation, [.. lists], ct);
        return new Recovered.Done(made, known - made.Count - held.Count, held.Count(v => v is DocumentVerdict.Differs), held.Count(v => v is DocumentVerdict.CannotTell));
    }

    // A wrong secret, an unknown tag and another organisation's tag read alike.
    private static Recovered.Refused Unknown => new("unknown_recovery", "This organisation knows no record for this sheet.");

    // One for each record: what its wallet told last, or what it told before and is not thirty days gone.
    private async Task<List<(RecoveryAnchor Record, byte[] SecretHash, DateTimeOffset SetAt)>> AnchorsAsync(Organisation organisation, string tag, DateTimeOffset now, CancellationToken ct)
    {
        var current = await db.RecoveryAnchors.Where(a => a.Organisation == organisation.Slug && a.Tag == tag).ToListAsync(ct);
        var earlier = await db.RecoveryAnchors.Where(a => a.Organisation == organisation.Slug).Join(db.EarlierAnchors.Where(e => e.Tag == tag && e.Until > now), a => a.CredentialId, e => e.CredentialId, (a, e) => new { a, e }).ToListAsync(ct);
        return [.. current.Select(a => (a, a.SecretHash, a.SetAt)).Concat(earlier.Select(x => (x.a, x.e.SecretHash, x.e.SetAt))).OrderBy(x => x.Item1.CredentialId, StringComparer.Ordinal).ThenBy(x => x.SetAt)];
    }

    // A thief with the sheet and a document of their own convinces an honest desk: what the desk read is compared with each record, and staff decide where it is not the same.
    private async Task<DocumentVerdict?> HeldAsync(Organisation organisation, RecoveryAnchor anchor, RecoveryAttestation attestation, DateTimeOffset now, CancellationToken ct)
    {
        if (attestation.Document is not { } document || anchor.LetGo == attestation.NewKey) return null;
        var (names, birth) = NamesInRecord.Of((await db.Credentials.AsNoTracking().SingleAsync(c => c.Id == anchor.CredentialId, ct)).Claims());
        var verdict = document.Compare(names, birth);
        if (verdict is DocumentVerdict.Same) return null;
        var because = verdict is DocumentVerdict.Differs ? "differs" : "cannot_tell";
        if (anchor.Hold(attestation.NewKey, because, DeskOf(attestation), now)) db.Record(organisation.Slug, anchor.CredentialId, Actor.Wallet, $"recovery_{because}", now, DeskOf(attestation));
        return verdict;
    }

    // So that an auditor finds the act in the desk's own log.
    internal static string DeskOf(RecoveryAttestation attestation) => string.Join(" · ", new[] { attestation.Desk, attestation.Mandate, attestation.Staff }.OfType<string>());

    private async Task<OfferView?> MoveAsync(Organisation organisation, string id, RecoveryAttestation attestation, HashSet<int> lists, DateTimeOffset now, CancellationToken ct)
    {
        var credential = await db.Credentials.SingleAsync(c => c.Id == id, ct);
        if (organisation.FindType(credential.Type) is null || credential.Recover(now) is Step.Refused) return null;
        lists.UnionWith(await status.ApplyAsync(organisation, id, StatusValue.Invalid, ct));
        await db.EndOffersAsync(id, ct);
        db.Record(organisation.Slug, id, Actor.Wallet, Reasons.Recovered, now, string.Join(" + ", attestation.Proofs) + (attestation.ByDesk ? $" ({DeskOf(attestation)})" : ""));
        return offers.Add(organisation, credential, Actor.Wallet, now);
    }
}
