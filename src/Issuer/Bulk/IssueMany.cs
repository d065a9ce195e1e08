using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Keys;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Log;

namespace Identity.Issuer.Bulk;

/// <summary>A row to issue: checked claims, and the holder's key where it is known beforehand.</summary>
internal sealed record BulkItem(string Reference, JsonObject Claims, Jwk? Holder);

/// <summary>What became of a row.</summary>
internal sealed record BulkIssued(string CredentialId, string OfferId);

/// <summary>
/// Issues many credentials inside the caller's transaction, with one prepared statement for each table. As for one credential, each
/// gets a record and an offer, and is signed when its holder collects it. Where the holder's key is known beforehand, both copies are
/// signed at once, with their status indices and log entries; the offer then hands them out to that key and no other.
/// </summary>
internal sealed class IssueMany(IssuerDb db, KeyRing ring, OfferSecrets secrets, IConfiguration configuration)
{
    private readonly int _listSize = configuration.GetValue("Status:ListSize", 131_072);

    // Letters travel for weeks; an offer at a desk does not.
    private readonly TimeSpan _lifetime = configuration.GetValue("Bulk:OfferLifetime", TimeSpan.FromDays(60));

    /// <summary>Issues, agreed to by <paramref name="approver"/> where the type asks for a second person; null while no key may sign and some rows need one. Call inside a transaction that is exclusive for the organisation.</summary>
    public async Task<IReadOnlyList<BulkIssued>?> RunAsync(
        Organisation organisation, TypeDefinition type, IReadOnlyList<BulkItem> items, Actor actor, Actor? approver, DateTimeOffset now, CancellationToken ct)
    {
        var waits = type.Approval && approver is null;
        var bound = waits ? 0 : items.Count(i => i.Holder is not null);
        var key = bound == 0 ? null : await ring.ActiveAsync(db, organisation, ct);
        if (bound > 0 && key is null) return null;

        await using var sql = await SqlSession.BeginAsync(db, ct);
        var prepared = new List<(CredentialRecord Record, Offer Offer)>(items.Count);
        var orders = new List<BulkOrder>(bound * 2);
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var expires = type.ValidDays is { } days ? day.AddDays(days) : (DateTimeOffset?)null;
        foreach (var item in items)
        {
            var record = PrepareCredential.NewRecord(organisation, type, item.Reference, item.Claims, actor, now);
            if (type.Approval) record.HoldBack(now);
            if (approver is not null && record.Approve(approver, now) is Step.Refused refused) throw new InvalidOperationException(refused.Reason);
            var offer = MakeOffer.NewOffer(secrets, record, type, now, _lifetime);
            prepared.Add((record, offer));
            // Nothing is signed before a second person agreed, known key or not; the offer waits with it.
            if (waits || item.Holder is not { } holder) continue;
            var order = new SigningOrder(organisation, key!, type, DerivedClaims.AddTo(type, item.Claims, DateOnly.FromDateTime(now.UtcDateTime)), holder, day, expires, 0, 0);
            orders.Add(new BulkOrder(order, Configurations.SdJwtFormat, record.Id, offer.Id));
            orders.Add(new BulkOrder(order, Configurations.CompactFormat, record.Id, offer.Id));
        }
        if (orders.Count > 0) await TakeAsync(sql, organisation, orders, ct);
        // Other cores sign while this one writes; nothing of it is seen before the commit.
        var signing = Task.Run(() => orders.AsParallel().AsOrdered().WithCancellation(ct).Select(order => order.Sign()).ToList(), ct);
        await WriteAsync(sql, prepared, actor, approver, now, ct);
        var signed = await signing;
        await using (var copies = new PreparedInsert<CredentialCopy>(db, sql))
        {
            for (var i = 0; i < orders.Count; i++) await copies.RunAsync(orders[i].Copy(signed[i], now), ct);
        }
        // The log sorts by hash, so that neighbours in the file are no neighbours in the log.
        if (signed.Count > 0) await LedgerLog.AppendManyAsync(db, [.. signed.Select(s => s.Entry)], now, ct);
        await sql.CommitAsync(ct);
        return prepared.ConvertAll(p => new BulkIssued(p.Record.Id, p.Offer.Id));
    }

