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

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configuration) => configuration.StoreTimesAsMicroseconds();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder model) => model.Entity<RecoveryListRow>(list =>
    {
        list.ToTable("recovery_lists").HasKey(l => l.Id);
        list.Property(l => l.Version).IsConcurrencyToken();
    });
}
