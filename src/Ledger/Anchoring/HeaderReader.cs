using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;

namespace Identity.Ledger.Anchoring;

/// <summary>Reads headers of a network and believes none that is not whole: it has the hash that the node says, and a quorum of those it names sealed it.</summary>
/// <param name="evm">The network.</param>
/// <param name="consensus">By which rules it agrees; null where nobody seals.</param>
internal sealed class HeaderReader(EvmClient evm, Consensus? consensus)
{
    /// <summary>By which rules the network agrees.</summary>
    public Consensus? Consensus => consensus;

    /// <summary>By which rules a block is sealed: those by which its header has the hash that the node says. Null where it is plainly hashed, and nobody seals.</summary>
    /// <exception cref="EvmException">It has that hash by no rules, or there is no such block.</exception>
    public static async Task<Consensus?> ConsensusAsync(EvmClient evm, ulong number, string hash, CancellationToken ct)
    {
        if (await evm.RawBlockAsync(number, ct).ConfigureAwait(false) is not { } block || !BlockHeader.TryFromJson(block, out var header, out var reason)) throw Odd(number, "there is none");
        foreach (var rules in Enum.GetValues<Consensus>())
            if (SealedHeader.TryRead(header, rules, out var read, out reason) && Hex.Encode(read.BlockHash()) == hash) return rules;
        return Hex.Encode(Keccak256.Hash(header.Encode())) == hash ? null : throw Odd(number, "it does not have the hash that the node says");
    }

    /// <summary>The header of a block; of this hash, where one is given.</summary>
    /// <exception cref="EvmException">The node cannot be reached, or what it says does not hold.</exception>
    public async Task<BlockHeader> HeaderAsync(ulong number, string? hash, CancellationToken ct)
    {
        var reason = "there is none";
        if (await evm.RawBlockAsync(number, ct).ConfigureAwait(false) is not { } block || !BlockHeader.TryFromJson(block, out var header, out reason)) throw Odd(number, reason);
        byte[] computed;
        if (consensus is { } rules)
        {
            if (!SealedHeader.TryRead(header, rules, out var read, out reason) || !new ValidatorSet([.. read.Validators]).TryVerify(read, out _, out reason)) throw Odd(number, reason);
            computed = read.BlockHash();
        }
        else computed = Keccak256.Hash(header.Encode());
        if (header.Number != number || (hash is not null && Hex.Encode(computed) != hash)) throw Odd(number, "it does not have the hash that the node says");
        return header;
    }

    /// <summary>The first block, which nobody seals.</summary>
    /// <exception cref="EvmException">As above.</exception>
    public async Task<BlockHeader> GenesisAsync(CancellationToken ct) =>
        await evm.RawBlockAsync(0, ct).ConfigureAwait(false) is { } block && BlockHeader.TryFromJson(block, out var header, out _) ? header : throw Odd(0, "it is no block");

    /// <summary>The first header of each set of validators between two blocks. A set that came and went between two looks needs no following.</summary>
    /// <exception cref="EvmException">As above.</exception>
    public async Task<IReadOnlyList<BlockHeader>> ChangesAsync(BlockHeader before, BlockHeader now, CancellationToken ct)
    {
        var changes = new List<BlockHeader>();
        if (consensus is not null) await FindAsync(before, now).ConfigureAwait(false);
        return changes;

        async Task FindAsync(BlockHeader low, BlockHeader high)
        {
            if (Set(low).SetEquals(Set(high))) return;
            if (high.Number - low.Number == 1)
            {
                changes.Add(high);
                return;
            }
            var middle = await HeaderAsync(low.Number + (high.Number - low.Number) / 2, null, ct).ConfigureAwait(false);
            await FindAsync(low, middle).ConfigureAwait(false);
            await FindAsync(middle, high).ConfigureAwait(false);
        }
    }

    private HashSet<Address> Set(BlockHeader header) => SealedHeader.TryRead(header, consensus!.Value, out var read, out var reason) ? [.. read.Validators] : throw Odd(header.Number, reason);

    private static EvmException Odd(ulong number, string reason) => new($"Block {number} of the node proves nothing: {reason}.");
}
