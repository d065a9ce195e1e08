using System.Security.Cryptography;
using Identity.Credentials.Transparency;

namespace Identity.Credentials.Tests.Transparency;

public sealed class MerkleTreeTests
{
    [Fact]
    public void The_roots_of_the_reference_tree_come_out()
    {
        // Inputs and roots published with RFC 6962 implementations: "", 00, 10, 2021, 3031, 40414243, …
        byte[][] inputs = [[], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Convert.FromHexString("5051525354555657"), Convert.FromHexString("606162636465666768696a6b6c6d6e6f")];
        var leaves = inputs.Select(i => MerkleTree.LeafHash(i)).ToList();

        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Hex(MerkleTree.Root([])));
        Assert.Equal("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", Hex(MerkleTree.Root(leaves[..1])));
        Assert.Equal("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328", Hex(MerkleTree.Root(leaves)));
    }

    [Fact]
    public void Every_leaf_of_every_small_tree_is_proven_and_no_other_leaf_passes()
    {
        var leaves = Leaves(40);
        for (var size = 1; size <= 40; size++)
        {
            var root = Naive(leaves, 0, size);
            Assert.Equal(root, MerkleTree.Root(leaves[..size]));
            for (var index = 0; index < size; index++)
            {
                var path = MerkleTree.Inclusion(index, size, leaves);

                Assert.True(MerkleTree.VerifyInclusion(index, size, leaves[index], root, path));
                Assert.False(MerkleTree.VerifyInclusion(index, size, MerkleTree.LeafHash([99]), root, path));
                Assert.False(MerkleTree.VerifyInclusion((index + 1) % size, size, leaves[index], root, path) && size > 1);
            }
        }
    }

    [Fact]
    public void Every_pair_of_small_sizes_is_consistent_and_no_changed_history_is()
    {
        var leaves = Leaves(33);
        var forged = Leaves(33);
        forged[0] = MerkleTree.LeafHash([99]);
        for (var m = 1; m <= 33; m++)
        {
            for (var n = m; n <= 33; n++)
            {
                var path = MerkleTree.Consistency(m, n, leaves);
                var (first, second) = (Naive(leaves, 0, m), Naive(leaves, 0, n));

                Assert.True(MerkleTree.VerifyConsistency(m, n, first, second, path));
                Assert.False(MerkleTree.VerifyConsistency(m, n, Naive(forged, 0, m), second, path));
                Assert.False(MerkleTree.VerifyConsistency(m, n, first, Naive(forged, 0, n), path));
                Assert.False(MerkleTree.VerifyConsistency(m, n, first, second, [.. path, leaves[0]]));
                if (path.Count > 0) Assert.False(MerkleTree.VerifyConsistency(m, n, first, second, [.. path.Skip(1)]));
            }
        }
    }

    [Fact]
    public void A_consistency_proof_from_the_empty_tree_proves_nothing_and_is_refused()
    {
        var leaves = Leaves(4);
        var root = MerkleTree.Root(leaves);

        Assert.False(MerkleTree.VerifyConsistency(0, 4, MerkleTree.EmptyRoot(), root, []));
        Assert.False(MerkleTree.VerifyConsistency(0, 0, MerkleTree.EmptyRoot(), MerkleTree.EmptyRoot(), []));
        Assert.False(MerkleTree.VerifyConsistency(-1, 4, root, root, []));
    }

    [Fact]
    public void An_inner_node_passed_off_as_a_leaf_is_refused()
    {
        var leaves = Leaves(4);
        var root = MerkleTree.Root(leaves);
        var node = MerkleTree.NodeHash(leaves[0], leaves[1]);
        var right = MerkleTree.NodeHash(leaves[2], leaves[3]);

        // The hash of a node is not the hash of any entry, and the proof's length is fixed by the size of the tree.
        Assert.False(MerkleTree.VerifyInclusion(0, 4, MerkleTree.LeafHash(node), root, [right]));
        Assert.False(MerkleTree.VerifyInclusion(0, 4, node, root, [right]));
        Assert.False(MerkleTree.VerifyInclusion(0, 4, MerkleTree.LeafHash([.. leaves[0], .. leaves[1]]), root, [right]));
    }

    [Fact]
    public void The_root_itself_with_an_empty_proof_is_no_entry_of_a_larger_tree()
    {
        var leaves = Leaves(5);
        var root = MerkleTree.Root(leaves);

        Assert.False(MerkleTree.VerifyInclusion(0, 5, root, root, []));
        Assert.False(MerkleTree.VerifyInclusion(5, 5, leaves[4], root, MerkleTree.Inclusion(4, 5, leaves)));
        Assert.False(MerkleTree.VerifyInclusion(-1, 5, leaves[4], root, MerkleTree.Inclusion(4, 5, leaves)));
    }

    [Fact]
    public void A_proof_against_the_present_tree_does_not_fit_an_older_checkpoint()
    {
        var leaves = Leaves(9);
        var path = MerkleTree.Inclusion(3, 9, leaves);

        Assert.False(MerkleTree.VerifyInclusion(3, 8, leaves[3], MerkleTree.Root(leaves[..8]), path));
        Assert.False(MerkleTree.VerifyInclusion(3, 9, leaves[3], MerkleTree.Root(leaves[..8]), path));
    }

    [Fact]
    public void A_growing_border_gives_the_roots_and_the_nodes_that_proofs_are_built_from()
    {
        var leaves = Leaves(600);
        var nodes = new Dictionary<TreeNode, byte[]>();
        var frontier = new TreeFrontier();
        foreach (var leaf in leaves) frontier.Append(leaf, nodes.Add);

        Assert.Equal(Naive(leaves, 0, 600), frontier.Root());
        Assert.Equal(Naive(leaves, 0, 600), TreeFrontier.Load(600, n => nodes[n]).Root());
        foreach (var (index, size) in new[] { (0L, 600L), (599, 600), (255, 256), (256, 257), (300, 511) })
        {
            var plan = ProofPlan.Inclusion(index, size);

            Assert.True(MerkleTree.VerifyInclusion(index, size, leaves[(int)index], Naive(leaves, 0, (int)size), plan.Build(n => nodes[n])));
            Assert.Equal(Naive(leaves, 0, (int)size), ProofPlan.Root(size).Build(n => nodes[n])[0]);
        }
    }

    [Fact]
    public void A_proof_in_a_tree_of_a_million_needs_few_nodes()
    {
        Assert.InRange(ProofPlan.Inclusion(777_777, 1_000_000).Nodes.Count, 10, 60);
        Assert.InRange(ProofPlan.Consistency(654_321, 1_000_000).Nodes.Count, 10, 60);
    }

    private static List<byte[]> Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => MerkleTree.LeafHash(BitConverter.GetBytes(i)))];

    /// <summary>The definition of §2.1.1, word for word.</summary>
    private static byte[] Naive(IReadOnlyList<byte[]> leaves, int from, int to)
    {
        if (to - from == 1) return leaves[from];
        var k = 1;
        while (k * 2 < to - from) k *= 2;
        return SHA256.HashData([1, .. Naive(leaves, from, from + k), .. Naive(leaves, from + k, to)]);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
