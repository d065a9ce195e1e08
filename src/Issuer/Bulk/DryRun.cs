using Identity.Credentials.Types;
using Identity.Issuer.Issuance;

namespace Identity.Issuer.Bulk;

/// <summary>A right row whose code will be large or leaves something out.</summary>
/// <param name="Row">In the file, the header being 1.</param>
/// <param name="Code">What its code will be like.</param>
public sealed record LargeCode(int Row, QrForecast Code);

/// <summary>What a file would come to; nothing of it is kept.</summary>
/// <param name="Rows">Rows read.</param>
/// <param name="Warnings">Right rows whose code will be large or leaves something out.</param>
/// <param name="Large">The first thousand of them.</param>
/// <param name="Errors">What is wrong: row, column and the name of the fault; the reading ends after a thousand.</param>
public sealed record DryRun(int Rows, int Warnings, IReadOnlyList<LargeCode> Large, IReadOnlyList<DryRunError> Errors)
{
    /// <summary>Most bytes of a file that is tried.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>Reads a file of a type. References are not compared with those of credentials in force.</summary>
    public static DryRun Of(TypeDefinition type, Stream file, DateTimeOffset now)
    {
        var (rows, warnings) = (0, 0);
        var (large, errors) = (new List<LargeCode>(), new List<DryRunError>());
        void Add(int row, IReadOnlyList<RowProblem> problems) => errors.AddRange(problems.Select(p => new DryRunError(row, p.Column, p.Field, p.Code)));
        var reader = new CsvReader(file);
        BulkRules? rules = null;
        while (errors.Count < BulkLimits.Errors)
        {
            var read = reader.Read();
            if (read is CsvRead.End) break;
            if (read is CsvRead.Fault fault)
            {
                errors.Add(new DryRunError(fault.Row, fault.Column, "", fault.Code));
                break;
            }
            var (number, fields) = (CsvRead.Record)read;
            if (rules is null)
            {
                rules = BulkRules.Header(type, fields, out var wrong);
                Add(number, wrong);
                if (rules is null) break;
                continue;
            }
            if (BulkRules.IsExplanation(fields) || fields.All(string.IsNullOrWhiteSpace)) continue;
            rows++;
            var right = rules.Check(fields, now, out var problems);
            Add(number, problems);
            if (right is null || CompactSize.Large(type, DerivedClaims.AddTo(type, right.Claims, DateOnly.FromDateTime(now.UtcDateTime))) is not { } forecast) continue;
            if (++warnings <= BulkLimits.Errors) large.Add(new LargeCode(number, forecast));
        }
        return new DryRun(rows, warnings, large, errors);
    }
}

/// <summary>Something wrong in a file.</summary>
/// <param name="Row">The header is 1.</param>
/// <param name="Column">From 1; 0 for the whole row.</param>
/// <param name="Field">Name of the column, or empty.</param>
/// <param name="Code">Name of the fault.</param>
public sealed record DryRunError(int Row, int Column, string Field, string Code);
