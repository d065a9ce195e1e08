using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Closing;
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
    // Large enough that handing it to another core costs nothing, small enough that nobody waits long for the first.
    private const int SliceSize = 100;

    private readonly int _listSize = configuration.GetValue("Status:ListSize", 131_072);

    // Letters travel for weeks; an offer at a desk does not.
    private readonly TimeSpan _lifetime = configuration.GetValue("Bulk:OfferLifetime", TimeSpan.FromDays(60));

    /// <summary>Issues, agreed to by <paramref name="approver"/> where the type asks for a second person; null while no key may sign and some rows need one, and once the organisation closes. Call inside a transaction that is exclusive for the organisation.</summary>
    public async Task<IReadOnlyList<BulkIssued>?> RunAsync(
        Organisation organisation, TypeDefinition type, IReadOnlyList<BulkItem> items, Actor actor, Actor? approver, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.IsClosingAsync(organisation.Slug, ct)) return null;
        // Nothing is signed before a second person agreed, known key or not; the offer waits with it.
        var signs = (!type.Approval || approver is not null) && items.Any(i => i.Holder is not null);
        var key = signs ? await ring.ActiveAsync(db, organisation, ct) : null;
        if (signs && key is null) return null;

        var issued = new List<BulkIssued>(items.Count);
        var entries = new List<byte[]>();
        await using var sql = await SqlSession.BeginAsync(db, ct);
        await using var tables = new Tables(db, sql);
        var slices = new Queue<BulkItem[]>(items.Chunk(SliceSize));
        // While one slice is written, other cores sign the next and make the one after it; nothing of it is seen before the commit.
        Task<List<Row>>? signing = null;
        for (var making = MakeNext(); making is not null || signing is not null;)
        {
            Task<List<Row>>? next = null;
            if (making is not null)
            {
                var made = await making;
                making = MakeNext();
                await TakeAsync(sql, tables, organisation, [.. made.Where(row => row.Order is not null)], ct);
                next = Task.Run(() => Sign(made, now, ct), ct);
            }
            foreach (var row in signing is null ? [] : await signing)
            {
                await tables.WriteAsync(row, ct);
                issued.Add(new BulkIssued(row.Record.Id, row.Offer.Id));
                entries.AddRange(row.Copies.Select(copy => copy.Entry));
            }
            signing = next;
        }
        await RecordAsync(sql, organisation, issued, actor, approver, now, ct);
        // The log sorts by hash, so that neighbours in the file are no neighbours in the log.
        if (entries.Count > 0) await LedgerLog.AppendManyAsync(db, entries, now, ct);
        await sql.CommitAsync(ct);
        return issued;

        Task<List<Row>>? MakeNext() => slices.TryDequeue(out var slice) ? Task.Run(() => slice.Select(item => Make(organisation, type, key, item, actor, approver, now)).ToList(), ct) : null;
    }

    /// <summary>What was done with all of them is the same: one statement for each act and table.</summary>
    private async Task RecordAsync(SqlSession sql, Organisation organisation, List<BulkIssued> issued, Actor actor, Actor? approver, DateTimeOffset now, CancellationToken ct)
    {
        var ids = JsonSerializer.Serialize(issued.Select(i => i.CredentialId));
        await ActAsync(actor, "created");
        if (approver is not null) await ActAsync(approver, "approved");
        await EventAsync(actor, "offered");

        async Task ActAsync(Actor who, string act)
        {
            await EventAsync(who, act);
            await sql.RunAsync(ct,
                $"""INSERT INTO "access_log" ("Organisation", "CredentialId", "At", "Actor", "Role", "Act") SELECT @organisation, value, @at, @actor, @role, @act FROM {db.Database.EachTextOf("@ids")}""",
                ("@organisation", organisation.Slug), ("@at", Databases.Microseconds(now)), ("@actor", who.ToString()), ("@role", who.RoleFor(act)), ("@act", act), ("@ids", ids));
        }

        Task EventAsync(Actor who, string act) => sql.RunAsync(ct,
            $"""INSERT INTO "credential_events" ("CredentialId", "At", "Actor", "Act") SELECT value, @at, @actor, @act FROM {db.Database.EachTextOf("@ids")}""",
            ("@at", Databases.Microseconds(now)), ("@actor", who.ToString()), ("@act", act), ("@ids", ids));
    }

    private Row Make(Organisation organisation, TypeDefinition type, IssuerKey? key, BulkItem item, Actor actor, Actor? approver, DateTimeOffset now)
    {
        var record = PrepareCredential.NewRecord(organisation, type, item.Reference, item.Claims, actor, now);
        if (type.Approval) record.HoldBack(now);
        if (approver is not null && record.Approve(approver, now) is Step.Refused refused) throw new InvalidOperationException(refused.Reason);
        var row = new Row(record, MakeOffer.NewOffer(secrets, record, type, now, _lifetime));
        if (key is null || item.Holder is null) return row;
        var day = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var claims = DerivedClaims.AddTo(type, item.Claims, DateOnly.FromDateTime(now.UtcDateTime));
        row.Order = new SigningOrder(organisation, key, type, claims, item.Holder, day, type.ValidDays is { } days ? day.AddDays(days) : null, 0, 0);
        return row;
    }

    private static List<Row> Sign(List<Row> rows, DateTimeOffset now, CancellationToken ct)
    {
        rows.AsParallel().WithCancellation(ct).Where(row => row.Order is not null).ForAll(row => row.Sign(now));
        return rows;
    }

    /// <summary>Takes random free indices for the copies of each row; a list that is half full is followed by a new one, as in <see cref="TakeIndices"/>.</summary>
    private async Task TakeAsync(SqlSession sql, Tables tables, Organisation organisation, List<Row> rows, CancellationToken ct)
    {
        for (var done = 0; done < rows.Count;)
        {
            var newest = await sql.QueryAsync(ct, row => (Number: row.GetInt32(0), Size: row.GetInt32(1), Taken: row.GetInt32(2)),
                "SELECT \"Number\", \"Size\", \"Taken\" FROM \"status_lists\" WHERE \"Organisation\" = @o ORDER BY \"Number\" DESC LIMIT 1", ("@o", organisation.Slug));
            var list = newest.Count == 1 ? newest[0] : (Number: 0, Size: 0, Taken: 0);
            var room = Math.Min((list.Size / 2 - list.Taken) / Row.Formats.Count, rows.Count - done);
            if (room <= 0)
            {
                if (_listSize / 2 < Row.Formats.Count) throw new InvalidOperationException($"Status:ListSize is {_listSize}: half a list must hold the copies of one credential.");
                await using var lists = new PreparedInsert<StatusListRow>(db, sql);
                await lists.RunAsync(new StatusListRow { Organisation = organisation.Slug, Number = list.Number + 1, Size = _listSize }, ct);
                continue;
            }
            foreach (var row in rows.Skip(done).Take(room))
            {
                while (row.Indices.Count < Row.Formats.Count)
                {
                    var entry = new StatusEntry { Organisation = organisation.Slug, List = list.Number, Index = RandomNumberGenerator.GetInt32(list.Size), CredentialId = row.Record.Id };
                    if (await tables.TryTakeAsync(entry, ct)) row.Indices.Add(entry); // taken before: another one
                }
            }
            done += room;
            await sql.RunAsync(ct, "UPDATE \"status_lists\" SET \"Taken\" = \"Taken\" + @n WHERE \"Organisation\" = @o AND \"Number\" = @l",
                ("@n", room * Row.Formats.Count), ("@o", organisation.Slug), ("@l", list.Number));
        }
    }

    /// <summary>All that is written for a row of the file.</summary>
    private sealed class Row(CredentialRecord record, Offer offer)
    {
        /// <summary>The copies that are signed for a known key.</summary>
        public static readonly IReadOnlyList<string> Formats = [Configurations.SdJwtFormat, Configurations.CompactFormat];

        public CredentialRecord Record { get; } = record;

        public Offer Offer { get; } = offer;

        /// <summary>What to sign, but for the indices; null where the holder's key is not known yet.</summary>
        public SigningOrder? Order { get; set; }

        public List<StatusEntry> Indices { get; } = [];

        public IReadOnlyList<CredentialCopy> Copies { get; private set; } = [];

        public void Sign(DateTimeOffset now)
        {
            var holder = Order!.Holder!.ThumbprintText();
            Copies = [.. Formats.Zip(Indices, (format, place) => Copy(Order with { List = place.List, Index = place.Index }, format, holder, now))];
        }

        private CredentialCopy Copy(SigningOrder order, string format, string holder, DateTimeOffset now)
        {
            var (body, entry) = format == Configurations.CompactFormat ? CredentialSigner.Compact(order) : CredentialSigner.SdJwt(order);
            return new CredentialCopy
            {
                CredentialId = Record.Id, Organisation = Record.Organisation, OfferId = Offer.Id, Format = format, HolderKey = holder,
                List = order.List, Index = order.Index, Entry = entry, IssuedAt = now, ExpiresAt = order.Expires, Body = body,
            };
        }
    }

    /// <summary>The tables that a row is written to.</summary>
    private sealed class Tables(IssuerDb db, SqlSession sql) : IAsyncDisposable
    {
        private readonly PreparedInsert<CredentialRecord> _records = new(db, sql);
        private readonly PreparedInsert<Offer> _offers = new(db, sql);
        private readonly PreparedInsert<StatusEntry> _indices = new(db, sql, passOverConflicts: true);
        private readonly PreparedInsert<CredentialCopy> _copies = new(db, sql);

        public ValueTask<bool> TryTakeAsync(StatusEntry entry, CancellationToken ct) => _indices.RunAsync(entry, ct);

        public async Task WriteAsync(Row row, CancellationToken ct)
        {
            await _records.RunAsync(row.Record, ct);
            await _offers.RunAsync(row.Offer, ct);
            foreach (var copy in row.Copies) await _copies.RunAsync(copy, ct);
        }

        public async ValueTask DisposeAsync()
        {
            await _records.DisposeAsync();
            await _offers.DisposeAsync();
            await _indices.DisposeAsync();
            await _copies.DisposeAsync();
        }
    }
}
