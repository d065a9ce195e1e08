using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

/// <summary>What a look at the chain brought.</summary>
internal abstract record ChainLook
{
    private ChainLook() { }

    /// <summary>The chain was read to its newest final block.</summary>
    public sealed record Read(EvmHead Head) : ChainLook;

    /// <summary>The node cannot tell now; what is missing is not absent.</summary>
    public sealed record NotReady(string Reason) : ChainLook;

    /// <summary>This is not the chain that was read before: final history is gone or different.</summary>
    public sealed record Replaced(string Reason) : ChainLook;
}

/// <summary>Reads the registry's events from where it stopped to the newest final block.</summary>
internal sealed class ChainFollower(RegistryClient registry, MirrorFile file, MirrorOptions options)
{
    private const ulong Step = 2000;

    /// <summary>Time stamp of the newest block that the node showed; null before the first look.</summary>
    public DateTimeOffset? HeadTime { get; private set; }

    public async Task<ChainLook> LookAsync(MirrorData data, CancellationToken ct)
    {
        var head = await registry.Evm.HeadAsync(ct);
        HeadTime = head.Time;
        if (head.Behind && options.Development) registry.Evm.ForgetHead(); // a local node that was begun anew never reaches the old height
        if (await registry.Evm.BlockAsync(0, ct) is not { } genesis) return new ChainLook.NotReady("The node has no first block.");
        var mark = file.Mark();
        if (mark is not null && await DifferenceAsync(mark, head, genesis, ct) is { } difference) return difference;
        if (head.Behind && !options.Development) return new ChainLook.NotReady("The node is behind what it or another had before.");
        if (!await registry.IsDeployedAsync(ct)) return new ChainLook.NotReady($"There is no registry contract at {registry.Contract}.");
        if (await registry.Evm.FinalHeadAsync(ct) is not { } final) return new ChainLook.NotReady("No block is final yet.");

        for (var from = mark is null ? 0 : mark.Block + 1; from <= final.Number;)
        {
            var to = Math.Min(from + Step - 1, final.Number);
            var events = await registry.ReadEventsAsync(from, to, ct);
            if (await registry.Evm.BlockAsync(to, ct) is not { } last) return new ChainLook.NotReady("The node lost blocks while it was read.");
            // Crash before the save: the blocks are read again. After it: the next start replays the events from the file.
            file.Save(new ChainMark(registry.ChainId, registry.Contract.ToString(), genesis.Hash, to, last.Hash), events);
            lock (data.Gate)
            {
                foreach (var registryEvent in events) data.Apply(registryEvent);
            }

            from = to + 1;
        }

        return new ChainLook.Read(head);
    }

    private async Task<ChainLook?> DifferenceAsync(ChainMark mark, EvmHead head, EvmHead genesis, CancellationToken ct)
    {
        if (mark.ChainId != registry.ChainId || mark.Contract != registry.Contract.ToString())
            return new ChainLook.Replaced($"The mirror's file is of contract {mark.Contract} on chain {mark.ChainId}, the settings name another.");
        if (mark.Genesis != genesis.Hash) return new ChainLook.Replaced("The chain begins with another block than before.");
        if (head.Number < mark.Block)
        {
            return options.Development
                ? new ChainLook.Replaced("The chain is shorter than before.")
                : new ChainLook.NotReady($"The node has {head.Number} blocks, we have read {mark.Block}.");
        }

        var same = (await registry.Evm.BlockAsync(mark.Block, ct))?.Hash == mark.Hash;
        return same ? null : new ChainLook.Replaced($"Block {mark.Block} was final and is another one now.");
    }
}
