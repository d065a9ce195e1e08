using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Exports;

/// <summary>How far an export has come.</summary>
public enum ExportState
{
    /// <summary>It waits for its turn: one is made at a time.</summary>
    Waiting,

    /// <summary>It is being made; after a crash it is begun anew.</summary>
    Making,

    /// <summary>The file is there.</summary>
    Made,

    /// <summary>There is none, and <see cref="OrganisationExport.Problem"/> says why.</summary>
    Failed,
}

/// <summary>What came of an export.</summary>
/// <param name="Size">Bytes of the file.</param>
/// <param name="Sha256">Of the file, lower-case hexadecimal.</param>
/// <param name="AsOf">Time of the block after which all of it is.</param>
/// <param name="Block">Its number.</param>
/// <param name="IsSealed">Whether somebody seals the blocks of the ledger, so that they can be proven.</param>
/// <param name="Validators">The name of the validators against which it was checked; null where it was not.</param>
/// <param name="Receipts">How many anchors are proven in it.</param>
/// <param name="Entries">How many entries of logs are in it.</param>
/// <param name="Lists">How many status lists are in it.</param>
/// <param name="MissingAnchors">How many anchors are left out, since nobody gives a proof of them: their entries count from the next one on.</param>
/// <param name="MissingLists">How many status lists of the organisation are left out, since no signed one that counts could be had.</param>
/// <param name="MissingLogs">How many other logs in which it records could not be read.</param>
public sealed record ExportContent(long Size, string Sha256, DateTimeOffset AsOf, long Block, bool IsSealed, string? Validators, int Receipts, long Entries, int Lists, int MissingAnchors, int MissingLists, int MissingLogs);

/// <summary>An exit bundle of all that an organisation issued (docs/exit-bundle.md), as somebody asked for it, and the outbox of <see cref="ExportWorker"/>.</summary>
public sealed class OrganisationExport
{
    /// <summary>How long the file of an export is kept, unless a newer one takes its place before.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Row number; part of the file's name.</summary>
    public long Id { get; init; }

    /// <summary>Slug of the organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>Who asked.</summary>
    public required string AskedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>How far it has come.</summary>
    public ExportState State { get; set; }

    /// <summary>The copy of the service that makes it.</summary>
    public string? Owner { get; set; }

    /// <summary>Until when that copy keeps others out, unless it says so again.</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>How often it was begun.</summary>
    public int Tries { get; set; }

    /// <summary>When it was made, or was given up.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Why it failed; a word of <c>export.problem.WORD</c>.</summary>
    public string? Problem { get; set; }

    /// <summary>What came of it; set when it is made.</summary>
    public ExportContent? Content { get; set; }

    /// <summary>It waits or is being made.</summary>
    public bool IsOpen => State is ExportState.Waiting or ExportState.Making;

    internal static void Map(ModelBuilder model) => model.Entity<OrganisationExport>(export =>
    {
        export.ToTable("organisation_exports").HasKey(e => e.Id);
        export.Property(e => e.State).HasConversion<string>();
        export.Property(e => e.Content).HasConversion(content => JsonSerializer.Serialize(content, JsonSerializerOptions.Web), text => JsonSerializer.Deserialize<ExportContent>(text, JsonSerializerOptions.Web));
        export.Ignore(e => e.IsOpen);
        export.HasIndex(e => e.Organisation);
    });
}
