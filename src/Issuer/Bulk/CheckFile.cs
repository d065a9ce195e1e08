using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Hosting;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Bulk;

/// <summary>
/// Reads a file from the first row to the last, keeps the rows that are right and lists what is wrong with the others. A file with
/// any error is refused whole, and its rows are forgotten at once: a person corrects it and uploads it again. Killed in between, the
/// check begins again at the first row.
/// </summary>
internal sealed class CheckFile(IssuerDb db, BulkFiles files, BulkLeases leases, OwnScope scope, TimeProvider clock)
{
    private const int Batch = 1000;

    /// <summary>Checks the whole file; false where the work was taken away or stopped.</summary>
    public async Task<bool> RunAsync(BulkJob job, Organisation organisation, CancellationToken ct)
    {
        var type = organisation.FindType(job.Type);
        var (errors, warnings) = (new List<BulkError>(), new Warnings());
        if (!await FlushAsync(job, BulkState.Checking, 0, 0, [], errors, 0, warnings, restart: true, ct)) return false;
        var rows = 0;
        var found = 0;
        if (type is null)
        {
            Add(errors, job, ref found, 0, new RowProblem(0, "", "type_gone"));
        }
        else
        {
            await using var file = new FileStream(files.Of(job.Id), FileMode.Open, FileAccess.Read, FileShare.Read);
            var reader = new CsvReader(file);
            var rules = Header(job, type, reader, errors, ref found);
            var batch = new List<(int Row, CheckedRow Right)>();
            while (rules is not null && found < BulkLimits.Errors)
            {
                var read = reader.Read();
                if (read is CsvRead.End) break;
                if (read is CsvRead.Fault fault)
                {
                    Add(errors, job, ref found, fault.Row, new RowProblem(fault.Column, "", fault.Code, Detail(fault.Code)));
                    break;
                }
                var (number, fields) = (CsvRead.Record)read;
                if (BulkRules.IsExplanation(fields) || fields.All(string.IsNullOrWhiteSpace)) continue;
                if (++rows > BulkLimits.Rows)
                {
                    Add(errors, job, ref found, number, new RowProblem(0, "", "rows", Detail("rows")));
                    break;
                }
                if (rules.Check(fields, clock.GetUtcNow(), out var problems) is { } right)
                {
                    if (scope.GapFor(organisation, type, right.Claims) is { } beyond)
                        problems = [new RowProblem(0, beyond.Field == "type" ? "" : beyond.Field, beyond.Allowed is null ? "beyond" : "beyond_allowed", beyond.Allowed ?? "")];
                    batch.Add((number, right));
                    AddIfLarge(warnings, job, type, number, right.Claims);
                }
                foreach (var problem in problems) Add(errors, job, ref found, number, problem);
                if (batch.Count + errors.Count < Batch) continue;
                found += await RepeatedAsync(job, type, batch, errors, found, ct);
                if (!await FlushAsync(job, BulkState.Checking, rows, reader.Position, batch, errors, found, warnings, restart: false, ct)) return false;
                batch.Clear();
                errors.Clear();
            }
            found += await RepeatedAsync(job, type, batch, errors, found, ct);
            if (found == 0 && rows == 0) Add(errors, job, ref found, 0, new RowProblem(0, "", "no_rows"));
            return await FinishAsync(job, rows, found, batch, errors, warnings, ct);
        }
        return await FinishAsync(job, rows, found, [], errors, warnings, ct);
    }

    private async Task<bool> FinishAsync(BulkJob job, int rows, int found, List<(int, CheckedRow)> batch, List<BulkError> errors, Warnings warnings, CancellationToken ct)
    {
        if (!await FlushAsync(job, found == 0 ? BulkState.Ready : BulkState.Refused, rows, job.FileBytes, batch, errors, found, warnings, restart: false, ct)) return false;
        // Crash here: the file stays until the worker's next look for files that nobody needs.
        files.Delete(job.Id);
        return true;
    }

    private static BulkRules? Header(BulkJob job, TypeDefinition type, CsvReader reader, List<BulkError> errors, ref int found)
    {
        switch (reader.Read())
        {
            case CsvRead.Record(var row, var fields):
                var rules = BulkRules.Header(type, fields, out var problems);
                foreach (var problem in problems) Add(errors, job, ref found, row, problem);
                return rules;
            case CsvRead.Fault(var row, var column, var code):
                Add(errors, job, ref found, row, new RowProblem(column, "", code, Detail(code)));
                return null;
            default:
                Add(errors, job, ref found, 1, new RowProblem(0, "", "empty"));
                return null;
        }
    }

