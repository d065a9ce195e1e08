using System.Globalization;
using System.Text;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Bulk;

/// <summary>One issued row, for a letter or a slip.</summary>
public sealed record BulkLetter(int Row, string Reference, string HolderName, OfferView Offer);

/// <summary>Gives out what a job has made: the offers in one list, the transaction codes in another, so that they can travel apart.</summary>
public sealed class BulkResults(IssuerDb db, OfferLinks links, TimeProvider clock)
{
    /// <summary>Letters on one page.</summary>
    public const int PageSize = 100;

    private const int Batch = 2000;

    /// <summary>A page of letters, counted from 1; the reading is recorded with each credential.</summary>
    public async Task<IReadOnlyList<BulkLetter>> LettersAsync(Organisation organisation, BulkJob job, int page, Actor actor, CancellationToken ct)
    {
        var letters = await ReadAsync(organisation, job, (page - 1) * PageSize, PageSize, ct);
        await RecordAsync(job, letters.Count == 0 ? 0 : letters[0].Row, letters.Count == 0 ? -1 : letters[^1].Row, actor, ct);
        return letters;
    }

    /// <summary>The list of offers, as CSV.</summary>
    public async Task WriteOffersAsync(Organisation organisation, BulkJob job, Actor actor, Stream into, CancellationToken ct)
    {
        await RecordAsync(job, 0, int.MaxValue, actor, ct);
        await WriteAsync(organisation, job, into, ["row", "reference", "name", "offer_link", "wallet_link", "expires"],
            l => [Number(l.Row), l.Reference, l.HolderName, l.Offer.Link, l.Offer.WalletLink, l.Offer.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)], ct);
    }

    /// <summary>The list of transaction codes, as CSV, to be handed out another way than the offers. Who has both lists can collect, so each person sees this one too.</summary>
    public async Task WriteCodesAsync(Organisation organisation, BulkJob job, Actor actor, Stream into, CancellationToken ct)
    {
        await RecordAsync(job, 0, int.MaxValue, actor, ct);
        await WriteAsync(organisation, job, into, ["row", "reference", "code"], l => [Number(l.Row), l.Reference, l.Offer.TxCode], ct);
    }

    /// <summary>What is wrong with a file, as CSV in a language.</summary>
    public async Task WriteErrorsAsync(BulkJob job, Strings texts, Stream into, CancellationToken ct)
    {
        var text = new StringBuilder(CsvText.Mark).AppendRecord("row", "column", "field", "problem", "fix");
        foreach (var error in await db.BulkErrors.AsNoTracking().Where(e => e.Job == job.Id && e.Number > 0).OrderBy(e => e.Number).ToListAsync(ct))
        {
            var (problem, fix) = BulkTexts.Explain(error, texts);
            text.AppendRecord(Number(error.Row), error.Column == 0 ? "" : Number(error.Column), error.Field, problem, fix);
        }
        await into.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), ct);
    }

    private async Task WriteAsync(Organisation organisation, BulkJob job, Stream into, string[] header, Func<BulkLetter, string?[]> fields, CancellationToken ct)
    {
        await into.WriteAsync(Encoding.UTF8.GetBytes(new StringBuilder(CsvText.Mark).AppendRecord(header).ToString()), ct);
        for (var after = 0; ;)
        {
            var letters = await ReadAfterAsync(organisation, job, after, Batch, ct);
            if (letters.Count == 0) return;
            var text = new StringBuilder();
            foreach (var letter in letters) text.AppendRecord(fields(letter));
            await into.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), ct);
            after = letters[^1].Row;
        }
    }

    private Task<List<BulkLetter>> ReadAfterAsync(Organisation organisation, BulkJob job, int after, int take, CancellationToken ct) =>
        ViewAsync(organisation, job, db.BulkRows.Where(r => r.Number > after), 0, take, ct);

    private Task<List<BulkLetter>> ReadAsync(Organisation organisation, BulkJob job, int skip, int take, CancellationToken ct) => ViewAsync(organisation, job, db.BulkRows, skip, take, ct);

    private async Task<List<BulkLetter>> ViewAsync(Organisation organisation, BulkJob job, IQueryable<BulkRow> rows, int skip, int take, CancellationToken ct)
    {
        var found = await rows.AsNoTracking().Where(r => r.Job == job.Id && r.CredentialId != null).OrderBy(r => r.Number).Skip(skip).Take(take)
            .Join(db.Credentials, r => r.CredentialId, c => c.Id, (r, c) => new { Row = r, c.HolderName, HasPaper = c.PaperList != null })
            .Join(db.Offers, x => x.Row.OfferId, o => o.Id, (x, o) => new { x.Row, x.HolderName, x.HasPaper, Offer = o })
            .OrderBy(x => x.Row.Number).ToListAsync(ct);
        return found.ConvertAll(x => new BulkLetter(x.Row.Number, x.Row.Reference, x.HolderName, links.View(organisation, x.Offer, job.Type, x.HasPaper)));
    }

    // One statement, however many: the persons see that their offer was read out.
    private async Task RecordAsync(BulkJob job, int from, int to, Actor actor, CancellationToken ct)
    {
        var (at, who) = (Databases.Microseconds(clock.GetUtcNow()), actor.ToString());
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "access_log" ("Organisation", "At", "Actor", "Role", "Act", "CredentialId", "Why")
            SELECT {job.Organisation}, {at}, {who}, {actor.RoleFor("read")}, 'read', "CredentialId", 'hand_over' FROM "bulk_rows" WHERE "Job" = {job.Id} AND "CredentialId" IS NOT NULL AND "Number" >= {from} AND "Number" <= {to} ORDER BY "Number"
            """, ct);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Puts an error into words.</summary>
public static class BulkTexts
{
    /// <summary>What is wrong, and how to put it right, in a language.</summary>
    public static (string Problem, string Fix) Explain(BulkError error, Strings texts)
    {
        var parts = texts.Format("bulk.error." + error.Code, ("detail", error.Detail), ("field", error.Field)).Split('|', 2);
        return (parts[0].Trim(), parts.Length > 1 ? parts[1].Trim() : "");
    }
}
