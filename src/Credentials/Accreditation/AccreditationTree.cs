using System.Collections.Concurrent;

namespace Identity.Credentials.Accreditation;

/// <summary>All accreditations of a register. Reading from several threads is safe while nobody writes.</summary>
public sealed class AccreditationTree
{
    private readonly SortedDictionary<ulong, AccreditationLink> _links = [];
    private readonly Dictionary<string, List<ulong>> _issuing = [];

    // A chain is walked once for an organisation, not for each of its credentials.
    private readonly ConcurrentDictionary<string, IReadOnlyList<AccreditationChain>> _chains = [];

    /// <summary>Every accreditation, ascending by number; one stands after the one it was granted under.</summary>
    public IReadOnlyCollection<AccreditationLink> Links => _links.Values;

    /// <summary>Adds one; false where its number is taken, or the one above it is not there.</summary>
    public bool TryAdd(AccreditationLink link)
    {
        if (link.Parent is { } parent && (parent >= link.Number || !_links.ContainsKey(parent)) || !_links.TryAdd(link.Number, link)) return false;
        _chains.Clear();
        if (!link.Right.HasFlag(AccreditationRight.Issue)) return true;
        var holder = Convert.ToHexString(link.Holder.Id);
        if (!_issuing.TryGetValue(holder, out var numbers)) _issuing[holder] = numbers = [];
        numbers.Add(link.Number);
        return true;
    }

    /// <summary>Ends one early; of several ends the earliest counts.</summary>
    public void Withdraw(ulong number, DateTimeOffset at)
    {
        if (!_links.TryGetValue(number, out var link) || link.WithdrawnAt <= at) return;
        _links[number] = link with { WithdrawnAt = at };
        _chains.Clear();
    }

    /// <summary>One chain for each accreditation to issue that the organisation ever held, ascending by its number.</summary>
    public IReadOnlyList<AccreditationChain> Chains(byte[] organisation) =>
        _issuing.Count == 0 ? [] : _chains.GetOrAdd(Convert.ToHexString(organisation), holder => _issuing.TryGetValue(holder, out var numbers) ? [.. numbers.Select(ChainTo)] : []);

    private AccreditationChain ChainTo(ulong leaf)
    {
        List<AccreditationLink> links = [_links[leaf]];
        while (links[0].Parent is { } parent) links.Insert(0, _links[parent]);
        return new AccreditationChain(links);
    }
}
