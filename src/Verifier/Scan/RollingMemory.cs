using System.Collections.Concurrent;
using Identity.Credentials.Verdicts;
using Identity.Verifier.Results;
using Identity.Verifier.Sessions;

namespace Identity.Verifier.Scan;

/// <summary>
/// The verdicts on codes that are redrawn with the time, for as long as such a code is taken, in memory alone: the same code before the same
/// browser's camera again, asked the same by the same asker, is told the same, and is not counted twice. What kept us from telling is not remembered.
/// </summary>
public sealed class RollingMemory : IDisposable
{
    private readonly ConcurrentDictionary<string, (VerdictView Verdict, long Ticks, TimeSpan Life)> _told = new(StringComparer.Ordinal);
    private readonly VerifierSettings _settings;
    private readonly VerdictPolicy _policy;
    private readonly TimeProvider _clock;
    private readonly ITimer _sweeper;

    /// <summary>Creates the memory and its sweeper.</summary>
    public RollingMemory(VerifierSettings settings, VerdictPolicy policy, TimeProvider clock)
    {
        (_settings, _policy, _clock) = (settings, policy, clock);
        _sweeper = clock.CreateTimer(_ => Sweep(), null, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
    }

    /// <summary>What was told of this code, if it is remembered.</summary>
    public VerdictView? Find(Challenge challenge, string proof) =>
        _told.TryGetValue(Key(challenge, proof), out var told) && !IsOver(told) ? told.Verdict : null;

    /// <summary>Remembers a verdict until its code would be too old.</summary>
    public void Keep(Challenge challenge, string proof, VerdictView verdict)
    {
        if (verdict is not { Binding: BindingLevel.Rolling, Rolling: { } drawn } || verdict.Outcome == Outcome.CannotTell || _told.Count >= _settings.MaxOpen) return;
        _told.TryAdd(Key(challenge, proof), (verdict, _clock.GetTimestamp(), _policy.RollingWindow - TimeSpan.FromSeconds(drawn.Age)));
    }

    /// <inheritdoc/>
    public void Dispose() => _sweeper.Dispose();

    // The nonce and the time of a challenge are new each time; who asks, and what, is not.
    private static string Key(Challenge challenge, string proof) => challenge.Session.DigestOf(
        $"{challenge.Inquiry.Asker.RequestKey}|{challenge.Template}|{challenge.Compact.Type}|{string.Join(',', challenge.Compact.Required)}|{string.Join(',', challenge.Compact.Optional)}|{proof}");

    private bool IsOver((VerdictView Verdict, long Ticks, TimeSpan Life) told) => _clock.GetElapsedTime(told.Ticks) > told.Life;

    private void Sweep()
    {
        foreach (var (key, told) in _told)
            if (IsOver(told)) _told.TryRemove(key, out _);
    }
}
