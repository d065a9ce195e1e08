using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Evm;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Log;

/// <summary>What one round of the sequencer did.</summary>
internal abstract record SequencerRound
{
    private SequencerRound() { }

    /// <summary>Nothing was due.</summary>
    public sealed record Idle : SequencerRound;

    /// <summary>Another process holds the lease, or won the race.</summary>
    public sealed record Standby : SequencerRound;

    /// <summary>The tree grew (or an earlier growth was signed after a crash).</summary>
    public sealed record Signed(long Entries, Checkpoint Checkpoint) : SequencerRound;

    /// <summary>Nothing is signed yet: the process has not compared itself with anybody since its start.</summary>
    public sealed record Waiting(string Reason) : SequencerRound;

    /// <summary>The log must not go on; entries wait and nothing is lost.</summary>
    public sealed record Halted(string Fault) : SequencerRound;
}

/// <summary>
/// Gives waiting entries their places and signs the tree. What it promises: an entry gets one place for ever, and no two
/// checkpoints are signed that contradict each other. Both rest on the database alone, so any number of sequencers may run
/// and each may be killed anywhere: the tree is committed first, by compare-and-swap, and only a committed tree is signed.
/// </summary>
internal sealed class Sequencer(string origin, ISigner key, LogOptions options, TimeProvider clock, LogLease lease, StartGuard? guard = null)
{
    /// <summary>Entries per round: bounds memory and the time that other writers wait.</summary>
    private const int MaxPerRound = 32 * 1024;

    /// <summary>An entry that was added so far ahead was added by a clock that was wrong: it need not wait for that time to come.</summary>
    private static readonly long Future = Micros.Of(TimeSpan.FromMinutes(1));

    private readonly byte[] _publicKey = PublicKey(key);

    // Above which size the chain wants our key, where the database knows another one.
    private long? _keyFromSize;
    private bool _signedAgain;

    public static byte[] PublicKey(ISigner key) =>
        Base64Url.TryDecode(key.PublicKey.X, out var bytes) && bytes.Length == 32 ? bytes : throw new ArgumentException("A log signs with Ed25519.", nameof(key));

    public async Task<SequencerRound> RunAsync(DbContext db, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            // A checkpoint that was published must not be forgotten in a power cut: wait for the disk on every commit.
            if (!db.Database.IsPostgreSql()) await db.Database.ExecuteSqlRawAsync("PRAGMA synchronous = FULL", ct);

            var isSettled = guard is null or { IsPassed: true } && (_keyFromSize is null || _signedAgain);
            if (isSettled && !await IsDueAsync(db, ct)) return new SequencerRound.Idle();
            var isOurTurn = await lease.TakeAsync(db, ct);
            if (!isOurTurn && guard is null or { IsPassed: true }) return new SequencerRound.Standby();

            var state = await HeadAsync(db, ct);
            if (state.Origin != origin) return new SequencerRound.Halted($"This database holds the log {state.Origin}, the settings name {origin}. Correct Log:Origin.");
            if (state.Fault is not null) return new SequencerRound.Halted(state.Fault);
            if (await NewestAsync(db, ct) is { } newest && !IsOurs(newest) && await OtherKeyAsync(ct) is { } stop) return stop;

            // Before the tree grows: what an old copy gives a place to now has another place elsewhere. Whoever stands by looks too, at its start, so that it can take over
            // while nobody can be asked; what it finds amiss may be what the other did meanwhile, and is looked at again when it is its turn.
            var look = guard is null ? new GuardStep.Passed() : await guard.CheckAsync(db, ct);
            if (!isOurTurn) return new SequencerRound.Standby();
            switch (look)
            {
                case GuardStep.Refused(var reason): return new SequencerRound.Halted(reason);
                case GuardStep.Waiting(var reason): return new SequencerRound.Waiting(reason);
            }

            await SignAgainAsync(db, ct);
            var grown = await GrowAsync(db, ct);
            if (grown is null) return new SequencerRound.Standby();

            // Crash here: the tree is ahead of its checkpoint. The next round finds nothing or more to append and signs the tree then; nobody has seen anything in between.
            return await SignAsync(db, grown.Value, ct);
        }
        catch (InvalidDataException damaged)
        {
            return new SequencerRound.Halted(damaged.Message);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private async Task<bool> IsDueAsync(DbContext db, CancellationToken ct)
    {
        var due = Micros.Of(clock.GetUtcNow());
        var step = Micros.Of(options.Interval);
        var absurd = due + Future;
        if (await db.Set<PendingRow>().AnyAsync(p => p.AddedAt + (p.Round * step) <= due || p.AddedAt > absurd, ct)) return true;
        var state = await db.Set<LogStateRow>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == 1, ct);
        return state is not null && state.Size > 0 && !await db.Set<CheckpointRow>().AnyAsync(c => c.Size == state.Size, ct);
    }

