using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.Verdicts;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

/// <summary>
/// Who may issue what, replayed from the chain's events in their order. What the contract does not check is checked here:
/// ids against profiles, thumbprints against points; an event that fails is as if it had not been.
/// </summary>
internal sealed class RegistryView
{
    private readonly Dictionary<string, OrganisationRecord> _organisations = [];
    private readonly Dictionary<string, OrganisationRecord> _issuers = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, List<KeyRecord>> _keys = [];
    private readonly Dictionary<string, List<ulong>> _granted = [];
    private readonly Dictionary<ulong, Link> _links = [];

    private readonly List<OrganisationRecord> _registered = [];

    /// <summary>Every organisation in the order of registration.</summary>
    public IReadOnlyList<OrganisationRecord> Organisations => _registered;

    /// <summary>Every key, ended ones too.</summary>
    public IEnumerable<KeyRecord> Keys => _keys.Values.SelectMany(keys => keys);

    /// <summary>Who may ask people for what.</summary>
    public VerifierRegister Verifiers { get; } = new();

    public void Apply(RegistryEvent registryEvent)
    {
        switch (registryEvent)
        {
            case RegistryEvent.OrganisationRegistered registered:
                Register(registered);
                break;
            case RegistryEvent.AccreditationGranted granted:
                Grant(granted);
                break;
            case RegistryEvent.AccreditationWithdrawn withdrawn:
                if (_links.TryGetValue(withdrawn.Number, out var link)) _links[withdrawn.Number] = link with { WithdrawnAt = Earlier(link.WithdrawnAt, withdrawn.At) };
                break;
            case RegistryEvent.KeyAdded added:
                AddKey(added);
                break;
            case RegistryEvent.KeyEnded ended:
                EndKey(ended);
                break;
            case RegistryEvent.VerifierRegistered or RegistryEvent.VerifierWithdrawn:
                Verifiers.Apply(registryEvent);
                break;
        }
    }

    public OrganisationRecord? FindOrganisation(byte[] id) => _organisations.GetValueOrDefault(Convert.ToHexString(id));

    public OrganisationRecord? FindOrganisationByIssuer(string iss) => _issuers.GetValueOrDefault(iss);

