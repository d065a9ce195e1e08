using Identity.Credentials.Transparency;
using Identity.Ledger.Log;
using Identity.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Log;

/// <summary>The hashes stored beside a tile: with them, without them, and with wrong ones, a receipt is the tree's.</summary>
public class InnerHashesTests
{
    private static readonly AnchorCoordinates Nowhere = new(31337, "", 0, [], "", 0, "", default);

    [Fact]
    public async Task Paths_are_those_of_the_leaves_whatever_stands_beside_the_tiles()
    {
        using var log = new TestLog();
        await Paths_are_those_of_the_leaves(log);
    }

    [PostgresFact]
    public async Task Paths_are_those_of_the_leaves_whatever_stands_beside_the_tiles_on_PostgreSQL()
    {
        using var log = new TestLog(connection: await PostgresServer.NewDatabaseAsync());
        await Paths_are_those_of_the_leaves(log);
    }

    [Fact]
    public async Task A_path_takes_a_pair_of_a_full_tile_and_the_rest_from_its_inner_hashes()
    {
        using var log = new TestLog();
        var leaves = await GrowAsync(log, 256);
        await using var db = log.Open();
        await db.Database.ExecuteSqlRawAsync("UPDATE ledger_tiles SET hashes = CAST(substr(hashes, 1, 4 * 32) || zeroblob(252 * 32) AS BLOB) WHERE level = 0");

        var proof = await new LogReader(db).ProveAsync(1, 256, default);

        Assert.Equal(MerkleTree.Inclusion(1, 256, leaves), proof.Path);
    }

    [Fact]
    public async Task A_log_from_before_goes_on_and_fills_in_what_still_grows()
    {
        using var log = new TestLog();
        for (var wave = 0; wave < 4; wave++)
        {
            await log.AppendAsync([.. Enumerable.Range(wave * 150, 150)]);
            await log.RoundAsync();
            await using var db = log.Open();
            if (wave < 2) await db.Database.ExecuteSqlRawAsync("UPDATE ledger_tiles SET inner_hashes = NULL"); // 300 entries: one full tile
        }

        await using var after = log.Open();
        foreach (var tile in await after.Set<TileRow>().ToListAsync())
            Assert.Equal(tile is { Level: 0, Number: 0 } ? null : Tiles.Inner(tile.Hashes), tile.InnerHashes);
        foreach (var row in await after.Set<EntryRow>().Where(e => e.Index % 7 == 0).ToListAsync())
        {
            var proof = await new LogReader(after).ProveAsync(row.Index, 600, default);
            Assert.True(proof.TryVerify(row.Entry, TestLog.Origin, log.Key.PublicBytes, out _, out var reason), reason);
        }
    }

    [Fact]
    public async Task Attack_inner_hashes_that_were_rewritten_make_no_wrong_receipt()
    {
        using var log = new TestLog();
        var leaves = await GrowAsync(log, 300);
        await using var db = log.Open();
        await db.Database.ExecuteSqlRawAsync("UPDATE ledger_tiles SET inner_hashes = hashes");
        var anchor = Nowhere with { Size = 300, Root = MerkleTree.Root(leaves) };

        Assert.NotEqual(MerkleTree.Inclusion(7, 300, leaves), (await new LogReader(db).ProveAsync(7, 300, default)).Path); // what the check is for
        var receipt = await LedgerLog.ProveAsync(db, TestLog.Entry(7), 7, anchor, default);

        Assert.True(TlogProof.TryParse(receipt.Proof, out var proof, out _));
        Assert.Equal(MerkleTree.Inclusion(7, 300, leaves), proof!.Path);
    }

