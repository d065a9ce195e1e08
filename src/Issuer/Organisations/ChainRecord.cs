using Identity.Ledger.Registry;

namespace Identity.Issuer.Organisations;

/// <summary>
/// The registry's events up to the newest final block, anchors left out. Read when somebody asks, on from where the last reading ended; kept in memory only, since the chain keeps it.
/// </summary>
public sealed class ChainRecord(RegistryAccess registry, TimeProvider clock)
{
    private const ulong Step = 2000;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private List<RegistryEvent> _events = [];
    private (string Genesis, ulong Block, string Hash)? _mark;
    private readonly Lock _failure = new();
    private long? _failedAt;

    /// <summary>What was read last; empty before the first reading.</summary>
    public IReadOnlyList<RegistryEvent> Known => Volatile.Read(ref _events);

    /// <summary>The events in chain order.</summary>
    /// <exception cref="Identity.Ledger.Evm.EvmException">The node cannot tell now. What nobody could read is not absent.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public async Task<IReadOnlyList<RegistryEvent>> ReadAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var evm = registry.Client.Evm;
            var genesis = await evm.BlockAsync(0, ct) ?? throw new Identity.Ledger.Evm.EvmException("The ledger node has no first block.", passing: true);
            // Another chain than was read before, as a development node that began anew: read it from its beginning.
            if (_mark is { } old && (old.Genesis != genesis.Hash || (await evm.BlockAsync(old.Block, ct))?.Hash != old.Hash)) (_mark, _events) = (null, []);
            if (await evm.FinalHeadAsync(ct) is not { } final) return Known;
            for (var from = _mark is { } mark ? mark.Block + 1 : 0; from <= final.Number;)
            {
                var to = Math.Min(from + Step - 1, final.Number);
                var read = await registry.Client.ReadEventsAsync(from, to, ct);
                if (await evm.BlockAsync(to, ct) is not { } last) throw new Identity.Ledger.Evm.EvmException("The ledger node lost blocks while it was read.", passing: true);
                // A new list each time: whoever holds the one before reads on in it undisturbed.
                Volatile.Write(ref _events, [.. _events, .. read.Where(e => e is not RegistryEvent.Anchored)]);
                _mark = (genesis.Hash, to, last.Hash);
                from = to + 1;
            }
            return Known;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The events of blocks that are not final yet: what they say may still be undone.</summary>
    public async Task<IReadOnlyList<RegistryEvent>> ReadUnfinishedAsync(CancellationToken ct)
    {
        var head = await registry.Client.Evm.HeadAsync(ct);
        return _mark is { } mark && head.Number > mark.Block ? await registry.Client.ReadEventsAsync(mark.Block + 1, head.Number, ct) : [];
    }

    /// <summary>
    /// As <see cref="ReadAsync"/>; null where the ledger cannot be read now. Whoever opens a page does not wait for a node that did not answer a moment ago:
    /// for some seconds after a failure the answer is null at once, unless <paramref name="insist"/>.
    /// </summary>
    public async Task<IReadOnlyList<RegistryEvent>?> TryReadAsync(CancellationToken ct, bool insist = false)
    {
        if (!insist && FailedLately) return null;
        try
        {
            var events = await ReadAsync(ct);
            lock (_failure) _failedAt = null;
            return events;
        }
        catch (Exception fault) when (fault is Identity.Ledger.Evm.EvmException or HttpRequestException or TimeoutException)
        {
            lock (_failure) _failedAt = clock.GetTimestamp();
            return null;
        }
    }

    private bool FailedLately
    {
        get
        {
            lock (_failure) return _failedAt is { } at && clock.GetElapsedTime(at) < Rest;
        }
    }
}
