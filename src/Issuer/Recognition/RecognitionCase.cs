using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Recognition;

/// <summary>Where a case stands. Steps go one way; asking again begins at <see cref="Asked"/>.</summary>
public enum CaseState
{
    /// <summary>The person was asked to show the qualification.</summary>
    Asked,

    /// <summary>It was shown and checked; the evaluator decides.</summary>
    Answered,

    /// <summary>Nobody showed it in time, the person refused, or it was shown and nobody decided for <see cref="RecognitionCase.Patience"/>. It can be asked again.</summary>
    Unanswered,

    /// <summary>A statement was prepared.</summary>
    Decided,
}

/// <summary>What was last heard of the qualification's status, after it had been found valid.</summary>
public enum QualificationStatus
{
    /// <summary>In force, or without a status that could change.</summary>
    InForce,

    /// <summary>Withdrawn by its issuer.</summary>
    Revoked,

    /// <summary>Paused by its issuer.</summary>
    Suspended,

    /// <summary>Past its own last day.</summary>
    Expired,

    /// <summary>It was looked for and nothing could be had: nobody can tell.</summary>
    Unknown,
}

/// <summary>
/// One request for recognition: what was asked, the verdict on what was shown, and the statement it led to. The claims that were shown
/// are forgotten with the decision; the verdict, which names nobody, stays as the reason why.
/// </summary>
public sealed class RecognitionCase
{
    /// <summary>How long what was shown is kept for a decision: four months, the longest that a recognition may take in the common conventions.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(120);

    /// <summary>Random, 22 base64url characters.</summary>
    public required string Id { get; init; }

    /// <summary>Slug of the recognition body.</summary>
    public required string Organisation { get; init; }

    /// <summary>The body's own file number.</summary>
    public required string Reference { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who opened it, as <see cref="Issuance.Actor"/> writes it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The present state.</summary>
    public CaseState State { get; set; }

    /// <summary>The question at the verifier that is open now, encrypted; null when none is. See <see cref="AskedQuestion"/>.</summary>
    public string? Question { get; set; }

    /// <summary>The verdict as the verifier gave it, without claims; JSON.</summary>
    public string? VerdictJson { get; set; }

    /// <summary>As of when the verdict's status holds, or a later one that was looked at again and could be told; null before the answer.</summary>
    public DateTimeOffset? AsOf { get; set; }

    /// <summary>What was heard when the status was last looked at again; null where nobody did since the verdict.</summary>
    public QualificationStatus? Status { get; set; }

    /// <summary>What the person showed, encrypted; null before the answer and again after the decision.</summary>
    public string? Shown { get; set; }

    /// <summary>Id of the statement's credential record.</summary>
    public string? Statement { get; set; }

    /// <summary>When it last changed after it was opened: asked again, answered or not, decided.</summary>
    public DateTimeOffset? ChangedAt { get; set; }

    /// <summary>Guards against two people at once.</summary>
    public long Version { get; set; }

    internal static void Map(ModelBuilder model) => model.Entity<RecognitionCase>(row =>
    {
        row.ToTable("recognition_cases").HasKey(c => c.Id);
        row.Property(c => c.State).HasConversion<string>();
        row.Property(c => c.Status).HasConversion<string>();
        row.Property(c => c.Version).IsConcurrencyToken();
        row.HasIndex(c => new { c.Organisation, c.CreatedAt });
        row.HasIndex(c => c.Statement);
    });
}

/// <summary>A question at the verifier: its secret id, the session that may read the answer, and what the person scans.</summary>
public sealed record AskedQuestion(string Id, string Session, string Link, string? WalletLink, DateTimeOffset ExpiresAt);

/// <summary>What was shown, as signed: the issuer as the credential names it, the type, the claims, and where its status can be looked at again.</summary>
public sealed record ShownQualification(string Issuer, string Type, System.Text.Json.Nodes.JsonObject Claims, StatusPlace? Status = null);

/// <summary>A place in a status list. It stands for one copy of one person's credential, so it is forgotten with what was shown.</summary>
public sealed record StatusPlace(string Uri, long Index);
