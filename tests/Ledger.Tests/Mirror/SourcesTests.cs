using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Ledger.Tests.Log;

namespace Identity.Ledger.Tests.Mirror;

public class SourcesTests
{
    private static LogBench WithSources(TestLog? first = null, TestLog? second = null)
    {
        var bench = new LogBench();
        bench.Options.Sources = [new Uri("https://first.example"), new Uri("https://second.example/")];
        bench.Mirrors["first.example"] = first ?? bench.Log;
        bench.Mirrors["second.example"] = second ?? bench.Log;
        return bench;
    }

    [Fact]
    public async Task With_the_log_out_of_reach_another_mirror_gives_it_and_is_checked_the_same_way()
    {
        using var bench = WithSources();
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(0, 300)]);
        await bench.AnchorAsync(bench.Log);
        bench.Serving = null;

        await bench.LookAsync();

        Assert.Equal(2ul, bench.Find(299)!.Value.Block);
        Assert.Null(bench.Mirrored.Problem);
        Assert.Equal("first.example", bench.Mirrored.ReadFrom!.Host);
        Assert.Equal(["checkpoint", "first.example checkpoint", "first.example tile/entries/000", "first.example tile/entries/001.p/44"], bench.Fetched);
        bench.Serving = bench.Log;
        await bench.LookAsync();
        Assert.Null(bench.Mirrored.ReadFrom);
    }

    [Fact]
    public async Task While_the_log_answers_nobody_else_is_asked()
    {
        using var bench = WithSources();
        await bench.GrowAsync(bench.Log, 1, 2, 3);

        await bench.LookAsync();

        Assert.Equal(["checkpoint", "tile/entries/000.p/3"], bench.Fetched);
    }

    [Fact]
    public async Task A_mirror_that_is_behind_accuses_nobody_and_the_next_one_is_asked()
    {
        using var behind = new TestLog();
        using var bench = WithSources(first: behind);
        await bench.GrowAsync(behind, 1, 2, 3);
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        await bench.GrowAsync(bench.Log, 4);
        await bench.LookAsync();
        await bench.GrowAsync(bench.Log, 5);
        bench.Serving = null;

        await bench.LookAsync();
        Assert.Null(bench.Mirrored.Alarm);
        Assert.Equal((5, "second.example"), (bench.Mirrored.Tree.Size, bench.Mirrored.ReadFrom!.Host));

        bench.Mirrors["second.example"] = behind;
        await bench.LookAsync();
        Assert.Null(bench.Mirrored.Alarm);
        Assert.Contains("nobody answers", bench.Mirrored.Problem);
    }

    [Fact]
    public async Task A_mirror_behind_the_chain_is_no_rollback()
    {
        using var behind = new TestLog();
        using var bench = WithSources(behind, behind);
        await bench.GrowAsync(behind, 1, 2, 3);
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        await bench.GrowAsync(bench.Log, 4);
        await bench.AnchorAsync(bench.Log);
        bench.Serving = null;

        await bench.LookAsync();

        Assert.Null(bench.Mirrored.Alarm);
        Assert.Equal(0, bench.Mirrored.Tree.Size);
    }

    [Fact]
    public async Task Attack_another_mirror_changes_a_tile_or_signs_itself_and_teaches_nothing()
    {
        using var bench = WithSources();
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        bench.Serving = null;
        bench.Wire = (path, body) =>
        {
            if (path != "checkpoint") body[^1] ^= 1;
            return body;
        };
        await bench.LookAsync();
        Assert.Contains("do not give the root", bench.Mirrored.Problem);

        using var thief = Ed25519Key.Create();
        bench.Wire = (_, _) => System.Text.Encoding.UTF8.GetBytes(new Checkpoint(TestLog.Origin, 1, new byte[32]).Sign(TestLog.Origin, thief));
        await bench.LookAsync();

        Assert.Null(bench.Mirrored.Alarm);
        Assert.Equal(0, bench.Mirrored.Tree.Size);
    }

    [Fact]
    public async Task Attack_the_log_shows_another_tree_to_another_mirror_and_both_signed_checkpoints_are_kept()
    {
        using var twin = new TestLog();
        using var bench = new LogBench();
        bench.Options.Peers = [new Uri("https://peer.example")];
        bench.Mirrors["peer.example"] = twin;
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        await bench.GrowAsync(twin, 1, 2, 4);

        await bench.LookAsync();

        Assert.StartsWith("Fork", bench.Mirrored.Alarm);
        var alarm = Assert.Single(bench.File.Alarms());
        var notes = new[] { alarm.Before, alarm.After }.Select(note => Checkpoint.TryParse(note, out var read, out _) ? read! : throw new InvalidDataException(note)).ToList();
        Assert.All(notes, note => Assert.True(note.Verify(TestLog.Origin, bench.Log.Key.PublicBytes)));
        Assert.Equal((3, 3), (notes[0].Size, notes[1].Size));
        Assert.NotEqual(notes[0].Root, notes[1].Root);
        bench.Restart();
        Assert.StartsWith("Fork", bench.Mirrored.Alarm);
    }

    [Fact]
    public async Task Attack_another_mirror_was_shown_a_smaller_tree_that_is_not_the_beginning_of_ours()
    {
        using var twin = new TestLog();
        using var bench = new LogBench();
        bench.Options.Peers = [new Uri("https://peer.example")];
        bench.Mirrors["peer.example"] = twin;
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(0, 300)]);
        await bench.GrowAsync(twin, [.. Enumerable.Range(1, 200)]);

        await bench.LookAsync();

        Assert.Contains("200 entries", bench.Mirrored.Alarm);
    }

    [Fact]
    public async Task Peers_that_are_ahead_behind_equal_or_not_signed_by_the_log_raise_no_alarm_and_are_asked_twice_a_minute()
    {
        using var ahead = new TestLog();
        using var behind = new TestLog();
        using var bench = new LogBench();
        using var stranger = Ed25519Key.Create();
        bench.Options.Peers = [new Uri("https://ahead.example"), new Uri("https://behind.example"), new Uri("https://equal.example"), new Uri("https://false.example")];
        (bench.Mirrors["ahead.example"], bench.Mirrors["behind.example"], bench.Mirrors["equal.example"]) = (ahead, behind, bench.Log);
        using var signedElsewhere = new TestLog();
        bench.Mirrors["false.example"] = signedElsewhere;
        await bench.GrowAsync(behind, 1);
        foreach (var log in new[] { bench.Log, ahead }) await bench.GrowAsync(log, 1);
        foreach (var log in new[] { bench.Log, ahead }) await bench.GrowAsync(log, 2, 3);
        await bench.GrowAsync(ahead, 4);
        await bench.GrowAsync(signedElsewhere, [7, 8], stranger);

        await bench.LookAsync();
        Assert.Null(bench.Mirrored.Alarm);
        Assert.Equal(4, bench.Fetched.Count(path => path.EndsWith("example checkpoint", StringComparison.Ordinal)));
        // What each comparison came to is told: a peer that is misspelt, away or shows what the log has not signed watches nothing.
        var looks = bench.Mirrored.Peers.ToDictionary(peer => peer.Key.Host.Split('.')[0], peer => (Compared: peer.Value.ComparedAt is not null, peer.Value.Problem));
        Assert.Equal((false, "It shows 4 entries, more than the 3 here."), looks["ahead"]);
        Assert.Equal((true, null), looks["behind"]);
        Assert.Equal((true, null), looks["equal"]);
        Assert.Equal((false, "The checkpoint is not signed with the key on the chain."), looks["false"]);
        bench.Mirrors.Remove("equal.example");
        await bench.LookAsync();
        Assert.Equal(4, bench.Fetched.Count(path => path.EndsWith("example checkpoint", StringComparison.Ordinal)));
        bench.Log.Clock.Advance(31);
        await bench.LookAsync();
        Assert.Equal(8, bench.Fetched.Count(path => path.EndsWith("example checkpoint", StringComparison.Ordinal)));
        var away = bench.Mirrored.Peers.Single(peer => peer.Key.Host == "equal.example").Value;
        Assert.NotNull(away.ComparedAt);
        Assert.StartsWith("checkpoint: ", away.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_a_log_freezes_this_mirror_at_an_old_tree_while_all_others_are_ahead()
    {
        using var others = new TestLog();
        using var bench = new LogBench();
        bench.Options.Peers = [new Uri("https://peer.example")];
        bench.Mirrors["peer.example"] = others;
        await bench.GrowAsync(bench.Log, 1, 2);
        await bench.GrowAsync(others, 1, 3, 4);

        await bench.LookAsync();
        var look = bench.Mirrored.Peers.Values.Single();
        Assert.Equal((null, null, "It shows 3 entries, more than the 2 here."), (look.ComparedAt, look.Size, look.Problem));
        Assert.Null(bench.Mirrored.Alarm);

        // It grows here and grows faster there: what was shown first is compared as soon as there is enough here.
        await bench.GrowAsync(bench.Log, 5, 6);
        await bench.GrowAsync(others, 7, 8, 9);
        bench.Log.Clock.Advance(31);
        await bench.LookAsync();
        Assert.StartsWith("Fork: another mirror (peer.example) was shown a tree of 3 entries", bench.Mirrored.Alarm, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_compared_with_another_mirror_is_told_with_its_size()
    {
        using var bench = new LogBench();
        using var ahead = new TestLog();
        bench.Options.Peers = [new Uri("https://peer.example")];
        bench.Mirrors["peer.example"] = ahead;
        foreach (var log in new[] { bench.Log, ahead }) await bench.GrowAsync(log, 1, 2);
        await bench.GrowAsync(ahead, 3);
        await bench.LookAsync();
        await bench.GrowAsync(bench.Log, 3);
        await bench.GrowAsync(ahead, 4);
        bench.Log.Clock.Advance(31);

        await bench.LookAsync();

        var look = bench.Mirrored.Peers.Values.Single();
        Assert.Equal((bench.Log.Clock.GetUtcNow(), 3, "It shows 4 entries, more than the 3 here."), (look.ComparedAt!.Value, look.Size!.Value, look.Problem));
        Assert.Null(bench.Mirrored.Alarm);
    }

    [Fact]
    public async Task With_the_operator_dead_for_ever_a_new_mirror_fills_itself_from_another_with_every_receipt()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        foreach (var entry in Enumerable.Range(0, 3)) await bench.AnchorAsync(entry);
        await bench.Mirror.RefreshAsync(default);
        await using var site = await MirrorSite.ServeAsync(bench.Mirror);
        await bench.Site.DisposeAsync();

        using var fresh = bench.Another(options => options.Sources = [site.Address]);
        Assert.Null(await fresh.RefreshAsync(default));

        var (there, here) = (bench.Mirror.FindEntry(TestLog.Entry(1))!, fresh.FindEntry(TestLog.Entry(1))!);
        Assert.Equal(there, here);
        Assert.True(here.Trusted && here.RootMatchesContract);
        await using var second = await MirrorSite.ServeAsync(fresh);
        var receipt = $"receipt/{Convert.ToHexStringLower(TestLog.Entry(1))}";
        Assert.Equal(await site.Http.GetStringAsync(receipt), await second.Http.GetStringAsync(receipt));
        Assert.Equal(site.Address.ToString(), (string)(await second.JsonAsync(""))["logs"]![0]!["readFrom"]!);
    }
}
