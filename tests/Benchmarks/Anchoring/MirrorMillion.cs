using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.TestKit;

namespace Identity.Benchmarks.Anchoring;

/// <summary>
/// <c>mirror-1m</c>: from the start of a Verifier that has no mirror yet until its mirror holds a log of 1,000,000 entries, which the Issuer serves over HTTP on this machine, checked against
/// checkpoint and chain; <c>-processor</c>: its processor time until then. <c>-start</c>: that Verifier is killed and starts again, until it answers from what it holds; <c>-start-empty</c>:
/// how long that takes with nothing to hold. <c>-memory</c>: of its process after it.
/// </summary>
internal sealed class MirrorMillion : IBenchmark
{
    public string Name => "mirror-1m";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        if (await LargeLog.OpenAsync(this, quick) is not { } log) return [];
        using var issuer = ServiceProcess.Start("Identity.Issuer.dll", log.IssuerSettings);
        using (var http = new HttpClient { BaseAddress = log.Address }) await issuer.UntilAsync(async () => (await http.GetAsync("log/checkpoint")).IsSuccessStatusCode);
        var folder = Directory.CreateTempSubdirectory("identity-bench-").FullName;
        try
        {
            var (empty, whole, processor, _) = await FollowAsync(log, folder);
            var (_, again, startProcessor, memory) = await FollowAsync(log, folder);
            return
            [
                new Result(Name, whole.TotalSeconds, "s", Target: 60 * log.Share),
                new Result(Name + "-processor", processor.TotalSeconds, "s"),
                new Result(Name + "-start", again.TotalSeconds, "s", Target: 3),
                new Result(Name + "-start-processor", startProcessor.TotalSeconds, "s"),
                new Result(Name + "-start-empty", empty.TotalSeconds, "s"),
                new Result(Name + "-memory", memory, "MB"),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Until it answers at all, and until it answers with the whole log; then it is killed.
    private static async Task<(TimeSpan Answers, TimeSpan Holds, TimeSpan Processor, double Memory)> FollowAsync(LargeLog log, string folder)
    {
        var url = new Uri($"http://localhost:{Ports.Free()}/");
        using var http = new HttpClient { BaseAddress = url };
        var clock = Stopwatch.StartNew();
        using var verifier = ServiceProcess.Start("Identity.Verifier.dll",
        [
            "--environment=Development", $"--urls={url}", $"--PublicUrl=http://{url.Authority}", $"--Data:Folder={folder}", "--Outbound:AllowLoopback=true", "--Logging:LogLevel:Default=None", "--Limits:work=100000000", .. log.Chain,
        ]);
        TimeSpan? answers = null;
        await verifier.UntilAsync(async () =>
        {
            var held = await http.GetFromJsonAsync<JsonNode>("mirror");
            answers ??= clock.Elapsed;
            return held!["logs"]!.AsArray() is [{ } only] && (long)only["size"]! >= log.Size && (long)only["anchored"]! >= log.Size;
        });
        var holds = clock.Elapsed;
        var processor = verifier.Processor;
        await Task.Delay(Measure.Smoke ? 0 : 1000); // what the start left behind is collected
        return (answers!.Value, holds, processor, verifier.Memory);
    }
}
