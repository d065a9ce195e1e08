using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

/// <summary>
/// Reads a log's checkpoint and the entries that are new, and believes nothing: the checkpoint must carry the signature of the key on the chain,
/// and the entries we have plus the new ones must give its root, which proves that it only appended.
/// </summary>
internal sealed class LogFollower(LogWire wire, MirrorFile file, TimeProvider clock, MirrorOptions options)
{
    private const int MaxReceipt = 1024 * 1024;
    private const int MaxReceipts = 8;
    private const long MaxNew = 4 * 1024 * 1024;

    private readonly PeerComparison _peers = new(wire, file, options, clock);

    /// <summary>One look. Problems pass; a contradiction is an alarm, which stands until the key it rests on is replaced.</summary>
    public async Task LookAsync(MirrorData data, MirroredLog log, CancellationToken ct)
    {
        lock (data.Gate) log = data.Settle(file, log, clock.GetUtcNow());
        if (log.Alarm is not null) return;
        // The chain was read before: a log that anchored a size has published it.
        var anchored = log.AnchoredSize;
        var (place, checkpoint, note, problem) = await CheckpointAsync(log, anchored, ct);
        if (checkpoint is not null) problem = await CompareAsync(data, log, place, checkpoint, note, anchored, ct);
        lock (data.Gate)
        {
            log.Problem = problem;
            if (problem is null && log.Alarm is null && checkpoint is not null)
            {
                (log.CheckedAt, log.ReadFrom) = (clock.GetUtcNow(), place.Mirror);
                log.Remember(checkpoint.Size, note, clock.GetUtcNow());
                if (log.Count(checkpoint, options.Witnesses, clock.GetUtcNow())) file.SaveWitnessed(log.Origin, note);
                if (log.NewestCount < options.Witnesses.Required) log.Problem = $"The checkpoint of {checkpoint.Size} entries has {log.NewestCount} of the {options.Witnesses.Required} cosignatures that are asked for.";
            }

            if (log.Alarm is null && log.CheckAnchors() is { } contradiction) Raise(log, contradiction, note);
        }

        await KeepNotesAsync(data, log, problem is null ? place : null, ct);
        if (log.Alarm is null && await _peers.LookAsync(data, log, ct) is var (reason, theirs)) lock (data.Gate) Raise(log, reason, theirs, _peers.Own(log, theirs));
    }

    // Every anchored size with its signed checkpoint: of those that passed between two looks, the receipt of their last entry has it.
    private async Task KeepNotesAsync(MirrorData data, MirroredLog log, LogPlace? place, CancellationToken ct)
    {
        List<(long Size, string Note, DateTimeOffset? SeenAt)> kept;
        List<RegistryEvent.Anchored> missing;
        lock (data.Gate)
        {
            if (log.Alarm is not null) return;
            kept = [.. log.ToKeep().Select(k => (k.Size, k.Note, (DateTimeOffset?)k.SeenAt))];
            missing = place is not null ? [.. log.Unnoted().Where(anchor => kept.TrueForAll(k => k.Size != anchor.Size)).Take(MaxReceipts)] : [];
        }

        foreach (var anchor in missing)
        {
            if (await NoteOfAsync(place!, log, anchor, ct) is { } note) kept.Add((anchor.Size, note, null));
        }

        foreach (var (size, note, seenAt) in kept) file.SaveNote(log.Origin, size, note, seenAt);
        lock (data.Gate) foreach (var (size, _, seenAt) in kept) log.Noted.TryAdd(size, seenAt);
    }

    private async Task<string?> NoteOfAsync(LogPlace place, MirroredLog log, RegistryEvent.Anchored anchor, CancellationToken ct)
    {
        var last = file.Entries(log.Origin, anchor.Size - 1, 1).Single();
        var (body, _) = await wire.FetchAsync(place, $"receipt/{Convert.ToHexStringLower(last)}", MaxReceipt, ct);
        if (body is null || ProofOf(body) is not { } text || !TlogProof.TryParse(text, out var proof, out _)) return null;
        return log.IsSigned(proof!.Checkpoint, anchor) ? proof.Checkpoint : null;
    }

