using System.ComponentModel;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Monitoring;

/// <summary>Something in the public record that this service did not do.</summary>
public sealed record FindingView(
    [property: Description("unknown_entry: the log has an entry that this service did not make; contradiction: the ledger and the database say different things of the log; other_log: the organisation also records in a log that is not this service’s; unknown_key: the ledger has a key of the organisation that this service neither made nor registered; key_ended: somebody else ended a key of this service on the ledger.")] FindingKind Kind,
    [property: Description("The entry in hex; the contradiction’s sentence; organisation and log, or organisation and thumbprint of the key.")] string Subject,
    [property: Description("Of an entry: its place in the log, from 0.")] long? Position,
    DateTimeOffset FoundAt,
    [property: Description("Of an entry that is on the ledger: when its block says it was put there. A credential signed with a stolen key counts from then on.")] DateTimeOffset? AnchoredAt,
    long? Block);

/// <summary>How many copies of a type were signed on a day, in one form.</summary>
public sealed record IssuedCount(string Type, [property: Description("dc+sd-jwt, identity-compact or identity-compact-paper.")] string Format, DateOnly Day, long Copies);

/// <summary>What the monitor of the log knows.</summary>
public sealed record MonitorView(
    [property: Description("When the log was last compared; null before the first time.")] DateTimeOffset? LookedAt,
    [property: Description("The places of the log that were compared: from this one,")] long Since,
    [property: Description("to before this one.")] long Until,
    IReadOnlyList<FindingView> Findings,
    [property: Description("The last thirty days, newest first.")] IReadOnlyList<IssuedCount> Issued);

/// <summary>Tells what <see cref="WatchLog"/> found, and what was issued.</summary>
public sealed class MonitorReport(IssuerDb db, TimeProvider clock)
{
    /// <summary>How long a finding stands at the head of every page, and how far back is counted.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromDays(30);

    private const int Most = 100;
    private const long MicrosecondsOfDay = 24L * 60 * 60 * 1000 * 1000;

    /// <summary>The newest findings that concern an organisation, and what it issued.</summary>
    public async Task<MonitorView> OfAsync(Organisation organisation, CancellationToken ct)
    {
        var state = await db.MonitorStates.AsNoTracking().SingleOrDefaultAsync(s => s.Id == 1, ct);
        var findings = new List<FindingView>();
        foreach (var found in await Concerning(organisation.Slug).AsNoTracking().OrderByDescending(f => f.Id).Take(Most).ToListAsync(ct))
        {
            var anchor = found.Kind is FindingKind.UnknownEntry ? await LedgerLog.FindAsync(db, Convert.FromHexString(found.Subject), ct) as EntryPlace.Anchored : null;
            findings.Add(new FindingView(found.Kind, found.Subject, found.Position, found.FoundAt, anchor?.Anchor.Time, (long?)anchor?.Anchor.Block));
        }
        return new MonitorView(state?.LookedAt, state?.Since ?? 0, state?.Position ?? 0, findings, await IssuedAsync(organisation.Slug, ct));
    }

    /// <summary>How many findings are new enough to stand at the head of every page; of all organisations for null.</summary>
    public Task<int> RecentAsync(string? organisation, CancellationToken ct)
    {
        var since = clock.GetUtcNow() - Recent;
        return (organisation is null ? db.MonitorFindings : Concerning(organisation)).CountAsync(f => f.FoundAt >= since, ct);
    }

    private IQueryable<MonitorFinding> Concerning(string organisation) => db.MonitorFindings.Where(f => f.Organisation == null || f.Organisation == organisation);

    private async Task<IReadOnlyList<IssuedCount>> IssuedAsync(string organisation, CancellationToken ct)
    {
        // Days of UTC; times are stored as microseconds since 1970.
        var since = (clock.GetUtcNow() - Recent - DateTimeOffset.UnixEpoch).Days * MicrosecondsOfDay;
        var rows = await db.Database.SqlQuery<Row>($"""
            SELECT r."Type" AS "Type", c."Format" AS "Format", c."IssuedAt" / {MicrosecondsOfDay} AS "Day", COUNT(*) AS "Copies"
            FROM credential_copies c JOIN credentials r ON r."Id" = c."CredentialId"
            WHERE c."Organisation" = {organisation} AND c."IssuedAt" >= {since}
            GROUP BY 1, 2, 3
            """).ToListAsync(ct);
        return [.. rows.Select(r => new IssuedCount(r.Type, r.Format, DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(r.Day)), r.Copies)).OrderByDescending(c => c.Day).ThenBy(c => c.Type, StringComparer.Ordinal).ThenBy(c => c.Format, StringComparer.Ordinal)];
    }

    private sealed class Row
    {
        public required string Type { get; init; }

        public required string Format { get; init; }

        public required long Day { get; init; }

        public required long Copies { get; init; }
    }
}
