using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Wallet.Desk;
using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Data;

/// <summary>
/// What the Wallet service keeps. No name of a holder and nothing of a credential or a holder's key but ciphertext under a key that only the holder brings: its thief learns
/// sizes, times, and who of a desk's staff did what. Times are UTC microseconds since 1970.
/// </summary>
public sealed class WalletDb(DbContextOptions<WalletDb> options) : IdentityUserContext<DeskUser>(options)
{
    /// <summary>Lists of issuers that only the holder's recovery code opens.</summary>
    public DbSet<RecoveryListRow> RecoveryLists => Set<RecoveryListRow>();

    /// <summary>Addresses that people enrolled.</summary>
    public DbSet<RecoveryContactRow> RecoveryContacts => Set<RecoveryContactRow>();

    /// <summary>Recoveries, running and ended.</summary>
    public DbSet<RecoveryRow> Recoveries => Set<RecoveryRow>();

    /// <summary>Messages that have not left yet.</summary>
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    /// <summary>What persons allow desks.</summary>
    public DbSet<MandateRow> Mandates => Set<MandateRow>();

    /// <summary>What persons keep at desks, encrypted.</summary>
    public DbSet<VaultRow> Vaults => Set<VaultRow>();

    /// <summary>What was done under mandates.</summary>
    public DbSet<ActRow> Acts => Set<ActRow>();

    /// <summary>Guesses.</summary>
    public DbSet<WrongWordsRow> WrongWords => Set<WrongWordsRow>();

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        base.ConfigureConventions(configuration);
        configuration.StoreTimesAsMicroseconds();
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<RecoveryListRow>(list =>
        {
            list.ToTable("recovery_lists").HasKey(l => l.Id);
            list.HasIndex(l => l.ReplacedBy);
            list.Property(l => l.Version).IsConcurrencyToken();
            // Several lists change with one sheet, each under its own scope: of two at once one wins.
            list.Property(l => l.HolderKey).IsConcurrencyToken();
            list.Property(l => l.ReplacedBy).IsConcurrencyToken();
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
        model.Entity<DeskUser>(staff =>
        {
            staff.ToTable("desk_staff");
            staff.Property(s => s.Desk).HasMaxLength(64);
        });
        model.Entity<IdentityUserClaim<string>>().ToTable("desk_staff_claims");
        model.Entity<IdentityUserLogin<string>>().ToTable("desk_staff_logins");
        model.Entity<IdentityUserToken<string>>().ToTable("desk_staff_tokens");
        model.Entity<MandateRow>(mandate =>
        {
            mandate.ToTable("mandates").HasKey(m => m.Id);
            mandate.Property(m => m.Version).IsConcurrencyToken();
            mandate.HasIndex(m => m.WordsHash).IsUnique();
            mandate.HasIndex(m => m.Vault);
        });
        model.Entity<VaultRow>(vault =>
        {
            vault.ToTable("mandate_vaults").HasKey(v => v.Id);
            vault.Property(v => v.Version).IsConcurrencyToken();
        });
        model.Entity<ActRow>(act =>
        {
            act.ToTable("mandate_acts").HasKey(a => a.Id);
            act.HasIndex(a => a.Mandate);
        });
        model.Entity<WrongWordsRow>().ToTable("mandate_wrong_words").HasKey(w => w.Staff);
        model.AddStaffSessions();
    }
}
