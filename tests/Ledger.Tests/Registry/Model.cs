using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Registry;

/// <summary>What the registry should do, told a second time without any thought of gas. Each act answers with the name of its refusal, or null.</summary>
internal sealed class Model(Address governor)
{
    private readonly Dictionary<string, (byte[] Id, Address Account, OrganisationRoles Roles, ulong Supervisor)> _organisations = [];
    private readonly List<(byte[] Holder, ulong Parent, AccreditationRight Right, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset? Withdrawn)> _granted = [];
    private readonly Dictionary<string, (byte[] Thumbprint, byte[] Owner, DateTimeOffset From, DateTimeOffset? Retired, DateTimeOffset? Compromised, DateTimeOffset Last)> _keys = [];
    private readonly Dictionary<string, (byte[]? Depositary, DateTimeOffset At, DateTimeOffset? Accepted, bool Confirmed, bool Ever)> _closed = [];

    public int Count => _granted.Count;

    public IEnumerable<byte[]> Organisations => _organisations.Values.Select(o => o.Id);

    public IEnumerable<(byte[], (string, DateTimeOffset, DateTimeOffset?, DateTimeOffset?))> Keys => _keys.Values.Select(k => (k.Thumbprint, (Convert.ToHexString(k.Owner), k.From, k.Retired, k.Compromised)));

    public byte[] Organisation(Random dice) => _organisations.Values.ElementAt(dice.Next(_organisations.Count)).Id;

    public byte[]? Key(Random dice) => _keys.Count == 0 ? null : _keys.Values.ElementAt(dice.Next(_keys.Count)).Thumbprint;

    public byte[]? Closed(Random dice) => _closed.Count == 0 ? null : Convert.FromHexString(_closed.Keys.ElementAt(dice.Next(_closed.Count)));

    public Address AccountOf(byte[] id) => _organisations[Hex(id)].Account;

    public OrganisationRoles RolesOf(byte[] id) => _organisations[Hex(id)].Roles;

    public ulong SupervisorOf(byte[] id) => _organisations[Hex(id)].Supervisor;

    public byte[] HolderOf(ulong number) => At(number).Holder;

    public byte[]? OwnerOf(byte[] thumbprint) => _keys.TryGetValue(Hex(thumbprint), out var key) ? key.Owner : null;

    public byte[]? DepositaryOf(byte[] id) => _closed.TryGetValue(Hex(id), out var closing) ? closing.Depositary : null;

    public (string, DateTimeOffset, DateTimeOffset?, bool)? ClosingOf(byte[] id) =>
        _closed.TryGetValue(Hex(id), out var closing) ? (closing.Depositary is null ? "" : Hex(closing.Depositary), closing.At, closing.Accepted, closing.Ever) : null;

    public (string, ulong?, AccreditationRight, DateTimeOffset, DateTimeOffset?, DateTimeOffset?) Granted(ulong number)
    {
        var link = At(number);
        return (Hex(link.Holder), link.Parent == 0 ? null : link.Parent, link.Right, link.From, link.Until, link.Withdrawn);
    }

    /// <summary>From the accreditation up to its root.</summary>
    public List<ulong> ChainOf(ulong number)
    {
        var chain = new List<ulong>();
        for (; number != 0; number = At(number).Parent) chain.Add(number);
        return chain;
    }

    /// <summary>The link nearest the root that does not hold, or null.</summary>
    public ulong? Failing(ulong number, DateTimeOffset at)
    {
        foreach (var link in Enumerable.Reverse(ChainOf(number)))
            if (at < At(link).From || at >= At(link).Until || at >= At(link).Withdrawn) return link;
        return null;
    }

    public string? Register(Address sender, byte[] id, Address account, OrganisationRoles roles)
    {
        if (sender != governor) return "NotGovernor";
        _organisations.Add(Hex(id), (id, account, roles, 0));
        return null;
    }

    public string? Change(Address sender, byte[] id, Address account, OrganisationRoles roles)
    {
        var known = _organisations[Hex(id)];
        if (sender != governor && sender != known.Account) return "NotOrganisationAccount";
        if (sender != governor && roles != known.Roles) return "NotGovernor";
        _organisations[Hex(id)] = known with { Account = account, Roles = roles };
        return null;
    }

    public string? Admit(Address sender, byte[] holder, AccreditationRight right, DateTimeOffset from, DateTimeOffset? until, DateTimeOffset now)
    {
        if (sender != governor) return "NotGovernor";
        return right.HasFlag(AccreditationRight.Accredit) ? Entitle(0, holder, right, from, until, now) : "BadArgument";
    }

    public string? Grant(Address sender, ulong parent, byte[] holder, AccreditationRight right, DateTimeOffset from, DateTimeOffset? until, DateTimeOffset now)
    {
        if (parent == 0) return "UnknownAccreditation";
        var above = At(parent);
        if (sender != AccountOf(above.Holder) || !above.Right.HasFlag(AccreditationRight.Accredit)) return "NotEntitled";
        if (_closed.ContainsKey(Hex(above.Holder))) return "OrganisationIsClosed";
        if (above.Until is { } end && (until is null || until > end)) return "NotEntitled";
        if (Failing(parent, now) is not null || ChainOf(parent).Count == 8) return "NotEntitled";
        return Entitle(parent, holder, right, from, until, now);
    }

    public string? Withdraw(Address sender, ulong number, DateTimeOffset at, DateTimeOffset now)
    {
        if (number == 0) return "UnknownAccreditation";
        var link = At(number);
        var height = sender == governor ? 2 : Height(sender, link.Parent, now);
        if (height == 0) return "NotAbove";
        if (height == 1 && at < now) at = now;
        if (at >= link.Withdrawn) return "AlreadyWithdrawn";
        _granted[(int)number - 1] = link with { Withdrawn = at };
        return null;
    }

