using Identity.Credentials;
using Identity.Issuer.Data;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Monitoring;

/// <summary>A status token that was put into the log. Copies and heads of the access log have tables of their own.</summary>
public sealed class PublishedToken
{
    /// <summary>The 32-byte log entry.</summary>
    public required byte[] Entry { get; init; }

    /// <summary>Slug of the organisation; empty for what waited for its place when an earlier version of this program kept nothing of it.</summary>
    public required string Organisation { get; init; }

    /// <summary>Number of the status list.</summary>
    public required int List { get; init; }

    /// <summary>When it was signed.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>How far the log was compared. One row.</summary>
public sealed class MonitorState
{
    /// <summary>Always 1.</summary>
    public required int Id { get; init; }

    /// <summary>The first place of the log that is not compared yet.</summary>
    public required long Position { get; set; }

    /// <summary>The first place that was ever compared: what an earlier version published before is not known one by one.</summary>
    public required long Since { get; init; }

    /// <summary>When it was last compared.</summary>
    public DateTimeOffset? LookedAt { get; set; }
}

/// <summary>What a finding says.</summary>
public enum FindingKind
{
    /// <summary>The log has an entry that this service did not make.</summary>
    UnknownEntry,

    /// <summary>The ledger and the database say different things of the log.</summary>
    Contradiction,

    /// <summary>The ledger says that an organisation of this service also records in a log that is not this one.</summary>
    OtherLog,

    /// <summary>The ledger says that an organisation of this service has a key that this service neither made nor registered.</summary>
    UnknownKey,

    /// <summary>The ledger has an end of a key of this service that this service did not write.</summary>
    KeyEnded,
}

/// <summary>Something in the public record that this service did not do. Never changed, never deleted.</summary>
public sealed class MonitorFinding
{
    /// <summary>Row number.</summary>
    public long Id { get; init; }

    /// <summary>What it is.</summary>
    public required FindingKind Kind { get; init; }

    /// <summary>What it concerns, once each: the entry in hex, the contradiction's sentence, organisation and log in hex, organisation and thumbprint of the key.</summary>
    public required string Subject { get; init; }

    /// <summary>Slug of the organisation that it concerns; null for all that record in this log.</summary>
    public string? Organisation { get; init; }

    /// <summary>Of an entry: its place in the log.</summary>
    public long? Position { get; init; }

    /// <summary>When this service found it.</summary>
    public required DateTimeOffset FoundAt { get; init; }
}

/// <summary>What an organisation found out about a finding. Never changed, never deleted; who finds out more answers again.</summary>
public sealed class MonitorAnswer
{
    /// <summary>Row number.</summary>
    public long Id { get; init; }

    /// <summary>The finding's row number.</summary>
    public required long Finding { get; init; }

    /// <summary>Slug of the organisation that answers, for itself alone.</summary>
    public required string Organisation { get; init; }

    /// <summary>Who: <c>staff:NUMBER</c> or <c>api:NUMBER</c>.</summary>
    public required string By { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>A sentence of 3 to 500 characters.</summary>
    public required string Note { get; init; }
}

/// <summary>The monitor's tables.</summary>
internal static class MonitorModel
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<PublishedToken>().ToTable("published_tokens").HasKey(t => t.Entry);
        model.Entity<MonitorState>(state =>
        {
            state.ToTable("monitor_state").HasKey(s => s.Id);
            state.Property(s => s.Id).ValueGeneratedNever();
        });
        model.Entity<MonitorFinding>(finding =>
        {
            finding.ToTable("monitor_findings").HasKey(f => f.Id);
            finding.Property(f => f.Kind).HasConversion<string>();
            finding.HasIndex(f => new { f.Kind, f.Subject }).IsUnique();
        });
        model.Entity<MonitorAnswer>(answer =>
        {
            answer.ToTable("monitor_answers").HasKey(a => a.Id);
            answer.HasIndex(a => new { a.Finding, a.Organisation });
        });
    }

    /// <summary>Puts a status token into the log and remembers that it was this service, in the caller's unit of work.</summary>
    public static void LogToken(this IssuerDb db, string organisation, int list, string token, DateTimeOffset now)
    {
        var entry = Entry.OfJwt(token);
        LedgerLog.Append(db, entry, now);
        db.PublishedTokens.Add(new PublishedToken { Entry = entry, Organisation = organisation, List = list, At = now });
    }
}
