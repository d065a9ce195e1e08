using System.Text;
using Identity.Credentials.Transparency;
using Identity.Hosting;

namespace Identity.Ledger.Mirror;

/// <summary>Fetches one address with a cap on the answer's bytes; <see cref="OutboundFetch"/> in the product.</summary>
internal delegate Task<FetchResult> TileFetch(Uri address, int maxBytes, CancellationToken ct);

/// <summary>Reads a log at its own address or at another mirror's.</summary>
internal sealed class LogWire(TileFetch fetch, TimeProvider clock)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private const int MaxCheckpoint = 16 * 1024;
    private const int MaxBundle = Tiles.Full * (2 + MerkleTree.HashSize);

    /// <summary>The newest checkpoint, signed with a key that the chain has or had for the log; or why there is none.</summary>
    public async Task<(Checkpoint? Checkpoint, string Note, string? Problem)> CheckpointAsync(LogPlace place, MirroredLog log, CancellationToken ct)
    {
        var (body, problem) = await FetchAsync(place, "checkpoint", MaxCheckpoint, ct);
        if (body is null) return (null, "", problem);
        var note = Encoding.UTF8.GetString(body);
        if (!Checkpoint.TryParse(note, out var checkpoint, out var reason)) return (null, note, $"The checkpoint cannot be read ({reason}).");
        if (checkpoint!.Origin != log.Origin) return (null, note, "The checkpoint is of another log.");
        return log.IsSigned(checkpoint) ? (checkpoint, note, null) : (null, note, "The checkpoint is not signed with the key on the chain.");
    }

    /// <summary>Entries, unchecked; or why there are none. After half a minute a place that gives less than a bundle a second is left: it may do so for days.</summary>
    public async Task<(List<byte[]>? Entries, string? Problem)> EntriesAsync(LogPlace place, long from, long to, CancellationToken ct)
    {
        var entries = new List<byte[]>((int)(to - from));
        var (began, bundles) = (clock.GetUtcNow(), 0);
        for (var bundle = from / Tiles.Full; bundle * Tiles.Full < to; bundle++, bundles++)
        {
            if (clock.GetUtcNow() - began is var took && took > Grace && bundles < took.TotalSeconds) return (null, $"It gave {entries.Count} of {to - from} entries in {took.TotalSeconds:0} s, less than {Tiles.Full} a second.");
            var tile = Tiles.At(Tiles.Entries, bundle, to);
            var (body, problem) = await FetchAsync(place, Tiles.Path(tile), MaxBundle, ct);
            if (body is null) return (null, problem);
            if (!Tiles.TryDecodeEntries(body, tile.Width, out var read)) return (null, $"{Tiles.Path(tile)} is not a bundle of {tile.Width} entries.");
            entries.AddRange(read.Skip((int)Math.Max(0, from - (bundle * Tiles.Full))));
        }

        return (entries, null);
    }

    /// <summary>One answer; or why there is none.</summary>
    public async Task<(byte[]? Body, string? Problem)> FetchAsync(LogPlace place, string path, int maxBytes, CancellationToken ct)
    {
        if (place.Address(path) is not { } address) return (null, "The log's origin is no address.");
        return await fetch(address, maxBytes, ct) switch
        {
            FetchResult.Answer { IsSuccess: true } answer => (answer.Body, null),
            FetchResult.Answer answer => (null, $"{path}: answered {answer.Status}."),
            FetchResult.Refused refused => (null, $"{path}: {refused.Reason}"),
            _ => (null, path),
        };
    }
}
