using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Identity.Benchmarks.Anchoring;
using Identity.Benchmarks.Browsing;
using Identity.Benchmarks.Checking;
using Identity.Benchmarks.Issuing;
using Identity.Benchmarks.Peers;

namespace Identity.Benchmarks;

/// <summary><c>dotnet run -c Release --project tests/Benchmarks -- [--quick | --smoke] [--only NAME[,NAME]] [--json FILE] [--markdown] [--check [--slack FACTOR]]</c></summary>
public static class Program
{
    internal static readonly IBenchmark[] All =
    [
        new VerifySdJwtVc(6), new VerifySdJwtVc(12),
        new VerifyCompact(), new CheckStatus(), new CheckHttp(), new ReadTrustPack(), new AskPeers(),
        new IssueOne(), new IssueBulk(), new CollectFive(),
        new ProveInclusion(), new AppendMillion(), new ServeMillion(), new MirrorMillion(), new SpendGas(), new LoadWallet(), new LoadTrustPack(), new ProveInPage(),
        new ReadPoorCamera(), new ScanToVerdict(),
    ];

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <returns>0; 1 for a name that there is not, and with <c>--check</c> where a target is missed or something was left out.</returns>
    public static async Task<int> Main(string[] args)
    {
        Measure.Smoke = args.Contains("--smoke");
        var quick = Measure.Smoke || args.Contains("--quick");
        var (only, file) = (After(args, "--only")?.Split(','), After(args, "--json"));
        var chosen = All.Where(b => only?.Contains(b.Name) is not false).ToList();
        if (only?.FirstOrDefault(name => All.All(b => b.Name != name)) is { } unknown)
        {
            Console.Error.WriteLine($"There is no benchmark “{unknown}”. There are: {string.Join(", ", All.Select(b => b.Name))}.");
            return 1;
        }
        var slack = 1.0;
        if (After(args, "--slack") is { } given && !(double.TryParse(given, CultureInfo.InvariantCulture, out slack) && slack > 0))
        {
            Console.Error.WriteLine("--slack is how many times as long this machine may take, such as 2.");
            return 1;
        }
        var (results, leftOut) = (new List<Result>(), new List<string>());
        try
        {
            foreach (var benchmark in chosen)
            {
                var measured = await benchmark.RunAsync(quick);
                if (measured.Count == 0) leftOut.Add(benchmark.Name);
                results.AddRange(measured);
                foreach (var result in measured) Console.WriteLine(Line(result));
            }
        }
        finally
        {
            await LargeLog.CloseAsync();
        }
        if (file is not null) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { machine = Machine, quick, results }, Format));
        if (args.Contains("--markdown")) Console.WriteLine(Table(results));
        return args.Contains("--check") ? Check(results, leftOut, slack) : 0;
    }

    private static int Check(List<Result> results, List<string> leftOut, double slack)
    {
        var missed = results.Where(r => r.MetWith(slack) is false).ToList();
        foreach (var result in missed) Console.Error.WriteLine($"MISSED {Line(result).TrimEnd()}");
        foreach (var name in leftOut) Console.Error.WriteLine($"LEFT OUT {name}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{results.Count(r => r.Target is not null) - missed.Count} targets met, {missed.Count} missed, {leftOut.Count} benchmarks left out"));
        return missed.Count + leftOut.Count == 0 ? 0 : 1;
    }

    private static string Machine =>
        $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {DateTimeOffset.UtcNow:yyyy-MM-dd}";

    private static string Line(Result result) => string.Create(CultureInfo.InvariantCulture,
        $"{result.Name,-32} {Number(result.Value),12} {result.Unit,-16} {(result.Ratio is { } ratio ? $"ratio {ratio:0.000} of {result.Bound}" : ""),-80} {(result.Met is { } met ? met ? "met" : $"misses {Number(result.Target!.Value)}" : "")}");

    private static string Table(IEnumerable<Result> results) => string.Join('\n',
    [
        Machine + ":", "", "| name | value | ratio | of | target |", "|---|---:|---:|---|---|",
        .. results.Select(r => $"| `{r.Name}` | {Number(r.Value)} {r.Unit} | {(r.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "")} | {r.Bound} | {Target(r)} |"),
    ]);

    private static string Target(Result result) =>
        result.Met is not { } met ? "" : $"{(result.Ratio is null ? "≤" : "≥")} {Number(result.Target!.Value)}{(met ? "" : ", **missed**")}";

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 1000 ? "#,0" : Math.Abs(value) >= 10 ? "0.#" : "0.##", CultureInfo.InvariantCulture);

    private static string Processor() =>
        File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(':') + 1)..].Trim() : "unknown processor";

    private static string? After(string[] args, string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
