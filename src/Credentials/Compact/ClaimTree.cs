using System.Numerics;
using System.Security.Cryptography;

namespace Identity.Credentials.Compact;

/// <summary>
/// The tree over a credential's claims: shape of RFC 9162 §2.1, nodes SHA-256(0x11 ‖ left ‖ right), so that no hash of it
/// can pass for one of the log.
/// </summary>
public static class ClaimTree
{
    /// <summary>Most claims a credential can have.</summary>
    public const int MaxLeaves = 64;

    /// <summary>The root over 1…64 leaf hashes.</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leaves) => Root(leaves, 0, leaves.Count);

    /// <summary>
    /// The hashes that let somebody who has only the shown leaves compute the root: walking down from the root, the hash of every
    /// subtree without a shown leaf, left before right.
    /// </summary>
    public static IReadOnlyList<byte[]> Nodes(IReadOnlyList<byte[]> leaves, IReadOnlySet<int> shown)
    {
        var nodes = new List<byte[]>();
        Collect(0, leaves.Count);
        return nodes;

        void Collect(int from, int to)
        {
            if (!Enumerable.Range(from, to - from).Any(shown.Contains))
            {
                nodes.Add(Root(leaves, from, to));
                return;
            }

            if (to - from == 1) return;
            var middle = from + Split(to - from);
            Collect(from, middle);
            Collect(middle, to);
        }
    }

    /// <summary>The root from the shown leaf hashes by index and the nodes; false when nodes are missing or left over.</summary>
    public static bool TryRoot(int count, IReadOnlyDictionary<int, byte[]> shown, IReadOnlyList<byte[]> nodes, out byte[] root)
    {
        var next = 0;
        var computed = count is >= 1 and <= MaxLeaves ? Fold(0, count) : null;
        root = computed ?? [];
        return computed is not null && next == nodes.Count;

        byte[]? Fold(int from, int to)
        {
            if (!Enumerable.Range(from, to - from).Any(shown.ContainsKey)) return next < nodes.Count ? nodes[next++] : null;
            if (to - from == 1) return shown[from];
            var middle = from + Split(to - from);
            var left = Fold(from, middle);
            var right = left is null ? null : Fold(middle, to);
            return right is null ? null : Node(left!, right);
        }
    }

    private static byte[] Root(IReadOnlyList<byte[]> leaves, int from, int to)
    {
        if (to - from == 1) return leaves[from];
        var middle = from + Split(to - from);
        return Node(Root(leaves, from, middle), Root(leaves, middle, to));
    }

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([0x11, .. left, .. right]);

    /// <summary>Largest power of two below n.</summary>
    private static int Split(int n) => 1 << (31 - BitOperations.LeadingZeroCount((uint)(n - 1)));
}
