using Identity.Credentials.Transparency;

namespace Identity.Credentials.Tests.Transparency;

public sealed class TilesTests
{
    [Theory]
    [InlineData(0, 1234067, 256, "tile/0/x001/x234/067")]
    [InlineData(1, 0, 17, "tile/1/000.p/17")]
    [InlineData(Tiles.Entries, 5, 256, "tile/entries/005")]
    [InlineData(Tiles.Entries, 273, 112, "tile/entries/273.p/112")]
    [InlineData(2, 1000, 1, "tile/2/x001/000.p/1")]
    public void A_path_is_written_and_read_back(int level, long index, int width, string path)
    {
        var tile = new TileId(level, index, width);

        Assert.Equal(path, Tiles.Path(tile));
        Assert.True(Tiles.TryParsePath(path, out var read));
        Assert.Equal(tile, read);
    }

    [Theory]
    [InlineData("tile/0/67")]
    [InlineData("tile/00/067")]
    [InlineData("tile/8/000")]
    [InlineData("tile/0/x000/067")]
    [InlineData("tile/0/001/067")]
    [InlineData("tile/0/067.p/256")]
    [InlineData("tile/0/067.p/0")]
    [InlineData("tile/0/067.p/08")]
    [InlineData("tile/0/067.p")]
    [InlineData("tile/-1/067")]
    [InlineData("tile/0/../067")]
    [InlineData("tile/0/xx01/067")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("tile/0/")]
    [InlineData("checkpoint")]
    [InlineData(null)]
    public void Any_other_spelling_of_a_path_is_refused(string? path) => Assert.False(Tiles.TryParsePath(path, out _));

    [Fact]
    public void A_tree_of_70000_has_the_tiles_of_the_specification()
    {
        var tiles = Tiles.Between(0, 70_000).Where(t => t.Level >= 0).ToList();

        Assert.Equal(273, tiles.Count(t => t is { Level: 0, Width: 256 }));
        Assert.Contains(new TileId(0, 273, 112), tiles);
        Assert.Contains(new TileId(1, 0, 256), tiles);
        Assert.Contains(new TileId(1, 1, 17), tiles);
        Assert.Contains(new TileId(2, 0, 1), tiles);
        Assert.Equal(277, tiles.Count);
    }

    [Fact]
    public void Growth_rewrites_only_the_right_border() =>
        Assert.Equal([new TileId(Tiles.Entries, 1, 44), new TileId(0, 1, 44)], Tiles.Between(290, 300));

    [Fact]
    public void Nodes_read_from_tiles_prove_what_nodes_in_memory_prove()
    {
        const int Size = 70_000;
        var leaves = Enumerable.Range(0, Size).Select(i => MerkleTree.LeafHash(BitConverter.GetBytes(i))).ToList();
        var nodes = new Dictionary<TreeNode, byte[]>();
        var frontier = new TreeFrontier();
        foreach (var leaf in leaves) frontier.Append(leaf, nodes.Add);

        byte[] Tile(TileId id) => [.. Enumerable.Range(0, id.Width).SelectMany(i => nodes[new TreeNode(8 * id.Level, (id.Index * 256) + i)])];
        byte[] Read(TreeNode node) => Tiles.Read(node, Tile(Tiles.Holding(node, Size)))!;

        var root = ProofPlan.Root(Size).Build(Read)[0];
        Assert.Equal(frontier.Root(), root);
        Assert.True(MerkleTree.VerifyInclusion(69_999, Size, leaves[69_999], root, ProofPlan.Inclusion(69_999, Size).Build(Read)));
        Assert.True(MerkleTree.VerifyInclusion(12_345, Size, leaves[12_345], root, ProofPlan.Inclusion(12_345, Size).Build(Read)));
        Assert.True(MerkleTree.VerifyConsistency(65_537, Size, MerkleTree.Root(leaves[..65_537]), root, ProofPlan.Consistency(65_537, Size).Build(Read)));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    [InlineData(7, 1)]
    [InlineData(8, 3)]
    [InlineData(64, 31)]
    [InlineData(100, 47)]
    [InlineData(255, 120)]
    [InlineData(256, 126)]
    public void Every_node_of_a_tile_is_read_from_its_inner_hashes_as_from_its_own(int width, int inner)
    {
        byte[] tile = [.. Enumerable.Range(0, width).SelectMany(i => MerkleTree.LeafHash(BitConverter.GetBytes(i)))];
        var hashes = Tiles.Inner(tile);

        Assert.Equal(inner * MerkleTree.HashSize, hashes.Length);
        foreach (var (at, number) in new[] { (Level: 0, Number: 0L), (0, 5), (8, 0), (16, 3_000_000_000) })
        {
            for (var level = 0; level < 8; level++)
            {
                for (var index = 0; index < width >> level; index++)
                {
                    var node = new TreeNode(at + level, (number * Tiles.Full >> level) + index);
                    Assert.Equal(Tiles.Read(node, tile), Tiles.Read(node, tile, hashes));
                    Assert.Equal(Tiles.IsInner(node), Tiles.Read(node, [], hashes) is not null); // not hashed again
                    Assert.Equal(Tiles.Read(node, tile), Tiles.Read(node, tile, hashes.AsSpan(0, hashes.Length / 2)));
                }
            }
        }
    }

    [Fact]
    public void Inner_hashes_only_grow_with_their_tile()
    {
        byte[] tile = [.. Enumerable.Range(0, 256).SelectMany(i => MerkleTree.LeafHash(BitConverter.GetBytes(i)))];
        var whole = Tiles.Inner(tile);

        for (var width = 0; width <= 256; width++)
        {
            var part = Tiles.Inner(tile.AsSpan(0, width * MerkleTree.HashSize));
            Assert.Equal(whole[..part.Length], part);
        }
    }

    [Fact]
    public void A_bundle_of_entries_is_read_only_at_its_exact_width()
    {
        byte[][] entries = [new byte[32], [.. Enumerable.Range(0, 32).Select(i => (byte)i)]];
        var bytes = Tiles.EncodeEntries(entries);

        Assert.True(Tiles.TryDecodeEntries(bytes, 2, out var read));
        Assert.Equal(entries[1], read[1]);
        Assert.False(Tiles.TryDecodeEntries(bytes, 1, out _));
        Assert.False(Tiles.TryDecodeEntries(bytes, 3, out _));
        Assert.False(Tiles.TryDecodeEntries([.. bytes, 0], 2, out _));
        bytes[1] = 31;
        Assert.False(Tiles.TryDecodeEntries(bytes, 2, out _));
    }
}
