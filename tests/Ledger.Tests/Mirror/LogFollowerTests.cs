using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Ledger.Mirror;
using Identity.Ledger.Tests.Log;

namespace Identity.Ledger.Tests.Mirror;

public class LogFollowerTests
{
    [Fact]
    public async Task Entries_are_found_at_once_and_their_anchor_when_the_chain_has_it()
    {
        using var bench = new LogBench();
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(0, 300)]);
        await bench.LookAsync();
        Assert.Null(bench.Find(7)!.Value.Block);

        await bench.AnchorAsync(bench.Log);
        await bench.GrowAsync(bench.Log, 1000);
        await bench.LookAsync();

        Assert.Equal(2ul, bench.Find(7)!.Value.Block);
        Assert.Null(bench.Find(1000)!.Value.Block);
        Assert.Null(bench.Find(5000));
        Assert.Null(bench.Mirrored.Alarm);
        Assert.Null(bench.Mirrored.Problem);
    }

    [Fact]
    public async Task The_earliest_anchor_that_covers_an_entry_counts()
    {
        using var bench = new LogBench();
        foreach (var wave in Enumerable.Range(0, 5))
        {
            await bench.GrowAsync(bench.Log, wave);
            await bench.AnchorAsync(bench.Log);
        }

        await bench.LookAsync();

        Assert.Equal([2, 3, 4, 5, 6], Enumerable.Range(0, 5).Select(e => (int)bench.Find(e)!.Value.Block!.Value));
    }

    [Fact]
    public async Task Only_what_is_new_is_fetched()
    {
        using var bench = new LogBench();
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(0, 600)]);
        await bench.LookAsync();
        bench.Fetched.Clear();

        await bench.LookAsync();
        await bench.GrowAsync(bench.Log, 1000);
        await bench.LookAsync();

        Assert.Equal(["checkpoint", "checkpoint", "tile/entries/002.p/89"], bench.Fetched);
    }

    [Fact]
    public async Task A_restart_needs_no_network_and_goes_on_where_it_was()
    {
        using var bench = new LogBench();
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(0, 600)]);
        await bench.AnchorAsync(bench.Log);
        await bench.LookAsync();
        bench.Fetched.Clear();

        bench.Restart();

        Assert.Equal(2ul, bench.Find(599)!.Value.Block);
        Assert.Empty(bench.Fetched);
        await bench.LookAsync();
        Assert.Equal(["checkpoint"], bench.Fetched);
    }

    [Fact]
    public async Task Attack_two_checkpoints_of_one_size_with_different_roots_are_a_fork_for_ever()
    {
        using var bench = new LogBench();
        using var twin = new TestLog();
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        await bench.GrowAsync(twin, 1, 2, 4);
        await bench.LookAsync();

        bench.Serving = twin;
        await bench.LookAsync();

        Assert.StartsWith("Fork", bench.Mirrored.Alarm);
        bench.Serving = bench.Log;
        bench.Restart();
        await bench.LookAsync();
        Assert.StartsWith("Fork", bench.Mirrored.Alarm);
    }

    [Fact]
    public async Task Attack_a_larger_tree_that_dropped_an_entry_is_a_fork()
    {
        using var bench = new LogBench();
        using var twin = new TestLog();
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(0, 300)]);
        await bench.GrowAsync(twin, [.. Enumerable.Range(1, 400)]);
        await bench.LookAsync();

        bench.Serving = twin;
        await bench.LookAsync();

        Assert.StartsWith("Fork", bench.Mirrored.Alarm);
        Assert.Equal(300, bench.Mirrored.Tree.Size);
    }

    [Fact]
    public async Task Attack_a_smaller_checkpoint_is_a_rollback()
    {
        using var bench = new LogBench();
        using var old = new TestLog();
        foreach (var log in new[] { bench.Log, old }) await bench.GrowAsync(log, 1, 2, 3);
        await bench.GrowAsync(bench.Log, 4);
        await bench.LookAsync();

        bench.Serving = old;
        await bench.LookAsync();

        Assert.StartsWith("Rollback", bench.Mirrored.Alarm);
        bench.Restart();
        Assert.StartsWith("Rollback", bench.Mirrored.Alarm);
    }

    [Fact]
    public async Task Attack_a_log_that_hides_what_it_anchored_is_a_rollback()
    {
        using var bench = new LogBench();
        using var old = new TestLog();
        foreach (var log in new[] { bench.Log, old }) await bench.GrowAsync(log, 1, 2, 3);
        await bench.GrowAsync(bench.Log, 4);
        await bench.AnchorAsync(bench.Log);

        bench.Serving = old; // a mirror that has seen nothing yet knows from the chain
        await bench.LookAsync();

        Assert.StartsWith("Rollback", bench.Mirrored.Alarm);
    }

    [Fact]
    public async Task Attack_another_root_on_the_chain_than_in_the_log_is_an_alarm()
    {
        using var bench = new LogBench();
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        bench.Anchor(2, new byte[32]);

        await bench.LookAsync();

        Assert.Contains("2 entries", bench.Mirrored.Alarm);
        bench.Restart();
        Assert.NotNull(bench.Mirrored.Alarm);
    }

    [Fact]
    public async Task A_tampered_tile_teaches_nothing_raises_no_alarm_and_heals()
    {
        using var bench = new LogBench();
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(0, 300)]);
        await bench.LookAsync();
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(300, 300)]);
        bench.Wire = (path, body) =>
        {
            if (path != "checkpoint") body[^1] ^= 1;
            return body;
        };

        await bench.LookAsync();

        Assert.Null(bench.Mirrored.Alarm);
        Assert.Contains("do not give the root", bench.Mirrored.Problem);
        Assert.Equal(300, bench.Mirrored.Tree.Size);
        bench.Wire = (_, body) => body;
        await bench.LookAsync();
        Assert.Equal(600, bench.Mirrored.Tree.Size);
        Assert.Null(bench.Mirrored.Problem);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("long")]
    [InlineData("length")]
    public async Task Attack_a_bundle_of_another_shape_is_refused(string attack)
    {
        using var bench = new LogBench();
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        bench.Wire = (path, body) => path == "checkpoint" ? body : attack switch
        {
            "short" => body[..^34],
            "long" => [.. body, .. body[..34]],
            _ => [0, 31, .. body[2..]],
        };

        await bench.LookAsync();

        Assert.Contains("not a bundle", bench.Mirrored.Problem);
        Assert.Equal(0, bench.Mirrored.Tree.Size);
    }

    [Fact]
    public async Task Attack_a_checkpoint_of_another_key_or_origin_is_not_believed_and_no_alarm()
    {
        using var bench = new LogBench();
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        using var thief = Ed25519Key.Create();
        var checkpoint = new Checkpoint(TestLog.Origin, 1, new byte[32]);
        bench.Wire = (_, _) => System.Text.Encoding.UTF8.GetBytes(checkpoint.Sign(TestLog.Origin, thief));
        await bench.LookAsync();
        Assert.Contains("not signed", bench.Mirrored.Problem);

        bench.Wire = (_, _) => System.Text.Encoding.UTF8.GetBytes((checkpoint with { Origin = "other.example/log" }).Sign("other.example/log", bench.Log.Key));
        await bench.LookAsync();
        Assert.Contains("another log", bench.Mirrored.Problem);

        bench.Wire = (_, _) => [0xff, 0xfe];
        await bench.LookAsync();
        Assert.Contains("cannot be read", bench.Mirrored.Problem);
        Assert.Null(bench.Mirrored.Alarm);
        Assert.Equal(0, bench.Mirrored.Tree.Size);
    }

    [Fact]
    public async Task A_log_out_of_reach_keeps_what_is_known()
    {
        using var bench = new LogBench();
        using var empty = new TestLog();
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        await bench.AnchorAsync(bench.Log);
        await bench.LookAsync();

        bench.Serving = empty;
        await bench.LookAsync();

        Assert.Contains("404", bench.Mirrored.Problem);
        Assert.NotNull(bench.Find(1)!.Value.Block);
    }

    [Theory]
    [InlineData("UPDATE mirror_bundles SET entries = zeroblob(32) || substr(entries, 33) WHERE number = 0")]
    [InlineData("UPDATE mirror_bundles SET entries = zeroblob(length(entries)) WHERE number = 1")]
    [InlineData("UPDATE mirror_bundles SET entries = substr(entries, 33) WHERE number = 0")]
    [InlineData("UPDATE mirror_bundles SET entries = substr(entries, 1, length(entries) - 1) WHERE number = 1")]
    [InlineData("UPDATE mirror_bundles SET entries = entries || zeroblob(32 * 256) WHERE number = 1")]
    [InlineData("DELETE FROM mirror_bundles WHERE number = 0")]
    public async Task A_damaged_file_is_fetched_again(string sql)
    {
        using var bench = new LogBench();
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(0, 300)]);
        await bench.AnchorAsync(bench.Log);
        await bench.LookAsync();
        bench.Damage(sql);

        bench.Restart();

        Assert.Equal(0, bench.Mirrored.Tree.Size);
        await bench.LookAsync();
        Assert.NotNull(bench.Find(7)!.Value.Block);
    }

    [Fact]
    public async Task A_file_in_which_each_entry_was_a_row_keeps_what_it_has()
    {
        using var bench = new LogBench();
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(0, 300)]);
        await bench.LookAsync();
        var place = bench.Find(7);
        bench.Damage(
            """
            CREATE TABLE mirror_entries (origin TEXT NOT NULL, position INTEGER NOT NULL, entry BLOB NOT NULL, PRIMARY KEY (origin, position)) WITHOUT ROWID;
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 255)
            INSERT INTO mirror_entries SELECT origin, number * 256 + i, substr(entries, i * 32 + 1, 32) FROM mirror_bundles, n WHERE i * 32 < length(entries);
            DELETE FROM mirror_bundles;
            """, 302);

        bench.Restart();

        Assert.Equal((300, place), (bench.Mirrored.Tree.Size, bench.Find(7)));
        bench.Restart();
        Assert.Equal((300, place), (bench.Mirrored.Tree.Size, bench.Find(7)));
    }

    [Theory]
    [InlineData("localhost:5001/log", "http://localhost:5001/log/checkpoint")]
    [InlineData("127.0.0.1:5001/log", "http://127.0.0.1:5001/log/checkpoint")]
    [InlineData("issuer.example/log", "https://issuer.example/log/checkpoint")]
    public void Plain_http_is_for_loopback_only(string origin, string expected)
    {
        Assert.True(LogPlace.TryAddress(origin, "checkpoint", out var address));
        Assert.Equal(expected, address!.ToString());
    }
}
