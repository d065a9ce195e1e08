using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Exit;

/// <summary>
/// Replays events as the contract does and holds what comes out against what the contract held: an event that was changed, made up or left out of a record shows as a difference. That a whole record (a
/// key, an accreditation) was left out cannot show; it says nothing for anybody then.
/// </summary>
internal sealed class RecordComparison(ExitSelection selection, RegistryState held)
{
    // Of the contract: how long governance can undo a closing whose depositary the organisation's own account named.
    private static readonly TimeSpan UndoTime = TimeSpan.FromDays(7);

    private readonly Dictionary<string, RegisteredOrganisation> _organisations = [];
    private readonly Dictionary<ulong, RegisteredAccreditation> _accreditations = [];
    private readonly Dictionary<string, (byte[] Thumbprint, RegisteredKey Key)> _keys = [];
    private readonly Dictionary<string, (byte[] Id, RegisteredLog Log)> _logs = [];
    private readonly List<RegistryEvent.LogUsed> _used = [];
    private readonly Dictionary<string, RegisteredClosing> _closings = [];

    /// <summary>The first difference as a sentence; null where there is none.</summary>
    public string? Find()
    {
        EventPlace? last = null;
        foreach (var registryEvent in selection.Events)
        {
            var place = registryEvent.Place;
            if (last is not null && (place.Block < last.Block || (place.Block == last.Block && place.LogIndex <= last.LogIndex) || place.BlockTime < last.BlockTime)) return "the events do not stand in the chain's order";
            last = place;
            if (Apply(registryEvent) is { } problem) return problem;
        }
        return Compare();
    }

    private string? Apply(RegistryEvent registryEvent)
    {
        switch (registryEvent)
        {
            case RegistryEvent.OrganisationRegistered e:
                if (!IsHashOf(e.Id, e.Profile)) return $"the profile of {Name(e.Id)} is another text than was registered";
                return _organisations.TryAdd(Key(e.Id), new RegisteredOrganisation(e.Account, e.Roles, 0)) ? null : $"{Name(e.Id)} is registered twice";
            case RegistryEvent.OrganisationChanged e when _organisations.TryGetValue(Key(e.Id), out var changed):
                _organisations[Key(e.Id)] = changed with { Account = e.Account, Roles = e.Roles };
                return null;
            case RegistryEvent.SupervisionChanged e when _organisations.TryGetValue(Key(e.Id), out var supervised):
                _organisations[Key(e.Id)] = supervised with { Supervisor = e.Supervisor };
                return null;
            case RegistryEvent.AccreditationGranted e when _organisations.ContainsKey(Key(e.Holder)) && (e.Parent is not { } parent || _accreditations.ContainsKey(parent)):
                if (!IsHashOf(e.ScopeId, e.Scope)) return $"the scope of accreditation {e.Number} is another text than was granted";
                var granted = new RegisteredAccreditation(e.Holder, e.ScopeId, e.Parent, Later(e.From, e.Place.BlockTime), e.Until, null, e.Place.BlockTime, e.Right);
                return _accreditations.TryAdd(e.Number, granted) ? null : $"accreditation {e.Number} is granted twice";
            case RegistryEvent.AccreditationWithdrawn e when _accreditations.TryGetValue(e.Number, out var withdrawn):
                _accreditations[e.Number] = withdrawn with { WithdrawnAt = e.At };
                return null;
            case RegistryEvent.KeyAdded e when _organisations.ContainsKey(Key(e.Organisation)):
                if (!IsThumbprint(e)) return $"the key {Base64Url.Encode(e.Thumbprint)} is another one than its thumbprint says";
                return _keys.TryAdd(Key(e.Thumbprint), (e.Thumbprint, new RegisteredKey(e.Organisation, Later(e.From, e.Place.BlockTime), null, null))) ? null : $"the key {Base64Url.Encode(e.Thumbprint)} is added twice";
            case RegistryEvent.KeyEnded e when _keys.TryGetValue(Key(e.Thumbprint), out var key):
                _keys[Key(e.Thumbprint)] = key with { Key = e.Reason == KeyEnding.Compromised ? key.Key with { CompromisedAt = e.EndedAt } : key.Key with { RetiredAt = e.EndedAt } };
                return null;
            case RegistryEvent.LogRegistered e:
                if (!IsHashOf(e.Log, e.Origin)) return $"the log {Name(e.Log)} has another address than was registered";
                return _logs.TryAdd(Key(e.Log), (e.Log, new RegisteredLog(e.Operator, e.Ed25519Key, 0))) ? null : $"the log {Name(e.Log)} is registered twice";
            case RegistryEvent.LogChanged e when _logs.TryGetValue(Key(e.Log), out var log):
                _logs[Key(e.Log)] = log with { Log = new RegisteredLog(e.Operator, e.Ed25519Key, e.FromSize) };
                return null;
            case RegistryEvent.LogUsed e when _organisations.ContainsKey(Key(e.Organisation)) && _logs.ContainsKey(Key(e.Log)):
                _used.Add(e);
                return null;
            case RegistryEvent.OrganisationClosed e when _organisations.ContainsKey(Key(e.Organisation)):
                if (!IsHashOf(e.StatementId, e.Statement)) return $"the closing statement of {Name(e.Organisation)} is another text than was given";
                var depositary = e.Depositary.AsSpan().ContainsAnyExcept((byte)0) ? e.Depositary : null;
                _closings[Key(e.Organisation)] = new RegisteredClosing(depositary, e.StatementId, e.Place.BlockTime, null, depositary is null ? null : e.Place.BlockTime + UndoTime);
                return null;
            case RegistryEvent.ClosingUndone e:
                return _closings.Remove(Key(e.Organisation)) ? null : $"a closing of {Name(e.Organisation)} is undone that is not there";
            case RegistryEvent.DepositaryNamed e when _closings.TryGetValue(Key(e.Organisation), out var named):
                _closings[Key(e.Organisation)] = named with { Depositary = e.Depositary, AcceptedAt = null, AcceptableFrom = null };
                return null;
            case RegistryEvent.DepositAccepted e when _closings.TryGetValue(Key(e.Organisation), out var accepted):
                _closings[Key(e.Organisation)] = accepted with { AcceptedAt = e.Place.BlockTime, EverAccepted = true };
                return null;
            default:
                return $"the event {registryEvent.GetType().Name} of block {registryEvent.Place.Block} speaks of what was not there";
        }
    }

