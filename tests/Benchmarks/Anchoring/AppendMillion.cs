namespace Identity.Benchmarks.Anchoring;

/// <summary>
/// <c>append-1m</c>: entries a second, submitted as the Issuer submits those of a file, given their places, hashed into tiles, and signed over, in SQLite with the disk waited for at each commit;
/// <c>-processor</c>: the processor time of one; <c>-memory</c>: managed memory at the end less that after a tenth.
/// </summary>
internal sealed class AppendMillion : IBenchmark
{
    public string Name => "append-1m";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        if (await LargeLog.OpenAsync(this, quick) is not { } log) return [];
        const double Wanted = 20_000;
        return
        [
            new Result(Name, log.Filled.Rate, "entries/s", log.Filled.Rate / Wanted, "20,000 entries a second", 1),
            new Result(Name + "-processor", log.Filled.Processor, "µs"),
            new Result(Name + "-memory", log.Filled.Grown / 1024.0 / 1024.0, "MB more at the end than after a tenth", Target: 5),
        ];
    }
}
