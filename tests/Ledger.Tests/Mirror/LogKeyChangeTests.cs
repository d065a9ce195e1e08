using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;

namespace Identity.Ledger.Tests.Mirror;

/// <summary>The operator's log key is stolen and replaced on the chain. The thief can sign, and cannot anchor.</summary>
public class LogKeyChangeTests
{
    [Fact]
    public async Task An_alarm_that_rests_on_what_the_thief_signed_is_lifted_by_the_change_and_stays_in_the_history()
    {
        using var bench = new LogBench();
        using var thief = new TestLog();
        using var key = Ed25519Key.Create();
        foreach (var log in new[] { bench.Log, thief }) await bench.GrowAsync(log, 1, 2, 3);
        await bench.AnchorAsync(bench.Log);
        await bench.LookAsync();
        await bench.GrowAsync(thief, 66, 67, 68);
        bench.Serving = thief;
        await bench.LookAsync(); // what the thief shows continues the log, so it is taken in
        await bench.GrowAsync(bench.Log, 4);
        bench.Serving = bench.Log;
        await bench.LookAsync();
        Assert.StartsWith("Rollback", bench.Mirrored.Alarm);
        Assert.NotNull(bench.Find(66));

        bench.ChangeKey(key);
        await bench.LookAsync();

        Assert.Null(bench.Mirrored.Alarm);
        Assert.Null(bench.Find(66));
        Assert.Equal(2ul, bench.Find(3)!.Value.Block);
        Assert.Empty(bench.File.Alarms());
        var lifted = Assert.Single(bench.File.Lifted());
        Assert.StartsWith("Rollback", lifted.Reason);
        Assert.NotNull(lifted.Before);
        Assert.NotNull(lifted.LiftedBy);
        await bench.GrowAsync(bench.Log, [5], key);
        await bench.LookAsync();
        Assert.Null(bench.Mirrored.Problem);
        Assert.Equal((5, 3L), ((int)bench.Mirrored.Tree.Size, bench.Find(4)!.Value.Index));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Also_where_the_mirror_was_off_while_the_key_changed(bool anchored)
    {
        using var bench = new LogBench();
        using var thief = new TestLog();
        using var key = Ed25519Key.Create();
        foreach (var log in new[] { bench.Log, thief }) await bench.GrowAsync(log, 1, 2, 3);
        if (anchored) await bench.AnchorAsync(bench.Log);
        await bench.LookAsync();
        await bench.GrowAsync(thief, 66, 67);
        bench.Serving = thief;
        await bench.LookAsync();
        bench.Serving = bench.Log;
        await bench.LookAsync();
        Assert.NotNull(bench.Mirrored.Alarm);
        bench.ChangeKey(key);

        bench.Restart();

        Assert.Null(bench.Mirrored.Alarm);
        Assert.Equal(anchored ? 3 : 0, bench.Mirrored.Tree.Size);
        await bench.GrowAsync(bench.Log, [4], key);
        await bench.LookAsync();
        Assert.Equal((4, (string?)null), ((int)bench.Mirrored.Tree.Size, bench.Mirrored.Problem));
    }

    [Fact]
    public async Task Attack_the_old_key_signs_on_and_is_neither_believed_nor_an_alarm()
    {
        using var bench = new LogBench();
        using var thief = new TestLog();
        using var key = Ed25519Key.Create();
        foreach (var log in new[] { bench.Log, thief }) await bench.GrowAsync(log, 1, 2, 3);
        await bench.AnchorAsync(bench.Log);
        await bench.LookAsync();
        bench.ChangeKey(key);
        await bench.GrowAsync(bench.Log, [4], key);
        await bench.LookAsync();
        await bench.GrowAsync(thief, 66);
        bench.Options.Peers = [new Uri("https://peer.example")];
        bench.Mirrors["peer.example"] = thief;
        bench.Serving = thief;

        await bench.LookAsync();
        bench.Serving = bench.Log;
        bench.Log.Clock.Advance(60);
        await bench.LookAsync();

        Assert.Null(bench.Mirrored.Alarm);
        Assert.Null(bench.Mirrored.Problem);
        Assert.Null(bench.Find(66));
        Assert.Equal(4, bench.Mirrored.Tree.Size);
    }

    [Fact]
    public async Task What_the_old_key_signed_up_to_the_change_still_counts_and_still_contradicts()
    {
        using var bench = new LogBench();
        using var twin = new TestLog();
        using var key = Ed25519Key.Create();
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        await bench.GrowAsync(twin, 1, 2, 9);
        await bench.AnchorAsync(bench.Log);
        await bench.LookAsync();
        bench.ChangeKey(key);
        await bench.LookAsync();
        Assert.Null(bench.Mirrored.Problem); // three entries, signed before

        bench.Serving = twin;
        await bench.LookAsync();

        Assert.StartsWith("Fork", bench.Mirrored.Alarm);
        using var next = Ed25519Key.Create();
        bench.ChangeKey(next);
        bench.Restart();
        Assert.StartsWith("Fork", bench.Mirrored.Alarm); // no change of key makes two trees of that size one
    }

    [Fact]
    public async Task A_root_on_the_chain_that_is_not_the_logs_stays_an_alarm_under_another_key_also_where_the_log_did_not_answer()
    {
        using var bench = new LogBench();
        using var key = Ed25519Key.Create();
        await bench.GrowAsync(bench.Log, 1, 2, 3);
        await bench.LookAsync();
        bench.Serving = null;
        bench.Anchor(3, new byte[32]);
        await bench.LookAsync();
        Assert.Contains("3 entries", bench.Mirrored.Alarm);
        Assert.Null(Assert.Single(bench.File.Alarms()).After);

        bench.ChangeKey(key);
        bench.Restart();

        Assert.Contains("3 entries", bench.Mirrored.Alarm);
        Assert.Empty(bench.File.Lifted());
    }

    [Fact]
    public async Task Drill_the_log_key_is_stolen_and_changed_on_the_chain_and_verdicts_go_on()
    {
        await using var bench = await MirrorBench.StartAsync();
        var (origin, log) = (bench.Chain.Log.Name, RegistryClient.LogId(bench.Chain.Log.Name));
        using var thief = new TestLog(origin);
        using var key = Ed25519Key.Create();
        await thief.AppendAsync(1, 2);
        await thief.RoundAsync();
        await bench.AnchorAsync(1, 2);
        await bench.Mirror.RefreshAsync(default);
        await thief.AppendAsync(66, 67);
        await thief.RoundAsync();
        await bench.Site.DisposeAsync();
        await using (await LogSite.ServeAsync(thief)) await bench.Mirror.RefreshAsync(default);
        await using var again = await LogSite.ServeAsync(bench.Chain.Log);
        await bench.Mirror.RefreshAsync(default);
        Assert.Equal([origin], bench.Mirror.State.Alarms);
        Assert.False(bench.Mirror.FindEntry(TestLog.Entry(1))!.Trusted);

        (await bench.Chain.Open().ChangeLogAsync(bench.Chain.Operator, log, bench.Chain.Operator.Address, key.PublicBytes)).Require();
        await bench.Mirror.RefreshAsync(default);

        Assert.Empty(bench.Mirror.State.Alarms);
        Assert.True(bench.Mirror.FindEntry(TestLog.Entry(1))!.Trusted);
        Assert.Null(bench.Mirror.FindEntry(TestLog.Entry(66)));
        await bench.Chain.Log.AppendAsync(3);
        await bench.Chain.Log.RoundAsync(key);
        await bench.Mirror.RefreshAsync(default);
        Assert.True(bench.Mirror.FindEntry(TestLog.Entry(3))!.Trusted);
        await using var site = await MirrorSite.ServeAsync(bench.Mirror);
        var alarm = Assert.Single((await site.JsonAsync("alarms")).AsArray())!;
        Assert.Matches("^0x[0-9a-f]{64}$", (string)alarm["liftedBy"]!);
        Assert.Equal(0, (int)(await site.JsonAsync(""))["alarms"]!);
    }
}