    private string? Compare()
    {
        if (!held.Has(selection.Slots())) return "the state leaves out a record of which the events speak";
        foreach (var id in selection.Organisations)
        {
            var organisation = Convert.FromHexString(id);
            if (!_organisations.TryGetValue(id, out var expected) || held.Organisation(organisation) != expected) return $"the registry held another record of {Name(organisation)} than the events give";
            if (!IsOf(held.Closing(organisation), _closings.GetValueOrDefault(id))) return $"the registry held another closing of {Name(organisation)} than the events give";
            if (_closings.GetValueOrDefault(id)?.Depositary is { } depositary && !_organisations.ContainsKey(Key(depositary))) return $"the depositary of {Name(organisation)} is not in the bundle";
        }
        foreach (var (number, expected) in _accreditations)
            if (!Same(held.Accreditation(number), expected)) return $"the registry held another accreditation {number} than the events give";
        foreach (var (thumbprint, expected) in _keys.Values)
            if (!Same(held.Key(thumbprint), expected)) return $"the registry held another record of the key {Base64Url.Encode(thumbprint)} than the events give";
        foreach (var (id, expected) in _logs.Values)
            if (held.Log(id) is not { } log || log.Operator != expected.Operator || log.KeyFromSize != expected.KeyFromSize || !log.Ed25519Key.AsSpan().SequenceEqual(expected.Ed25519Key)) return $"the registry held another record of the log {Name(id)} than the events give";
        foreach (var used in _used)
            if (held.LogSince(used.Organisation, used.Log) != used.Place.BlockTime) return $"the registry does not say that {Name(used.Organisation)} records in the log {Name(used.Log)} since {used.Place.BlockTime:u}";
        return null;
    }

    // The events do not tell whether whoever supervises closed it, so that nobody had to wait.
    private static bool IsOf(RegisteredClosing? held, RegisteredClosing? replayed) => held is null || replayed is null
        ? held is null && replayed is null
        : held.ClosedAt == replayed.ClosedAt && held.AcceptedAt == replayed.AcceptedAt && held.EverAccepted == replayed.EverAccepted && Same(held.StatementId, replayed.StatementId) && Same(held.Depositary, replayed.Depositary)
            && (held.AcceptableFrom is null || held.AcceptableFrom == replayed.AcceptableFrom);

    private static bool Same(RegisteredAccreditation? one, RegisteredAccreditation other) => one is not null && Same(one.Holder, other.Holder) && Same(one.ScopeId, other.ScopeId)
        && (one with { Holder = other.Holder, ScopeId = other.ScopeId }) == other;

    private static bool Same(RegisteredKey? one, RegisteredKey other) => one is not null && Same(one.Organisation, other.Organisation) && (one with { Organisation = other.Organisation }) == other;

    private static bool Same(byte[]? one, byte[]? other) => one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);

    private static bool IsHashOf(byte[] hash, string text) => Same(hash, SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static bool IsThumbprint(RegistryEvent.KeyAdded added)
    {
        try
        {
            return Same(Jwk.FromCoordinates(added.X, added.Y).Thumbprint(), added.Thumbprint);
        }
        catch (ArgumentException)
        {
            return false; // not a point of P-256
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static string Key(byte[] id) => Convert.ToHexString(id);

    private static string Name(byte[] id) => Convert.ToHexStringLower(id);
}
