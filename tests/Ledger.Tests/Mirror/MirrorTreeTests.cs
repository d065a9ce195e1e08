using Identity.Credentials.Transparency;
using Identity.Ledger.Mirror;
using Identity.Ledger.Tests.Log;

namespace Identity.Ledger.Tests.Mirror;

/// <summary>What the file keeps of a log and what memory makes of it, against lists.</summary>
public sealed class MirrorTreeTests : IDisposable
{
    private const string Origin = "localhost:5999/log";
    private readonly string _folder = Directory.CreateTempSubdirectory("mirror-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, InlineData(0), InlineData(1), InlineData(255), InlineData(256), InlineData(257), InlineData(65_536), InlineData(66_000)]
    public void A_tree_read_from_bundles_is_the_tree_that_grew(int size)
    {
        var entries = Some(size);
        var grown = new MirrorTree();
        foreach (var entry in entries) grown.Append(entry);

        var read = MirrorTree.Load(Bundles(entries));

        Assert.Equal((grown.Size, Convert.ToHexString(grown.Root())), (read.Size, Convert.ToHexString(read.Root())));
        foreach (var at in new[] { 0, 7, 255, 256, 511, size - 1 }.Where(at => at >= 0 && at < size))
        {
            Assert.True(read.TryFind(entries[at], out var index) && index == at);
            Assert.Equal(grown.RootAt(at + 1), read.RootAt(at + 1));
            Assert.True(MerkleTree.VerifyInclusion(at, size, MerkleTree.LeafHash(entries[at]), grown.Root(), read.Path(at, size)));
        }
        Assert.Equal(Tiles.Between(0, size).Select(tile => Convert.ToHexString(grown.Tile(tile)!)), Tiles.Between(0, size).Select(tile => Convert.ToHexString(read.Tile(tile)!)));
        Assert.False(read.TryFind(TestLog.Entry(-1), out _) || read.TryFind(new byte[31], out _));
    }

    [Fact]
    public void An_entry_that_comes_again_keeps_its_first_place()
    {
        List<byte[]> entries = [.. Some(3000), .. Some(3000), .. Some(10)];

        var tree = MirrorTree.Load(Bundles(entries));
        tree.Append(entries[5]);

        Assert.All(Enumerable.Range(0, 3000), at => Assert.True(tree.TryFind(entries[at], out var index) && index == at));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void The_file_keeps_what_was_saved_last_whatever_was_dropped_between(int seed)
    {
        var dice = new Random(seed);
        var (kept, fresh) = (new List<byte[]>(), 0);
        using var file = new MirrorFile(Path.Combine(_folder, "mirror.db"));
        for (var act = 0; act < 40; act++)
        {
            if (dice.Next(3) == 0 && kept.Count > 0)
            {
                var size = dice.Next(4) == 0 ? kept.Count / 256 * 256 : dice.Next(kept.Count + 1);
                file.Truncate(Origin, size, "note");
                kept.RemoveRange(size, kept.Count - size);
            }
            var more = Enumerable.Range(0, dice.Next(2) == 0 ? dice.Next(10) : dice.Next(700)).Select(_ => TestLog.Entry(fresh++)).ToList();
            file.Save(Origin, kept.Count, more, "note");
            file.Save("localhost:5998/log", kept.Count / 256 * 256, Some(1), "note"); // another log is another log
            kept.AddRange(more);

            Assert.Equal(Bundles(kept).Select(Convert.ToHexString), file.Bundles(Origin).Select(Convert.ToHexString));
            var (first, count) = (dice.Next(kept.Count + 1), dice.Next(600));
            Assert.Equal(kept.Skip(first).Take(count).Select(Convert.ToHexString), file.Entries(Origin, first, count).Select(Convert.ToHexString));
        }
    }

    private static List<byte[]> Some(int count) => [.. Enumerable.Range(0, count).Select(TestLog.Entry)];

    private static List<byte[]> Bundles(List<byte[]> entries) => [.. entries.Chunk(Tiles.Full).Select(bundle => bundle.SelectMany(entry => entry).ToArray())];
}
