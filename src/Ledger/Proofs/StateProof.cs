using System.Diagnostics.CodeAnalysis;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Proofs;

/// <summary>What one contract held after one block, provable to somebody who asks no node.</summary>
/// <param name="Account">The nodes from the state's root to the contract's account.</param>
/// <param name="Storage">For each slot (32 bytes) the nodes from the account's storage root.</param>
public sealed record StateProof(IReadOnlyList<byte[]> Account, IReadOnlyList<SlotProof> Storage)
{
    /// <summary>Reads the slots of a contract out of the proof.</summary>
    /// <param name="stateRoot">From a header that was verified: 32 bytes.</param>
    /// <param name="contract">Whose storage.</param>
    /// <param name="codeHash">Keccak-256 of the code that must live there.</param>
    /// <param name="slots">What each slot holds: 32 bytes, zeros where nothing is.</param>
    /// <param name="reason">What is wrong.</param>
    public bool TryVerify(byte[] stateRoot, Address contract, byte[] codeHash, [NotNullWhen(true)] out IReadOnlyDictionary<string, byte[]>? slots, out string reason)
    {
        slots = null;
        return TryAccount(stateRoot, contract, codeHash, out var storageRoot, out reason) && TrySlots(storageRoot, out slots, out reason);
    }

    /// <summary>Reads the root of the contract's storage, the first half of <see cref="TryVerify"/>.</summary>
    public bool TryAccount(byte[] stateRoot, Address contract, byte[] codeHash, [NotNullWhen(true)] out byte[]? storageRoot, out string reason)
    {
        storageRoot = null;
        if (!MerklePatricia.TryGet(stateRoot, Keccak256.Hash(contract.Bytes), Account, out var account, out reason)) return false;
        reason = "there is no contract at that address";
        if (account is null) return false;
        reason = "the account is not in its form";
        if (!Rlp.TryDecode(account, out var fields, out _) || fields.Items is not { Count: 4 } items || items[2].Bytes is not { Length: 32 } root || items[3].Bytes is not { Length: 32 } code) return false;
        reason = "another contract lives at that address";
        if (!code.AsSpan().SequenceEqual(codeHash)) return false;
        (storageRoot, reason) = (root, "");
        return true;
    }

    /// <summary>Reads the slots under the contract's storage root, the second half of <see cref="TryVerify"/>.</summary>
    public bool TrySlots(byte[] storageRoot, [NotNullWhen(true)] out IReadOnlyDictionary<string, byte[]>? slots, out string reason)
    {
        (slots, reason) = (null, "");
        var read = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var proof in Storage)
        {
            if (!MerklePatricia.TryGet(storageRoot, Keccak256.Hash(proof.Slot), proof.Nodes, out var value, out reason)) return false;
            reason = "a slot holds what no contract can have written";
            if (!TryWord(value, out var word)) return false;
            reason = "a slot holds something else than is said beside its proof";
            if (proof.Value is not null && !proof.Value.AsSpan().SequenceEqual(word)) return false;
            read[Convert.ToHexString(proof.Slot)] = word;
        }
        (slots, reason) = (read, "");
        return true;
    }

    /// <summary>The proof with what each slot holds written beside it.</summary>
    /// <param name="slots">From <see cref="TryVerify"/>.</param>
    public StateProof Saying(IReadOnlyDictionary<string, byte[]> slots) => this with { Storage = [.. Storage.Select(proof => proof with { Value = slots[Convert.ToHexString(proof.Slot)] })] };

    /// <summary>The proof as one RLP: [account nodes, [[slot, value, nodes], …]].</summary>
    public byte[] Encode() => Rlp.Encode(RlpItem.List(List(Account), RlpItem.List([.. Storage.Select(slot => RlpItem.List(RlpItem.Of(slot.Slot), RlpItem.Of(slot.Value), List(slot.Nodes)))])));

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It was something else.</exception>
    public static StateProof Decode(byte[] rlp)
    {
        if (!Rlp.TryDecode(rlp, out var item, out var reason) || item.Items is not { Count: 2 } parts) throw new InvalidDataException($"A stored proof is damaged: {reason}.");
        return new StateProof(Nodes(parts[0]), [.. parts[1].Items!.Select(slot => new SlotProof(slot.Items![0].Bytes!, Nodes(slot.Items[2]), slot.Items[1].Bytes))]);
    }

    private static RlpItem List(IEnumerable<byte[]> nodes) => RlpItem.List([.. nodes.Select(node => RlpItem.Of(node))]);

    private static List<byte[]> Nodes(RlpItem list) => [.. list.Items!.Select(node => node.Bytes!)];

    private static bool TryWord(byte[]? value, out byte[] word)
    {
        word = new byte[32];
        if (value is null) return true;
        // A zero has no place in the tree; a development node writes it there all the same, and says nothing wrong by it.
        if (!Rlp.TryDecode(value, out var item, out _) || item.Bytes is not { Length: <= 32 } bytes || bytes is [0, ..]) return false;
        bytes.CopyTo(word, 32 - bytes.Length);
        return true;
    }
}

/// <summary>The nodes that lead to a slot of 32 bytes.</summary>
/// <param name="Value">What it is said to hold, 32 bytes, which must be what the nodes prove; null where nobody says.</param>
public sealed record SlotProof(byte[] Slot, IReadOnlyList<byte[]> Nodes, byte[]? Value = null);
