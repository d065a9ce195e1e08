using System.Text;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Evm;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;
using Identity.Ledger.Witnessing;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Log;

/// <summary>What the comparison after a start said.</summary>
internal abstract record GuardStep
{
    private GuardStep() { }

    /// <summary>Nobody has seen more of the log than the database holds, and nobody anything else.</summary>
    public sealed record Passed : GuardStep;

    /// <summary>Nobody could be asked: the log waits.</summary>
    public sealed record Waiting(string Reason) : GuardStep;

    /// <summary>The database is an old copy: the log signs nothing.</summary>
    public sealed record Refused(string Reason) : GuardStep;
}

/// <summary>
/// A database that was put back from a backup looks whole from inside. A process therefore signs nothing before it has compared its tree with what others have of it: the chain, its witnesses,
/// and mirrors. The chain must answer, and, where witnesses or mirrors are named, one of them at least: a dead one must not stop the log for good. Once passed, it stays passed as long as the process lives.
/// </summary>
internal sealed class StartGuard(string origin, byte[] publicKey, RegistryClient registry, IReadOnlyList<Feeder> witnesses, IReadOnlyList<Uri> mirrors, TileFetch fetch, bool development)
{
    /// <summary>What an operator does about it.</summary>
    public const string Remedy = "it is an old copy. Restore the newest one, or bring the missing entries back from whoever has them: issuer log-recover --from ADDRESS. The log signs nothing until then.";

    private const int MaxCheckpoint = 64 * 1024;
    private volatile bool _passed;

    public bool IsPassed => _passed;

    public async Task<GuardStep> CheckAsync(DbContext db, CancellationToken ct)
    {
        if (_passed) return new GuardStep.Passed();
        var size = await db.Set<LogStateRow>().Where(s => s.Id == 1).Select(s => (long?)s.Size).SingleOrDefaultAsync(ct) ?? 0;
        try
        {
            if (await CompareWithChainAsync(db, size, ct) is { } step) return step;
        }
        catch (EvmException unreachable)
        {
            if (!development && size > 0) return new GuardStep.Waiting($"The chain cannot be asked what it has of {origin}: {unreachable.Message}");
        }

        var (answered, problem) = (0, "");
        foreach (var witness in witnesses)
        {
            switch (await witness.RunAsync(db, ct))
            {
                case FeedStep.Contradicted(var reason): return new GuardStep.Refused($"{reason}: {Remedy}");
                case FeedStep.Waiting(var reason): problem = reason; break;
                default: answered++; break;
            }
        }
        foreach (var mirror in mirrors)
        {
            switch (await CompareWithMirrorAsync(db, size, mirror, ct))
            {
                case GuardStep.Refused refused: return refused;
                case GuardStep.Waiting(var reason): problem = reason; break;
                default: answered++; break;
            }
        }
        if (answered == 0 && witnesses.Count + mirrors.Count > 0 && !development && size > 0) return new GuardStep.Waiting($"No witness and no mirror can be asked what they have of {origin}. {problem}");
        _passed = true;
        return new GuardStep.Passed();
    }

    /// <summary>What a chain that has this anchor says about the database; null where they agree.</summary>
    public static async Task<string?> ContradictionAsync(DbContext db, string origin, LatestAnchor? latest, long size, CancellationToken ct)
    {
        if (latest is null) return null;
        if (latest.Size > size) return $"The chain has {latest.Size} entries of {origin}, the database {size}: {Remedy}";
        return (await new LogReader(db).RootAsync(latest.Size, ct)).AsSpan().SequenceEqual(latest.Root)
            ? null
            : $"The chain has another root than the database for the first {latest.Size} entries of {origin}: the database was an old copy when it went on. The log signs nothing any more.";
    }

    private async Task<GuardStep?> CompareWithChainAsync(DbContext db, long size, CancellationToken ct)
    {
        if ((await registry.Evm.HeadAsync(ct)).Behind && !development) return new GuardStep.Waiting("The node is behind what it or another had before.");
        if (!await registry.IsDeployedAsync(ct))
            return development || size == 0 ? null : new GuardStep.Waiting($"There is no registry contract at {registry.Contract}.");
        var contradiction = await ContradictionAsync(db, origin, await registry.LatestAsync(RegistryClient.LogId(origin), ct), size, ct);
        return contradiction is null ? null : new GuardStep.Refused(contradiction);
    }

    private async Task<GuardStep> CompareWithMirrorAsync(DbContext db, long size, Uri mirror, CancellationToken ct)
    {
        var answer = await fetch(new Uri(mirror, "checkpoint"), MaxCheckpoint, ct);
        if (answer is FetchResult.Answer { Status: 404 }) return new GuardStep.Passed(); // it has none yet
        if (answer is not FetchResult.Answer { IsSuccess: true } got) return new GuardStep.Waiting($"{mirror.Host} does not answer with a checkpoint.");
        if (!Checkpoint.TryParse(Encoding.UTF8.GetString(got.Body), out var checkpoint, out _) || checkpoint!.Origin != origin || !checkpoint.Verify(origin, publicKey))
            return new GuardStep.Waiting($"What {mirror.Host} keeps is no checkpoint of {origin} by our key.");
        if (checkpoint.Size > size) return new GuardStep.Refused($"{mirror.Host} has a signed checkpoint of {checkpoint.Size} entries of {origin}, the database holds {size}: {Remedy}");
        return checkpoint.Size == 0 || (await new LogReader(db).RootAsync(checkpoint.Size, ct)).AsSpan().SequenceEqual(checkpoint.Root)
            ? new GuardStep.Passed()
            : new GuardStep.Refused($"{mirror.Host} has a signed checkpoint of {checkpoint.Size} entries of {origin} that are not those of the database: the log signs nothing any more.");
    }
}
