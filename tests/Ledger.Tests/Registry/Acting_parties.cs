using System.Globalization;
using System.Net.Http.Json;
using Identity.Credentials.Accreditation;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Registry;

/// <summary>
/// Parties that do whatever comes to their mind, rightly or not, while days pass; beside the contract a plain model with lists and loops. Both must accept and refuse the
/// same, by the same name, and end in the same state.
/// </summary>
public sealed class ActingParties : IAsyncLifetime
{
    private static readonly Scope Everything = new(null);
    private readonly HttpClient _http = new();
    private readonly EvmAccount[] _accounts = [.. Enumerable.Range(0, 7).Select(_ => EvmAccount.Create())]; // the first governs
    private AnvilNode _node = null!;
    private RegistryClient _registry = null!;
    private Model _model = null!;
    private byte[]? _last; // whom somebody tried to close

    public async Task InitializeAsync()
    {
        _node = await AnvilNode.StartAsync(binary: Chain.Binary);
        var evm = new EvmClient(_http, new EvmOptions { Rpc = _node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(10) }, TimeProvider.System);
        _registry = await RegistryClient.DeployAsync(evm, _accounts[0]);
        _model = new Model(_accounts[0].Address);
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _http.Dispose();
        foreach (var account in _accounts) account.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(300)]
    [InlineData(4000)]
    public async Task Whatever_they_do_the_contract_agrees_with_the_model(int seed)
    {
        var dice = new Random(seed);
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        while (_model.Organisations.Count() < 6) await RegisterAsync(dice);
        for (var act = 0; act < 1000; act++)
        {
            if (dice.Next(9) == 0) await PassAsync(TimeSpan.FromDays(dice.Next(1, dice.Next(2) == 0 ? 5 : 40)));
            var (name, expected, write) = await ActAsync(dice);
            var got = write is RegistryWrite.Refused refused ? refused.Error : null;
            Assert.True(expected == got, $"seed {seed}, act {act}, {name}: the model says {expected ?? "yes"}, the contract {got ?? "yes"}");
            seen.Add($"{name} {got ?? "yes"}");
        }
        await CompareAsync(dice);
        string[] must = ["grant yes", "grant NotEntitled", "withdraw yes", "withdraw NotAbove", "withdraw AlreadyWithdrawn", "end key yes", "end key AlreadyEnded", "close yes", "accept yes"];
        Assert.Empty(must.Except(seen));
    }

    private DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    private async Task PassAsync(TimeSpan time)
    {
        foreach (var (method, value) in new (string, object[])[] { ("evm_increaseTime", [(long)time.TotalSeconds]), ("evm_mine", []) })
            (await _http.PostAsJsonAsync(_node.Rpc, new { jsonrpc = "2.0", id = 1, method, @params = value })).EnsureSuccessStatusCode();
        Now += time;
    }

    private async Task<(string Name, string? Expected, RegistryWrite Write)> RegisterAsync(Random dice)
    {
        var (profile, account, roles) = (Chain.Profile(), _accounts[dice.Next(1, _accounts.Length)], dice.Next(3) > 0 ? (OrganisationRoles)31 : (OrganisationRoles)dice.Next(1, 32));
        var sender = dice.Next(8) == 0 ? account : _accounts[0];
        return await DoneAsync("register", _registry.RegisterOrganisationAsync(sender, profile, account.Address, roles),
            () => _model.Register(sender.Address, profile.Id(), account.Address, roles));
    }