    /// <summary>Keys by the first 8 bytes of their thumbprint, or by all 32.</summary>
    public IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprint)
    {
        if (thumbprint.Length is not (8 or 32) || !_keys.TryGetValue(BinaryPrimitives.ReadUInt64BigEndian(thumbprint), out var keys)) return [];
        var found = new List<KeyRecord>(keys.Count);
        foreach (var key in keys)
        {
            if (key.Thumbprint.AsSpan().StartsWith(thumbprint)) found.Add(key);
        }

        return found;
    }

    /// <summary>What the organisation may issue: each of its accreditations with what every link above it leaves of it.</summary>
    public IReadOnlyList<AccreditationRecord> Accreditations(byte[] organisation) =>
        _granted.TryGetValue(Convert.ToHexString(organisation), out var numbers) ? [.. numbers.SelectMany(Records)] : [];

    private void Register(RegistryEvent.OrganisationRegistered registered)
    {
        if (!SHA256.HashData(Encoding.UTF8.GetBytes(registered.Profile)).AsSpan().SequenceEqual(registered.Id)) return;
        if (!OrganisationProfile.TryParse(registered.Profile, out var profile, out _)) return;
        var record = new OrganisationRecord(registered.Id, profile.Issuer, profile.Name, profile.Country, profile.Demonstration, profile.Contact);
        // Who was registered first under an issuer identifier keeps it.
        if (!_organisations.TryAdd(Convert.ToHexString(registered.Id), record)) return;
        _issuers.TryAdd(profile.Issuer, record);
        _registered.Add(record);
    }

    private void Grant(RegistryEvent.AccreditationGranted granted)
    {
        if (!SHA256.HashData(Encoding.UTF8.GetBytes(granted.Scope)).AsSpan().SequenceEqual(granted.ScopeId)) return;
        if (!Scope.TryParse(granted.Scope, out var scope, out _) || FindOrganisation(granted.Holder) is not { } holder) return;
        if (granted.Parent is { } parent && !_links.ContainsKey(parent)) return;
        var from = granted.From > granted.Place.BlockTime ? granted.From : granted.Place.BlockTime;
        if (!_links.TryAdd(granted.Number, new Link(holder, granted.Parent, granted.Right, scope, from, granted.Until, null, granted.Place.BlockTime))) return;
        if (!granted.Right.HasFlag(AccreditationRight.Issue)) return;
        var organisation = Convert.ToHexString(granted.Holder);
        if (!_granted.TryGetValue(organisation, out var numbers)) _granted[organisation] = numbers = [];
        numbers.Add(granted.Number);
    }

    private IEnumerable<AccreditationRecord> Records(ulong number)
    {
        var leaf = _links[number];
        List<Link> chain = [leaf];
        while (chain[^1].Parent is { } parent) chain.Add(_links[parent]);
        var accreditor = chain.Count > 1 ? chain[1].Holder : leaf.Holder;
        // Limits other than types are not judged yet; what they leave open entitles nobody.
        if (leaf.Scope.Types is null || chain.Exists(link => link.Scope.HasOtherLimits)) return [];
        var types = chain.Aggregate<Link, IEnumerable<string>>(leaf.Scope.Types, (left, link) => link.Scope.Types is { } allowed ? left.Intersect(allowed, StringComparer.Ordinal) : left);
        var (from, until, withdrawn) = (chain.Max(link => link.From), chain.Min(link => link.Until), chain.Min(link => link.WithdrawnAt));
        return types.Select(type => new AccreditationRecord(type, from, until, withdrawn, leaf.GrantedAt, accreditor.Id, accreditor.Name));
    }

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;

    private void AddKey(RegistryEvent.KeyAdded added)
    {
        Jwk key;
        try
        {
            key = Jwk.FromCoordinates(added.X, added.Y);
        }
        catch (ArgumentException)
        {
            return; // not a point of P-256
        }

        if (!key.Thumbprint().AsSpan().SequenceEqual(added.Thumbprint)) return;
        var from = added.From > added.Place.BlockTime ? added.From : added.Place.BlockTime;
        var prefix = BinaryPrimitives.ReadUInt64BigEndian(added.Thumbprint);
        if (!_keys.TryGetValue(prefix, out var keys)) _keys[prefix] = keys = [];
        keys.Add(new KeyRecord(added.Thumbprint, key, added.Organisation, from, null, null));
    }

    private void EndKey(RegistryEvent.KeyEnded ended)
    {
        if (!_keys.TryGetValue(BinaryPrimitives.ReadUInt64BigEndian(ended.Thumbprint), out var keys)) return;
        var at = keys.FindIndex(k => k.Thumbprint.AsSpan().SequenceEqual(ended.Thumbprint) && k.Organisation.AsSpan().SequenceEqual(ended.Organisation));
        if (at < 0) return;
        var compromised = ended.Reason == KeyEnding.Compromised || keys[at].Reason == KeyEndReason.Compromised;
        // A retirement cannot reach back: what was anchored before the chain knew of it stays good. A theft is dated when it happened.
        var end = compromised || ended.EndedAt > ended.Place.BlockTime ? ended.EndedAt : ended.Place.BlockTime;
        // A retired key that turns out stolen: the theft is often dated later, when it was seen, and must not give the time between back to the thief.
        keys[at] = keys[at] with { EndedAt = Earlier(keys[at].EndedAt, end), Reason = compromised ? KeyEndReason.Compromised : KeyEndReason.Retired };
    }

    /// <summary>One accreditation, in force since <paramref name="From"/>, never before its block.</summary>
    private sealed record Link(
        OrganisationRecord Holder, ulong? Parent, AccreditationRight Right, Scope Scope, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset? WithdrawnAt, DateTimeOffset GrantedAt);
}
