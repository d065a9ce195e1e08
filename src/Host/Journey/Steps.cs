using System.Diagnostics;

namespace Identity.Host.Journey;

/// <summary>The steps of one journey while it is played: each is shown at once, and kept.</summary>
internal sealed class Steps(Screen screen)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly List<PlayedStep> _played = [];
    private bool _allAsExpected = true;

    /// <summary>What was played and where it can be looked at, in order.</summary>
    public IReadOnlyList<PlayedStep> Played => _played;

    /// <summary>Plays a journey; whether every step came out as it should.</summary>
    public async Task<bool> PlayAsync(string title, Func<Task> play)
    {
        screen.Line($"{title}:");
        var clock = Stopwatch.StartNew();
        try
        {
            await play();
        }
        catch (Exception e) when (e is JourneyException or HttpRequestException)
        {
            Add(false, "The journey stopped", e.Message);
        }
        screen.Line($"  {(_allAsExpected ? "The journey came out as it should" : "The journey did NOT come out as it should")} ({clock.Elapsed.TotalSeconds:0.0} s).");
        return _allAsExpected;
    }

    /// <summary>One step as it came out.</summary>
    public void Add(bool asExpected, string what, string outcome, string? link = null)
    {
        _allAsExpected &= asExpected;
        _played.Add(new PlayedStep(what, outcome, link));
        screen.Step(asExpected, what, outcome, link);
    }

    /// <summary>Looks again until it is enough or patience ends; what was seen last, and in words how long that took.</summary>
    public static async Task<(T Seen, string Waited)> WaitAsync<T>(Func<Task<T>> look, Func<T, bool> enough, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var seen = await look();
        while (!enough(seen) && clock.Elapsed < Patience)
        {
            await Task.Delay(200, ct);
            seen = await look();
        }
        return (seen, clock.Elapsed < TimeSpan.FromSeconds(0.3) ? "" : $" (after {clock.Elapsed.TotalSeconds:0.0} s)");
    }
}
