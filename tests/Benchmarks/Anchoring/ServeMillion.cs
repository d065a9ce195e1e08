using System.Diagnostics;
using Identity.Benchmarks.Checking;
using Identity.Credentials.Transparency;

namespace Identity.Benchmarks.Anchoring;

/// <summary>
/// <c>log-1m-start</c>: from the start of the Issuer's process on a log of 1,000,000 until the entry that waited has its place in a published checkpoint; <c>-memory</c>: of that process
/// after the receipts; <c>receipt-1m</c>: the receipt of a random entry by its hash over HTTP, half take no longer; <c>-p99</c>: nearly all; <c>-processor</c>: processor time, here of the Issuer.
/// </summary>
internal sealed class ServeMillion : IBenchmark
{
    public string Name => "log-1m-start";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        if (await LargeLog.OpenAsync(this, quick) is not { } log) return [];
        await log.LeaveWaitingAsync();
        using var http = new HttpClient { BaseAddress = log.Address };
        var clock = Stopwatch.StartNew();
        using var issuer = ServiceProcess.Start("Identity.Issuer.dll", log.IssuerSettings);
        await issuer.UntilAsync(async () => Checkpoint.TryParse(await http.GetStringAsync("log/checkpoint"), out var checkpoint, out _) && checkpoint!.Size > log.Size);
        var (start, startProcessor) = (clock.Elapsed, issuer.Processor);

        var random = new Random(1);
        var times = new List<double>();
        using var client = new PlainHttp(log.Address);
        await client.ConnectAsync();
        var count = Measure.Of(6_000, 3_000, quick);
        var processor = TimeSpan.Zero;
        for (var i = 0; i < 2 * count; i++)
        {
            if (i == count) processor = issuer.Processor;
            var request = PlainHttp.Get(log.Address, $"/log/receipt/{Convert.ToHexStringLower(LargeLog.Entry(random.Next(log.Size)))}");
            var begin = Stopwatch.GetTimestamp();
            await client.SendAsync(request, "\"proof\":\"c2sp.org/tlog-proof@v1"u8.ToArray());
            if (i >= count) times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds); // before, the compiler works
        }
        processor = issuer.Processor - processor;
        times.Sort();
        return
        [
            new Result(Name, start.TotalSeconds, "s", Target: 3),
            new Result(Name + "-processor", startProcessor.TotalSeconds, "s"),
            new Result(Name + "-memory", issuer.Memory, "MB"),
            new Result("receipt-1m", times[times.Count / 2], "ms", Target: 1),
            new Result("receipt-1m-p99", times[times.Count * 99 / 100], "ms"),
            new Result("receipt-1m-processor", processor.TotalMilliseconds / count, "ms"),
        ];
    }
}
