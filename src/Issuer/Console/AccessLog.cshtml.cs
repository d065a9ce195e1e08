using System.Globalization;
using System.Text;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>The access log of the organisation for its auditor: is it whole, who did and read what; as CSV too. Reading it is itself logged.</summary>
public sealed class AccessLogModel(Desk desk, IssuerDb db, VerifyAccessLog verify) : PageModel
{
    private const int PageSize = 50, CsvPart = 2000;

    /// <summary>What the check of the chain found.</summary>
    public AccessLogCheck? Check { get; private set; }

    /// <summary>Rows of this page, newest first.</summary>
    public IReadOnlyList<AccessEntry> Rows { get; private set; } = [];

    /// <summary>Everybody who occurs in the log.</summary>
    public IReadOnlyList<(string Value, string Name)> Actors { get; private set; } = [];

    /// <summary>Every act that occurs in the log.</summary>
    public IReadOnlyList<string> Kinds { get; private set; } = [];

    /// <summary>The filter: an actor.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Actor { get; set; }

    /// <summary>The filter: an act.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Act { get; set; }

    /// <summary>The filter: a record's id.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Record { get; set; }

    /// <summary>This page, from 1.</summary>
    public int Number { get; private set; } = 1;

    /// <summary>All pages.</summary>
    public int Pages { get; private set; } = 1;

    /// <summary>The filter as a query, without its question mark.</summary>
    public string Query => new QueryBuilder { { "actor", Actor ?? "" }, { "act", Act ?? "" }, { "record", Record ?? "" } }.ToString().TrimStart('?');

    // Files and cases have no page that an auditor may open.
    internal static bool IsCredential(AccessEntry row) => row.Act is "case-decided" || !(row.Act.StartsWith("bulk_", StringComparison.Ordinal) || row.Act.StartsWith("case-", StringComparison.Ordinal));

    /// <summary>Shows a page.</summary>
    public async Task OnGetAsync(int p, CancellationToken ct)
    {
        await desk.LoadNamesAsync(ct);
        Check = await verify.RunAsync(desk.Organisation.Slug, ct);
        var all = db.AccessLog.AsNoTracking().Where(e => e.Organisation == desk.Organisation.Slug);
        Actors = [.. (await all.Select(e => e.Actor).Distinct().ToListAsync(ct)).Order(StringComparer.Ordinal).Select(a => (a, desk.Who(a)))];
        Kinds = [.. (await all.Select(e => e.Act).Distinct().ToListAsync(ct)).Order(StringComparer.Ordinal)];
        var query = Filtered();
        Pages = Math.Max(1, (await query.CountAsync(ct) + PageSize - 1) / PageSize);
        Number = Math.Clamp(p, 1, Pages);
        Rows = await query.OrderByDescending(e => e.Id).Skip((Number - 1) * PageSize).Take(PageSize).ToListAsync(ct);
        await LogAsync("log_read", ct);
    }

    /// <summary>
    /// All the filtered rows as CSV (RFC 4180), newest first, with place and hash so that the file can be checked by itself. They are read and sent a few at a time, however many there are;
    /// what is written meanwhile is not among them.
    /// </summary>
    public async Task<IActionResult> OnGetCsvAsync(CancellationToken ct)
    {
        var below = await Filtered().MaxAsync(e => (long?)e.Id, ct) + 1 ?? 0;
        await LogAsync("log_exported", ct);
        Response.ContentType = "text/csv; charset=utf-8";
        Response.Headers.ContentDisposition = $"attachment; filename=access-log-{desk.Organisation.Slug}.csv";
        await Response.WriteAsync("sequence,time,actor,role,act,record,why,hash\r\n", ct);
        while (true)
        {
            // Each part by itself: a reader that takes its time holds nothing open in the database.
            var rows = await Filtered().Where(e => e.Id < below).OrderByDescending(e => e.Id).Take(CsvPart).ToListAsync(ct);
            if (rows.Count == 0) return new EmptyResult();
            below = rows[^1].Id;
            var csv = new StringBuilder();
            foreach (var row in rows)
                csv.AppendJoin(',', row.Sequence?.ToString(CultureInfo.InvariantCulture), row.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
                    row.Actor, row.Role, row.Act, row.CredentialId is null ? "" : $"\"{row.CredentialId}\"", row.Why, row.Hash is null ? "" : Convert.ToHexStringLower(row.Hash)).Append("\r\n");
            await Response.WriteAsync(csv.ToString(), ct);
        }
    }

    private IQueryable<AccessEntry> Filtered()
    {
        var query = db.AccessLog.AsNoTracking().Where(e => e.Organisation == desk.Organisation.Slug);
        if (!string.IsNullOrEmpty(Actor)) query = query.Where(e => e.Actor == Actor);
        if (!string.IsNullOrEmpty(Act)) query = query.Where(e => e.Act == Act);
        if (Record?.Trim() is { Length: > 0 } record) query = query.Where(e => e.CredentialId == record);
        return query;
    }

    private async Task LogAsync(string act, CancellationToken ct)
    {
        db.Log(desk.Organisation.Slug, null, desk.Actor, act, desk.Now);
        await db.SaveChangesAsync(ct);
    }
}
