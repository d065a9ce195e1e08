using System.Collections.Concurrent;

namespace Identity.Verifier.Presentations;

/// <summary>
/// The open requests, in the memory of this process alone. A restart forgets them and the browser asks anew; nothing about a person
/// is left behind. Time is the monotonic clock's: setting the wall clock back revives nothing.
/// </summary>
public sealed class PresentationStore : IDisposable
{
    private readonly ConcurrentDictionary<string, Presentation> _byRequest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Presentation> _byTransaction = new(StringComparer.Ordinal);
    private readonly VerifierSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ITimer _sweeper;
    private readonly Lock _gate = new();
    private readonly Dictionary<Presentation, long> _answers = [];
    private long _kept;

    /// <summary>Creates the store and its sweeper.</summary>
    public PresentationStore(VerifierSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);
        _sweeper = clock.CreateTimer(_ => Sweep(), null, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
    }

    /// <summary>Adds a request; false when too many are open.</summary>
    public bool TryAdd(Presentation presentation)
    {
        if (_byRequest.Count >= _settings.MaxOpen) Sweep();
        if (_byRequest.Count >= _settings.MaxOpen) return false;
        return _byRequest.TryAdd(presentation.RequestId, presentation) && _byTransaction.TryAdd(presentation.TransactionId, presentation);
    }

    /// <summary>The request of this id, expired or not; null once it is forgotten.</summary>
    public Presentation? FindRequest(string requestId) => _byRequest.GetValueOrDefault(requestId) is { } found && !IsForgotten(found) ? found : null;

    /// <summary>The request with this secret; null once it is forgotten.</summary>
    public Presentation? FindTransaction(string transactionId) => _byTransaction.GetValueOrDefault(transactionId) is { } found && !IsForgotten(found) ? found : null;

    /// <summary>
    /// Counts what an answer's result takes up until it is forgotten. Where all results together are too much, the largest goes
    /// first: a stranger who answers himself with heaps loses his own, and nobody else theirs.
    /// </summary>
    public void Keep(Presentation answered, long characters)
    {
        lock (_gate)
        {
            if (_answers.TryAdd(answered, characters)) _kept += characters;
            while (_kept > _settings.MaxKept && _answers.Count > 0) Forget(_answers.MaxBy(answer => answer.Value).Key);
        }
    }

    /// <summary>Whether the time for an answer is over.</summary>
    public bool IsExpired(Presentation presentation) => _clock.GetElapsedTime(presentation.CreatedTicks) >= _settings.RequestLifetime;

    /// <inheritdoc/>
    public void Dispose()
    {
        _sweeper.Dispose();
        foreach (var presentation in _byRequest.Values) presentation.Dispose();
    }

    // Results outlive the request by their own lifetime, then nothing is left.
    private bool IsForgotten(Presentation presentation) => _clock.GetElapsedTime(presentation.CreatedTicks) >= _settings.RequestLifetime + _settings.ResultLifetime;

    private void Sweep()
    {
        foreach (var presentation in _byRequest.Values.Where(IsForgotten))
        {
            lock (_gate) Forget(presentation);
        }
    }

    private void Forget(Presentation presentation)
    {
        _byRequest.TryRemove(presentation.RequestId, out _);
        _byTransaction.TryRemove(presentation.TransactionId, out _);
        if (_answers.Remove(presentation, out var characters)) _kept -= characters;
        presentation.Dispose();
    }
}