    private async Task<(string Name, string? Expected, RegistryWrite Write)> ActAsync(Random dice)
    {
        var (organisation, other) = (_model.Organisation(dice), _model.Organisation(dice));
        var anybody = _accounts[dice.Next(_accounts.Length)];
        var sender = dice.Next(3) == 0 ? anybody : Of(organisation);
        var at = Now.AddDays(dice.Next(-200, 200));
        var (number, right) = ((ulong)dice.Next(_model.Count + 1), (AccreditationRight)dice.Next(1, 4));
        DateTimeOffset? until = dice.Next(2) == 0 ? null : Now.AddDays(dice.Next(1, 900));
        var key = _model.Key(dice);
        if (_last is { } left && dice.Next(3) > 0)
        {
            _last = null;
            return await AcceptAsync(left, sender, dice);
        }
        switch (dice.Next(14))
        {
            case 0:
                return await RegisterAsync(dice);
            case 1:
                if (dice.Next(3) > 0) return await ActAsync(dice);
                var roles = (OrganisationRoles)dice.Next(1, 32);
                if (dice.Next(2) == 0) sender = _accounts[0];
                return await DoneAsync("change", _registry.ChangeOrganisationAsync(sender, organisation, anybody.Address, roles), () => _model.Change(sender.Address, organisation, anybody.Address, roles));
            case 2:
                if (dice.Next(4) > 0) sender = _accounts[0];
                return await DoneAsync("admit", _registry.AdmitRootAsync(sender, organisation, right, Everything, at, until), time => _model.Admit(sender.Address, organisation, right, at, until, time));
            case 3 or 4 or 5:
                if (dice.Next(4) > 0 && number > 0) sender = Of(_model.HolderOf(number));
                return await DoneAsync("grant", _registry.GrantAsync(sender, number, other, right, Everything, at, until), time => _model.Grant(sender.Address, number, other, right, at, until, time));
            case 6:
                if (dice.Next(3) > 0) sender = Above(number, dice);
                return await DoneAsync("withdraw", _registry.WithdrawAsync(sender, number, at), time => _model.Withdraw(sender.Address, number, at, time));
            case 7 or 8:
                var (thumbprint, point) = (dice.Next(9) == 0 && key is not null ? key : Chain.Some(32), Chain.Some(32));
                return await DoneAsync("add key", _registry.AddKeyAsync(sender, organisation, thumbprint, at, point, point), time => _model.AddKey(sender.Address, organisation, thumbprint, at, time));
            case 9 or 10:
                key ??= Chain.Some(32);
                var owner = dice.Next(9) == 0 ? organisation : _model.OwnerOf(key) ?? organisation;
                if (dice.Next(4) > 0) sender = dice.Next(2) == 0 ? Above(_model.SupervisorOf(owner), dice) : Of(owner);
                var reason = (KeyEnding)dice.Next(1, 3);
                return await DoneAsync("end key", _registry.EndKeyAsync(sender, owner, key, at, reason), time => _model.EndKey(sender.Address, owner, key, at, reason, time));
            case 11:
                byte[]? depositary = dice.Next(4) == 0 ? null : other;
                if (dice.Next(4) > 0) return await ActAsync(dice); // or soon nobody is left
                _last = organisation;
                return await DoneAsync("close", _registry.CloseOrganisationAsync(sender, organisation, depositary, "{}"), time => _model.Close(sender.Address, organisation, depositary, time));
            case 12:
                var closed = _model.Closed(dice) ?? organisation;
                if (dice.Next(2) == 0) sender = _accounts[0];
                return dice.Next(3) == 0
                    ? await DoneAsync("undo closing", _registry.UndoClosingAsync(sender, closed), () => _model.Undo(sender.Address, closed))
                    : await DoneAsync("name", _registry.NameDepositaryAsync(sender, closed, other), time => _model.Name(sender.Address, closed, other, time));
            default:
                return await AcceptAsync(_model.Closed(dice) ?? organisation, sender, dice);
        }
    }

    private async Task<(string, string?, RegistryWrite)> AcceptAsync(byte[] left, EvmAccount sender, Random dice)
    {
        if (_model.DepositaryOf(left) is { } named && dice.Next(4) > 0) sender = Of(named);
        return await DoneAsync("accept", _registry.AcceptDepositAsync(sender, left), time => _model.Accept(sender.Address, left, time));
    }

    private EvmAccount Above(ulong number, Random dice)
    {
        var chain = _model.ChainOf(number);
        return chain.Count < 2 ? _accounts[0] : Of(_model.HolderOf(chain[dice.Next(1, chain.Count)]));
    }

    private EvmAccount Of(byte[] organisation)
    {
        var address = _model.AccountOf(organisation);
        return _accounts.Single(account => account.Address == address);
    }

    private Task<(string, string?, RegistryWrite)> DoneAsync(string name, Task<RegistryWrite> write, Func<string?> model) => DoneAsync(name, write, _ => model());

    // A refused act has no block: what was decided by days does not turn on the seconds since the last one.
    private async Task<(string, string?, RegistryWrite)> DoneAsync(string name, Task<RegistryWrite> write, Func<DateTimeOffset, string?> model)
    {
        var done = await write;
        if (done is RegistryWrite.Done { Receipt: { } receipt }) Now = receipt.BlockTime;
        return (name, model(Now), done);
    }

    private async Task CompareAsync(Random dice)
    {
        foreach (var id in _model.Organisations)
        {
            var found = (await _registry.FindOrganisationAsync(id))!;
            Assert.Equal((_model.AccountOf(id), _model.RolesOf(id), _model.SupervisorOf(id)), (found.Account, found.Roles, found.Supervisor));
            var closing = await _registry.FindClosingAsync(id);
            Assert.Equal(_model.ClosingOf(id), closing is null ? null : (closing.Depositary is null ? "" : Convert.ToHexString(closing.Depositary), closing.ClosedAt, closing.AcceptedAt, closing.EverAccepted));
        }
        for (ulong number = 1; number <= (ulong)_model.Count; number++)
        {
            var found = (await _registry.FindAccreditationAsync(number))!;
            Assert.Equal(_model.Granted(number), (Convert.ToHexString(found.Holder), found.Parent, found.Right, found.From, found.Until, found.WithdrawnAt));
            for (var i = 0; i < 4; i++)
            {
                var at = Now.AddDays(dice.Next(-400, 400));
                var why = await _registry.WhyNotInForceAsync(number, at);
                var failing = _model.Failing(number, at);
                Assert.True(failing is null ? why is null : why?.Contains(string.Create(CultureInfo.InvariantCulture, $"accreditation {failing} "), StringComparison.Ordinal) == true, $"{number} at {at}: {why}, the model says {failing}");
            }
        }
        foreach (var (thumbprint, life) in _model.Keys)
        {
            var found = (await _registry.FindKeyAsync(thumbprint))!;
            Assert.Equal(life, (Convert.ToHexString(found.Organisation), found.From, found.RetiredAt, found.CompromisedAt));
        }
    }
}
