namespace Identity.Benchmarks;

/// <summary>One figure.</summary>
/// <param name="Name">Of the benchmark, or of one of its figures.</param>
/// <param name="Value">Measured.</param>
/// <param name="Unit">Of the value.</param>
/// <param name="Ratio">Value over the bound that was measured in the same run; null where there is no bound.</param>
/// <param name="Bound">What the ratio compares with, in words; null where there is none.</param>
public sealed record Result(string Name, double Value, string Unit, double? Ratio = null, string? Bound = null);

/// <summary>Something that is measured. One small class each, listed in <see cref="Program"/>.</summary>
internal interface IBenchmark
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>Measures; quickly, the figures are rougher.</summary>
    Task<IReadOnlyList<Result>> RunAsync(bool quick);
}
