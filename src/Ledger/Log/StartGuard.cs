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

    /// <summary>Whoever was asked has nothing of the log: it neither agrees nor doubts.</summary>
    public sealed record Nothing(string Reason) : GuardStep;

    /// <summary>Nobody could be asked: the log waits.</summary>
    public sealed record Waiting(string Reason) : GuardStep;

    /// <summary>The database is an old copy: the log signs nothing.</summary>
    public sealed record Refused(string Reason) : GuardStep;
}

/// <summary>
/// A database that was put back from a backup looks whole from inside, and an empty one looks like a new log. A process therefore signs nothing before it has compared its tree with what others have of it: the
/// chain, its witnesses, and mirrors. The chain must answer, and, where witnesses or mirrors are named, one of them at least: a dead one must not stop the log for good. Only what our own key signed refuses
/// for good; a witness's bare word is outweighed by another that agrees. Who has nothing of the log agrees with nobody. Once passed, it stays passed as long as the process lives.
/// </summary>
/// <param name="origin">The log.</param>
/// <param name="publicKey">Its key: 32 bytes.</param>
/// <param name="registry">The chain.</param>
/// <param name="witnesses">Those of the settings.</param>
/// <param name="mirrors">Addresses under which somebody keeps the log.</param>
/// <param name="fetch">Reads from them.</param>
/// <param name="development">The chain may lose its history.</param>
/// <param name="mayBegin">An empty log begins though nobody can be asked: where people only play. Elsewhere nothing tells a new log from one whose database was lost.</param>
internal sealed class StartGuard(
    string origin, byte[] publicKey, RegistryClient registry, IReadOnlyList<Feeder> witnesses, IReadOnlyList<Uri> mirrors, TileFetch fetch, bool development, bool mayBegin)
{
    /// <summary>What an operator does about it.</summary>
    public const string Remedy = "it is an old copy. Restore the newest one, or bring the missing entries back from whoever has them: log-recover --from ADDRESS. The log signs nothing until then.";

    private const int MaxCheckpoint = 64 * 1024;
    private volatile bool _passed;

    public bool IsPassed => _passed;

    public async Task<GuardStep> CheckAsync(DbContext db, CancellationToken ct)
    {
        if (_passed) return new GuardStep.Passed();
        var size = await db.Set<LogStateRow>().Where(s => s.Id == 1).Select(s => (long?)s.Size).SingleOrDefaultAsync(ct) ?? 0;
        var alone = development || (mayBegin && size == 0);
        try
        {
            if (await CompareWithChainAsync(db, size, alone, ct) is { } step) return step;
        }
        catch (EvmException unreachable)
        {
            if (!alone) return new GuardStep.Waiting($"The chain cannot be asked what it has of {origin}: {unreachable.Message}");
        }

        var (agree, doubt, doubts, nothing, problem) = (0, "", 0, 0, "");
        foreach (var witness in witnesses)
        {
            switch (await witness.RunAsync(db, ct))
            {
                case FeedStep.Contradicted(var reason):
                    // A number proves nothing, and one liar would stop the log. What our key signed does.
                    if (await CompareWithAsync(db, size, witness.Witness.Name, witness.NewestOf, ct) is GuardStep.Refused signed) return signed;
                    (doubt, doubts) = (reason, doubts + 1);
                    break;
                case FeedStep.Waiting(var reason): problem = reason; break;
                default: agree++; break;
            }
        }
        foreach (var mirror in mirrors)
        {
            switch (await CompareWithAsync(db, size, mirror.Host, new Uri(mirror, "checkpoint"), ct))
            {
                case GuardStep.Refused refused: return refused;
                case GuardStep.Waiting(var reason): problem = reason; break;
                case GuardStep.Nothing(var reason): (nothing, problem) = (nothing + 1, reason); break;
                default: agree++; break;
            }
        }
        if (doubts > agree)
            return new GuardStep.Waiting($"{doubt}, but shows no checkpoint of it with our signature, and too few others agree with the database. If the database is an old copy: restore the newest one. If the witness is wrong: take it out of Log:Witnesses, or name a mirror in Log:Mirrors.");
        // Of a log without entries nobody need have anything; where there are some, a mirror that has none may be the wrong one.
        if (agree == 0 && !(nothing > 0 && size == 0) && witnesses.Count + mirrors.Count > 0 && !alone) return new GuardStep.Waiting($"No witness and no mirror can be asked what they have of {origin}. {problem}");
        _passed = true;
        return new GuardStep.Passed();
    }

    /// <summary>Above which size the chain wants our key for checkpoints; null where it wants another one.</summary>
    /// <exception cref="EvmException">It cannot be asked.</exception>
    public async Task<long?> KeyFromSizeAsync(CancellationToken ct) =>
        await registry.FindLogAsync(RegistryClient.LogId(origin), ct) is { } log && log.Ed25519Key.AsSpan().SequenceEqual(publicKey) ? log.KeyFromSize : null;

    /// <summary>What a chain that has this anchor says about the database; null where they agree.</summary>
    public static async Task<string?> ContradictionAsync(DbContext db, string origin, LatestAnchor? latest, long size, CancellationToken ct)
    {
        if (latest is null) return null;
        if (latest.Size > size) return $"The chain has {latest.Size} entries of {origin}, the database {size}: {Remedy}";
        return (await new LogReader(db).RootAsync(latest.Size, ct)).AsSpan().SequenceEqual(latest.Root)
            ? null
            : $"The chain has another root than the database for the first {latest.Size} entries of {origin}: the database was an old copy when it went on. The log signs nothing any more.";
    }

    private async Task<GuardStep?> CompareWithChainAsync(DbContext db, long size, bool alone, CancellationToken ct)
    {
        if ((await registry.Evm.HeadAsync(ct)).Behind && !development) return new GuardStep.Waiting("The node is behind what it or another had before.");
        if (!await registry.IsDeployedAsync(ct))
            return alone ? null : new GuardStep.Waiting($"There is no registry contract at {registry.Contract}.");
        var contradiction = await ContradictionAsync(db, origin, await registry.LatestAsync(RegistryClient.LogId(origin), ct), size, ct);
        return contradiction is null ? null : new GuardStep.Refused(contradiction);
    }

    private async Task<GuardStep> CompareWithAsync(DbContext db, long size, string who, Uri address, CancellationToken ct)
    {
        var answer = await fetch(address, MaxCheckpoint, ct);
        if (answer is FetchResult.Answer { Status: 404 }) return new GuardStep.Nothing($"{who} has nothing of {origin}.");
        if (answer is not FetchResult.Answer { IsSuccess: true } got) return new GuardStep.Waiting($"{who} does not answer with a checkpoint.");
        var notOurs = new GuardStep.Waiting($"What {who} keeps is no checkpoint of {origin} by our key.");
        if (!Checkpoint.TryParse(Encoding.UTF8.GetString(got.Body), out var checkpoint, out _) || checkpoint!.Origin != origin) return notOurs;
        if (!checkpoint.Verify(origin, publicKey))
        {
            // After a change of the key others have what the old one signed. Where that is a beginning of ours it agrees; otherwise it may be a thief's, and refuses nothing.
            var agrees = await ChangedAsync(ct) && checkpoint.Size <= size && (checkpoint.Size == 0 || (await new LogReader(db).RootAsync(checkpoint.Size, ct)).AsSpan().SequenceEqual(checkpoint.Root));
            return agrees ? new GuardStep.Passed() : notOurs;
        }
        if (checkpoint.Size > size) return new GuardStep.Refused($"{who} has a signed checkpoint of {checkpoint.Size} entries of {origin}, the database holds {size}: {Remedy}");
        return checkpoint.Size == 0 || (await new LogReader(db).RootAsync(checkpoint.Size, ct)).AsSpan().SequenceEqual(checkpoint.Root)
            ? new GuardStep.Passed()
            : new GuardStep.Refused($"{who} has a signed checkpoint of {checkpoint.Size} entries of {origin} that are not those of the database: the log signs nothing any more.");
    }

    private async Task<bool> ChangedAsync(CancellationToken ct)
    {
        try
        {
            return await KeyFromSizeAsync(ct) > 0;
        }
        catch (EvmException)
        {
            return false;
        }
    }
}