    private async Task WriteAsync(SqlSession sql, List<(CredentialRecord Record, Offer Offer)> prepared, Actor actor, Actor? approver, DateTimeOffset now, CancellationToken ct)
    {
        await using var records = new PreparedInsert<CredentialRecord>(db, sql);
        await using var events = new PreparedInsert<CredentialEvent>(db, sql);
        await using var log = new PreparedInsert<AccessEntry>(db, sql);
        await using var offers = new PreparedInsert<Offer>(db, sql);
        var (who, role) = (actor.ToString(), actor.RoleFor("created"));
        foreach (var (record, offer) in prepared)
        {
            await records.RunAsync(record, ct);
            await events.RunAsync(new CredentialEvent { CredentialId = record.Id, At = now, Actor = who, Act = "created" }, ct);
            await log.RunAsync(new AccessEntry { Organisation = record.Organisation, CredentialId = record.Id, At = now, Actor = who, Role = role, Act = "created" }, ct);
            if (approver is not null)
            {
                await events.RunAsync(new CredentialEvent { CredentialId = record.Id, At = now, Actor = approver.ToString(), Act = "approved" }, ct);
                await log.RunAsync(new AccessEntry { Organisation = record.Organisation, CredentialId = record.Id, At = now, Actor = approver.ToString(), Role = approver.RoleFor("approved"), Act = "approved" }, ct);
            }
            await offers.RunAsync(offer, ct);
            await events.RunAsync(new CredentialEvent { CredentialId = record.Id, At = now, Actor = who, Act = "offered" }, ct);
        }
    }

    /// <summary>Takes a random free index for each copy; a list that is half full is followed by a new one, as in <see cref="TakeIndices"/>.</summary>
    private async Task TakeAsync(SqlSession sql, Organisation organisation, List<BulkOrder> orders, CancellationToken ct)
    {
        await using var entries = new PreparedInsert<StatusEntry>(db, sql, passOverConflicts: true);
        for (var taken = 0; taken < orders.Count;)
        {
            var newest = await sql.QueryAsync(ct, row => (Number: row.GetInt32(0), Size: row.GetInt32(1), Taken: row.GetInt32(2)),
                "SELECT \"Number\", \"Size\", \"Taken\" FROM \"status_lists\" WHERE \"Organisation\" = @o ORDER BY \"Number\" DESC LIMIT 1", ("@o", organisation.Slug));
            var list = newest.Count == 1 ? newest[0] : (Number: 0, Size: 0, Taken: 0);
            var room = Math.Min(list.Size / 2 - list.Taken, orders.Count - taken);
            if (room <= 0)
            {
                await using var lists = new PreparedInsert<StatusListRow>(db, sql);
                await lists.RunAsync(new StatusListRow { Organisation = organisation.Slug, Number = list.Number + 1, Size = _listSize }, ct);
                continue;
            }
            for (var left = room; left > 0;)
            {
                var entry = new StatusEntry { Organisation = organisation.Slug, List = list.Number, Index = RandomNumberGenerator.GetInt32(list.Size), CredentialId = orders[taken].CredentialId };
                if (!await entries.RunAsync(entry, ct)) continue; // taken before: another one
                orders[taken] = orders[taken].At(entry);
                taken++;
                left--;
            }
            await sql.RunAsync(ct, "UPDATE \"status_lists\" SET \"Taken\" = \"Taken\" + @n WHERE \"Organisation\" = @o AND \"Number\" = @l", ("@n", room), ("@o", organisation.Slug), ("@l", list.Number));
        }
    }

    /// <summary>A copy to be signed for a known key.</summary>
    private sealed record BulkOrder(SigningOrder Order, string Format, string CredentialId, string OfferId)
    {
        public BulkOrder At(StatusEntry place) => this with { Order = Order with { List = place.List, Index = place.Index } };

        public (string Body, byte[] Entry) Sign() => Format == Configurations.CompactFormat ? CredentialSigner.Compact(Order) : CredentialSigner.SdJwt(Order);

        public CredentialCopy Copy((string Body, byte[] Entry) signed, DateTimeOffset now) => new()
        {
            CredentialId = CredentialId, Organisation = Order.Organisation.Slug, OfferId = OfferId, Format = Format, HolderKey = Order.Holder.ThumbprintText(),
            List = Order.List, Index = Order.Index, Entry = signed.Entry, IssuedAt = now, ExpiresAt = Order.Expires, Body = signed.Body,
        };
    }
}
