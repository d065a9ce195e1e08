using System.Text;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Log;

/// <summary>What bringing entries back did.</summary>
public abstract record RecoveryStep
{
    private RecoveryStep() { }

    /// <summary>The database holds all that the other one has.</summary>
    public sealed record Whole(long Size) : RecoveryStep;

    /// <summary>The log has <paramref name="To"/> entries again; those from <paramref name="From"/> on came back as hashes, without the records that they prove.</summary>
    public sealed record Recovered(long From, long To) : RecoveryStep;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(string Reason) : RecoveryStep;
}

/// <summary>
/// Brings back what a database that was put back from a backup has lost of its log, from whoever keeps the log: a mirror, or the log's own address while another copy serves it. Nothing that is
/// fetched is believed: the checkpoint carries our own signature, the entries give its root, our entries are its beginning, and the chain's anchor lies on it.
/// </summary>
internal sealed class LogRecovery(string origin, byte[] publicKey, RegistryClient registry, TileFetch fetch)
{
    private const int MaxCheckpoint = 64 * 1024;
    private const int MaxBundle = Tiles.Full * (2 + MerkleTree.HashSize);

    /// <param name="db">The database.</param>
    /// <param name="from">Address under which <c>checkpoint</c> and <c>tile/…</c> are served.</param>
    /// <param name="within">What else is changed in the same transaction.</param>
    /// <param name="ct">Ends it without a change.</param>
    public async Task<RecoveryStep> RunAsync(DbContext db, Uri from, Func<Task> within, CancellationToken ct)
    {
        var (checkpoint, problem) = await CheckpointAsync(from, ct);
        if (checkpoint is null) return new RecoveryStep.Refused(problem);
        var latest = await registry.LatestAsync(RegistryClient.LogId(origin), ct);
        if (latest is not null && latest.Size > checkpoint.Size) return new RecoveryStep.Refused($"The chain has {latest.Size} entries of {origin}, {from.Host} only {checkpoint.Size}: ask somebody who has them all.");

        await using var sql = await SqlSession.BeginAsync(db, ct);
        if (!await sql.HoldHeadAsync(null, ct)) return new RecoveryStep.Refused("This database has no log yet. Start the service once, so that it makes one, stop it, and call this again.");
        var state = await db.Set<LogStateRow>().AsNoTracking().SingleAsync(s => s.Id == 1, ct);
        if (state.Origin != origin) return new RecoveryStep.Refused($"This database holds the log {state.Origin}, the settings name {origin}.");
        if (state.Size > checkpoint.Size) return new RecoveryStep.Refused($"{from.Host} has {checkpoint.Size} entries, the database {state.Size}: there is nothing to fetch.");

        var tree = await StoredTree.OpenAsync(sql, state.Size, state.Root, ct);
        if (await AppendAsync(sql, tree, from, checkpoint.Size, ct) is { } broken) return new RecoveryStep.Refused(broken);
        if (!tree.Root().AsSpan().SequenceEqual(checkpoint.Root))
            return new RecoveryStep.Refused($"The {state.Size} entries of the database and those of {from.Host} do not give the root that was signed: the database is no older copy of this log, or what {from.Host} serves is damaged.");
        if (state.Size == checkpoint.Size) return new RecoveryStep.Whole(state.Size);

        await tree.SaveAsync(sql, ct);
        await sql.RunAsync(ct, "UPDATE ledger_state SET size = @size, root = @root, fault = NULL WHERE id = 1", ("@size", tree.Size), ("@root", tree.Root()));
        await sql.RunAsync(ct, "INSERT INTO ledger_checkpoints (size, root, note, signed_at) VALUES (@size, @root, @note, 0) ON CONFLICT DO NOTHING",
            ("@size", checkpoint.Size), ("@root", checkpoint.Root), ("@note", (checkpoint.Note! with { Signatures = [.. checkpoint.Note!.Signatures.Where(IsOurs)] }).Full));
        if (latest is { Size: > 0 } && !(await new LogReader(db).RootAsync(latest.Size, ct)).AsSpan().SequenceEqual(latest.Root))
            return new RecoveryStep.Refused($"The chain has another root for the first {latest.Size} entries of {origin} than what {from.Host} serves.");
        await within();
        // Crash before this: nothing happened.
        await sql.CommitAsync(ct);
        return new RecoveryStep.Recovered(state.Size, checkpoint.Size);
    }

    private async Task<string?> AppendAsync(SqlSession sql, StoredTree tree, Uri from, long size, CancellationToken ct)
    {
        await using var insert = sql.Prepare("INSERT INTO ledger_entries (position, entry) VALUES (@position, @entry)", "@position", "@entry");
        await using var taken = sql.Prepare("DELETE FROM ledger_pending WHERE entry = @entry", "@entry");
        for (var bundle = tree.Size / Tiles.Full; bundle * Tiles.Full < size; bundle++)
        {
            var tile = Tiles.At(Tiles.Entries, bundle, size);
            if (await fetch(new Uri(from, Tiles.Path(tile)), MaxBundle, ct) is not FetchResult.Answer { IsSuccess: true } answer) return $"{from.Host} does not serve {Tiles.Path(tile)}.";
            if (!Tiles.TryDecodeEntries(answer.Body, tile.Width, out var entries)) return $"{Tiles.Path(tile)} of {from.Host} is not a bundle of {tile.Width} entries.";
            foreach (var entry in entries.Skip((int)Math.Max(0, tree.Size - (bundle * Tiles.Full))))
            {
                if (entry.Length != LedgerLog.EntrySize) return $"{Tiles.Path(tile)} of {from.Host} holds what is no entry.";
                await taken.RunAsync(ct, entry);
                await insert.RunAsync(ct, tree.Size, entry);
                tree.Append(entry);
            }
        }
        return null;
    }

    private async Task<(Checkpoint? Checkpoint, string Problem)> CheckpointAsync(Uri from, CancellationToken ct)
    {
        var answer = await fetch(new Uri(from, "checkpoint"), MaxCheckpoint, ct);
        if (answer is not FetchResult.Answer { IsSuccess: true } got) return (null, answer is FetchResult.Refused(var reason) ? $"{from.Host}: {reason}" : $"{from.Host} has no checkpoint at {from}checkpoint.");
        return Checkpoint.TryParse(Encoding.UTF8.GetString(got.Body), out var checkpoint, out _) && checkpoint!.Origin == origin && checkpoint.Verify(origin, publicKey)
            ? (checkpoint, "")
            : (null, $"What {from.Host} has is no checkpoint of {origin}, signed with our key.");
    }

    private bool IsOurs(NoteSignature line) => line.Name == origin && line.KeyId == SignedNote.KeyId(origin, publicKey);
}
