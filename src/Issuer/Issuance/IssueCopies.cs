using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Authorization;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Recovery;
using Identity.Issuer.Status;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Issuance;

/// <summary>The outcome of asking for copies.</summary>
internal abstract record Collection
{
    private Collection() { }

    /// <summary>The credentials, one for each proof, in the order of the proofs, and the name by which the wallet reports on them.</summary>
    public sealed record Handed(IReadOnlyList<string> Credentials, string NotificationId) : Collection;

    /// <summary>Somebody has to agree first; the wallet asks again with this.</summary>
    public sealed record Deferred(string TransactionId) : Collection;

    /// <summary>Refused with an error of the protocol.</summary>
    public sealed record Refused(RequestError Error) : Collection;
}

/// <summary>Which copies to sign: one for each key. <paramref name="Family"/> is that of the access token.</summary>
internal sealed record CopyOrder(string OfferId, string Family, TypeDefinition Type, string Format, IReadOnlyList<Jwk> Keys);

/// <summary>
/// Signs one copy for each key and stores it with its status index and log entry, all in one transaction: killed at any line,
/// either nothing happened or the copies can be fetched again with the same keys while the token lives.
/// </summary>
internal sealed class IssueCopies(IssuerDb db, TakeIndices indices, MakePaper paper, OfferSecrets secrets, KeyRing ring, TimeProvider clock)
{
    /// <summary>Most copies of one credential on one phone, in a year and in a day: a wallet that fetches more and more is broken, or not a wallet.</summary>
    internal const int Most = 1000, MostADay = 100;

    public async Task<Collection> RunAsync(Organisation organisation, AccessToken token, CredentialRequest request, CheckedProofs proofs, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await EndedAsync(token, ct) is { } ended) return ended;
        var credential = await db.Credentials.SingleAsync(c => c.Id == token.CredentialId, ct);
        if (await UseNoncesAsync(proofs, ct) is { } replay) return replay;

