using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Identity.Ledger.Tests.Mirror;

/// <summary>Everybody may register a log: one that answers without end costs nobody but itself.</summary>
public class SlowLogTests
{
    [Fact]
    public async Task Attack_a_log_that_does_not_end_its_answer_holds_up_neither_the_chain_nor_other_logs()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        using var hostile = new TestLog(LogSite.FreeOrigin());
        (await bench.Chain.Open().RegisterLogAsync(bench.Chain.Governor, hostile.Name, bench.Chain.Governor.Address, hostile.Key.PublicBytes)).Require();
        await hostile.AppendAsync(1, 2, 3);
        await hostile.RoundAsync();
        await using var site = await LogSite.ServeAsync(hostile);
        var asked = new TaskCompletionSource();
        var settings = new MirrorOptions { Interval = TimeSpan.FromMilliseconds(20) };
        using var mirror = bench.Another(_ => { }, waits: (address, ct) =>
        {
            if (!address.ToString().StartsWith($"http://{hostile.Name}/tile/", StringComparison.Ordinal)) return Task.CompletedTask;
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, ct);
        });
        using var worker = new MirrorWorker(mirror, settings, new Impatient(), NullLogger<MirrorWorker>.Instance);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        await worker.StartAsync(default);
        await asked.Task.WaitAsync(limit.Token);
        await UntilAsync(() => mirror.NotReady is null && mirror.State.HeadTime is not null);
        (await bench.Chain.Open().EndKeyAsync(bench.CollegeAccount, MirrorBench.College.Id(), bench.CollegeKey.Thumbprint(), DateTimeOffset.UtcNow, KeyEnding.Compromised)).Require();
        await bench.AnchorAsync(7);
        await UntilAsync(() => mirror.FindKeys(bench.CollegeKey.Thumbprint()) is [{ EndedAt: not null }] && mirror.FindEntry(TestLog.Entry(7)) is { RootMatchesContract: true });

        Assert.Equal(0, mirror.Logs.Single(log => log.Origin == hostile.Name).Size);
        await worker.StopAsync(limit.Token);

        async Task UntilAsync(Func<bool> state)
        {
            while (!state()) await Task.Delay(10, limit.Token);
        }
    }

    [Theory]
    [InlineData(4.9, 0)]
    [InlineData(0.9, 9216)]
    public async Task Attack_a_log_gives_its_entries_so_slowly_that_one_look_would_last_for_days(double secondsForOneBundle, long read)
    {
        using var bench = new LogBench();
        await bench.GrowAsync(bench.Log, [.. Enumerable.Range(0, 9216)]);
        bench.Wire = (path, body) =>
        {
            if (path != "checkpoint") bench.Log.Clock.Advance(secondsForOneBundle);
            return body;
        };

        await bench.LookAsync();

        Assert.Equal(read, bench.Mirrored.Tree.Size);
        Assert.Equal(read == 0 ? "It gave 1792 of 9216 entries in 34 s, less than 256 a second." : null, bench.Mirrored.Problem);
        Assert.Equal(read == 0 ? 8 : 37, bench.Fetched.Count);
    }

    /// <summary>What a start gives the logs has passed at once.</summary>
    private sealed class Impatient : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == MirrorWorker.FirstLook ? TimeSpan.Zero : dueTime, period);
    }
}
