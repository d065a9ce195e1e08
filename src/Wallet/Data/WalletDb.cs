using Identity.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Data;

/// <summary>
/// What the Wallet service keeps. Never a name, a credential, or a key of a holder: its thief learns sizes and times.
/// Times are UTC microseconds since 1970.
/// </summary>
public sealed class WalletDb(DbContextOptions<WalletDb> options) : DbContext(options)
{
    /// <summary>Lists of issuers that only the holder's recovery code opens.</summary>
    public DbSet<RecoveryListRow> RecoveryLists => Set<RecoveryListRow>();

    /// <summary>Addresses that people enrolled.</summary>
    public DbSet<RecoveryContactRow> RecoveryContacts => Set<RecoveryContactRow>();

    /// <summary>Recoveries, running and ended.</summary>
    public DbSet<RecoveryRow> Recoveries => Set<RecoveryRow>();

    /// <summary>Messages that have not left yet.</summary>
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) => configuration.StoreTimesAsMicroseconds();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<RecoveryListRow>(list =>
        {
            list.ToTable("recovery_lists").HasKey(l => l.Id);
            list.Property(l => l.Version).IsConcurrencyToken();
        });
        model.Entity<RecoveryContactRow>(contact =>
        {
            contact.ToTable("recovery_contacts").HasKey(c => c.Id);
            contact.Property(c => c.Version).IsConcurrencyToken();
            contact.HasIndex(c => c.ListId);
            contact.HasIndex(c => c.AddressTag);
        });
        model.Entity<RecoveryRow>(recovery =>
        {
            recovery.ToTable("recoveries").HasKey(r => r.Id);
            recovery.Property(r => r.State).HasConversion<string>();
            recovery.Property(r => r.Version).IsConcurrencyToken();
            recovery.HasIndex(r => r.ListId);
            recovery.HasIndex(r => r.Number).IsUnique();
            recovery.HasIndex(r => r.StopHash);
        });
        model.Entity<OutboxRow>(message =>
        {
            message.ToTable("outbox").HasKey(m => m.Id);
            message.HasIndex(m => m.NextTryAt);
        });
    }
}