        var order = new CopyOrder(token.OfferId, token.Family, request.Type, request.Format, proofs.Keys);
        var collection = await EarlierAsync(organisation, credential, order, now, ct)
            ?? (credential.State is CredentialState.Awaiting ? Wait(organisation, credential, order, now) : await SignAsync(organisation, credential, order, now, ct));
        if (collection is Collection.Refused) return collection;
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return collection;
    }

    /// <summary>The refusal where the token has ended since the request began, as it does when the record moves to a new phone; whoever calls has the turn.</summary>
    public async Task<Collection.Refused?> EndedAsync(AccessToken token, CancellationToken ct) =>
        await db.AccessTokens.AnyAsync(t => t.Hash == token.Hash, ct) ? null : Denied("The access token has ended.");

    /// <summary>Signs and adds to the unit of work; the caller saves and commits.</summary>
    public async Task<Collection> SignAsync(Organisation organisation, CredentialRecord credential, CopyOrder order, DateTimeOffset now, CancellationToken ct)
    {
        if (credential.Collect(now) is Step.Refused refused) return Denied(refused.Reason);
        // Papers count as copies: each takes an index and an entry, too.
        var (year, yesterday, wanted) = (now.AddDays(-365), now.AddDays(-1), Math.Max(1, order.Keys.Count));
        var before = db.Copies.Where(c => c.CredentialId == credential.Id && c.Family == order.Family);
        if (await before.CountAsync(c => c.IssuedAt > year, ct) + wanted > Most || await before.CountAsync(c => c.IssuedAt > yesterday, ct) + wanted > MostADay) return Denied("Too many copies of this credential were fetched. Ask again tomorrow.");
        if (order.Format == Configurations.PaperFormat) return await SignPaperAsync(organisation, credential, order, ct);
        if (await ring.ActiveAsync(db, organisation, ct) is not { } key) return Denied(await ring.WhyNoneAsync(db, organisation, ct));
        var copies = await CopiesAsync(organisation, key, credential, order, now, ct);
        db.Copies.AddRange(copies);
        for (var n = 0; n < copies.Count; n++) LedgerLog.Append(db, copies[n].Entry, now, n);
        db.Record(organisation.Slug, credential.Id, Actor.Wallet, "collected", now, $"{order.Format} × {copies.Count}");
        var notification = Handle("notification", order);
        AddNotice(organisation, credential, order, notification);
        return new Collection.Handed([.. copies.Select(c => c.Body!)], notification);
    }

    private async Task<Collection> SignPaperAsync(Organisation organisation, CredentialRecord credential, CopyOrder order, CancellationToken ct)
    {
        // What two people give, or take away, is ended by nobody else's phone, on paper neither.
        if (credential.PaperList is not null && TypeDefinition.Find(credential.Type) is { IsOfTwoPeople: true } && !await db.IsFirstAsync(credential.Id, order.Family, clock.GetUtcNow(), ct))
            return Denied("A paper is in force, and another phone had this credential first. The issuer makes another paper, when a second person agrees.");
        var made = await paper.AddAsync(organisation, credential, order.Type, order.OfferId, order.Family, Actor.Wallet, ct);
        if (made is not PaperMade.Made(var copy)) return Denied(((PaperMade.Refused)made).Reason);
        var notification = Handle("notification", order);
        AddNotice(organisation, credential, order, notification);
        return new Collection.Handed([copy.Body!], notification);
    }

    // What was handed out or put off before with this offer: the same again for the same keys, nothing for others.
    private async Task<Collection?> EarlierAsync(Organisation organisation, CredentialRecord credential, CopyOrder order, DateTimeOffset now, CancellationToken ct)
    {
        var keys = order.Keys.Select(k => k.ThumbprintText()).ToList();
        var copies = await db.Copies.Where(c => c.OfferId == order.OfferId).ToListAsync(ct);
        var isPaper = order.Format == Configurations.PaperFormat;
        if (isPaper) keys = [MakePaper.NoKey];
        if (copies.Where(c => c.Format == order.Format).ToDictionary(c => c.HolderKey) is { Count: > 0 } collected)
        {
            if (collected.Count != keys.Count || !keys.All(k => collected.TryGetValue(k, out var copy) && copy.Body is not null))
                return Denied("These credentials were collected already, with other keys.");
            foreach (var copy in copies) copy.Family ??= order.Family;
            var notification = Handle("notification", order);
            // Copies that were signed beforehand for a known key are collected only now.
            if (credential.State is CredentialState.Offered)
            {
                credential.Collect(now);
                db.Record(organisation.Slug, credential.Id, Actor.Wallet, "collected", now, $"{order.Format} × {keys.Count}");
            }
            var hash = OfferSecrets.Hash(notification);
            if (!await db.WalletNotices.AnyAsync(n => n.Hash == hash, ct)) AddNotice(organisation, credential, order, notification);
            return new Collection.Handed([.. keys.Select(k => collected[k].Body!)], notification);
        }
        var waiting = await db.DeferredIssues.AsNoTracking().Where(d => d.OfferId == order.OfferId && d.Organisation == organisation.Slug && d.DeliveredAt == null).ToListAsync(ct);
        if (waiting.Find(d => d.Format == order.Format) is { } same)
        {
            var transaction = Handle("transaction", order);
            return same.Hash.AsSpan().SequenceEqual(OfferSecrets.Hash(transaction)) ? new Collection.Deferred(transaction) : Denied("A wallet waits for these credentials already, with other keys.");
        }
        // A compact proof and the SD-JWT VC beside it belong to one key.
        if (isPaper) return null;
        var others = copies.Where(c => c.HolderKey != MakePaper.NoKey).Select(c => c.HolderKey).Concat(waiting.SelectMany(d => d.Keys().Select(k => k.ThumbprintText()))).ToHashSet();
        return others.Count > 0 && !others.SetEquals(keys)
            ? new Collection.Refused(RequestError.Proof("Use the keys of the copies collected before with this offer."))
            : null;
    }

    private Collection.Deferred Wait(Organisation organisation, CredentialRecord credential, CopyOrder order, DateTimeOffset now)
    {
        var transaction = Handle("transaction", order);
        db.DeferredIssues.Add(new DeferredIssue
        {
            Hash = OfferSecrets.Hash(transaction), Organisation = organisation.Slug, OfferId = order.OfferId, CredentialId = credential.Id, Format = order.Format,
            KeysJson = new JsonArray([.. order.Keys.Select(k => k.ToJson())]).ToJsonString(), CreatedAt = now,
        });
        db.Record(organisation.Slug, credential.Id, Actor.Wallet, "deferred", now);
        return new Collection.Deferred(transaction);
    }

    private void AddNotice(Organisation organisation, CredentialRecord credential, CopyOrder order, string notification) =>
        db.WalletNotices.Add(new WalletNotice { Hash = OfferSecrets.Hash(notification), Organisation = organisation.Slug, OfferId = order.OfferId, CredentialId = credential.Id });

    // Derived, so that a wallet that lost the answer gets the same name again. The keys are in it: another wallet gets another.
    private string Handle(string purpose, CopyOrder order) =>
        secrets.Handle(purpose, [order.OfferId, order.Format, .. order.Keys.Select(k => k.ThumbprintText()).Order(StringComparer.Ordinal)]);

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

    private async Task<List<CredentialCopy>> CopiesAsync(
        Organisation organisation, IssuerKey issuerKey, CredentialRecord credential, CopyOrder order, DateTimeOffset now, CancellationToken ct)
    {
        // Rounded down to the day, so that the copies of one batch do not carry one second in common.
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var expires = order.Type.ValidDays is { } days ? day.AddDays(days) : (DateTimeOffset?)null;
        var claims = DerivedClaims.AddTo(order.Type, credential.Claims(), DateOnly.FromDateTime(now.UtcDateTime));
        var taken = await indices.RunAsync(organisation.Slug, credential.Id, order.Keys.Count, ct);

        var copies = new List<CredentialCopy>();
        foreach (var (key, place) in order.Keys.Zip(taken))
        {
            var signing = new SigningOrder(organisation, issuerKey, order.Type, claims, key, day, expires, place.List, place.Index);
            var (body, entry) = order.Format == Configurations.CompactFormat ? CredentialSigner.Compact(signing) : CredentialSigner.SdJwt(signing);
            copies.Add(new CredentialCopy
            {
                CredentialId = credential.Id, Organisation = organisation.Slug, OfferId = order.OfferId, Family = order.Family, Format = order.Format, HolderKey = key.ThumbprintText(),
                List = place.List, Index = place.Index, Entry = entry, IssuedAt = now, ExpiresAt = expires, Body = body,
            });
        }
        return copies;
    }

    private static Collection.Refused Denied(string reason) => new(new RequestError("credential_request_denied", reason));
}
