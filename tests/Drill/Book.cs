using System.Collections.Concurrent;
using Identity.Credentials.Jose;

namespace Identity.Drill;

/// <summary>What the world outside the Issuer knows: only answers that arrived count.</summary>
internal sealed class Book
{
    /// <summary>Copies that reached a holder, by log entry in hex.</summary>
    public ConcurrentDictionary<string, Copy> Copies { get; } = new();

    /// <summary>Credentials whose preparation was answered.</summary>
    public ConcurrentDictionary<string, byte> Prepared { get; } = new();

    /// <summary>Credentials that somebody may change; a worker that takes one out puts it back when the answer arrived.</summary>
    public ConcurrentQueue<Standing> Free { get; } = new();

    /// <summary>Changes of status whose answer did not arrive: they happened, or they did not.</summary>
    public ConcurrentQueue<Doubt> Doubts { get; } = new();

    /// <summary>Requests for copies whose answer did not arrive.</summary>
    public ConcurrentQueue<Attempt> Unanswered { get; } = new();

    /// <summary>Log entries of every status list that was ever shown.</summary>
    public ConcurrentDictionary<string, byte> ShownLists { get; } = new();

    /// <summary>Answers that must never come, killed or not.</summary>
    public ConcurrentQueue<string> BadAnswers { get; } = new();

    private int _changes, _repeated;

    public int Changes => _changes;

    public int Repeated => _repeated;

    public void Changed() => Interlocked.Increment(ref _changes);

    public void AskedAgain() => Interlocked.Increment(ref _repeated);
}

/// <summary>A copy as the holder has it.</summary>
internal sealed record Copy(string Credential, int List, int Index);

/// <summary>A credential whose state the outside knows.</summary>
internal sealed record Standing(string Credential, string State);

/// <summary>A credential in one of two states.</summary>
internal sealed record Doubt(string Credential, string Before, string After);

/// <summary>Copies that were asked for, with all that is needed to ask again.</summary>
internal sealed record Attempt(string Credential, string Token, DateTimeOffset TokenEnds, string Configuration, IReadOnlyList<Es256Key> Keys);
