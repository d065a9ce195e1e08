using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Ledger.Log;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Identity.Audit.Data;

/// <summary>
/// Everything Audit stores: codes by hash, commitments, published counts, encrypted bundles, who looked, staff, and the log's tables.
/// Its thief learns how many versions each site has; no name, no term of a contract, nothing that links a worker across sites.
/// </summary>
public sealed class AuditDb(DbContextOptions<AuditDb> options) : IdentityUserContext<AuditUser>(options)
{
    /// <summary>Codes for workers.</summary>
    public DbSet<VoucherRow> Vouchers => Set<VoucherRow>();

    /// <summary>Recorded versions.</summary>
    public DbSet<ContractRow> Contracts => Set<ContractRow>();

    /// <summary>Published counts.</summary>
    public DbSet<CountRow> Counts => Set<CountRow>();

    /// <summary>What workers show.</summary>
    public DbSet<BundleRow> Bundles => Set<BundleRow>();

    /// <summary>Who looked at what.</summary>
    public DbSet<ReadRow> Reads => Set<ReadRow>();

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
        model.Entity<AuditUser>(staff =>
        {
            staff.ToTable("staff");
            staff.Property(s => s.Organisation).HasMaxLength(64);
        });
        model.Entity<IdentityUserClaim<string>>().ToTable("staff_claims");
        model.Entity<IdentityUserLogin<string>>().ToTable("staff_logins");
        model.Entity<IdentityUserToken<string>>().ToTable("staff_tokens");
        model.Entity<VoucherRow>(voucher =>
        {
            voucher.ToTable("vouchers").HasKey(v => v.Hash);
            voucher.Property(v => v.Version).IsConcurrencyToken();
            voucher.HasIndex(v => v.Site);
        });
        model.Entity<ContractRow>().ToTable("contracts").HasKey(c => c.Commitment);
        model.Entity<CountRow>().ToTable("site_counts").HasKey(c => new { c.Site, c.Stage });
        model.Entity<BundleRow>(bundle =>
        {
            bundle.ToTable("bundles").HasKey(b => b.Id);
            bundle.Property(b => b.Version).IsConcurrencyToken();
            bundle.HasIndex(b => b.Engagement);
        });
        model.Entity<ReadRow>(read =>
        {
            read.ToTable("reads").HasKey(r => r.Id);
            read.HasIndex(r => new { r.Organisation, r.At });
            read.HasIndex(r => r.Bundle);
        });
        model.AddStaffSessions();
        model.AddLedger();
    }
}
