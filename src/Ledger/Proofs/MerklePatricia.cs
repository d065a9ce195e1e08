using Identity.Ledger.Evm;

namespace Identity.Ledger.Proofs;

/// <summary>Proofs of the Merkle-Patricia tree (Ethereum yellow paper, appendix D), as <c>eth_getProof</c> gives them (EIP-1186): of what stands under a key, and of nothing standing there.</summary>
public static class MerklePatricia
{
    private const int MostNodes = 65;

    private static readonly byte[] EmptyRoot = Keccak256.Hash([0x80]);

    /// <summary>Reads what a tree holds under the Keccak of a name.</summary>
    /// <param name="root">The tree's root: 32 bytes.</param>
    /// <param name="key">The key: 32 bytes.</param>
    /// <param name="proof">The nodes on the way, from the root down, not one more.</param>
    /// <param name="value">What stands there; null where the proof shows that nothing does.</param>
    /// <param name="reason">What is wrong.</param>
    /// <returns>False where the proof does not hold.</returns>
    public static bool TryGet(ReadOnlySpan<byte> root, ReadOnlySpan<byte> key, IReadOnlyList<byte[]> proof, out byte[]? value, out string reason)
    {
        (value, reason) = (null, "the proof does not belong to this root");
        if (root.Length != 32 || key.Length != 32 || proof.Count > MostNodes) return false;
        if (proof.Count == 0) return root.SequenceEqual(EmptyRoot);
        if (!TryWalk(root, Nibbles(key), proof, out value, out var used)) return false;
        if (used == proof.Count) return true;
        (value, reason) = (null, "the proof has nodes that are not on the way");
        return false;
    }

    private static bool TryWalk(ReadOnlySpan<byte> root, ReadOnlySpan<byte> path, IReadOnlyList<byte[]> proof, out byte[]? value, out int used)
    {
        (value, used) = (null, 0);
        var next = RlpItem.Of(root);
        while (true)
        {
            if (next.Bytes is { Length: 0 }) return true; // nothing hangs here
            IReadOnlyList<RlpItem>? node;
            if (next.Bytes is { Length: 32 } hash)
            {
                if (used == proof.Count || !Keccak256.Hash(proof[used]).AsSpan().SequenceEqual(hash) || !Rlp.TryDecode(proof[used], out var decoded, out _)) return false;
                used++;
                if (used == 1 && decoded.Bytes is { Length: 0 }) return true; // an empty tree, written out
                node = decoded.Items;
            }
            else node = next.Items is not null && Rlp.Encode(next).Length < 32 ? next.Items : null; // a small node stands where its hash would

            if (node is { Count: 17 })
            {
                if (path.Length == 0 || node[16].Bytes is not { Length: 0 }) return false; // all keys are of one length: nothing ends in a branch
                next = node[path[0]];
                path = path[1..];
                continue;
            }
            if (node is not { Count: 2 } || !TryPath(node[0].Bytes, out var segment, out var isLeaf)) return false;
            if (isLeaf)
            {
                if (segment.Length != path.Length || node[1].Bytes is not { Length: > 0 } found) return false;
                if (path.SequenceEqual(segment)) value = found;
                return true;
            }
            if (segment.Length == 0 || node[1].Bytes is { Length: not 32 }) return false;
            if (!path.StartsWith(segment)) return true;
            next = node[1];
            path = path[segment.Length..];
        }
    }

    // Appendix C: the first half byte says whether it is a leaf and whether the number of half bytes is odd.
    private static bool TryPath(byte[]? encoded, out byte[] nibbles, out bool isLeaf)
    {
        (nibbles, isLeaf) = ([], false);
        if (encoded is not { Length: > 0 } || encoded[0] >> 4 > 3) return false;
        isLeaf = (encoded[0] & 0x20) != 0;
        var isOdd = (encoded[0] & 0x10) != 0;
        if (!isOdd && (encoded[0] & 0x0f) != 0) return false;
        nibbles = Nibbles(encoded)[(isOdd ? 1 : 2)..];
        return true;
    }

    private static byte[] Nibbles(ReadOnlySpan<byte> bytes)
    {
        var nibbles = new byte[2 * bytes.Length];
        for (var i = 0; i < bytes.Length; i++) (nibbles[2 * i], nibbles[2 * i + 1]) = ((byte)(bytes[i] >> 4), (byte)(bytes[i] & 15));
        return nibbles;
    }
}
