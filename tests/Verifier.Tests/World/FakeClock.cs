namespace Identity.Verifier.Tests.World;

/// <summary>Wall clock and monotonic clock that move when a test says so; timers stay real.</summary>
public sealed class FakeClock : TimeProvider
{
    /// <summary>When every test begins.</summary>
    public static readonly DateTimeOffset Begin = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private DateTimeOffset _now = Begin;
    private TimeSpan _monotonic = TimeSpan.FromDays(1);

    public DateTimeOffset Now => GetUtcNow();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() { lock (_gate) return _now; }

    public override long GetTimestamp() { lock (_gate) return _monotonic.Ticks; }

    public void Pass(TimeSpan time) { lock (_gate) (_now, _monotonic) = (_now + time, _monotonic + time); }

    /// <summary>Somebody sets the wall clock; the monotonic clock does not notice.</summary>
    public void SetWall(DateTimeOffset now) { lock (_gate) _now = now; }
}
