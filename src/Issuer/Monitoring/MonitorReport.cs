using System.ComponentModel;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Identity.Issuer.Status;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Monitoring;

/// <summary>What somebody of the organisation found out about a finding.</summary>
public sealed record FindingAnswer([property: Description("staff:NUMBER or api:NUMBER.")] string By, DateTimeOffset At, string Note);

/// <summary>What answering a finding came to.</summary>
public enum FindingAnswered
{
    /// <summary>It stands beside the finding.</summary>
    Done,

    /// <summary>No finding of this number concerns the organisation.</summary>
    NoFinding,

    /// <summary>The sentence is missing, or too long.</summary>
    NoNote,
}

/// <summary>Something in the public record that this service did not do.</summary>
public sealed record FindingView(
    [property: Description("Names the finding for an answer.")] long Id,
    [property: Description("unknown_entry: the log has an entry that this service did not make; contradiction: the ledger and the database say different things of the log; other_log: the organisation also records in a log that is not this service’s; unknown_key: the ledger has a key of the organisation that this service neither made nor registered; key_ended: somebody else ended a key of this service on the ledger.")] FindingKind Kind,
    [property: Description("The entry in hex; the contradiction’s sentence; organisation and log, or organisation and thumbprint of the key.")] string Subject,
    [property: Description("Of an entry: its place in the log, from 0.")] long? Position,
    DateTimeOffset FoundAt,
    [property: Description("Of an entry that is on the ledger: when its block says it was put there. A credential signed with a stolen key counts from then on.")] DateTimeOffset? AnchoredAt,
    long? Block,
    [property: Description("What the organisation found out about it, the oldest first. Until there is one, the finding stands at the head of every page of administrators and auditors.")] IReadOnlyList<FindingAnswer> Answers);

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
public sealed class MonitorReport(IssuerDb db, OrganisationDirectory organisations, TimeProvider clock)
{
    private static readonly TimeSpan Counted = TimeSpan.FromDays(30);

    private const int Most = 100;
    private const long MicrosecondsOfDay = 24L * 60 * 60 * 1000 * 1000;

    /// <summary>The findings that concern an organisation, those without its answer first and the newest of them first, and what it issued.</summary>
    public async Task<MonitorView> OfAsync(Organisation organisation, CancellationToken ct)
    {
        var state = await db.MonitorStates.AsNoTracking().SingleOrDefaultAsync(s => s.Id == 1, ct);
        var findings = new List<FindingView>();
        var listed = await Concerning(organisation.Slug).AsNoTracking().OrderBy(f => db.MonitorAnswers.Any(a => a.Finding == f.Id && a.Organisation == organisation.Slug)).ThenByDescending(f => f.Id).Take(Most).ToListAsync(ct);
        var ids = listed.Select(f => f.Id).ToList();
        var answers = (await db.MonitorAnswers.AsNoTracking().Where(a => a.Organisation == organisation.Slug && ids.Contains(a.Finding)).OrderBy(a => a.Id).ToListAsync(ct)).ToLookup(a => a.Finding, a => new FindingAnswer(a.By, a.At, a.Note));
        foreach (var found in listed)
        {
            var anchor = found.Kind is FindingKind.UnknownEntry ? await LedgerLog.FindAsync(db, Convert.FromHexString(found.Subject), ct) as EntryPlace.Anchored : null;
            findings.Add(new FindingView(found.Id, found.Kind, found.Subject, found.Position, found.FoundAt, anchor?.Anchor.Time, (long?)anchor?.Anchor.Block, [.. answers[found.Id]]));
        }
        return new MonitorView(state?.LookedAt, state?.Since ?? 0, state?.Position ?? 0, findings, await IssuedAsync(organisation.Slug, ct));
    }

    /// <summary>How many findings an organisation has not answered.</summary>
    public Task<int> OpenAsync(string organisation, CancellationToken ct) => Concerning(organisation).CountAsync(f => !db.MonitorAnswers.Any(a => a.Finding == f.Id && a.Organisation == organisation), ct);

    /// <summary>How many findings wait for an answer of some organisation: what concerns all is answered once each of them has, and none silences it for another.</summary>
    public Task<int> OpenAsync(CancellationToken ct)
    {
        var all = organisations.All.Select(o => o.Slug).ToList();
        return db.MonitorFindings.CountAsync(f => db.MonitorAnswers.Where(a => a.Finding == f.Id && (f.Organisation == null ? all.Contains(a.Organisation) : a.Organisation == f.Organisation))
            .Select(a => a.Organisation).Distinct().Count() < (f.Organisation == null ? all.Count : 1), ct);
    }

    /// <summary>Writes down what an organisation found out about a finding that concerns it.</summary>
    /// <param name="organisation">Who answers.</param>
    /// <param name="finding">The finding's number.</param>
    /// <param name="note">A sentence of 3 to 500 characters.</param>
    /// <param name="actor">The administrator.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<FindingAnswered> AnswerAsync(Organisation organisation, long finding, string? note, Actor actor, CancellationToken ct)
    {
        if (!await Concerning(organisation.Slug).AnyAsync(f => f.Id == finding, ct)) return FindingAnswered.NoFinding;
        if (Reasons.Sentence(note) is not { } sentence) return FindingAnswered.NoNote;
        var now = clock.GetUtcNow();
        db.MonitorAnswers.Add(new MonitorAnswer { Finding = finding, Organisation = organisation.Slug, By = actor.ToString(), At = now, Note = sentence });
        db.Log(organisation.Slug, null, actor, "finding_answered", now);
        await db.SaveChangesAsync(ct);
        return FindingAnswered.Done;
    }

    private IQueryable<MonitorFinding> Concerning(string organisation) => db.MonitorFindings.Where(f => f.Organisation == null || f.Organisation == organisation);

    private async Task<IReadOnlyList<IssuedCount>> IssuedAsync(string organisation, CancellationToken ct)
    {
        // Days of UTC; times are stored as microseconds since 1970.
        var since = (clock.GetUtcNow() - Counted - DateTimeOffset.UnixEpoch).Days * MicrosecondsOfDay;
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
