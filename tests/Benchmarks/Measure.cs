using System.Diagnostics;

namespace Identity.Benchmarks;

/// <summary>Measures by hand: warm-up, several runs, the median.</summary>
internal static class Measure
{
    /// <summary>How often a piece of work is done in a second, one after another.</summary>
    public static double PerSecond(bool quick, Action work)
    {
        var run = TimeSpan.FromMilliseconds(quick ? 200 : 600);
        Rate(run, work); // warm-up
        return Median([.. Enumerable.Range(0, quick ? 5 : 9).Select(_ => Rate(run, work))]);
    }

    /// <summary>The value in the middle.</summary>
    public static double Median(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);

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
