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
        if (!MerklePatricia.TryGet(stateRoot, Keccak256.Hash(contract.Bytes), Account, out var account, out reason)) return false;
        reason = "there is no contract at that address";
        if (account is null) return false;
        reason = "the account is not in its form";
        if (!Rlp.TryDecode(account, out var fields, out _) || fields.Items is not { Count: 4 } items || items[2].Bytes is not { Length: 32 } storageRoot || items[3].Bytes is not { Length: 32 } code) return false;
        reason = "another contract lives at that address";
        if (!code.AsSpan().SequenceEqual(codeHash)) return false;
        var read = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var proof in Storage)
        {
            if (!MerklePatricia.TryGet(storageRoot, Keccak256.Hash(proof.Slot), proof.Nodes, out var value, out reason)) return false;
            reason = "a slot holds what no contract can have written";
            if (!TryWord(value, out var word)) return false;
            read[Convert.ToHexString(proof.Slot)] = word;
        }
        (slots, reason) = (read, "");
        return true;
    }

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
public sealed record SlotProof(byte[] Slot, IReadOnlyList<byte[]> Nodes);