    /// <summary>Takes rows out whose reference stands further up in the file, or on a credential of this type that is in force.</summary>
    private async Task<int> RepeatedAsync(BulkJob job, TypeDefinition type, List<(int Row, CheckedRow Right)> batch, List<BulkError> errors, int found, CancellationToken ct)
    {
        if (batch.Count == 0) return 0;
        var before = found;
        var references = batch.Select(b => b.Right.Reference).Distinct().ToList();
        var above = await db.BulkRows.Where(r => r.Job == job.Id && references.Contains(r.Reference)).Select(r => r.Reference).ToHashSetAsync(ct);
        var issued = await IssuedAsync(db, job.Organisation, type.Name, references, ct);
        var kept = new List<(int, CheckedRow)>(batch.Count);
        foreach (var (row, right) in batch)
        {
            if (!above.Add(right.Reference)) Add(errors, job, ref found, row, new RowProblem(0, BulkRules.Reference, "reference_twice"));
            else if (issued.Contains(right.Reference)) Add(errors, job, ref found, row, new RowProblem(0, BulkRules.Reference, "reference_issued"));
            else kept.Add((row, right));
        }
        batch.Clear();
        batch.AddRange(kept);
        errors.Sort((a, b) => (a.Row, a.Column).CompareTo((b.Row, b.Column)));
        return found - before;
    }

    /// <summary>Which of these references another credential of this type holds.</summary>
    internal static Task<HashSet<string>> IssuedAsync(IssuerDb db, string organisation, string type, IReadOnlyList<string> references, CancellationToken ct) =>
        PrepareCredential.Holding(db, organisation, type).Where(c => references.Contains(c.Reference)).Select(c => c.Reference).ToHashSetAsync(ct);

    private async Task<bool> FlushAsync(
        BulkJob job, BulkState state, int rows, long bytes, List<(int Row, CheckedRow Right)> batch, List<BulkError> errors, int found, Warnings warnings, bool restart, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginExclusiveAsync(job.Organisation, ct);
        if (!await leases.HoldAsync(db, job.Organisation, ct)) return false;
        if (restart)
        {
            await db.BulkRows.Where(r => r.Job == job.Id).ExecuteDeleteAsync(ct);
            await db.BulkErrors.Where(e => e.Job == job.Id).ExecuteDeleteAsync(ct);
        }
        var finished = state is BulkState.Refused ? clock.GetUtcNow() : (DateTimeOffset?)null;
        var still = await db.BulkJobs.Where(j => j.Id == job.Id && j.State == BulkState.Checking).ExecuteUpdateAsync(j => j
            .SetProperty(x => x.State, state).SetProperty(x => x.Rows, rows).SetProperty(x => x.BytesChecked, bytes).SetProperty(x => x.Errors, found).SetProperty(x => x.Warnings, warnings.Count)
            .SetProperty(x => x.FinishedAt, finished).SetProperty(x => x.Version, x => x.Version + 1), ct);
        if (still == 0) return false; // stopped by a person

        await using var sql = await SqlSession.BeginAsync(db, ct);
        if (state is BulkState.Refused) await db.BulkRows.Where(r => r.Job == job.Id).ExecuteDeleteAsync(ct);
        else if (found == 0)
        {
            await using var insert = new PreparedInsert<BulkRow>(db, sql);
            foreach (var (row, right) in batch)
                await insert.RunAsync(new BulkRow { Job = job.Id, Number = row, Reference = right.Reference, Claims = right.Claims.ToJsonString(), HolderKey = right.Holder?.ToJson().ToJsonString() }, ct);
        }
        else
        {
            // The file will be refused: only the references matter, to find those that come twice.
            await using var insert = new PreparedInsert<BulkRow>(db, sql);
            foreach (var (row, right) in batch) await insert.RunAsync(new BulkRow { Job = job.Id, Number = row, Reference = right.Reference }, ct);
        }
        var number = await db.BulkErrors.Where(e => e.Job == job.Id && e.Number > 0).CountAsync(ct);
        await using (var insert = new PreparedInsert<BulkError>(db, sql))
        {
            foreach (var error in errors.Take(BulkLimits.Errors - number))
                await insert.RunAsync(new BulkError { Job = job.Id, Number = ++number, Row = error.Row, Column = error.Column, Field = error.Field, Code = error.Code, Detail = error.Detail }, ct);
            foreach (var warning in warnings.TakeNew()) await insert.RunAsync(warning, ct);
        }
        await transaction.CommitAsync(ct);
        return true;
    }

    private static void Add(List<BulkError> errors, BulkJob job, ref int found, int row, RowProblem problem)
    {
        found++;
        errors.Add(new BulkError { Job = job.Id, Number = 0, Row = row, Column = problem.Column, Field = problem.Field, Code = problem.Code, Detail = problem.Detail });
    }

    // Warned or left out as its type says, a right row is issued all the same: the person learns it before anything is signed.
    private void AddIfLarge(Warnings warnings, BulkJob job, TypeDefinition type, int row, JsonObject claims)
    {
        if (CompactSize.Large(type, DerivedClaims.AddTo(type, claims, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime))) is not { } forecast || ++warnings.Count > BulkLimits.Errors) return;
        warnings.New.Add(new BulkError { Job = job.Id, Number = -warnings.Count, Row = row, Column = 0, Field = forecast.Longest ?? "", Code = "code", Detail = JsonSerializer.Serialize(forecast) });
    }

    private sealed class Warnings
    {
        public int Count { get; set; }

        public List<BulkError> New { get; private set; } = [];

        public List<BulkError> TakeNew()
        {
            var taken = New;
            New = [];
            return taken;
        }
    }

    private static string Detail(string code) => code switch
    {
        "rows" => BulkLimits.Rows.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "columns" => BulkLimits.Columns.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "field_long" => BulkLimits.Field.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => "",
    };
}
