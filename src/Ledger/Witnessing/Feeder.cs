using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Witnessing;

/// <summary>Sends a body to a witness; <see cref="OutboundFetch"/> in the product.</summary>
internal delegate Task<FetchResult> WitnessPost(Uri address, string body, CancellationToken ct);

/// <summary>What asking one witness brought.</summary>
internal abstract record FeedStep
{
    private FeedStep() { }

    /// <summary>It has cosigned the newest checkpoint.</summary>
    public sealed record Cosigned(long Size) : FeedStep;

    /// <summary>No cosignature now; the next attempt may bring one.</summary>
    public sealed record Waiting(string Reason) : FeedStep;

    /// <summary>The witness has seen of this log what this database does not hold.</summary>
    public sealed record Contradicted(string Reason) : FeedStep;
}

/// <summary>
/// Asks one witness to cosign the log's newest checkpoint (C2SP tlog-witness). It remembers what the witness has and is told where it is wrong. One request at a time: a feeder belongs to one loop.
/// </summary>
internal sealed class Feeder(string origin, ISigner key, WitnessPeer witness, WitnessPost post, TimeProvider clock)
{
    private const int MaxTries = 4;
    private long? _known;

    public VKey Witness => witness.Key;

    /// <summary>Where the witness shows the newest checkpoint of this log that it cosigned (C2SP tlog-witness, Monitor Retrieval).</summary>
    public Uri NewestOf { get; } = new(witness.Address, $"{WitnessRequest.LogOf(origin)}/checkpoint");

    public async Task<FeedStep> RunAsync(DbContext db, CancellationToken ct)
    {
        var newest = await new LogReader(db).NewestAsync(ct);
        // Before the first checkpoint the empty tree is shown, of which no other tree is a contradiction.
        var (size, note) = newest is null ? (0, new Checkpoint(origin, 0, MerkleTree.EmptyRoot()).Sign(origin, key)) : (newest.Size, newest.Note);
        if (_known is null)
        {
            var name = witness.Key.ToString();
            _known = await db.Set<CosignatureRow>().Where(c => c.Witness == name).MaxAsync(c => (long?)c.Size, ct) ?? 0;
        }
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var old = Math.Min(_known.Value, size);
            var proof = old == 0 || old == size ? [] : await new LogReader(db).ConsistencyAsync(old, size, ct);
            var answer = await post(new Uri(witness.Address, "add-checkpoint"), new WitnessRequest(old, proof, note).Text, ct);
            if (answer is not FetchResult.Answer(var status, var type, var body, _)) return new FeedStep.Waiting(((FetchResult.Refused)answer).Reason);
            var text = Encoding.UTF8.GetString(body);
            switch (status)
            {
                case 200:
                    return await KeepAsync(db, size, note, text, ct);
                case 409 when type == WitnessRequest.SizeType && WitnessRequest.TryParseSize(text, out var has):
                    if (has > size) return new FeedStep.Contradicted($"The witness {witness.Key.Name} has seen {has} entries of {origin}, the database holds {size}");
                    if (has == old) return new FeedStep.Contradicted($"The witness {witness.Key.Name} has seen another tree of {size} entries of {origin} than the database holds");
                    _known = has;
                    break;
                case 422 when old > 0:
                    return new FeedStep.Contradicted($"The witness {witness.Key.Name} has seen {old} entries of {origin} that are not those of the database");
                default:
                    return new FeedStep.Waiting($"The witness {witness.Key.Name} answered {status}.");
            }
        }
        return new FeedStep.Waiting($"The witness {witness.Key.Name} changes its mind about what it has.");
    }

    private async Task<FeedStep> KeepAsync(DbContext db, long size, string note, string lines, CancellationToken ct)
    {
        if (!SignedNote.TryReadLines(lines, out var read) || !SignedNote.TryParse(note, out var signed, out _)) return new FeedStep.Waiting($"The witness {witness.Key.Name} answered no signature line.");
        var mine = read.Where(l => l.Name == witness.Key.Name && l.KeyId == witness.Key.Id).ToList();
        if (mine.Count == 0 || !Cosignature.TryVerify(signed! with { Signatures = mine }, witness.Key, out var at)) return new FeedStep.Waiting($"What {witness.Key.Name} answered is not its cosignature of this checkpoint.");
        var now = clock.GetUtcNow();
        if (at > now + WitnessPolicy.Skew) return new FeedStep.Waiting($"The cosignature of {witness.Key.Name} is of {at:u}, and it is {now:u}: one of the two clocks is wrong.");
        if (size > 0)
        {
            // Crash before this: the witness is asked again and cosigns the same checkpoint again.
            var (name, line) = (witness.Key.ToString(), string.Concat(mine.Select(l => l.Line)));
            await db.Database.ExecuteSqlAsync($"INSERT INTO ledger_cosignatures (size, witness, line, at) VALUES ({size}, {name}, {line}, {Micros.Of(at)}) ON CONFLICT DO NOTHING", ct);
        }
        _known = size;
        return new FeedStep.Cosigned(size);
    }
}
