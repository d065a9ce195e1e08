using Identity.Hosting;
using Identity.Hosting.Pages;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Authorization;
using Identity.Issuer.Bulk;
using Identity.Issuer.Closing;
using Identity.Issuer.Deposits;
using Identity.Issuer.Exports;
using Identity.Issuer.Issuance;
using Identity.Issuer.Keys;
using Identity.Issuer.Management;
using Identity.Issuer.Monitoring;
using Identity.Issuer.Offers;
using Identity.Issuer.Organisations;
using Identity.Issuer.Recognition;
using Identity.Issuer.Recovery;
using Identity.Issuer.Status;
using Identity.Ledger.Log;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Data;

/// <summary>
/// Everything the Issuer stores: credentials and their copies, offers, status, keys of the API, staff, and the log's tables.
/// Not trusted with secrets: codes, tokens and API keys are kept as hashes; its thief learns the claims of records, and can neither sign nor redeem.
/// </summary>
public sealed class IssuerDb(DbContextOptions<IssuerDb> options) : IdentityUserContext<StaffUser>(options)
{
    /// <summary>One row for each credential an organisation decided to issue.</summary>
    public DbSet<CredentialRecord> Credentials => Set<CredentialRecord>();

    /// <summary>One row for each signed copy handed to a wallet.</summary>
    public DbSet<CredentialCopy> Copies => Set<CredentialCopy>();

    /// <summary>What was done to a credential, by whom and when.</summary>
    public DbSet<CredentialEvent> Events => Set<CredentialEvent>();

    /// <summary>Offers of a credential to its holder.</summary>
    public DbSet<Offer> Offers => Set<Offer>();

    /// <summary>Access tokens, by hash.</summary>
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();

    /// <summary>Refresh tokens, by hash.</summary>
    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    /// <summary>Authorization requests of wallets, by the hash of their name.</summary>
    public DbSet<AuthorizationRequest> AuthorizationRequests => Set<AuthorizationRequest>();

    /// <summary>Wallets that wait for a credential, by the hash of their transaction.</summary>
    public DbSet<DeferredIssue> DeferredIssues => Set<DeferredIssue>();

    /// <summary>What wallets said became of a credential, by the hash of the notification id.</summary>
    public DbSet<WalletNotice> WalletNotices => Set<WalletNotice>();

    /// <summary>Nonces that were used and have not expired yet, by hash.</summary>
    public DbSet<UsedNonce> UsedNonces => Set<UsedNonce>();

    /// <summary>Status lists and their newest published token.</summary>
    public DbSet<StatusListRow> StatusLists => Set<StatusListRow>();

    /// <summary>Status indices that are taken, for ever.</summary>
    public DbSet<StatusEntry> StatusEntries => Set<StatusEntry>();

    /// <summary>What proves that a holder who lost the phone is the holder.</summary>
    public DbSet<RecoveryAnchor> RecoveryAnchors => Set<RecoveryAnchor>();

    /// <summary>What proved holders before, thirty days long.</summary>
    public DbSet<EarlierAnchor> EarlierAnchors => Set<EarlierAnchor>();

    /// <summary>Who did and read what; sealed into a chain. See <see cref="AccessEntry"/>.</summary>
    public DbSet<AccessEntry> AccessLog => Set<AccessEntry>();

    /// <summary>The end of each organisation's chain of the access log.</summary>
    public DbSet<AccessChain> AccessChains => Set<AccessChain>();

    /// <summary>Heads of those chains that went into the public log.</summary>
    public DbSet<AccessHead> AccessHeads => Set<AccessHead>();

    /// <summary>What an organisation's administrator decided.</summary>
    public DbSet<OrganisationSettings> OrganisationSettings => Set<OrganisationSettings>();

    /// <summary>Keys of the management API, by hash.</summary>
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    /// <summary>Signing keys and how far their registration on the ledger has come.</summary>
    public DbSet<KeyRegistration> KeyRegistrations => Set<KeyRegistration>();

    /// <summary>Signing keys, old, present and to come.</summary>
    public DbSet<SigningKeyRow> SigningKeys => Set<SigningKeyRow>();

    /// <summary>Grants and withdrawals of accreditations on their way to the ledger.</summary>
    public DbSet<AccreditationAct> AccreditationActs => Set<AccreditationAct>();

    /// <summary>Organisations that end or have ended, and how far that has come.</summary>
    public DbSet<OrganisationClosing> Closings => Set<OrganisationClosing>();

    /// <summary>What closed organisations left to organisations here.</summary>
    public DbSet<Deposit> Deposits => Set<Deposit>();

    /// <summary>Records of closed organisations.</summary>
    public DbSet<DepositRecord> DepositRecords => Set<DepositRecord>();

    /// <summary>Copies of closed organisations that the ledger held before the closing.</summary>
    public DbSet<DepositCopy> DepositCopies => Set<DepositCopy>();

    /// <summary>What was told to closed organisations for a lost phone.</summary>
    public DbSet<DepositAnchor> DepositAnchors => Set<DepositAnchor>();