    public string? AddKey(Address sender, byte[] owner, byte[] thumbprint, DateTimeOffset from, DateTimeOffset now)
    {
        if (sender != AccountOf(owner)) return "NotOrganisationAccount";
        if (_closed.ContainsKey(Hex(owner))) return "OrganisationIsClosed";
        return _keys.TryAdd(Hex(thumbprint), (thumbprint, owner, from > now ? from : now, null, null, now)) ? null : "AlreadyRegistered";
    }

    public string? EndKey(Address sender, byte[] owner, byte[] thumbprint, DateTimeOffset at, KeyEnding reason, DateTimeOffset now)
    {
        var supervises = Supervises(sender, owner, now);
        if (!supervises && sender != AccountOf(owner)) return "NotOrganisationAccount";
        if (!_keys.TryGetValue(Hex(thumbprint), out var key) || !key.Owner.AsSpan().SequenceEqual(owner)) return "UnknownKey";
        if (reason == KeyEnding.Retired)
        {
            if (at < now) at = now;
            if (key.Compromised is not null || at >= key.Retired) return "AlreadyEnded";
            key.Retired = at;
        }
        else
        {
            if (at >= key.Compromised) return "AlreadyEnded";
            if (at < key.Last && !supervises) return "BackdatingNeedsSupervisor";
            key.Compromised = at;
        }
        _keys[Hex(thumbprint)] = key with { Last = now };
        return null;
    }

    public string? Close(Address sender, byte[] id, byte[]? depositary, DateTimeOffset now)
    {
        var supervises = Supervises(sender, id, now);
        if (!supervises && sender != AccountOf(id)) return "NotOrganisationAccount";
        if (_closed.ContainsKey(Hex(id))) return "OrganisationIsClosed";
        if (depositary is not null && Depositary(id, depositary) is { } refusal) return refusal;
        _closed[Hex(id)] = (depositary, now, null, supervises, false);
        return null;
    }

    public string? Undo(Address sender, byte[] id)
    {
        if (sender != governor) return "NotGovernor";
        if (!_closed.TryGetValue(Hex(id), out var closing)) return "NotClosed";
        if (closing.Ever) return "AlreadyAccepted";
        _closed.Remove(Hex(id));
        return null;
    }

    public string? Name(Address sender, byte[] id, byte[] depositary, DateTimeOffset now)
    {
        if (!Supervises(sender, id, now)) return "NotAbove";
        if (!_closed.TryGetValue(Hex(id), out var closing)) return "NotClosed";
        if (closing.Accepted is not null && !_closed.ContainsKey(Hex(closing.Depositary!))) return "AlreadyAccepted";
        if (Depositary(id, depositary) is { } refusal) return refusal;
        _closed[Hex(id)] = closing with { Depositary = depositary, Accepted = null, Confirmed = true };
        return null;
    }

    public string? Accept(Address sender, byte[] id, DateTimeOffset now)
    {
        if (!_closed.TryGetValue(Hex(id), out var closing)) return "NotClosed";
        if (closing.Depositary is not { } depositary) return "UnknownOrganisation";
        if (sender != AccountOf(depositary)) return "NotOrganisationAccount";
        if (closing.Accepted is not null) return "AlreadyAccepted";
        if (Depositary(id, depositary) is { } refusal) return refusal;
        if (!closing.Confirmed && now < closing.At.AddDays(7) && !Supervises(sender, id, now)) return "TooEarly";
        _closed[Hex(id)] = closing with { Accepted = now, Ever = true };
        return null;
    }

    private string? Entitle(ulong parent, byte[] holder, AccreditationRight right, DateTimeOffset from, DateTimeOffset? until, DateTimeOffset now)
    {
        if (_closed.ContainsKey(Hex(holder))) return "OrganisationIsClosed";
        var known = _organisations[Hex(holder)];
        if (right.HasFlag(AccreditationRight.Issue) && !known.Roles.HasFlag(OrganisationRoles.Issuer)) return "MissingRole";
        if (right.HasFlag(AccreditationRight.Accredit) && !known.Roles.HasFlag(OrganisationRoles.Accreditor)) return "MissingRole";
        if (from < now) from = now;
        if (until <= from) return "BadArgument";
        _granted.Add((holder, parent, right, from, until, null));
        if (known.Supervisor == 0) _organisations[Hex(holder)] = known with { Supervisor = (ulong)_granted.Count };
        return null;
    }

    private string? Depositary(byte[] closed, byte[] depositary)
    {
        if (depositary.AsSpan().SequenceEqual(closed)) return "BadArgument";
        if (!RolesOf(depositary).HasFlag(OrganisationRoles.Depositary)) return "MissingRole";
        return _closed.ContainsKey(Hex(depositary)) ? "OrganisationIsClosed" : null;
    }

    private bool Supervises(Address sender, byte[] id, DateTimeOffset now) =>
        sender == governor || (SupervisorOf(id) is > 0 and var number && Height(sender, At(number).Parent, now) > 0);

    private int Height(Address sender, ulong number, DateTimeOffset now)
    {
        var chain = number == 0 ? [] : ChainOf(number);
        for (var i = 0; i < chain.Count; i++)
            if (!_closed.ContainsKey(Hex(At(chain[i]).Holder)) && sender == AccountOf(At(chain[i]).Holder) && At(chain[i]).Right.HasFlag(AccreditationRight.Accredit) && Failing(chain[i], now) is null) return i == 0 ? 1 : 2;
        return 0;
    }

    private (byte[] Holder, ulong Parent, AccreditationRight Right, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset? Withdrawn) At(ulong number) => _granted[(int)number - 1];

    private static string Hex(byte[] id) => Convert.ToHexString(id);
}
