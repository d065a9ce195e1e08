using Identity.Hosting;

namespace Identity.Ledger.Log;

/// <summary>Times as they are stored: UTC microseconds since 1970.</summary>
internal static class Micros
{
    public static long Of(DateTimeOffset time) => Databases.Microseconds(time);

    public static long Of(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Time(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
}
