using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Authorization;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>The outcome of asking for copies.</summary>
internal abstract record Collection
{
    private Collection() { }

    /// <summary>The credentials, one for each proof, in the order of the proofs.</summary>
    public sealed record Handed(IReadOnlyList<string> Credentials) : Collection;

    /// <summary>Refused with an error of the protocol.</summary>
    public sealed record Refused(RequestError Error) : Collection;
}

/// <summary>
/// Signs one copy for each key and stores it with its status index and log entry, all in one transaction: killed at any line,
/// either nothing happened or the copies can be fetched again with the same keys while the token lives.
/// </summary>
internal sealed class IssueCopies(IssuerDb db, TakeIndices indices, KeyRing ring, TimeProvider clock)
{
    public async Task<Collection> RunAsync(Organisation organisation, AccessToken token, CredentialRequest request, CheckedProofs proofs, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        var credential = await db.Credentials.SingleAsync(c => c.Id == token.CredentialId, ct);
        if (await UseNoncesAsync(proofs, ct) is { } replay) return replay;

        var keys = proofs.Keys.Select(k => k.ThumbprintText()).ToList();
        var earlier = await db.Copies.Where(c => c.OfferId == token.OfferId).ToListAsync(ct);
        if (earlier.Where(c => c.Format == request.Format).ToDictionary(c => c.HolderKey) is { Count: > 0 } collected)
        {
            if (collected.Count != keys.Count || !keys.All(k => collected.TryGetValue(k, out var copy) && copy.Body is not null))
                return Denied("These credentials were collected already, with other keys.");
            // Copies that were signed beforehand for a known key are collected only now.
            if (credential.State is CredentialState.Offered)
            {
                credential.Collect(now);
                db.Events.Add(new CredentialEvent { CredentialId = credential.Id, At = now, Actor = Actor.Wallet.ToString(), Act = "collected", Reason = $"{request.Format} × {keys.Count}" });
            }
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            return new Collection.Handed([.. keys.Select(k => collected[k].Body!)]);
        }
        // A compact proof and the SD-JWT VC beside it belong to one key.
        if (earlier.Count > 0 && !earlier.Select(c => c.HolderKey).ToHashSet().SetEquals(keys))
            return new Collection.Refused(RequestError.Proof("Use the keys of the copies collected before with this offer."));
        if (credential.Collect(now) is Step.Refused refused) return Denied(refused.Reason);
        if (await ring.ActiveAsync(db, organisation, ct) is not { } key) return Denied("The issuer is replacing its signing key. Try again in a few minutes; the offer stays open.");

        var copies = await SignAsync(organisation, key, token, request, proofs.Keys, credential, now, ct);
        db.Copies.AddRange(copies);
        for (var n = 0; n < copies.Count; n++) LedgerLog.Append(db, copies[n].Entry, now, n);
        db.Record(organisation.Slug, credential.Id, Actor.Wallet, "collected", now, $"{request.Format} × {copies.Count}");
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new Collection.Handed([.. copies.Select(c => c.Body!)]);
    }

    // The organisation's writers take turns, so that a second use sees the first; the rows' primary key decides in any case.
    private async Task<Collection?> UseNoncesAsync(CheckedProofs proofs, CancellationToken ct)
    {
        foreach (var nonce in proofs.Nonces)
        {
            if (await db.UsedNonces.AnyAsync(n => n.Hash == nonce.Hash, ct))
                return new Collection.Refused(new RequestError("invalid_nonce", "The nonce was used before. Fetch a new one."));
            db.UsedNonces.Add(nonce);
        }
        return null;
    }

    private async Task<List<CredentialCopy>> SignAsync(
        Organisation organisation, IssuerKey issuerKey, AccessToken token, CredentialRequest request, IReadOnlyList<Jwk> keys, CredentialRecord credential, DateTimeOffset now, CancellationToken ct)
    {
        // Rounded down to the day, so that the copies of one batch do not carry one second in common.
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var expires = request.Type.ValidDays is { } days ? day.AddDays(days) : (DateTimeOffset?)null;
        var claims = DerivedClaims.AddTo(request.Type, credential.Claims(), DateOnly.FromDateTime(now.UtcDateTime));
        var taken = await indices.RunAsync(organisation.Slug, credential.Id, keys.Count, ct);

        var copies = new List<CredentialCopy>();
        foreach (var (key, place) in keys.Zip(taken))
        {
            var order = new SigningOrder(organisation, issuerKey, request.Type, claims, key, day, expires, place.List, place.Index);
            var (body, entry) = request.Format == Configurations.CompactFormat ? CredentialSigner.Compact(order) : CredentialSigner.SdJwt(order);
            copies.Add(new CredentialCopy
            {
                CredentialId = credential.Id, Organisation = organisation.Slug, OfferId = token.OfferId, Format = request.Format, HolderKey = key.ThumbprintText(),
                List = place.List, Index = place.Index, Entry = entry, IssuedAt = now, ExpiresAt = expires, Body = body,
            });
        }
        return copies;
    }

    private static Collection.Refused Denied(string reason) => new(new RequestError("credential_request_denied", reason));
}