    /// <summary>Moves what is due from waiting to the tree, in one transaction; null when another sequencer was faster.</summary>
    private async Task<long?> GrowAsync(DbContext db, CancellationToken ct)
    {
        // Crash anywhere before the commit: nothing happened.
        await using var sql = await SqlSession.BeginAsync(db, ct);
        if (!await sql.HoldHeadAsync(lease.Owner, ct)) return null;
        var state = await HeadAsync(db, ct);
        var now = Micros.Of(clock.GetUtcNow());
        // One statement: what is taken away is what is added below, whoever appends meanwhile.
        var due = await sql.QueryAsync(ct, row => row.GetFieldValue<byte[]>(0),
            "DELETE FROM ledger_pending WHERE entry IN (SELECT entry FROM ledger_pending WHERE added_at + round * @step <= @now OR added_at > @absurd ORDER BY entry LIMIT @max) RETURNING entry",
            ("@step", Micros.Of(options.Interval)), ("@now", now), ("@absurd", now + Future), ("@max", MaxPerRound));
        due.Sort(LedgerLog.ByteOrder);

        var tree = await StoredTree.OpenAsync(sql, state.Size, state.Root, ct);
        await using (var insert = sql.Prepare("INSERT INTO ledger_entries (position, entry) VALUES (@position, @entry) ON CONFLICT (entry) DO NOTHING", "@position", "@entry"))
        {
            foreach (var entry in due)
            {
                // An entry that the log already has keeps its first place.
                if (await insert.RunAsync(ct, tree.Size, entry) == 1) tree.Append(entry);
            }
        }

        await tree.SaveAsync(sql, ct);
        var swapped = await sql.RunAsync(ct,
            "UPDATE ledger_state SET size = @size, root = @root WHERE id = 1 AND size = @old AND lease_owner = @owner",
            ("@size", tree.Size), ("@root", tree.Root()), ("@old", state.Size), ("@owner", lease.Owner));
        if (swapped != 1) return null;
        await sql.CommitAsync(ct);
        return tree.Size - state.Size;
    }

    private async Task<SequencerRound> SignAsync(DbContext db, long entries, CancellationToken ct)
    {
        var state = await HeadAsync(db, ct);
        if (state.Size == 0) return new SequencerRound.Idle();
        var checkpoint = new Checkpoint(origin, state.Size, state.Root);
        var note = checkpoint.Sign(origin, key);
        // Crash before the insert: the signature was never seen. After it: it is published. Signing the same tree twice gives the same note.
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO ledger_checkpoints (size, root, note, signed_at) VALUES ({state.Size}, {state.Root}, {note}, {Micros.Of(clock.GetUtcNow())}) ON CONFLICT DO NOTHING", ct);
        return new SequencerRound.Signed(entries, checkpoint);
    }

    /// <summary>The newest checkpoint was signed with another key: the ledger knows of the change, or the file is the wrong one.</summary>
    private async Task<SequencerRound?> OtherKeyAsync(CancellationToken ct)
    {
        if (_keyFromSize is not null) return null;
        try
        {
            _keyFromSize = guard is null ? null : await guard.KeyFromSizeAsync(ct);
        }
        catch (EvmException unreachable)
        {
            return new SequencerRound.Waiting($"The newest checkpoint of {origin} was signed with another key, and the chain cannot be asked whether it was changed: {unreachable.Message}");
        }
        return _keyFromSize is not null ? null : new SequencerRound.Halted($"The newest checkpoint of {origin} was signed with another key. Correct Log:SigningKeyFile; a new key must be on the chain first (change-log-key).");
    }

    /// <summary>
    /// After a change of the key: the trees that readers will not take from the old key any more get the new one's signature. They are the same trees, so nothing is contradicted, and what witnesses signed beside
    /// it stays, since it is of the same text.
    /// </summary>
    private async Task SignAgainAsync(DbContext db, CancellationToken ct)
    {
        if (_keyFromSize is not { } from || _signedAgain) return;
        foreach (var row in await db.Set<CheckpointRow>().AsNoTracking().Where(c => c.Size > from).OrderBy(c => c.Size).ToListAsync(ct))
        {
            if (IsOurs(row)) continue;
            var note = new Checkpoint(origin, row.Size, row.Root).Sign(origin, key);
            await db.Database.ExecuteSqlAsync($"UPDATE ledger_checkpoints SET note = {note} WHERE size = {row.Size}", ct);
        }
        _signedAgain = true;
    }

    private bool IsOurs(CheckpointRow row) => Checkpoint.TryParse(row.Note, out var checkpoint, out _) && checkpoint!.Verify(origin, _publicKey);

    private static Task<LogStateRow> HeadAsync(DbContext db, CancellationToken ct) => db.Set<LogStateRow>().AsNoTracking().SingleAsync(s => s.Id == 1, ct);

    private static Task<CheckpointRow?> NewestAsync(DbContext db, CancellationToken ct) =>
        db.Set<CheckpointRow>().AsNoTracking().OrderByDescending(c => c.Size).FirstOrDefaultAsync(ct);
}