    private static string? ProofOf(byte[] receipt)
    {
        try
        {
            return JsonNode.Parse(receipt) is JsonObject read && read["proof"] is JsonValue proof && proof.TryGetValue<string>(out var text) ? text : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException) // no JSON, or a member twice
        {
            return null;
        }
    }

    private async Task<string?> CompareAsync(MirrorData data, MirroredLog log, LogPlace place, Checkpoint checkpoint, string note, long anchored, CancellationToken ct)
    {
        string? alarm = null;
        var known = log.Tree.Size;
        if (checkpoint.Size < known) alarm = $"Rollback: the log showed {known} entries before and {checkpoint.Size} now.";
        else if (checkpoint.Size < anchored) alarm = $"Rollback: the chain has {anchored} entries of the log, which shows {checkpoint.Size}.";
        else if (checkpoint.Size == known && known > 0 && !checkpoint.Root.AsSpan().SequenceEqual(log.Tree.Root())) alarm = $"Fork: two signed checkpoints of {known} entries have different roots.";
        else if (checkpoint.Size > known) return await ExtendAsync(data, log, place, checkpoint, note, ct);
        if (alarm is not null) lock (data.Gate) Raise(log, alarm, note);
        return null;
    }

    private async Task<string?> ExtendAsync(MirrorData data, MirroredLog log, LogPlace place, Checkpoint checkpoint, string note, CancellationToken ct)
    {
        var known = log.Tree.Size;
        if (checkpoint.Size - known > MaxNew) return $"The log claims {checkpoint.Size} entries, more than are read at once.";
        var (added, problem) = await wire.EntriesAsync(place, known, checkpoint.Size, ct);
        if (added is null) return problem;
        if (log.Tree.RootWith(added).AsSpan().SequenceEqual(checkpoint.Root))
        {
            // Crash before the save: fetched again. After it: read from the file at the next start.
            file.Save(log.Origin, known, added, note);
            lock (data.Gate)
            {
                foreach (var entry in added) log.Tree.Append(entry);
                log.Note = note;
            }

            return null;
        }

        // Either what we were served is damaged, or the signed tree does not contain the entries we know. Only the whole tree can tell.
        if (known == 0 || checkpoint.Size > MaxNew) return "The entries that the log serves do not give the root that it signed.";
        var (all, reason) = await wire.EntriesAsync(place, 0, checkpoint.Size, ct);
        if (all is null) return reason;
        if (!MerkleTree.Root([.. all.Select(e => MerkleTree.LeafHash(e))]).AsSpan().SequenceEqual(checkpoint.Root))
            return "The entries that the log serves do not give the root that it signed.";
        lock (data.Gate) Raise(log, $"Fork: the signed tree of {checkpoint.Size} entries does not continue the signed tree of {known}.", note);
        return null;
    }

    private void Raise(MirroredLog log, string reason, string note, string? before = null)
    {
        file.Raise(log.Origin, reason, before ?? log.Note, note.Length == 0 ? null : note, clock.GetUtcNow()); // a log that did not answer has shown nothing
        log.Alarm = reason;
    }

    // The log's own word first. Another mirror that is behind has nothing to say, and that it is behind accuses nobody.
    private async Task<(LogPlace Place, Checkpoint? Checkpoint, string Note, string? Problem)> CheckpointAsync(MirroredLog log, long anchored, CancellationToken ct)
    {
        var places = LogPlace.Of(log.Origin, options).ToList();
        string? first = null;
        foreach (var place in places)
        {
            var (checkpoint, note, problem) = await wire.CheckpointAsync(place, log, ct);
            first ??= problem;
            if (checkpoint is not null && (place.Mirror is null || checkpoint.Size >= Math.Max(log.Tree.Size, anchored))) return (place, checkpoint, note, null);
        }

        return (places[0], null, "", first);
    }
}
