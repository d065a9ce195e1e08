using System.Numerics;

namespace Identity.Credentials.Transparency;

/// <summary>
/// The right border of a growing tree: one hash per set bit of the size. Appending costs one or two hashes and no reads,
/// so a log of millions keeps 20-odd hashes in memory. Not safe for use by two threads.
/// </summary>
public sealed class TreeFrontier
{
    private readonly List<byte[]> _peaks;

    /// <summary>The border of the empty tree.</summary>
    public TreeFrontier() => _peaks = [];

    private TreeFrontier(long size, List<byte[]> peaks)
    {
        Size = size;
        _peaks = peaks;
    }

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The complete subtrees whose hashes a border of this size consists of, from the left: load these to go on after a restart.</summary>
    public static IReadOnlyList<TreeNode> NodesFor(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var nodes = new List<TreeNode>();
        for (var level = 62; level >= 0; level--)
        {
            if (((size >> level) & 1) == 1) nodes.Add(new TreeNode(level, (size >> level) - 1));
        }

        return nodes;
    }

    /// <summary>The border of a tree of <paramref name="size"/> leaves, its nodes read from where they were stored.</summary>
    public static TreeFrontier Load(long size, Func<TreeNode, byte[]> read) => new(size, [.. NodesFor(size).Select(read)]);

    /// <summary>Adds a leaf hash and tells every node that became complete by it, the leaf itself first.</summary>
    public void Append(byte[] leafHash, Action<TreeNode, byte[]>? completed = null)
    {
        if (leafHash.Length != MerkleTree.HashSize) throw new ArgumentException("A leaf hash has 32 bytes.", nameof(leafHash));
        var node = new TreeNode(0, Size);
        var hash = leafHash;
        completed?.Invoke(node, hash);
        for (var merges = BitOperations.TrailingZeroCount(~Size); merges > 0; merges--)
        {
            hash = MerkleTree.NodeHash(_peaks[^1], hash);
            _peaks.RemoveAt(_peaks.Count - 1);
            node = node.Parent;
            completed?.Invoke(node, hash);
        }

        _peaks.Add(hash);
        Size++;
    }

    /// <summary>The root at the present size.</summary>
    public byte[] Root()
    {
        if (_peaks.Count == 0) return MerkleTree.EmptyRoot();
        var root = _peaks[^1];
        for (var at = _peaks.Count - 2; at >= 0; at--) root = MerkleTree.NodeHash(_peaks[at], root);
        return root;
    }
}
