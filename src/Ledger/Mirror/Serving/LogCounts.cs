using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror.Serving;

/// <summary>How much was logged when, from what is public: sizes on the chain and the time stamps of their blocks.</summary>
internal static class LogCounts
{
    /// <summary>Rows at most, the newest: two months of hours, ten years of days.</summary>
    private const int MaxHours = 24 * 62, MaxDays = 3653;

    /// <param name="anchors">In the order of the chain, each with when its checkpoint was first seen here.</param>
    /// <param name="hours">Rows of an hour, else of a day.</param>
    public static IReadOnlyList<MirrorCount> Of(IEnumerable<(RegistryEvent.Anchored Anchor, DateTimeOffset? SeenAt)> anchors, bool hours)
    {
        var rows = new List<MirrorCount>();
        long before = 0, last = 0;
        var count = 0;
        DateTime? from = null;
        var delays = new List<double>();
        foreach (var (anchor, seenAt) in anchors)
        {
            var time = anchor.Place.BlockTime.UtcDateTime;
            var start = hours ? new DateTime(time.Year, time.Month, time.Day, time.Hour, 0, 0, DateTimeKind.Utc) : time.Date;
            if (start != from) Close();
            from = start;

            // The chain's clock and ours differ a little: nothing waits less than not at all.
            if (seenAt is { } seen) delays.Add(Math.Max(0, Math.Round((anchor.Place.BlockTime - seen).TotalSeconds, 1)));
            (last, count) = (anchor.Size, count + 1);
        }

        Close();
        return [.. rows.TakeLast(hours ? MaxHours : MaxDays)];

        void Close()
        {
            if (from is not { } start) return;
            delays.Sort();
            rows.Add(new MirrorCount(start, last - before, count, Quantile(delays, 0.5), Quantile(delays, 0.99)));
            (before, count) = (last, 0);
            delays.Clear();
        }
    }

    private static double? Quantile(List<double> sorted, double part) => sorted.Count == 0 ? null : sorted[(int)Math.Ceiling(part * sorted.Count) - 1];
}
