using System.Numerics;

namespace Identity.Credentials.Transparency;

/// <summary>
/// Which stored nodes a root or a proof needs, worked out from sizes alone. Load <see cref="Nodes"/> in one query (or from tiles),
/// then <see cref="Build"/>: at a million entries that is about forty hashes, not a million.
/// </summary>
public sealed class ProofPlan
{
    private readonly IReadOnlyList<IReadOnlyList<TreeNode>> _elements;

    private ProofPlan(IReadOnlyList<IReadOnlyList<TreeNode>> elements) => _elements = elements;

    /// <summary>The complete subtrees to read, each once.</summary>
    public IReadOnlyCollection<TreeNode> Nodes => [.. _elements.SelectMany(e => e)]; // elements cover leaves that no other covers

    /// <summary>The root of the first <paramref name="size"/> leaves (at least one): the only element of the result.</summary>
    public static ProofPlan Root(long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return new ProofPlan([Cover(0, size)]);
    }

    /// <summary>The audit path of a leaf, RFC 9162 §2.1.3.1.</summary>
    public static ProofPlan Inclusion(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var elements = new List<IReadOnlyList<TreeNode>>();
        long from = 0, to = size;
        while (to - from > 1)
        {
            var middle = from + Split(to - from);
            if (index < middle)
            {
                elements.Add(Cover(middle, to));
                to = middle;
            }
            else
            {
                elements.Add(Cover(from, middle));
                from = middle;
            }
        }

        elements.Reverse();
        return new ProofPlan(elements);
    }

    /// <summary>The consistency proof between two sizes, RFC 9162 §2.1.4.1, 0 &lt; m ≤ n.</summary>
    public static ProofPlan Consistency(long m, long n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(m, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(m, n);
        var elements = new List<IReadOnlyList<TreeNode>>();
        long from = 0, to = n;
        var known = true; // the subtree we are in is the whole first tree, whose root the verifier has
        while (m != to)
        {
            var middle = from + Split(to - from);
            if (m <= middle)
            {
                elements.Add(Cover(middle, to));
                to = middle;
            }
            else
            {
                elements.Add(Cover(from, middle));
                from = middle;
                known = false;
            }
        }

        if (!known) elements.Add(Cover(from, to));
        elements.Reverse();
        return new ProofPlan(elements);
    }

    /// <summary>The hashes of the plan in their order, from the nodes it asked for.</summary>
    public IReadOnlyList<byte[]> Build(Func<TreeNode, byte[]> read)
    {
        var hashes = new List<byte[]>(_elements.Count);
        foreach (var element in _elements)
        {
            var hash = read(element[^1]);
            for (var at = element.Count - 2; at >= 0; at--) hash = MerkleTree.NodeHash(read(element[at]), hash);
            hashes.Add(hash);
        }

        return hashes;
    }

    /// <summary>Largest power of two below n.</summary>
    private static long Split(long n) => 1L << (63 - BitOperations.LeadingZeroCount((ulong)(n - 1)));

    /// <summary>The complete subtrees, from the left, that leaves [from, to) fold into; from is a multiple of every subtree's width here.</summary>
    private static List<TreeNode> Cover(long from, long to)
    {
        var nodes = new List<TreeNode>();
        while (from < to)
        {
            var level = 63 - BitOperations.LeadingZeroCount((ulong)(to - from));
            nodes.Add(new TreeNode(level, from >> level));
            from += 1L << level;
        }

        return nodes;
    }
}