    /// <summary>What phones asked of a depositary.</summary>
    public DbSet<DepositRequest> DepositRequests => Set<DepositRequest>();

    /// <summary>Status tokens that were put into the log.</summary>
    public DbSet<PublishedToken> PublishedTokens => Set<PublishedToken>();

    /// <summary>How far the log was compared with what was issued. One row.</summary>
    public DbSet<MonitorState> MonitorStates => Set<MonitorState>();

    /// <summary>What the public record has that this service did not do.</summary>
    public DbSet<MonitorFinding> MonitorFindings => Set<MonitorFinding>();

    /// <summary>What organisations found out about it.</summary>
    public DbSet<MonitorAnswer> MonitorAnswers => Set<MonitorAnswer>();

    /// <summary>Files that are issued row by row.</summary>
    public DbSet<BulkJob> BulkJobs => Set<BulkJob>();

    /// <summary>Rows of such files that were found right.</summary>
    public DbSet<BulkRow> BulkRows => Set<BulkRow>();

    /// <summary>What is wrong with such files.</summary>
    public DbSet<BulkError> BulkErrors => Set<BulkError>();

    /// <summary>Exit bundles that organisations asked for.</summary>
    public DbSet<OrganisationExport> Exports => Set<OrganisationExport>();

    /// <summary>Requests for recognition at recognition bodies.</summary>
    public DbSet<RecognitionCase> RecognitionCases => Set<RecognitionCase>();

    /// <summary>Who works on an organisation's files.</summary>
    public DbSet<BulkLease> BulkLeases => Set<BulkLease>();

    /// <summary>Identity's third schema: the first with passkeys.</summary>
    protected override Version SchemaVersion => Microsoft.AspNetCore.Identity.IdentitySchemaVersions.Version3;

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
        model.Entity<StaffUser>(staff =>
        {
            staff.ToTable("staff");
            staff.Property(s => s.Organisation).HasMaxLength(64);
            staff.HasIndex(s => new { s.Organisation, s.Number }).IsUnique();
        });
        model.Entity<Microsoft.AspNetCore.Identity.IdentityUserClaim<string>>().ToTable("staff_claims");
        model.Entity<Microsoft.AspNetCore.Identity.IdentityUserLogin<string>>().ToTable("staff_logins");
        model.Entity<Microsoft.AspNetCore.Identity.IdentityUserToken<string>>().ToTable("staff_tokens");
        model.Entity<Microsoft.AspNetCore.Identity.IdentityUserPasskey<string>>(passkey =>
        {
            passkey.ToTable("staff_passkeys").HasKey(p => p.CredentialId);
            passkey.Property(p => p.CredentialId).HasMaxLength(1024);
            passkey.OwnsOne(p => p.Data).ToJson();
            passkey.HasOne<StaffUser>().WithMany().HasForeignKey(p => p.UserId).IsRequired();
        });
        // The newer schema of Identity, wanted for its passkeys, would also shorten these columns of the first migration.
        foreach (var (entity, column) in new (Type, string)[]
        {
            (typeof(StaffUser), nameof(StaffUser.PhoneNumber)),
            (typeof(Microsoft.AspNetCore.Identity.IdentityUserLogin<string>), "LoginProvider"), (typeof(Microsoft.AspNetCore.Identity.IdentityUserLogin<string>), "ProviderKey"),
            (typeof(Microsoft.AspNetCore.Identity.IdentityUserToken<string>), "LoginProvider"), (typeof(Microsoft.AspNetCore.Identity.IdentityUserToken<string>), "Name"),
        })
            model.Entity(entity).Metadata.FindProperty(column)!.SetMaxLength(null);

