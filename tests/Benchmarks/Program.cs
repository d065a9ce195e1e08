using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Identity.Benchmarks.Issuing;

namespace Identity.Benchmarks;

/// <summary><c>dotnet run -c Release --project tests/Benchmarks -- [--quick] [--only NAME] [--json FILE]</c></summary>
internal static class Program
{
    private static readonly IBenchmark[] All = [new IssueOne(), new IssueBulk(), new CollectFive()];

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static async Task<int> Main(string[] args)
    {
        var quick = args.Contains("--quick");
        var (only, file) = (After(args, "--only"), After(args, "--json"));
        var chosen = All.Where(b => only is null || b.Name == only).ToList();
        if (chosen.Count == 0)
        {
            Console.Error.WriteLine($"There is no benchmark “{only}”. There are: {string.Join(", ", All.Select(b => b.Name))}.");
            return 1;
        }
        var results = new List<Result>();
        foreach (var benchmark in chosen)
            foreach (var result in await benchmark.RunAsync(quick))
            {
                results.Add(result);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{result.Name,-24} {result.Value,12:0.##} {result.Unit,-16} {(result.Ratio is { } ratio ? $"ratio {ratio:0.000} of {result.Bound}" : "")}"));
            }
        if (file is not null)
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { machine = $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}", quick, results }, Format));
        return 0;
    }

    private static string? After(string[] args, string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
