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
    private readonly Dictionary<string, ClosingRecord> _closings = [];
    private readonly Dictionary<(string Organisation, string Log), DateTimeOffset> _logs = [];

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
                Accreditations.Withdraw(withdrawn.Number, withdrawn.At);
                break;
            case RegistryEvent.LogUsed used:
                _logs.TryAdd((Convert.ToHexString(used.Organisation), Convert.ToHexString(used.Log)), used.Place.BlockTime);
                break;
            case RegistryEvent.OrganisationClosed closed:
                Close(closed);
                break;
            case RegistryEvent.ClosingUndone undone:
                _closings.Remove(Convert.ToHexString(undone.Organisation));
                break;
            case RegistryEvent.DepositaryNamed named:
                Change(named.Organisation, closing => closing.Naming(FindOrganisation(named.Depositary), named.Place.BlockTime));
                break;
            case RegistryEvent.DepositAccepted accepted:
                Change(accepted.Organisation, closing => closing with { Depositary = FindOrganisation(accepted.Depositary), AcceptedAt = accepted.Place.BlockTime });
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

    /// <summary>All accreditations.</summary>
    public AccreditationTree Accreditations { get; } = new();

    /// <summary>How an organisation was closed; null while it is not.</summary>
    public ClosingRecord? Closing(byte[] organisation) => _closings.Count == 0 ? null : _closings.GetValueOrDefault(Convert.ToHexString(organisation));

    /// <summary>Whether the organisation had said by then that it records in the log.</summary>
    public bool UsesLog(byte[] organisation, string origin, DateTimeOffset at) =>
        LogSince(organisation, origin) <= at;

    /// <summary>Since when the organisation records in the log, by its own word; null where it never said so.</summary>
    public DateTimeOffset? LogSince(byte[] organisation, string origin) =>
        _logs.TryGetValue((Convert.ToHexString(organisation), Convert.ToHexString(RegistryClient.LogId(origin))), out var since) ? since : null;

    private void Register(RegistryEvent.OrganisationRegistered registered)
    {
        if (!IsHashOf(registered.Id, registered.Profile)) return;
        if (!OrganisationProfile.TryParse(registered.Profile, out var profile, out _)) return;
        var record = new OrganisationRecord(registered.Id, profile.Issuer, profile.Name, profile.Country, profile.Demonstration, profile.Contact);
        // Who was registered first under an issuer identifier keeps it.
        if (!_organisations.TryAdd(Convert.ToHexString(registered.Id), record)) return;
        _issuers.TryAdd(profile.Issuer, record);
        _registered.Add(record);
    }

    private void Grant(RegistryEvent.AccreditationGranted granted)
    {
        if (!IsHashOf(granted.ScopeId, granted.Scope) || FindOrganisation(granted.Holder) is not { } holder) return;
        Accreditations.TryAdd(new AccreditationLink(granted.Number, granted.Parent, holder, granted.Right, granted.Scope, granted.From, granted.Until, null, granted.Place.BlockTime));
    }

    private void Close(RegistryEvent.OrganisationClosed closed)
    {
        var lists = IsHashOf(closed.StatementId, closed.Statement) ? ClosingStatement.Lists(closed.Statement, closed.Organisation) : [];
        _closings[Convert.ToHexString(closed.Organisation)] = new ClosingRecord(closed.Organisation, closed.Place.BlockTime, FindOrganisation(closed.Depositary), null, lists);
    }

    private void Change(byte[] organisation, Func<ClosingRecord, ClosingRecord> change)
    {
        if (_closings.TryGetValue(Convert.ToHexString(organisation), out var closing)) _closings[Convert.ToHexString(organisation)] = change(closing);
    }

    private static bool IsHashOf(byte[] hash, string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan().SequenceEqual(hash);

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
}
