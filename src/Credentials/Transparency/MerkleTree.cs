using System.Numerics;
using System.Security.Cryptography;

namespace Identity.Credentials.Transparency;

/// <summary>
/// The Merkle tree of RFC 9162 §2.1 over SHA-256. Sizes and indices are counts of leaves; hashes are 32 bytes.
/// Verification answers false for anything malformed and never throws; building throws
/// <see cref="ArgumentOutOfRangeException"/> when asked for a leaf or a size the tree does not have.
/// </summary>
public static class MerkleTree
{
    /// <summary>Bytes of one hash.</summary>
    public const int HashSize = 32;

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static byte[] EmptyRoot() => SHA256.HashData([]);

    /// <summary>SHA-256(0x00 ‖ data).</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> data)
    {
        // An entry fits; to hash it in one go costs a fraction of hashing it in pieces.
        Span<byte> input = data.Length < 2 * HashSize ? stackalloc byte[1 + data.Length] : new byte[1 + data.Length];
        input[0] = 0x00;
        data.CopyTo(input[1..]);
        return SHA256.HashData(input);
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * HashSize)];
        input[0] = 0x01;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashSize)..]);
        return SHA256.HashData(input);
    }

    /// <summary>The root over leaf hashes in their order.</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leafHashes)
    {
        var frontier = new TreeFrontier();
        foreach (var leaf in leafHashes) frontier.Append(leaf);
        return frontier.Root();
    }

    /// <summary>The audit path of leaf <paramref name="index"/> in the tree of the first <paramref name="size"/> leaves, from the sibling upwards (§2.1.3.1).</summary>
    public static IReadOnlyList<byte[]> Inclusion(long index, long size, IReadOnlyList<byte[]> leafHashes) =>
        ProofPlan.Inclusion(index, size).Build(Reader(size, leafHashes));

    /// <summary>The proof that the tree of <paramref name="m"/> leaves is a prefix of the tree of <paramref name="n"/> leaves (§2.1.4.1), 0 &lt; m ≤ n.</summary>
    public static IReadOnlyList<byte[]> Consistency(long m, long n, IReadOnlyList<byte[]> leafHashes) =>
        ProofPlan.Consistency(m, n).Build(Reader(n, leafHashes));

    /// <summary>Whether the path leads from the leaf to the root (§2.1.3.2).</summary>
    public static bool VerifyInclusion(long index, long size, ReadOnlySpan<byte> leafHash, ReadOnlySpan<byte> root, IReadOnlyList<byte[]> path)
    {
        if (root.Length != HashSize || !TryRootFromInclusion(index, size, leafHash, path, out var computed)) return false;
        return computed.AsSpan().SequenceEqual(root);
    }

    /// <summary>The root that the path leads to; false when the path does not have the one possible length or a hash has not 32 bytes.</summary>
    public static bool TryRootFromInclusion(long index, long size, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> path, out byte[] root)
    {
        root = [];
        if (index < 0 || index >= size || leafHash.Length != HashSize || !AllHashes(path)) return false;

        // Up to the level where the leaf's path leaves the right border, every level has a sibling; above it only the set bits of the index have one.
        var inner = BitLength(index ^ (size - 1));
        var border = BitOperations.PopCount((ulong)index >> inner);
        if (path.Count != inner + border) return false;

        var hash = leafHash.ToArray();
        for (var level = 0; level < inner; level++)
        {
            hash = ((index >> level) & 1) == 0 ? NodeHash(hash, path[level]) : NodeHash(path[level], hash);
        }

        for (var at = inner; at < path.Count; at++) hash = NodeHash(path[at], hash);
        root = hash;
        return true;
    }

    /// <summary>
    /// Whether the tree of m leaves with the first root is a prefix of the tree of n leaves with the second (§2.1.4.2).
    /// A proof from size 0 is refused always: everything extends nothing, so it would prove nothing.
    /// </summary>
    public static bool VerifyConsistency(long m, long n, ReadOnlySpan<byte> rootM, ReadOnlySpan<byte> rootN, IReadOnlyList<byte[]> path)
    {
        if (m <= 0 || m > n || rootM.Length != HashSize || rootN.Length != HashSize) return false;
        if (m == n) return path.Count == 0 && rootM.SequenceEqual(rootN);
        if (path.Count == 0) return false;
        // §2.1.4.2 step 2: a power of two is its own first node.
        IReadOnlyList<byte[]> whole = BitOperations.IsPow2(m) ? [rootM.ToArray(), .. path] : path;
        return TryRootsFromConsistency(m, n, whole, out var first, out var second) && first.AsSpan().SequenceEqual(rootM) && second.AsSpan().SequenceEqual(rootN);
    }

    /// <summary>
    /// The two roots that a consistency path leads to: of the first m leaves and of all n, 0 &lt; m &lt; n. The path begins with the node that both trees share also where m is a
    /// power of two. Where the second root is that of a tree of n leaves, the first is the root of this tree's own first m leaves and of nothing else.
    /// </summary>
    public static bool TryRootsFromConsistency(long m, long n, IReadOnlyList<byte[]> path, out byte[] rootM, out byte[] rootN)
    {
        rootM = rootN = [];
        if (m <= 0 || m >= n || path.Count == 0 || !AllHashes(path)) return false;
        var first = path[0];
        var second = first;
        var fn = m - 1;
        var sn = n - 1;
        while ((fn & 1) == 1)
        {
            fn >>= 1;
            sn >>= 1;
        }

        for (var next = 1; next < path.Count; next++)
        {
            if (sn == 0) return false;
            if ((fn & 1) == 1 || fn == sn)
            {
                first = NodeHash(path[next], first);
                second = NodeHash(path[next], second);
                while (fn != 0 && (fn & 1) == 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                second = NodeHash(second, path[next]);
            }

            fn >>= 1;
            sn >>= 1;
        }

        (rootM, rootN) = (first, second);
        return sn == 0;
    }

    private static int BitLength(long value) => 64 - BitOperations.LeadingZeroCount((ulong)value);

    private static bool AllHashes(IReadOnlyList<byte[]> path)
    {
        foreach (var hash in path)
        {
            if (hash is not { Length: HashSize }) return false;
        }

        return true;
    }

    private static Func<TreeNode, byte[]> Reader(long size, IReadOnlyList<byte[]> leafHashes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, leafHashes.Count);
        return Read;

        byte[] Read(TreeNode node) => node.Level == 0
            ? leafHashes[(int)node.Index]
            : NodeHash(Read(node.Left), Read(node.Right));
    }
}
