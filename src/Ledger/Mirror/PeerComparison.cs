using Identity.Credentials.Transparency;

namespace Identity.Ledger.Mirror;

/// <summary>
/// Holds what other mirrors were shown against what this one was: a log that shows two trees to two readers is found as soon as they compare. Nothing of theirs is believed but the log's own signature.
/// </summary>
internal sealed class PeerComparison(LogWire wire, MirrorFile file, MirrorOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Asks every peer for the log's checkpoint, every half minute at most.</summary>
    /// <returns>What contradicts the tree here, with the signed checkpoint that shows it; null where nothing does.</returns>
    public async Task<(string Reason, string Note)?> LookAsync(MirrorData data, MirroredLog log, CancellationToken ct)
    {
        if (options.Peers.Count == 0 || clock.GetUtcNow() - log.PeersAskedAt < Pause) return null;
        log.PeersAskedAt = clock.GetUtcNow();
        foreach (var peer in options.Peers)
        {
            var (checkpoint, note, problem) = await wire.CheckpointAsync(new LogPlace(log.Origin, peer), log, ct);
            lock (data.Gate)
            {
                // The smallest that was more than is here waits until it is not: who is always ahead, as the other readers of a log that has stopped showing us its own tree, is compared all the same.
                var look = log.Peers.GetValueOrDefault(peer) ?? new PeerLook(null, null, null);
                var waiting = look.Waiting is { } kept && log.IsSigned(kept.Note) ? kept : null; // the key may have changed since
                if (checkpoint?.Size > log.Tree.Size && !(waiting?.Size <= checkpoint.Size)) waiting = new PeerTree(checkpoint.Size, checkpoint.Root, note);
                PeerTree? shown = checkpoint is null ? null : new PeerTree(checkpoint.Size, checkpoint.Root, note);
                foreach (var tree in new[] { waiting, shown }.OfType<PeerTree>().Where(tree => tree.Size >= 1 && tree.Size <= log.Tree.Size))
                {
                    look = look with { ComparedAt = clock.GetUtcNow(), Size = tree.Size };
                    log.Peers[peer] = look;
                    if (!log.Tree.RootAt(tree.Size).AsSpan().SequenceEqual(tree.Root)) return ($"Fork: another mirror ({peer.Host}) was shown a tree of {tree.Size} entries with another root than the tree here.", tree.Note);
                }

                log.Peers[peer] = look with
                {
                    Waiting = waiting?.Size > log.Tree.Size ? waiting : null,
                    Problem = problem ?? (shown!.Size > log.Tree.Size ? $"It shows {shown.Size} entries, more than the {log.Tree.Size} here." : shown.Size < 1 ? "It shows no entries." : null),
                };
            }
        }

        return null;
    }

    /// <summary>The signed checkpoint of this size as it was seen here, else the newest one.</summary>
    public string? Own(MirroredLog log, string theirs) => Checkpoint.TryParse(theirs, out var checkpoint, out _) && file.NoteOf(log.Origin, checkpoint!.Size) is { } kept ? kept : log.Note;
}

/// <summary>How the comparison with another mirror went.</summary>
/// <param name="ComparedAt">When a checkpoint of theirs was last held against the tree here; null before the first time.</param>
/// <param name="Size">How many entries that one was of; null before the first time.</param>
/// <param name="Problem">Why the one of the last look could not be; null where it could.</param>
internal sealed record PeerLook(DateTimeOffset? ComparedAt, long? Size, string? Problem)
{
    /// <summary>What they were shown and the tree here is too small for yet.</summary>
    public PeerTree? Waiting { get; init; }
}

/// <summary>A tree as its signed checkpoint states it.</summary>
internal sealed record PeerTree(long Size, byte[] Root, string Note);
