using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
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
    private readonly Dictionary<ulong, AccreditationRecord> _accreditations = [];

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
                if (_accreditations.TryGetValue(withdrawn.Number, out var accreditation)) _accreditations[withdrawn.Number] = accreditation with { WithdrawnAt = withdrawn.At };
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

    public IReadOnlyList<AccreditationRecord> Accreditations(byte[] organisation) =>
        _granted.TryGetValue(Convert.ToHexString(organisation), out var numbers) ? [.. numbers.Select(n => _accreditations[n])] : [];

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
        var accreditor = FindOrganisation(granted.Accreditor);
        if (accreditor is null) return;
        var record = new AccreditationRecord(granted.CredentialType, granted.From, granted.Until, null, granted.Place.BlockTime, granted.Accreditor, accreditor.Name);
        if (!_accreditations.TryAdd(granted.Number, record)) return;
        var organisation = Convert.ToHexString(granted.Organisation);
        if (!_granted.TryGetValue(organisation, out var numbers)) _granted[organisation] = numbers = [];
        numbers.Add(granted.Number);
    }

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
        if (keys[at].EndedAt is { } earlier && earlier < end) end = earlier;
        keys[at] = keys[at] with { EndedAt = end, Reason = compromised ? KeyEndReason.Compromised : KeyEndReason.Retired };
    }
}
