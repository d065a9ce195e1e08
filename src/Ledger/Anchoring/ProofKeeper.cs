using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Anchoring;

/// <summary>What one round of keeping proofs did.</summary>
/// <param name="Kept">How many anchors got their proof.</param>
/// <param name="Reason">Why the last of those that got none did not; null where all have theirs.</param>
internal sealed record ProofRound(int Kept, string? Reason);

/// <summary>
/// Takes, right after a checkpoint is anchored, what proves that to somebody who asks no node: the block's header with its seals, and the state of the registry under it. Nodes keep the state of a
/// few blocks only; where it is gone, the state after the newest block proves the same from that later time on. Everything is checked here before it is kept: a proof that does not hold is no proof.
/// </summary>
internal sealed class ProofKeeper(RegistryClient registry, string origin, Consensus? consensus)
{
    private const int AtOnce = 16;
    private const int Tries = 3;
    private const int LookBack = 256;

    private static readonly byte[] CodeHash = Keccak256.Hash(CompiledContract.Registry.Runtime);

    private readonly HeaderReader _headers = new(registry.Evm, consensus);
    private readonly byte[] _log = RegistryClient.LogId(origin);
    private readonly Dictionary<long, int> _tries = [];
    private long _floor; // every anchor up to here has its proof

    /// <summary>Keeps what is missing, newest first: that one's state may soon be gone.</summary>
    /// <exception cref="EvmException">The node cannot be reached.</exception>
    public async Task<ProofRound> RunAsync(DbContext db, CancellationToken ct)
    {
        var missing = await db.Set<AnchorRow>().AsNoTracking()
            .Where(a => a.Id > _floor && a.State == AnchorState.Final && !db.Set<ProofRow>().Any(p => p.Anchor == a.Id))
            .OrderByDescending(a => a.Id).Take(AtOnce).ToListAsync(ct);
        if (missing.Count == 0)
        {
            _floor = Math.Max(0, (await db.Set<AnchorRow>().MaxAsync(a => (long?)a.Id, ct) ?? 0) - LookBack); // an intent becomes final within so many
            return new ProofRound(0, null);
        }

        var kept = 0;
        string? reason = null;
        foreach (var anchor in missing)
        {
            var why = await KeepAsync(db, anchor, ct);
            if (why is null) kept++;
            reason = why ?? reason;
        }
        return new ProofRound(kept, reason);
    }

    private async Task<string?> KeepAsync(DbContext db, AnchorRow anchor, CancellationToken ct)
    {
        try
        {
            var isLate = _tries.GetValueOrDefault(anchor.Id) >= Tries;
            var at = isLate ? await registry.Evm.FinalHeadAsync(ct) : null;
            if (isLate && at is null) return "No block is final yet.";
            var header = await _headers.HeaderAsync(at?.Number ?? (ulong)anchor.Block!.Value, at?.Hash ?? anchor.BlockHash!, ct);
            var proof = await registry.Evm.ProveAsync(registry.Contract, [RegistrySlots.RootAt(_log, anchor.Size), .. RegistrySlots.Log(_log)], header.Number, ct);
            if (!proof.TryVerify(header.StateRoot, registry.Contract, CodeHash, out var slots, out var reason)) throw new EvmException($"The node's proof of block {header.Number} does not hold: {reason}.");
            if (new RegistryState(slots).RootAt(_log, anchor.Size) is not { } root || !root.AsSpan().SequenceEqual(anchor.Root)) throw new EvmException($"The node proves another root for the first {anchor.Size} entries.");
            await StoreAsync(db, anchor, header, proof.Saying(slots), await ChangesAsync(db, header, ct), ct);
            _tries.Remove(anchor.Id);
            return null;
        }
        catch (EvmException refused) when (!refused.Passing)
        {
            _tries[anchor.Id] = _tries.GetValueOrDefault(anchor.Id) + 1;
            return refused.Message;
        }
    }

    private async Task<IReadOnlyList<BlockHeader>> ChangesAsync(DbContext db, BlockHeader now, CancellationToken ct)
    {
        if (consensus is null || now.Number == 0) return [];
        var number = (long)now.Number;
        var known = await db.Set<ProofRow>().AsNoTracking().Where(p => p.Block < number && p.Consensus == ConsensusName.Of(consensus)).OrderByDescending(p => p.Block).Select(p => p.Header).FirstOrDefaultAsync(ct);
        return await _headers.ChangesAsync(known is not null && BlockHeader.TryDecode(known, out var read, out _) ? read : await _headers.GenesisAsync(ct), now, ct);
    }

    // Crash before the commit: it is taken again. Two processes: the second finds it there.
    private async Task StoreAsync(DbContext db, AnchorRow anchor, BlockHeader header, StateProof proof, IReadOnlyList<BlockHeader> changes, CancellationToken ct)
    {
        await using var turn = await SqlSession.BeginAsync(db, ct);
        foreach (var change in changes)
            await db.Database.ExecuteSqlAsync($"INSERT INTO ledger_validator_changes (block, header) VALUES ({(long)change.Number}, {change.Encode()}) ON CONFLICT DO NOTHING", ct);
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO ledger_proofs (anchor, consensus, block, header, proof) VALUES ({anchor.Id}, {ConsensusName.Of(consensus)}, {(long)header.Number}, {header.Encode()}, {proof.Encode()}) ON CONFLICT DO NOTHING", ct);
        await turn.CommitAsync(ct);
    }
}
