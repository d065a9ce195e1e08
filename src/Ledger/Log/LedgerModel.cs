using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Log;

/// <summary>Puts the log's tables into the operator's own database, so that a credential and its entry are stored by one transaction.</summary>
public static class LedgerModel
{
    /// <summary>Maps pending entries, entries, tiles, checkpoints and their cosignatures, the log's head, the anchoring outbox and what proves its anchors. Call it in <c>OnModelCreating</c>.</summary>
    public static ModelBuilder AddLedger(this ModelBuilder model)
    {
        model.Entity<PendingRow>(row =>
        {
            row.ToTable("ledger_pending").HasKey(p => p.Entry);
            row.Property(p => p.Entry).HasColumnName("entry").ValueGeneratedNever();
            row.Property(p => p.AddedAt).HasColumnName("added_at");
            row.Property(p => p.Round).HasColumnName("round");
        });
        model.Entity<EntryRow>(row =>
        {
            row.ToTable("ledger_entries").HasKey(e => e.Index);
            row.Property(e => e.Index).HasColumnName("position").ValueGeneratedNever();
            row.Property(e => e.Entry).HasColumnName("entry");
            row.HasIndex(e => e.Entry).IsUnique().HasDatabaseName("ledger_entries_entry");
        });
        model.Entity<TileRow>(row =>
        {
            row.ToTable("ledger_tiles").HasKey(t => new { t.Level, t.Number });
            row.Property(t => t.Level).HasColumnName("level");
            row.Property(t => t.Number).HasColumnName("number");
            row.Property(t => t.Hashes).HasColumnName("hashes");
            row.Property(t => t.InnerHashes).HasColumnName("inner_hashes");
        });
        model.Entity<CheckpointRow>(row =>
        {
            row.ToTable("ledger_checkpoints").HasKey(c => c.Size);
            row.Property(c => c.Size).HasColumnName("size").ValueGeneratedNever();
            row.Property(c => c.Root).HasColumnName("root");
            row.Property(c => c.Note).HasColumnName("note");
            row.Property(c => c.SignedAt).HasColumnName("signed_at");
        });
        model.Entity<CosignatureRow>(row =>
        {
            row.ToTable("ledger_cosignatures").HasKey(c => new { c.Size, c.Witness });
            row.Property(c => c.Size).HasColumnName("size");
            row.Property(c => c.Witness).HasColumnName("witness");
            row.Property(c => c.Line).HasColumnName("line");
            row.Property(c => c.At).HasColumnName("at");
        });
        model.Entity<LogStateRow>(row =>
        {
            row.ToTable("ledger_state").HasKey(s => s.Id);
            row.Property(s => s.Id).HasColumnName("id").ValueGeneratedNever();
            row.Property(s => s.Origin).HasColumnName("origin");
            row.Property(s => s.Size).HasColumnName("size");
            row.Property(s => s.Root).HasColumnName("root");
            row.Property(s => s.LeaseOwner).HasColumnName("lease_owner");
            row.Property(s => s.LeaseUntil).HasColumnName("lease_until");
            row.Property(s => s.Fault).HasColumnName("fault");
            row.Property(s => s.Served).HasColumnName("served").HasDefaultValue(0L);
        });
        model.Entity<AnchorRow>(row =>
        {
            row.ToTable("ledger_anchors").HasKey(a => a.Id);
            row.Property(a => a.Id).HasColumnName("id");
            row.Property(a => a.Size).HasColumnName("size");
            row.Property(a => a.Root).HasColumnName("root");
            row.Property(a => a.State).HasColumnName("state");
            row.Property(a => a.SinceBlock).HasColumnName("since_block");
            row.Property(a => a.ChainId).HasColumnName("chain_id");
            row.Property(a => a.Contract).HasColumnName("contract");
            row.Property(a => a.Transaction).HasColumnName("transaction_hash");
            row.Property(a => a.Block).HasColumnName("block");
            row.Property(a => a.BlockHash).HasColumnName("block_hash");
            row.Property(a => a.BlockTime).HasColumnName("block_time");
            row.HasIndex(a => new { a.State, a.Size }).HasDatabaseName("ledger_anchors_state_size");
        });
        model.Entity<ProofRow>(row =>
        {
            row.ToTable("ledger_proofs").HasKey(p => p.Anchor);
            row.Property(p => p.Anchor).HasColumnName("anchor").ValueGeneratedNever();
            row.Property(p => p.Consensus).HasColumnName("consensus");
            row.Property(p => p.Block).HasColumnName("block");
            row.Property(p => p.Header).HasColumnName("header");
            row.Property(p => p.Proof).HasColumnName("proof");
            row.HasIndex(p => p.Block).HasDatabaseName("ledger_proofs_block");
        });
        model.Entity<ChangeRow>(row =>
        {
            row.ToTable("ledger_validator_changes").HasKey(c => c.Block);
            row.Property(c => c.Block).HasColumnName("block").ValueGeneratedNever();
            row.Property(c => c.Header).HasColumnName("header");
        });
        return model;
    }
}