    [Theory]
    [InlineData("UPDATE ledger_tiles SET hashes = zeroblob(length(hashes)), inner_hashes = zeroblob(length(inner_hashes))")]
    [InlineData("UPDATE ledger_tiles SET hashes = substr(hashes, 1, 64), inner_hashes = NULL WHERE level = 0")]
    [InlineData("DELETE FROM ledger_tiles WHERE number = 1")]
    [InlineData("DELETE FROM ledger_checkpoints")]
    public async Task Attack_a_tree_that_was_rewritten_makes_no_receipt(string attack)
    {
        using var log = new TestLog();
        var leaves = await GrowAsync(log, 300);
        await using var db = log.Open();
        await db.Database.ExecuteSqlRawAsync(attack);

        await Assert.ThrowsAsync<InvalidDataException>(() =>
            LedgerLog.ProveAsync(db, TestLog.Entry(7), 7, Nowhere with { Size = 300, Root = MerkleTree.Root(leaves) }, default));
    }

    [Fact]
    public async Task Attack_the_place_of_another_entry_makes_no_receipt()
    {
        using var log = new TestLog();
        var leaves = await GrowAsync(log, 300);
        await using var db = log.Open();

        await Assert.ThrowsAsync<InvalidDataException>(() =>
            LedgerLog.ProveAsync(db, TestLog.Entry(8), 7, Nowhere with { Size = 300, Root = MerkleTree.Root(leaves) }, default));
    }

    [Fact]
    public async Task A_receipt_is_made_inside_a_transaction_too()
    {
        using var log = new TestLog();
        var leaves = await GrowAsync(log, 5);
        await using var db = log.Open();
        await using var transaction = await db.Database.BeginTransactionAsync();

        Assert.Equal(MerkleTree.Inclusion(4, 5, leaves), (await new LogReader(db).ProveAsync(4, 5, default)).Path);
    }

    private static async Task Paths_are_those_of_the_leaves(TestLog log)
    {
        int[] sizes = [1, 2, 3, 8, 255, 256, 257, 700, 65_535, 65_536, 65_793, 66_000];
        var leaves = await GrowAsync(log, sizes);
        var random = new Random(1);
        var expected = sizes.SelectMany(size => new[] { 0, size - 1, size / 2, random.Next(size) }.Distinct().Select(index => (Size: size, Index: index)))
            .ToDictionary(at => at, at => MerkleTree.Inclusion(at.Index, at.Size, leaves));
        await using var db = log.Open();
        foreach (var change in new[]
        {
            "UPDATE ledger_tiles SET number = number", "UPDATE ledger_tiles SET inner_hashes = substr(inner_hashes, 1, length(inner_hashes) / 2)",
            "UPDATE ledger_tiles SET inner_hashes = NULL WHERE number % 2 = 0", "UPDATE ledger_tiles SET inner_hashes = NULL",
        })
        {
            await db.Database.ExecuteSqlRawAsync(change);
            foreach (var ((size, index), path) in expected) Assert.Equal(path, (await new LogReader(db).ProveAsync(index, size, default)).Path);
        }
    }

    /// <summary>A log that grew to each of these sizes in turn, its leaves in their order.</summary>
    private static async Task<List<byte[]>> GrowAsync(TestLog log, params int[] sizes)
    {
        await using var db = log.Open();
        await using var sql = await SqlSession.BeginAsync(db, default);
        var leaves = new List<byte[]>();
        var root = MerkleTree.EmptyRoot();
        foreach (var size in sizes)
        {
            var tree = await StoredTree.OpenAsync(sql, leaves.Count, root, default);
            while (leaves.Count < size)
            {
                tree.Append(TestLog.Entry(leaves.Count));
                leaves.Add(MerkleTree.LeafHash(TestLog.Entry(leaves.Count)));
            }

            await tree.SaveAsync(sql, default);
            root = tree.Root();
            await sql.RunAsync(default, "INSERT INTO ledger_checkpoints (size, root, note, signed_at) VALUES (@size, @root, @note, 0)",
                ("@size", tree.Size), ("@root", root), ("@note", new Checkpoint(TestLog.Origin, tree.Size, root).Sign(TestLog.Origin, log.Key)));
        }

        await sql.CommitAsync(default);
        return leaves;
    }
}
