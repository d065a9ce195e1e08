using Identity.Credentials.Accreditation;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Accreditations;

/// <summary>One accreditation as the chain has it.</summary>
/// <param name="Number">Counts from 1.</param>
/// <param name="Parent">The one above; null for a root authority.</param>
/// <param name="Holder">Id of the organisation that holds it.</param>
/// <param name="HolderName">Its name as registered, or its id.</param>
/// <param name="Right">What it lets its holder do.</param>
/// <param name="Text">The scope, canonical JSON.</param>
/// <param name="ScopeId">SHA-256 of it.</param>
/// <param name="From">In force since; never before it was granted.</param>
/// <param name="Until">The first moment it no longer holds, or null.</param>
/// <param name="WithdrawnAt">Taken back from then on, or null.</param>
/// <param name="Place">Where it was granted.</param>
public sealed record ChainLink(
    ulong Number, ulong? Parent, byte[] Holder, string HolderName, AccreditationRight Right, string Text, byte[] ScopeId, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset? WithdrawnAt, EventPlace Place)
{
    /// <summary>The scope, or null where its text says something that nobody here knows; it entitles nobody then.</summary>
    public Scope? Scope => Scope.TryParse(Text, out var scope, out _) ? scope : null;

    /// <summary>Whether this link alone holds at a time.</summary>
    public bool Holds(DateTimeOffset at) => at >= From && (Until is null || at < Until) && (WithdrawnAt is null || at < WithdrawnAt);
}

/// <summary>The accreditations of the chain, as far as its events tell.</summary>
public sealed class ChainTree
{
    private readonly Dictionary<ulong, ChainLink> _links = [];
    private readonly Dictionary<string, (string Name, OrganisationRoles Roles, byte[] Id)> _organisations = [];

    /// <summary>Replays the events, in chain order.</summary>
    public ChainTree(IReadOnlyList<RegistryEvent> events)
    {
        foreach (var one in events)
        {
            switch (one)
            {
                case RegistryEvent.OrganisationRegistered e:
                    _organisations.TryAdd(Convert.ToHexString(e.Id), (OrganisationProfile.TryParse(e.Profile, out var profile, out _) ? profile.Name : Convert.ToHexStringLower(e.Id), e.Roles, e.Id));
                    break;
                case RegistryEvent.OrganisationChanged e when _organisations.TryGetValue(Convert.ToHexString(e.Id), out var known):
                    _organisations[Convert.ToHexString(e.Id)] = known with { Roles = e.Roles };
                    break;
                case RegistryEvent.AccreditationGranted e:
                    _links.TryAdd(e.Number, new ChainLink(e.Number, e.Parent, e.Holder, NameOf(e.Holder)!, e.Right, e.Scope, e.ScopeId, e.From > e.Place.BlockTime ? e.From : e.Place.BlockTime, e.Until, null, e.Place));
                    break;
                case RegistryEvent.AccreditationWithdrawn e when _links.TryGetValue(e.Number, out var link):
                    _links[e.Number] = link with { WithdrawnAt = link.WithdrawnAt < e.At ? link.WithdrawnAt : e.At };
                    break;
            }
        }
    }

    /// <summary>Every registered organisation by name.</summary>
    public IEnumerable<(byte[] Id, string Name, OrganisationRoles Roles)> Organisations => _organisations.Values.Select(o => (o.Id, o.Name, o.Roles)).OrderBy(o => o.Name, StringComparer.Ordinal);

    /// <summary>The accreditation of this number, or null.</summary>
    public ChainLink? Find(ulong number) => _links.GetValueOrDefault(number);

    /// <summary>What an organisation holds, in the order of granting.</summary>
    public IEnumerable<ChainLink> HeldBy(byte[] organisation) => _links.Values.Where(l => l.Holder.AsSpan().SequenceEqual(organisation)).OrderBy(l => l.Number);

    /// <summary>What it granted others.</summary>
    public IEnumerable<ChainLink> GrantedBy(byte[] organisation) =>
        _links.Values.Where(l => l.Parent is { } parent && Find(parent) is { } above && above.Holder.AsSpan().SequenceEqual(organisation)).OrderBy(l => l.Number);

    /// <summary>The accreditation with all above it, root first.</summary>
    public IReadOnlyList<ChainLink> ChainOf(ulong number)
    {
        var chain = new List<ChainLink>();
        for (var link = Find(number); link is not null && chain.Count < 64; link = link.Parent is { } parent ? Find(parent) : null) chain.Insert(0, link);
        return chain;
    }

    /// <summary>Whether it and everything above it holds at a time.</summary>
    public bool InForce(ulong number, DateTimeOffset at) => ChainOf(number) is { Count: > 0 } chain && chain[0].Parent is null && chain.All(link => link.Holds(at));

    /// <summary>The name of a registered organisation; its id where it has none, null for zeros.</summary>
    public string? NameOf(byte[] id) => !id.AsSpan().ContainsAnyExcept((byte)0) ? null : _organisations.TryGetValue(Convert.ToHexString(id), out var known) ? known.Name : Convert.ToHexStringLower(id);

    /// <summary>The text of a scope that somebody was granted, by its id; null where the chain has none.</summary>
    public static string? TextOf(IReadOnlyList<RegistryEvent> events, byte[] scopeId) =>
        events.OfType<RegistryEvent.AccreditationGranted>().FirstOrDefault(e => e.ScopeId.AsSpan().SequenceEqual(scopeId))?.Scope;
}
