using System.Diagnostics;
using Identity.Credentials.Jose;
using Identity.Credentials.Trust;
using Identity.Tests.Shared;

namespace Identity.Benchmarks.Checking;

/// <summary><c>trust-pack-read</c>: a pack of 1,000 issuers, 1,000,000 statuses and 100,000 entries, from the bytes of the file to the first answer; <c>-bytes</c> and <c>-day</c> are its size and that of a day's delta.</summary>
internal sealed class ReadTrustPack : IBenchmark
{
    public string Name => "trust-pack-read";

    public Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        using var signer = Es256Key.Create();
        var pack = LargePack.Pack(signer);
        var (file, delta) = (pack.Encode(), PackDelta.Make(pack, LargePack.Pack(signer, days: 1)));
        var pin = new PackPin([signer.PublicKey.ThumbprintText()], 0, LargePack.MadeAt);
        var key = pack.Content.Organisations[500].Keys[0].Record.Thumbprint;
        var times = Enumerable.Range(0, Measure.Smoke ? 1 : quick ? 5 : 15).Select(_ =>
        {
            var clock = Stopwatch.StartNew();
            Measure.Use(TrustPack.TryRead(file, pin, out var read, out var _) && read.FindKeys(key).Count == 1);
            return clock.Elapsed.TotalMilliseconds;
        }).ToList();
        return Task.FromResult<IReadOnlyList<Result>>(
        [
            new Result(Name, Measure.Median(times), "ms"),
            new Result("trust-pack-bytes", file.Length / 1e6, "MB", Target: 3),
            new Result("trust-pack-day", delta.Length / 1e3, "kB", Target: 50),
        ]);
    }
}
