using System.Diagnostics;
using System.Globalization;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Log;
using Identity.Ledger.Tests.Log;
using Identity.TestKit;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace Identity.Ledger.Tests.Anchoring;

public class KillTests(ITestOutputHelper output)
{
    private const int Rounds = 8;

    [Fact]
    public Task Killed_anywhere_no_entry_is_lost_none_has_two_places_and_nothing_is_anchored_twice() => KillAsync(null);

    [PostgresFact]
    public async Task Killed_anywhere_the_same_holds_on_PostgreSQL() => await KillAsync(await PostgresServer.NewDatabaseAsync());

    private async Task KillAsync(string? connection)
    {
        await using var bench = await ChainBench.StartAsync(connection: connection);
        var acknowledged = new List<int>();
        long before = 0;
        for (var round = 0; round < Rounds; round++)
        {
            using var process = Start(bench, first: round * 1_000_000);
            var numbers = new List<int>();
            while (numbers.Count == 0) numbers.Add(int.Parse((await process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture));
            await Task.Delay(Random.Shared.Next(20, 1500));
            process.Kill(); // SIGKILL: nothing is flushed, nothing is closed
            await process.WaitForExitAsync();
            while (await process.StandardOutput.ReadLineAsync() is { } line) numbers.Add(int.Parse(line, CultureInfo.InvariantCulture));
            acknowledged.AddRange(numbers.SelectMany(n => new[] { n, n + 1, n + 2 }));
            await bench.Log.CheckAsync();
            await using var now = bench.Log.Open();
            var state = await now.Set<LogStateRow>().AsNoTracking().SingleOrDefaultAsync();
            Assert.True((state?.Size ?? 0) >= before);
            before = state?.Size ?? 0;
            output.WriteLine($"round {round}: {acknowledged.Count} entries stored, {before} in the tree, {(await bench.AnchorsAsync()).Count} anchors");
        }

        bench.Log.Clock.Set(DateTimeOffset.UtcNow.AddMinutes(1));
        while (await bench.Log.RoundAsync() is SequencerRound.Signed) { }
        while (await bench.AnchorAsync() is not AnchorStep.UpToDate) { }

        await bench.Log.CheckAsync();
        await bench.Check_the_outbox_is_settled();
        await using var db = bench.Log.Open();
        var logged = (await db.Set<EntryRow>().Select(e => e.Entry).ToListAsync()).Select(Convert.ToHexString).ToHashSet();
        Assert.All(acknowledged, number => Assert.Contains(Convert.ToHexString(TestLog.Entry(number)), logged));
        Assert.NotEmpty(await bench.AnchorsAsync());
        Assert.Equal(logged.Count, (await bench.AnchorsAsync())[^1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_at_every_single_call_to_the_chain_nothing_is_anchored_twice_or_forgotten(bool afterTheNodeActed)
    {
        await using var bench = await ChainBench.StartAsync();
        var deaths = 0;
        for (var call = 1; ; call++)
        {
            await bench.GrowAsync(call * 2, (call * 2) + 1);
            using var http = new HttpClient(new Killer(call, afterTheNodeActed));
            try
            {
                await bench.AnchorAsync(bench.Anchorer(bench.Open(http: http)));
                break; // it needs fewer calls than this
            }
            catch (Killer.KilledException)
            {
                deaths++;
            }

            while (await bench.AnchorAsync(bench.Anchorer(bench.Open())) is not AnchorStep.UpToDate) { }
            Assert.Equal(call * 2, (await bench.AnchorsAsync())[^1]);
            await bench.Check_the_outbox_is_settled();
        }

        output.WriteLine($"{deaths} deaths");
        Assert.True(deaths > 8);
        await bench.Check_the_outbox_is_settled();
    }

    /// <summary>The process ends at the n-th call, before it leaves or after the node has acted on it.</summary>
    private sealed class Killer(int at, bool after) : DelegatingHandler(new SocketsHttpHandler())
    {
        private int _calls;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _calls) < at) return await base.SendAsync(request, cancellationToken);
            if (_calls == at && after) await base.SendAsync(request, cancellationToken);
            throw new KilledException();
        }

        public sealed class KilledException : Exception;
    }

    internal static Process Start(ChainBench bench, int first, string lease = "00:00:00.200")
    {
        var (account, signing) = bench.KeyFiles;
        string[] arguments =
        [
            typeof(KillTests).Assembly.Location, $"--Database={bench.Log.Connection}", $"--First={first}",
            $"--Log:Origin={bench.Log.Name}", $"--Log:SigningKeyFile={signing}", "--Log:Interval=00:00:00.020", $"--Log:Lease={lease}",
            $"--Ledger:Rpc={bench.Node.Rpc}", $"--Ledger:Contract={bench.Registry.Contract}", $"--Ledger:ChainId={bench.Registry.ChainId}",
            $"--Ledger:OperatorKeyFile={account}", "--Ledger:Interval=00:00:00.020", "--Ledger:LongestPause=00:00:00.200",
        ];
        return Process.Start(new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet", arguments)
        {
            RedirectStandardOutput = true,
        })!;
    }
}
