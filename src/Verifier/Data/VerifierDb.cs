using Microsoft.EntityFrameworkCore;

namespace Identity.Verifier.Data;

/// <summary>
/// What the verifier keeps: its verdicts and their reasons, and status lists (public data). Never a claim, a name or a credential.
/// Times are UTC microseconds since 1970, which SQLite can order.
/// </summary>
public sealed class VerifierDb(DbContextOptions<VerifierDb> options) : DbContext(options)
{
    /// <summary>One row for each verdict given.</summary>
    public DbSet<VerdictRow> Verdicts => Set<VerdictRow>();

    /// <summary>Newest verified token of each status list met.</summary>
    public DbSet<StatusListRow> StatusLists => Set<StatusListRow>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<VerdictRow>(row =>
        {
            row.ToTable("verdicts").HasKey(v => v.Id);
            row.Property(v => v.Id).HasColumnName("id");
            row.Property(v => v.At).HasColumnName("at");
            row.Property(v => v.Way).HasColumnName("way");
            row.Property(v => v.Template).HasColumnName("template");
            row.Property(v => v.Type).HasColumnName("type");
            row.Property(v => v.Issuer).HasColumnName("issuer");
            row.Property(v => v.Outcome).HasColumnName("outcome");
            row.Property(v => v.Reason).HasColumnName("reason");
            row.Property(v => v.Binding).HasColumnName("binding");
            row.HasIndex(v => v.At).HasDatabaseName("verdicts_at");
        });
        model.Entity<StatusListRow>(row =>
        {
            row.ToTable("status_lists").HasKey(s => s.Uri);
            row.Property(s => s.Uri).HasColumnName("uri");
            row.Property(s => s.Token).HasColumnName("token");
            row.Property(s => s.ETag).HasColumnName("etag");
            row.Property(s => s.FetchedAt).HasColumnName("fetched_at");
            row.Property(s => s.Organisation).HasColumnName("organisation");
        });
    }
}

/// <summary>A verdict as kept: what kind of credential, whose, how it ended. Nothing of the person.</summary>
public sealed class VerdictRow
{
    /// <summary>Number of the row.</summary>
    public long Id { get; init; }

    /// <summary>When, UTC microseconds.</summary>
    public required long At { get; init; }

    /// <summary><c>file</c>, <c>online</c> or <c>scan</c>.</summary>
    public required string Way { get; init; }

    /// <summary>The question's name, where it was one of the templates.</summary>
    public string? Template { get; init; }

    /// <summary>The credential's type where it is one we know.</summary>
    public string? Type { get; init; }

    /// <summary>The issuer identifier where the issuer is registered.</summary>
    public string? Issuer { get; init; }

    /// <summary>Outcome in snake_case.</summary>
    public required string Outcome { get; init; }

    /// <summary>Leading reason in snake_case.</summary>
    public required string Reason { get; init; }

    /// <summary>Binding level in snake_case.</summary>
    public required string Binding { get; init; }
}

/// <summary>A status list token that was verified before it was kept.</summary>
public sealed class StatusListRow
{
    /// <summary>Address of the list.</summary>
    public required string Uri { get; init; }

    /// <summary>The compact JWS as published. Of an organisation that was closed, others that were believed stand below, a line each.</summary>
    public required string Token { get; set; }

    /// <summary>The server's entity tag.</summary>
    public string? ETag { get; set; }

    /// <summary>When it was fetched or confirmed, UTC microseconds.</summary>
    public required long FetchedAt { get; set; }

    /// <summary>Id of the organisation whose credentials it speaks of, 32 bytes; its depositary may have signed it.</summary>
    public required byte[] Organisation { get; set; }
}
