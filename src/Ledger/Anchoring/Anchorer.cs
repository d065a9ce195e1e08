using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Anchoring;

/// <summary>What one attempt to anchor did.</summary>
internal abstract record AnchorStep
{
    private AnchorStep() { }

    /// <summary>The chain has everything the log has signed.</summary>
    public sealed record UpToDate : AnchorStep;

    /// <summary>Another process anchors.</summary>
    public sealed record Standby : AnchorStep;

    /// <summary>Not now; the next attempt may succeed without anyone's help.</summary>
    public sealed record Waiting(string Reason) : AnchorStep;

    /// <summary>The tree of this size is on the chain for good.</summary>
    public sealed record Anchored(long Size, string Transaction) : AnchorStep;

    /// <summary>Somebody has to act; the sentence says what is wrong.</summary>
    public sealed record Fault(string Reason) : AnchorStep;
}

/// <summary>
/// Puts the newest checkpoint on the chain: one transaction for any number of entries. What it promises: a size is anchored once,
/// what is recorded as final is on the chain, and nothing here ever stops issuing. It may be killed anywhere, because the chain is
/// asked first every time: its record, not ours, says what has been anchored, and the contract takes no size twice.
/// </summary>
internal sealed class Anchorer(string origin, byte[] checkpointKey, RegistryClient registry, IEvmSigner account, ChainOptions options, LogLease lease)
{
    private readonly byte[] _log = RegistryClient.LogId(origin);

    public async Task<AnchorStep> RunAsync(DbContext db, CancellationToken ct)
    {
        var outbox = new AnchorOutbox(db, (long)registry.ChainId, registry.Contract.ToString());
        if (await new LogReader(db).NewestAsync(ct) is not { } newest) return new AnchorStep.UpToDate();
        if (!await lease.TakeAsync(db, ct)) return new AnchorStep.Standby();
        if (await NotReadyAsync(ct) is { } reason) return reason;

        // In this order: what is mined between the two questions lies after the first answer.
        var final = await registry.Evm.FinalHeadAsync(ct);
        var latest = await registry.LatestAsync(_log, ct);
        if (await ContradictionAsync(db, latest, ct) is { } contradiction)
        {
            await outbox.SetFaultAsync(contradiction, ct);
            return new AnchorStep.Fault(contradiction);
        }

        await outbox.SetFaultAsync(null, ct);
        if (await outbox.AnyFinalAboveAsync(latest?.Size ?? 0, ct))
        {
            if (!options.Development)
                return new AnchorStep.Fault($"The chain has lost anchors of {origin} that were final. Is {options.Rpc} the right network? Nothing is anchored until it has them again.");
            // Crash after this: the rows are marked lost, and the newest checkpoint goes to the new chain below, whenever we come back.
            await outbox.MarkLostAboveAsync(latest?.Size ?? 0, ct);
        }

        if (latest is not null && await outbox.IsOpenAsync(latest.Size, ct)) return await AdoptAsync(outbox, latest, final, ct);
        return latest is not null && latest.Size >= newest.Size ? new AnchorStep.UpToDate() : await AnchorAsync(outbox, newest, final, ct);
    }

    private async Task<AnchorStep> AnchorAsync(AnchorOutbox outbox, CheckpointRow newest, EvmHead? final, CancellationToken ct)
    {
        // Crash before this: nothing happened.
        var id = await outbox.IntendAsync(newest.Size, newest.Root, (long)(final?.Number ?? 0), ct);

        // Crash after this, before or after sending, mined or not: the next round asks the chain. If it has our size, the event is adopted;
        // if not, the same call is made again, and of two transactions for one size the contract takes one.
        switch (await registry.AnchorAsync(account, _log, newest.Size, newest.Root, ct))
        {
            case RegistryWrite.Done { Event: RegistryEvent.Anchored done }:
                await outbox.CompleteAsync(id, done, ct);
                return new AnchorStep.Anchored(done.Size, done.Place.Transaction);
            case RegistryWrite.Refused { Error: "SizeNotGrowing" }:
                return new AnchorStep.Waiting("The chain already has this size; its record is read next.");
            case RegistryWrite.Refused refused:
                return new AnchorStep.Fault($"The registry refuses the anchor: {refused.Reason} ({refused.Error}).");
            default:
                return new AnchorStep.Waiting("The transaction is in a block without its event.");
        }
    }

    /// <summary>The chain may hold anchors of ours that are not recorded: we were killed between sending and recording.</summary>
    private async Task<AnchorStep> AdoptAsync(AnchorOutbox outbox, LatestAnchor latest, EvmHead? final, CancellationToken ct)
    {
        if (final is null) return new AnchorStep.Waiting("No block is final yet.");
        var since = await outbox.SinceAsync(latest.Size, ct);
        var events = since > (long)final.Number ? [] : await registry.ReadEventsAsync((ulong)since, final.Number, ct);
        var ours = events.OfType<RegistryEvent.Anchored>().Where(a => a.Log.AsSpan().SequenceEqual(_log)).ToList();
        // Crash between two records: the others are adopted in the next round, each at most once.
        foreach (var anchored in ours) await outbox.AdoptAsync(anchored, ct);
        if (!await outbox.IsFinalAsync(latest.Size, ct)) return new AnchorStep.Waiting("The newest anchor is not in a final block yet.");

        // Smaller sizes that the chain does not have now, it never will: the contract's sizes only grow.
        await outbox.DropIntentsAsync(latest.Size, ct);
        return new AnchorStep.Anchored(latest.Size, ours.Find(a => a.Size == latest.Size)?.Place.Transaction ?? "");
    }

    private async Task<AnchorStep?> NotReadyAsync(CancellationToken ct)
    {
        if ((await registry.Evm.HeadAsync(ct)).Behind)
        {
            if (!options.Development) return new AnchorStep.Waiting("The node is behind what it or another had before.");
            registry.Evm.ForgetHead(); // a local node that was begun anew never reaches the old height
        }

        if (!await registry.IsDeployedAsync(ct)) return new AnchorStep.Waiting($"There is no registry contract at {registry.Contract}.");
        if (await registry.FindLogAsync(_log, ct) is not { } registered) return new AnchorStep.Waiting($"The log {origin} is not registered yet.");
        if (registered.Operator != account.Address) return new AnchorStep.Fault($"The operator of {origin} is {registered.Operator}, not our account {account.Address}. Correct Ledger:Account or Ledger:OperatorKeyFile.");
        if (!registered.Ed25519Key.AsSpan().SequenceEqual(checkpointKey)) return new AnchorStep.Fault($"{origin} is registered with another checkpoint key. Correct Log:SigningKeyFile.");
        return null;
    }

    /// <summary>What the chain holds must be a beginning of our tree; anything else means that the log must not go on signing.</summary>
    private async Task<string?> ContradictionAsync(DbContext db, LatestAnchor? latest, CancellationToken ct)
    {
        if (latest is null) return null;
        var size = await db.Set<LogStateRow>().Where(s => s.Id == 1).Select(s => s.Size).SingleAsync(ct);
        return await StartGuard.ContradictionAsync(db, origin, latest, size, ct);
    }
}
