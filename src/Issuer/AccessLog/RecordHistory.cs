using Identity.Issuer.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.AccessLog;

/// <summary>What one member of staff or program did with a record in one way, as one line: for a day, or for all the days before.</summary>
/// <param name="Actor">Who, as <see cref="Issuance.Actor"/> writes it.</param>
/// <param name="Role">In which role.</param>
/// <param name="Act">What.</param>
/// <param name="Why">For which work a record was read.</param>
/// <param name="Last">The last time, UTC microseconds since 1970.</param>
/// <param name="Times">How often.</param>
public sealed record HistoryLine(string Actor, string Role, string Act, string? Why, long Last, long Times)
{
    /// <summary>The last time.</summary>
    public DateTimeOffset At => DateTimeOffset.UnixEpoch.AddTicks(Last * TimeSpan.TicksPerMicrosecond);
}

/// <summary>
/// Who did and read what with one record, and who read the file of many or the case that it came from. Lines are counted together in the database, however many there are, and what does not fit is
/// counted together further, never left out: nobody hides a look behind a thousand others.
/// </summary>
public static class RecordHistory
{
    private const int MostActs = 300, MostListings = 50;

    /// <summary>
    /// The lines of staff and programs, what a wallet took, and what was told and done for a lost phone, newest first. Beyond the newest days, one line for each actor, role, act and work.
    /// </summary>
    /// <param name="db">The store.</param>
    /// <param name="credentialId">The record.</param>
    /// <param name="ct">Ends the work.</param>
    /// <param name="until">No line after this; null for all.</param>
    public static async Task<IReadOnlyList<HistoryLine>> HistoryOfAsync(this IssuerDb db, string credentialId, CancellationToken ct, DateTimeOffset? until = null)
    {
        var last = until is { } end ? (end.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond : long.MaxValue;
        var days = await db.Database.SqlQuery<HistoryLine>(
            $"""
            SELECT "Actor", "Role", "Act", "Why", MAX("At") AS "Last", COUNT(*) AS "Times" FROM "access_log"
            WHERE ("Actor" LIKE 'staff:%' OR "Actor" LIKE 'api:%' OR ("Actor" = 'wallet' AND "Act" IN ('collected', 'paper_made', 'recovery_set', 'recovered', 'recovery_differs', 'recovery_cannot_tell'))) AND "At" <= {last} AND ("CredentialId" = {credentialId} OR ("Act" IN ('bulk_read', 'case-read') AND "CredentialId" IN
                (SELECT "Job" FROM "bulk_rows" WHERE "CredentialId" = {credentialId} UNION ALL SELECT "Id" FROM "recognition_cases" WHERE "Statement" = {credentialId})))
            GROUP BY "Actor", "Role", "Act", "Why", "At" / 86400000000
            """).ToListAsync(ct);
        // Names in lists are the most frequent by far: they take no place from the rest.
        var newest = days.OrderByDescending(d => d.Last).ToLookup(d => d.Act == "listed");
        return [.. Fold(newest[false], MostActs).Concat(Fold(newest[true], MostListings)).OrderByDescending(l => l.Last)];
    }

    private static IEnumerable<HistoryLine> Fold(IEnumerable<HistoryLine> newest, int most) => newest.Take(most)
        .Concat(newest.Skip(most).GroupBy(l => (l.Actor, l.Role, l.Act, l.Why)).Select(g => g.First() with { Times = g.Sum(l => l.Times) }));
}
