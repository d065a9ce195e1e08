using System.Collections.Concurrent;
using Identity.Credentials.Compact;
using Identity.Verifier.Policies;
using Identity.Verifier.Receipts;
using Identity.Verifier.Sessions;

namespace Identity.Verifier.Scan;

/// <summary>A challenge on the screen: answered at most once, within minutes of the monotonic clock, by the browser that shows it.</summary>
public sealed class Challenge(CompactChallenge compact, AskedCredential asked, Inquiry inquiry, string? template, SessionId session, long createdTicks)
{
    private int _answered;

    /// <summary>The secret id of the asking browser.</summary>
    public string Id { get; } = Token.New(32);

    /// <summary>The signed challenge, our own copy.</summary>
    public CompactChallenge Compact { get; } = compact;

    /// <summary>What is asked.</summary>
    public AskedCredential Asked { get; } = asked;

    /// <summary>The same for the receipt: who asks, why.</summary>
    public Inquiry Inquiry { get; } = inquiry;

    /// <summary>The template's name, if it was one.</summary>
    public string? Template { get; } = template;

    /// <summary>The browser that asked.</summary>
    public SessionId Session { get; } = session;

    /// <summary>Monotonic time of creation.</summary>
    public long CreatedTicks { get; } = createdTicks;

    /// <summary>Whether a proof has been accepted as its answer.</summary>
    public bool IsAnswered => Volatile.Read(ref _answered) != 0;

    /// <summary>Uses it up: of two answers at once, one wins.</summary>
    public bool TryAnswer() => Interlocked.Exchange(ref _answered, 1) == 0;
}

/// <summary>The open challenges, in memory alone.</summary>
public sealed class ChallengeStore : IDisposable
{
    private readonly ConcurrentDictionary<string, Challenge> _open = new(StringComparer.Ordinal);
    private readonly VerifierSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ITimer _sweeper;

    /// <summary>Creates the store and its sweeper.</summary>
    public ChallengeStore(VerifierSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        _sweeper = clock.CreateTimer(_ => Sweep(), null, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
    }

    /// <summary>Adds a challenge; false when too many are open.</summary>
    public bool TryAdd(Challenge challenge)
    {
        if (_open.Count >= _settings.MaxOpen) Sweep();
        return _open.Count < _settings.MaxOpen && _open.TryAdd(challenge.Id, challenge);
    }

    /// <summary>The challenge of this id, as long as its time lasts.</summary>
    public Challenge? Find(string id) => _open.GetValueOrDefault(id) is { } found && !IsExpired(found) ? found : null;

    /// <inheritdoc/>
    public void Dispose() => _sweeper.Dispose();

    private bool IsExpired(Challenge challenge) => _clock.GetElapsedTime(challenge.CreatedTicks) >= _settings.ChallengeLifetime;

    private void Sweep()
    {
        foreach (var challenge in _open.Values.Where(IsExpired)) _open.TryRemove(challenge.Id, out _);
    }
}
