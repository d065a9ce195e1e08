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
                var comparable = checkpoint is not null && checkpoint.Size >= 1 && checkpoint.Size <= log.Tree.Size;
                log.Peers[peer] = new PeerLook(comparable ? clock.GetUtcNow() : log.Peers.GetValueOrDefault(peer)?.ComparedAt, problem);
                if (!comparable || log.Tree.RootAt(checkpoint!.Size).AsSpan().SequenceEqual(checkpoint.Root)) continue;
                return ($"Fork: another mirror ({peer.Host}) was shown a tree of {checkpoint.Size} entries with another root than the tree here.", note);
            }
        }

        return null;
    }

    /// <summary>The signed checkpoint of this size as it was seen here, else the newest one.</summary>
    public string? Own(MirroredLog log, string theirs) => Checkpoint.TryParse(theirs, out var checkpoint, out _) && file.NoteOf(log.Origin, checkpoint!.Size) is { } kept ? kept : log.Note;
}

/// <summary>How the comparison with another mirror went.</summary>
/// <param name="ComparedAt">When a checkpoint of theirs was last held against the tree here; null before the first time.</param>
/// <param name="Problem">Why there was none at the last look; null where there was one.</param>
internal sealed record PeerLook(DateTimeOffset? ComparedAt, string? Problem);
