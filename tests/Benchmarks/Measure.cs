using System.Diagnostics;

namespace Identity.Benchmarks;

/// <summary>Measures by hand: warm-up, several runs, the median.</summary>
internal static class Measure
{
    private static int _used;

    /// <summary>Tiny runs, to see that everything works: the figures say nothing.</summary>
    public static bool Smoke { get; set; }

    /// <summary>How often a piece of work is done in a second, one after another.</summary>
    public static double PerSecond(bool quick, Action work)
    {
        var run = Run(quick);
        WarmUp(quick, work);
        return Median([.. Enumerable.Range(0, Rounds(quick)).Select(_ => Rate(run, work))]);
    }

    /// <summary>
    /// Work and its bounds by turns, so that a machine that is busy for a while slows all of them: rates, and the median of the ratios of neighbouring runs.
    /// </summary>
    public static Compared Against(bool quick, Action work, params Action[] bounds)
    {
        var run = Run(quick) / 2;
        WarmUp(quick, work);
        foreach (var bound in bounds) Rate(run, bound);
        var rounds = Enumerable.Range(0, 2 * Rounds(quick)).Select(_ => (Work: Rate(run, work), Bounds: bounds.Select(bound => Rate(run, bound)).ToArray())).ToList();
        return new Compared(Median([.. rounds.Select(r => r.Work)]), [.. bounds.Select((_, i) => Median([.. rounds.Select(r => r.Work / r.Bounds[i])]))]);
    }

    /// <summary>The value in the middle.</summary>
    public static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>So many where it counts, few to see that it works.</summary>
    public static int Of(int whole, int quick, bool isQuick) => Smoke ? Math.Max(1, quick / 100) : isQuick ? quick : whole;

    /// <summary>Keeps a result from being left out by the compiler.</summary>
    public static void Use(bool value) => _used += value ? 1 : throw new InvalidOperationException("What is measured does not work.");

    // Long enough for the compiler to have seen what the code does and to have made it again.
    private static void WarmUp(bool quick, Action work) => Rate(TimeSpan.FromSeconds(Smoke ? 0 : quick ? 2.5 : 5), work);

    private static TimeSpan Run(bool quick) => TimeSpan.FromMilliseconds(Smoke ? 1 : quick ? 200 : 600);

    private static int Rounds(bool quick) => Smoke ? 1 : quick ? 5 : 9;

    private static double Rate(TimeSpan atLeast, Action work)
    {
        var clock = Stopwatch.StartNew();
        var done = 0;
        do
        {
            for (var i = 0; i < 16; i++) work();
            done += 16;
        }
        while (clock.Elapsed < atLeast);
        return done / clock.Elapsed.TotalSeconds;
    }
}

/// <summary>A rate in a second, and its ratio to each bound.</summary>
internal sealed record Compared(double Rate, IReadOnlyList<double> Ratios)
{
    /// <summary>What one piece of work takes.</summary>
    public double Microseconds => 1e6 / Rate;
}
