using System.Collections.Concurrent;
using Identity.Wallet.Holder;

namespace Identity.Wallet.Mandates;

/// <summary>
/// The time in which a person sits at the desk: the person's key, in memory alone, for one member of staff and one mandate. Half an hour, ten minutes without an act, the end of
/// the mandate, the staff's sign-out or a restart end it; then the person brings PIN or card again, as for each showing and print.
/// </summary>
internal sealed class Sitting(string mandate, PersonsKey key, MandateWords? words, DateTimeOffset openedAt)
{
    public string Mandate { get; } = mandate;

    public PersonsKey Key { get; } = key;

    /// <summary>They make the key together with the PIN; null where a card opens.</summary>
    public MandateWords? Words { get; } = words;

    public DateTimeOffset OpenedAt { get; } = openedAt;

    /// <summary>One act at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>What the person is told once, after agreeing.</summary>
    public Slip? Slip { get; set; }

    /// <summary>A question that waits for the person's yes.</summary>
    public PutQuestion? Question { get; set; }

    /// <summary>Offers that were collected in this sitting, by hash: sent twice, they count once.</summary>
    public HashSet<string> Collected { get; } = [];

    /// <summary>What an issuer has put off.</summary>
    public WaitingCredentials? Waiting { get; set; }

    public DateTimeOffset LastUsed { get; set; } = openedAt;
}

/// <summary>The two words and the card's code.</summary>
internal sealed record Slip(MandateWords Words, string? Card);

/// <summary>Keeps the sittings of this process.</summary>
internal sealed class Sittings(TimeProvider clock)
{
    /// <summary>How long without an act.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    /// <summary>How long whatever is done: who keeps a page busy keeps no key of somebody who has left.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<(string Session, string Mandate), Sitting> _open = new();

    /// <summary>The person sits down.</summary>
    public Sitting Open(string session, string mandate, PersonsKey key, MandateWords? words) => _open[(session, mandate)] = new Sitting(mandate, key, words, clock.GetUtcNow());

    /// <summary>The sitting of this session of a member of staff, or null.</summary>
    public Sitting? Find(string session, string mandate)
    {
        CloseOver();
        if (!_open.TryGetValue((session, mandate), out var sitting)) return null;
        sitting.LastUsed = clock.GetUtcNow();
        return sitting;
    }

    /// <summary>The person goes.</summary>
    public void Close(string session, string mandate) => Close(one => one.Session == session && one.Mandate == mandate);

    /// <summary>The staff goes.</summary>
    public void CloseSession(string session) => Close(one => one.Session == session);

    /// <summary>The mandate is over.</summary>
    public void CloseMandate(string mandate) => Close(one => one.Mandate == mandate);

    /// <summary>Forgets the keys of persons who are not there any more.</summary>
    public void CloseOver()
    {
        var now = clock.GetUtcNow();
        Close(one => _open.TryGetValue(one, out var sitting) && (now - sitting.LastUsed > Idle || now - sitting.OpenedAt >= Longest));
    }

    private void Close(Func<(string Session, string Mandate), bool> which)
    {
        foreach (var one in _open.Keys.Where(which))
            _open.TryRemove(one, out _); // an act that is under way ends with the key it began with
    }
}
