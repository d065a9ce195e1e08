using Identity.Ledger.Evm;

namespace Identity.Ledger.Proofs;

/// <summary>
/// The validators that a reader trusts, and how that trust follows their changes. It rests on one assumption: of a set that is trusted, fewer than a third lie. Who pins an old set
/// believes whoever holds a third of its keys by now; therefore pins are made anew from time to time (docs/decisions/0025).
/// </summary>
public sealed class ValidatorSet
{
    private readonly HashSet<Address> _members;

    /// <summary>These validators.</summary>
    /// <exception cref="ArgumentException">None, or one twice.</exception>
    public ValidatorSet(IReadOnlyCollection<Address> members)
    {
        _members = [.. members];
        if (_members.Count == 0 || _members.Count != members.Count) throw new ArgumentException("A set of validators has members, each once.", nameof(members));
    }

    /// <summary>The validators.</summary>
    public IReadOnlyCollection<Address> Members => _members;

    /// <summary>How many of so many must have sealed: two thirds, rounded up.</summary>
    public static int Quorum(int validators) => (2 * validators + 2) / 3;

    /// <summary>
    /// Whether a header is final for whoever trusts this set: two thirds of the validators that the header names have sealed it, and, where these are others than ours, more than a
    /// third of ours among them. <paramref name="next"/> is the set to trust from this block on.
    /// </summary>
    public bool TryVerify(SealedHeader header, out ValidatorSet next, out string reason)
    {
        (next, reason) = (this, "");
        var committers = header.Committers();
        var named = header.Validators.Count(committers.Contains);
        if (named < Quorum(header.Validators.Count))
        {
            reason = $"{named} of {header.Validators.Count} validators sealed block {header.Header.Number}, {Quorum(header.Validators.Count)} are needed";
            return false;
        }
        if (_members.SetEquals(header.Validators)) return true;
        var ours = _members.Count(committers.Contains);
        if (3 * ours <= _members.Count)
        {
            reason = $"block {header.Header.Number} names other validators, and only {ours} of the {_members.Count} that are trusted sealed it";
            return false;
        }
        next = new ValidatorSet(header.Validators);
        return true;
    }
}
