namespace Identity.Benchmarks;

/// <summary>One figure.</summary>
/// <param name="Name">Of the benchmark, or of one of its figures.</param>
/// <param name="Value">Measured.</param>
/// <param name="Unit">Of the value.</param>
/// <param name="Ratio">Speed over that of the bound that was measured in the same run; null where there is no bound.</param>
/// <param name="Bound">What the ratio compares with, in words; null where there is none.</param>
/// <param name="Target">What is aimed at: the least ratio where there is a bound, else the most value; null where nothing is.</param>
public sealed record Result(string Name, double Value, string Unit, double? Ratio = null, string? Bound = null, double? Target = null)
{
    /// <summary>Whether the target is met; null where there is none.</summary>
    public bool? Met => MetWith(1);

    /// <summary>The same, where this machine may take <paramref name="slack"/> times as long; what is no time gets none.</summary>
    public bool? MetWith(double slack)
    {
        if (Target is not { } target) return null;
        var factor = Unit is "s" or "ms" or "µs" || Unit.EndsWith("/s", StringComparison.Ordinal) ? slack : 1;
        return Ratio is { } ratio ? ratio * factor >= target : Value <= target * factor;
    }
}

/// <summary>Something that is measured. One small class each, listed in <see cref="Program"/>.</summary>
internal interface IBenchmark
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>Measures; quickly, the figures are rougher.</summary>
    Task<IReadOnlyList<Result>> RunAsync(bool quick);
}

/// <summary>Where something that is not part of the checkout is missing.</summary>
internal static class Skipping
{
    /// <summary>Says why, and gives no figure.</summary>
    public static IReadOnlyList<Result> Skipped(this IBenchmark benchmark, string reason)
    {
        Console.Error.WriteLine($"{benchmark.Name}: left out. {reason}");
        return [];
    }
}
