using System.Net.Http.Json;
using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Registry;

/// <summary>From when a depositary can accept, on a node of its own: days pass in it.</summary>
public sealed class DepositsOnARealNode : IAsyncLifetime
{
    private readonly Chain _chain = new();
    private readonly HttpClient _http = new();
    private (byte[] Id, EvmAccount Account) _college, _archive, _ministry;

    private RegistryClient Registry => _chain.Registry;

    public async Task InitializeAsync()
    {
        await _chain.InitializeAsync();
        (_college, _archive) = (await _chain.OrganisationAsync(OrganisationRoles.Issuer), await _chain.OrganisationAsync(OrganisationRoles.Depositary));
        var (ministry, account, root) = await _chain.RootAsync(roles: OrganisationRoles.Accreditor | OrganisationRoles.Depositary);
        _ministry = (ministry, account);
        (await Registry.GrantAsync(account, root, _college.Id, AccreditationRight.Issue, new Scope(null), DateTimeOffset.UnixEpoch, null)).Require();
    }

    public async Task DisposeAsync()
    {
        await _chain.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task Attack_a_stolen_account_closes_and_an_accomplice_accepts_before_governance_can_undo_it()
    {
        var closed = await CloseAsync(_college.Account, _archive.Id);
        Assert.Equal(closed.AddDays(7), (await Registry.FindClosingAsync(_college.Id))!.AcceptableFrom);

        await PassAsync(TimeSpan.FromDays(6.9));
        var reason = Chain.Refused("TooEarly", await Registry.AcceptDepositAsync(_archive.Account, _college.Id));
        Assert.EndsWith($"seven days after the closing, from {closed.AddDays(7):u} on", reason, StringComparison.Ordinal);
        Chain.Refused("NotAbove", await Registry.NameDepositaryAsync(_college.Account, _college.Id, _archive.Id)); // nobody confirms what they did themselves
        Chain.Refused("NotAbove", await Registry.NameDepositaryAsync(_archive.Account, _college.Id, _archive.Id));
        (await Registry.UndoClosingAsync(_chain.Governor, _college.Id)).Require();
        Chain.Refused("NotClosed", await Registry.AcceptDepositAsync(_archive.Account, _college.Id));

        // The days of the first closing are not those of the next.
        await CloseAsync(_college.Account, _archive.Id);
        await PassAsync(TimeSpan.FromDays(6));
        Chain.Refused("TooEarly", await Registry.AcceptDepositAsync(_archive.Account, _college.Id));
        await PassAsync(TimeSpan.FromDays(1));
        (await Registry.AcceptDepositAsync(_archive.Account, _college.Id)).Require();
    }

    [Fact]
    public async Task Whom_somebody_above_names_closes_with_or_is_accepts_at_once()
    {
        await CloseAsync(_college.Account, _archive.Id);
        Chain.Refused("TooEarly", await Registry.AcceptDepositAsync(_archive.Account, _college.Id));
        (await Registry.NameDepositaryAsync(_ministry.Account, _college.Id, _archive.Id)).Require();
        Assert.Null((await Registry.FindClosingAsync(_college.Id))!.AcceptableFrom);
        await AcceptAsync(_archive.Account);
        await UndoAsync();

        await CloseAsync(_college.Account, null);
        (await Registry.NameDepositaryAsync(_ministry.Account, _college.Id, _archive.Id)).Require();
        await AcceptAsync(_archive.Account);
        await UndoAsync();

        foreach (var above in new[] { _ministry.Account, _chain.Governor })
        {
            await CloseAsync(above, _archive.Id);
            await AcceptAsync(_archive.Account);
            await UndoAsync();
        }

        await CloseAsync(_college.Account, _ministry.Id);
        (await Registry.AcceptDepositAsync(_ministry.Account, _college.Id)).Require();
    }

    private async Task<DateTimeOffset> CloseAsync(EvmAccount by, byte[]? depositary) =>
        Chain.Event<RegistryEvent.OrganisationClosed>(await Registry.CloseOrganisationAsync(by, _college.Id, depositary, "{}")).Place.BlockTime;

    // As it would be, without doing it: what is accepted is never undone.
    private async Task AcceptAsync(EvmAccount depositary) =>
        Assert.IsType<EvmCall.Returned>(await _chain.Evm.CallAsync(Registry.Contract, Abi.Call("acceptDeposit(bytes32)", AbiValue.Bytes32(_college.Id)), depositary.Address));

    private async Task UndoAsync() => (await Registry.UndoClosingAsync(_chain.Governor, _college.Id)).Require();

    private async Task PassAsync(TimeSpan time)
    {
        foreach (var (method, value) in new (string, object[])[] { ("evm_increaseTime", [(long)time.TotalSeconds]), ("evm_mine", []) })
            (await _http.PostAsJsonAsync(_chain.Rpc, new { jsonrpc = "2.0", id = 1, method, @params = value })).EnsureSuccessStatusCode();
    }
}
