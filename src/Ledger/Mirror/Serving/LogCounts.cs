using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror.Serving;

/// <summary>How much was logged when, from what is public: sizes on the chain and the time stamps of their blocks.</summary>
internal static class LogCounts
{
    /// <summary>Rows at most, the newest: two months of hours, ten years of days.</summary>
    private const int MaxHours = 24 * 62, MaxDays = 3653;

    public static IReadOnlyList<MirrorCount> Of(IEnumerable<RegistryEvent.Anchored> anchors, Func<long, DateTimeOffset?> seenAt, bool hours)
    {
        var rows = new List<MirrorCount>();
        long before = 0;
        var delays = new List<double>();
        foreach (var anchor in anchors)
        {
            var time = anchor.Place.BlockTime.UtcDateTime;
            var from = hours ? new DateTime(time.Year, time.Month, time.Day, time.Hour, 0, 0, DateTimeKind.Utc) : time.Date;
            if (rows.Count == 0 || rows[^1].From != from)
            {
                rows.Add(new MirrorCount(from, 0, 0, null, null));
                delays = [];
            }

            // The chain's clock and ours differ a little: nothing waits less than not at all.
            if (seenAt(anchor.Size) is { } seen) delays.Add(Math.Max(0, Math.Round((anchor.Place.BlockTime - seen).TotalSeconds, 1)));
            delays.Sort();
            rows[^1] = rows[^1] with
            {
                Entries = rows[^1].Entries + anchor.Size - before,
                Anchors = rows[^1].Anchors + 1,
                MedianDelay = Quantile(delays, 0.5),
                LongestDelay = Quantile(delays, 0.99),
            };
            before = anchor.Size;
        }

        return [.. rows.TakeLast(hours ? MaxHours : MaxDays)];
    }

    private static double? Quantile(List<double> sorted, double part) => sorted.Count == 0 ? null : sorted[(int)Math.Ceiling(part * sorted.Count) - 1];
}
