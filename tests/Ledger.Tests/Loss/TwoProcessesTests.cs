using System.Globalization;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Log;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Log;
using Identity.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Loss;

/// <summary>Two operators' processes on one database, whose leases keep nobody out, sign and anchor at the same moments.</summary>
public sealed class TwoProcessesTests
{
    private const int Anchors = 12;

    [Fact]
    public Task Two_processes_that_both_anchor_put_each_size_on_the_chain_once() => RunAsync(null);

    [PostgresFact]
    public async Task Two_processes_that_both_anchor_put_each_size_on_the_chain_once_on_PostgreSQL() => await RunAsync(await PostgresServer.NewDatabaseAsync());

    private static async Task RunAsync(string? connection)
    {
        await using var bench = await ChainBench.StartAsync(connection: connection);
        List<int> stored;
        using (var one = KillTests.Start(bench, first: 0, lease: "-00:00:01"))
        using (var two = KillTests.Start(bench, first: 1_000_000, lease: "-00:00:01"))
        {
            var said = new[] { one, two }.Select(p => p.StandardOutput.ReadToEndAsync()).ToList();
            try
            {
                while ((await bench.AnchorsAsync()).Count < Anchors) await Task.Delay(50);
                Assert.False(one.HasExited || two.HasExited);
            }
            finally
            {
                foreach (var process in new[] { one, two })
                {
                    process.Kill();
                    await process.WaitForExitAsync();
                }
            }
            Assert.All(await Task.WhenAll(said), text => Assert.NotEmpty(text)); // both were at work
            stored = [.. (await Task.WhenAll(said)).SelectMany(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        }

        bench.Log.Clock.Set(DateTimeOffset.UtcNow.AddMinutes(1));
        while (await bench.Log.RoundAsync() is SequencerRound.Signed) { }
        while (await bench.AnchorAsync() is not AnchorStep.UpToDate) { }

        await bench.Log.CheckAsync();
        await bench.Check_the_outbox_is_settled();
        var sizes = await bench.AnchorsAsync();
        Assert.Equal(sizes.Distinct(), sizes);
        await using var db = bench.Log.Open();
        var logged = (await db.Set<EntryRow>().Select(e => e.Entry).ToListAsync()).Select(Convert.ToHexString).ToHashSet();
        Assert.All(stored, number => Assert.Contains(Convert.ToHexString(TestLog.Entry(number)), logged));
        Assert.Equal(logged.Count, sizes[^1]);
    }
}