        model.Entity<CredentialRecord>(credential =>
        {
            credential.ToTable("credentials").HasKey(c => c.Id);
            credential.Property(c => c.State).HasConversion<string>();
            credential.Property(c => c.Version).IsConcurrencyToken();
            credential.Property(c => c.AskedBy).HasColumnName("EndAskedBy"); // the columns are older than what is asked besides an end
            credential.Property(c => c.AskedCode).HasColumnName("EndAskedCode");
            credential.Property(c => c.AskedReason).HasColumnName("EndAskedReason");
            credential.HasIndex(c => new { c.Organisation, c.CreatedAt });
            credential.HasIndex(c => new { c.Organisation, c.Reference });
            credential.HasIndex(c => c.Replaces).HasFilter("\"Replaces\" IS NOT NULL");
            credential.HasIndex(c => c.AddsTo).HasFilter("\"AddsTo\" IS NOT NULL");
        });
        model.Entity<CredentialCopy>(copy =>
        {
            copy.ToTable("credential_copies").HasKey(c => c.Id);
            copy.HasOne<CredentialRecord>().WithMany().HasForeignKey(c => c.CredentialId).OnDelete(DeleteBehavior.Restrict);
            copy.HasIndex(c => new { c.OfferId, c.Format, c.HolderKey }).IsUnique();
            // No index is given twice: the key of status_entries; no entry is: the log. Neither is made unique again here.
            copy.HasIndex(c => new { c.Organisation, c.IssuedAt });
            copy.HasIndex(c => c.HolderKey);
        });
        model.Entity<CredentialEvent>(happening =>
        {
            happening.ToTable("credential_events").HasKey(e => e.Id);
            happening.HasOne<CredentialRecord>().WithMany().HasForeignKey(e => e.CredentialId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<Offer>(offer =>
        {
            offer.ToTable("offers").HasKey(o => o.Id);
            offer.Property(o => o.State).HasConversion<string>();
            offer.Property(o => o.Version).IsConcurrencyToken();
            offer.HasIndex(o => o.CodeHash).IsUnique();
            offer.HasOne<CredentialRecord>().WithMany().HasForeignKey(o => o.CredentialId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<AccessToken>(token =>
        {
            token.ToTable("access_tokens").HasKey(t => t.Hash);
            token.HasIndex(t => t.ExpiresAt);
            token.HasIndex(t => t.Family);
        });
        model.Entity<RefreshToken>(token =>
        {
            token.ToTable("refresh_tokens").HasKey(t => t.Hash);
            token.Property(t => t.UsedAt).IsConcurrencyToken();
            token.HasIndex(t => t.ExpiresAt);
            token.HasIndex(t => t.Family);
        });
        model.Entity<AuthorizationRequest>(request =>
        {
            request.ToTable("authorization_requests").HasKey(r => r.Hash);
            request.Property(r => r.State).HasConversion<string>();
            request.Property(r => r.Version).IsConcurrencyToken();
            request.HasIndex(r => r.CodeHash).IsUnique();
            request.HasIndex(r => r.ExpiresAt);
        });
        model.Entity<DeferredIssue>(waiting =>
        {
            waiting.ToTable("deferred_issues").HasKey(d => d.Hash);
            waiting.Property(d => d.Version).IsConcurrencyToken();
            waiting.HasIndex(d => d.OfferId);
        });
        model.Entity<WalletNotice>(notice =>
        {
            notice.ToTable("wallet_notices").HasKey(n => n.Hash);
            notice.Property(n => n.Event).IsConcurrencyToken();
        });
        model.Entity<UsedNonce>(nonce =>
        {
            nonce.ToTable("used_nonces").HasKey(n => n.Hash);
            nonce.HasIndex(n => n.ExpiresAt);
        });
        model.Entity<StatusListRow>().ToTable("status_lists").HasKey(l => new { l.Organisation, l.Number });
        model.Entity<StatusEntry>(entry =>
        {
            entry.ToTable("status_entries").HasKey(e => new { e.Organisation, e.List, e.Index });
            entry.HasIndex(e => e.CredentialId);
        });
        model.Entity<RecoveryAnchor>(anchor =>
        {
            anchor.ToTable("recovery_anchors").HasKey(a => a.CredentialId);
            anchor.Property(a => a.Version).IsConcurrencyToken();
            anchor.HasOne<CredentialRecord>().WithMany().HasForeignKey(a => a.CredentialId).OnDelete(DeleteBehavior.Restrict);
            anchor.HasIndex(a => new { a.Organisation, a.Tag });
        });
        model.Entity<EarlierAnchor>(earlier =>
        {
            earlier.ToTable("recovery_anchors_earlier").HasKey(e => new { e.CredentialId, e.Tag, e.SecretHash });
            earlier.HasOne<RecoveryAnchor>().WithMany().HasForeignKey(e => e.CredentialId).OnDelete(DeleteBehavior.Cascade);
            earlier.HasIndex(e => e.Tag);
        });
        model.AddStaffSessions();
        model.AddLedger();
        SigningKeyRow.Map(model);
        AccreditationAct.Map(model);
        OrganisationClosing.Map(model);
        Deposit.Map(model);
        MonitorModel.Map(model);
        OrganisationExport.Map(model);
        BulkModel.Map(model);
        RecognitionCase.Map(model);
        model.Entity<AccessEntry>(entry =>
        {
            entry.ToTable("access_log").HasKey(e => e.Id);
            entry.HasIndex(e => new { e.Organisation, e.Sequence }).IsUnique();
            entry.HasIndex(e => e.CredentialId);
        });
        model.Entity<AccessChain>(chain =>
        {
            chain.ToTable("access_chains").HasKey(c => c.Organisation);
            chain.Property(c => c.Sequence).IsConcurrencyToken();
        });
        model.Entity<OrganisationSettings>(settings =>
        {
            settings.ToTable("organisation_settings").HasKey(s => s.Organisation);
            settings.Property(s => s.Version).IsConcurrencyToken();
        });
        model.Entity<AccessHead>().ToTable("access_heads").HasKey(h => new { h.Organisation, h.Sequence });
        model.Entity<ApiKey>(key =>
        {
            key.ToTable("api_keys").HasKey(k => k.Hash);
            key.HasIndex(k => new { k.Organisation, k.Number }).IsUnique();
        });
        model.Entity<KeyRegistration>().ToTable("key_registrations").HasKey(k => new { k.Organisation, k.Thumbprint });
    }
}
