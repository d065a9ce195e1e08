using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Bulk;

/// <summary>Where a file stands. Each step is one way but for <see cref="Paused"/>.</summary>
public enum BulkState
{
    /// <summary>Uploaded; its rows are being checked. Nothing is issued.</summary>
    Checking,

    /// <summary>Something is wrong with it; the errors are listed and nothing else is kept.</summary>
    Refused,

    /// <summary>Every row is right; waits for somebody to say “issue”.</summary>
    Ready,

    /// <summary>Waits for the second person, where the type asks for one.</summary>
    AwaitingApproval,

    /// <summary>The second person did not agree; the sentence stands in <see cref="BulkJob.ReturnReason"/> and the rows are forgotten.</summary>
    Returned,

    /// <summary>Being issued, chunk by chunk.</summary>
    Issuing,

    /// <summary>Held by a person; can go on.</summary>
    Paused,

    /// <summary>Every row is issued or was passed over.</summary>
    Done,

    /// <summary>Ended by a person; what was issued until then stays.</summary>
    Cancelled,
}

/// <summary>A file of many credentials of one type, from its upload to the last row.</summary>
public sealed class BulkJob
{
    /// <summary>Random, 22 base64url characters.</summary>
    public required string Id { get; init; }

    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>Short name of the type.</summary>
    public required string Type { get; init; }

    /// <summary>The file's name as the clerk's machine gave it, cut to 100 characters.</summary>
    public required string FileName { get; init; }

    /// <summary>SHA-256 of the file: the same file twice is noticed.</summary>
    public required byte[] FileHash { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long FileBytes { get; init; }

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who uploaded it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The present state.</summary>
    public BulkState State { get; set; } = BulkState.Checking;

    /// <summary>Bytes read so far while it is checked.</summary>
    public long BytesChecked { get; set; }

    /// <summary>Rows read so far, the header not counted.</summary>
    public int Rows { get; set; }

    /// <summary>Errors found; at most <see cref="BulkLimits.Errors"/> are listed.</summary>
    public int Errors { get; set; }

    /// <summary>Right rows whose QR code will be dense, or leaves a claim out, on a phone or on paper; at most <see cref="BulkLimits.Errors"/> are listed.</summary>
    public int Warnings { get; set; }

    /// <summary>Rows issued.</summary>
    public int Issued { get; set; }

    /// <summary>Rows passed over because their reference was issued by another way meanwhile.</summary>
    public int PassedOver { get; set; }

    /// <summary>Who said “issue”, and when.</summary>
    public string? StartedBy { get; set; }

    /// <summary>See <see cref="StartedBy"/>.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>The second person, where the type asks for one.</summary>
    public string? ApprovedBy { get; set; }

    /// <summary>Why the second person did not agree.</summary>
    public string? ReturnReason { get; set; }

    /// <summary>When it reached its end.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Of two changes at once one wins.</summary>
    public int Version { get; set; }

    /// <summary>A person may still stop it.</summary>
    public bool CanCancel => State is BulkState.Checking or BulkState.Ready or BulkState.AwaitingApproval or BulkState.Issuing or BulkState.Paused;

    /// <summary>Nothing happens any more unless a person acts.</summary>
    public bool Rests => State is not (BulkState.Checking or BulkState.Issuing);
}

/// <summary>A row that was found right. Its claims are forgotten when its credential exists.</summary>
public sealed class BulkRow
{
    /// <summary>The job.</summary>
    public required string Job { get; init; }

    /// <summary>Number of the row in the file, the header being 1, as a spreadsheet counts.</summary>
    public required int Number { get; init; }

    /// <summary>The organisation's reference; no two rows of a job share one.</summary>
    public required string Reference { get; init; }

    /// <summary>The checked claims as JSON; null once issued or passed over.</summary>
    public string? Claims { get; set; }

    /// <summary>The holder's public key as JSON (RFC 7517), where it is known beforehand.</summary>
    public string? HolderKey { get; set; }

    /// <summary>The credential; null while it waits, and for good when the row was passed over.</summary>
    public string? CredentialId { get; set; }

    /// <summary>The offer that was made with it.</summary>
    public string? OfferId { get; set; }
}

/// <summary>One thing that is wrong, or, with a number below 0, one row whose code will be large. Holds no value of the file.</summary>
public sealed class BulkError
{
    /// <summary>The job.</summary>
    public required string Job { get; init; }

    /// <summary>Order in the list: errors from 1 up, large codes from −1 down.</summary>
    public required int Number { get; init; }

    /// <summary>Row in the file, the header being 1.</summary>
    public required int Row { get; init; }

    /// <summary>Column, from 1; 0 for the whole row.</summary>
    public required int Column { get; init; }

    /// <summary>Name of the column, or empty.</summary>
    public required string Field { get; init; }

    /// <summary>What is wrong: the end of a text key <c>bulk.error.…</c>; <c>code</c> for a large code.</summary>
    public required string Code { get; init; }

    /// <summary>A number or name that the text needs, never a value of the row; of a large code the <see cref="Issuance.QrForecast"/> as JSON.</summary>
    public required string Detail { get; init; }
}

/// <summary>Who works on an organisation's files: one copy of the service at a time.</summary>
public sealed class BulkLease
{
    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>Random name of the process.</summary>
    public required string Owner { get; init; }

    /// <summary>Until when others keep away.</summary>
    public required DateTimeOffset Until { get; init; }
}

/// <summary>How much a file may hold.</summary>
public static class BulkLimits
{
    /// <summary>Rows of a file, header not counted.</summary>
    public const int Rows = 100_000;

    /// <summary>Bytes of a file.</summary>
    public const long Bytes = 64 * 1024 * 1024;

    /// <summary>Characters of one field.</summary>
    public const int Field = 4_000;

    /// <summary>Columns.</summary>
    public const int Columns = 100;

    /// <summary>Errors that are listed; the check stops there.</summary>
    public const int Errors = 1_000;

    /// <summary>Rows in one transaction while issuing, unless <c>Bulk:Chunk</c> says otherwise: many, for each transaction writes most pages of the indices; few enough that others who write wait for about a second.</summary>
    public const int Chunk = 4000;

    /// <summary>How long a checked file waits for somebody before its rows are forgotten.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);
}

/// <summary>The tables.</summary>
internal static class BulkModel
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<BulkJob>(job =>
        {
            job.ToTable("bulk_jobs").HasKey(j => j.Id);
            job.Property(j => j.State).HasConversion<string>();
            job.Property(j => j.Version).IsConcurrencyToken();
            job.Ignore(j => j.CanCancel).Ignore(j => j.Rests);
            job.HasIndex(j => new { j.Organisation, j.CreatedAt });
        });
        model.Entity<BulkRow>(row =>
        {
            row.ToTable("bulk_rows").HasKey(r => new { r.Job, r.Number });
            row.HasIndex(r => new { r.Job, r.Reference }).IsUnique();
            row.HasIndex(r => r.CredentialId);
        });
        model.Entity<BulkError>().ToTable("bulk_errors").HasKey(e => new { e.Job, e.Number });
        model.Entity<BulkLease>().ToTable("bulk_leases").HasKey(l => l.Organisation);
    }
}
