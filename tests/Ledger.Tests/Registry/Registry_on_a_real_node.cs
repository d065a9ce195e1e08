using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Registry;

[Collection(nameof(Chain))]
public sealed class RegistryOnARealNode(Chain chain)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    [Fact]
    public async Task The_governor_registers_an_organisation_with_an_account_that_owns_no_ether()
    {
        using var account = EvmAccount.Create();
        var profile = Chain.Profile();

        var write = await chain.Registry.RegisterOrganisationAsync(chain.Governor, profile, account.Address, OrganisationRoles.Issuer | OrganisationRoles.Accreditor);

        var done = Assert.IsType<RegistryWrite.Done>(write);
        var e = Assert.IsType<RegistryEvent.OrganisationRegistered>(done.Event);
        Assert.Equal((profile.Canonical(), account.Address), (e.Profile, e.Account));
        Assert.True(OrganisationProfile.TryParse(e.Profile, out var read, out var reason), reason);
        Assert.Equal(profile, read);
        Assert.Equal(new RegisteredOrganisation(account.Address, OrganisationRoles.Issuer | OrganisationRoles.Accreditor, 0), await chain.Registry.FindOrganisationAsync(profile.Id()));
    }

    [Fact]
    public async Task Only_the_governor_registers_organisations_and_logs()
    {
        using var stranger = EvmAccount.Create();

        var organisation = await chain.Registry.RegisterOrganisationAsync(stranger, Chain.Profile(), stranger.Address, OrganisationRoles.Issuer);
        var log = await chain.Registry.RegisterLogAsync(stranger, "localhost:1/strangers-log", stranger.Address, Chain.Some(32));

        Refused("NotGovernor", organisation);
        Refused("NotGovernor", log);
    }

    [Fact]
    public async Task Attack_a_profile_under_another_id_is_refused()
    {
        var call = Abi.Call("registerOrganisation(bytes32,address,uint8,string)",
            AbiValue.Bytes32(Chain.Some(32)), AbiValue.Address(chain.Governor.Address), AbiValue.Uint(1), AbiValue.Text(Chain.Profile().Canonical()));

        await RefusedRaw("WrongId", chain.Governor, call);
    }

    [Fact]
    public async Task An_organisation_is_registered_once_with_an_account_and_known_roles()
    {
        var profile = Chain.Profile();
        (await chain.Registry.RegisterOrganisationAsync(chain.Governor, profile, chain.Governor.Address, OrganisationRoles.Issuer)).Require();

        Refused("AlreadyRegistered", await chain.Registry.RegisterOrganisationAsync(chain.Governor, profile, chain.Governor.Address, OrganisationRoles.Issuer));
        Refused("BadArgument", await chain.Registry.RegisterOrganisationAsync(chain.Governor, Chain.Profile(), Address.Zero, OrganisationRoles.Issuer));
        Refused("BadArgument", await chain.Registry.RegisterOrganisationAsync(chain.Governor, Chain.Profile(), chain.Governor.Address, OrganisationRoles.None));
        Refused("BadArgument", await chain.Registry.RegisterOrganisationAsync(chain.Governor, Chain.Profile(), chain.Governor.Address, (OrganisationRoles)32));
        await RefusedRaw("BadArgument", chain.Governor, Abi.Call("registerOrganisation(bytes32,address,uint8,string)",
            AbiValue.Bytes32(RegistryClient.LogId(new string('x', 4097))), AbiValue.Address(chain.Governor.Address), AbiValue.Uint(1), AbiValue.Text(new string('x', 4097))));
    }

    [Fact]
    public async Task An_operator_anchors_growing_sizes_and_the_log_is_the_proof()
    {
        var (log, account) = await chain.LogAsync();
        var (first, second) = (Chain.Some(32), Chain.Some(32));

        var done = Assert.IsType<RegistryWrite.Done>(await chain.Registry.AnchorAsync(account, log, 3, first));
        (await chain.Registry.AnchorAsync(account, log, 7, second)).Require();

        Assert.Equal(first, await chain.Registry.RootAtAsync(log, 3));
        Assert.Null(await chain.Registry.RootAtAsync(log, 4));
        var latest = await chain.Registry.LatestAsync(log);
        Assert.Equal(7, latest!.Size);
        Assert.Equal(second, latest.Root);
        Assert.Equal(account.Address, (await chain.Registry.FindLogAsync(log))!.Operator);
        Assert.Equal(done.Receipt.BlockTime, done.Event.Place.BlockTime);
        Assert.InRange((done.Receipt.BlockTime - Now).TotalSeconds, -5, 120);
    }

    [Fact]
    public async Task Attack_anchors_by_others_and_sizes_that_do_not_grow_are_refused()
    {
        var (log, account) = await chain.LogAsync();
        var (_, otherOperator) = await chain.LogAsync();
        (await chain.Registry.AnchorAsync(account, log, 5, Chain.Some(32))).Require();

        Refused("NotOperator", await chain.Registry.AnchorAsync(otherOperator, log, 6, Chain.Some(32)));
        Refused("NotOperator", await chain.Registry.AnchorAsync(chain.Governor, log, 6, Chain.Some(32)));
        Refused("SizeNotGrowing", await chain.Registry.AnchorAsync(account, log, 5, Chain.Some(32)));
        Refused("SizeNotGrowing", await chain.Registry.AnchorAsync(account, log, 4, Chain.Some(32)));
        Refused("SizeNotGrowing", await chain.Registry.AnchorAsync(account, log, 0, Chain.Some(32)));
        Refused("BadArgument", await chain.Registry.AnchorAsync(account, log, 6, new byte[32]));
        Refused("UnknownLog", await chain.Registry.AnchorAsync(account, Chain.Some(32), 6, Chain.Some(32)));
        await RefusedRaw("BadArgument", account, Abi.Call("anchor(bytes32,uint64,bytes32)", AbiValue.Bytes32(log), AbiValue.Uint(ulong.MaxValue), AbiValue.Bytes32(Chain.Some(32))));
    }

    [Fact]
    public async Task A_log_is_registered_once_under_the_hash_of_its_origin()
    {
        var origin = "localhost:5001/" + Convert.ToHexStringLower(Chain.Some(8));
        (await chain.Registry.RegisterLogAsync(chain.Governor, origin, chain.Governor.Address, Chain.Some(32))).Require();

        Refused("AlreadyRegistered", await chain.Registry.RegisterLogAsync(chain.Governor, origin, chain.Governor.Address, Chain.Some(32)));
        Refused("BadArgument", await chain.Registry.RegisterLogAsync(chain.Governor, origin + "2", Address.Zero, Chain.Some(32)));
        Refused("BadArgument", await chain.Registry.RegisterLogAsync(chain.Governor, origin + "2", chain.Governor.Address, new byte[32]));
        Refused("BadArgument", await chain.Registry.RegisterLogAsync(chain.Governor, "", chain.Governor.Address, Chain.Some(32)));
        await RefusedRaw("WrongId", chain.Governor, Abi.Call("registerLog(bytes32,address,bytes32,string)",
            AbiValue.Bytes32(Chain.Some(32)), AbiValue.Address(chain.Governor.Address), AbiValue.Bytes32(Chain.Some(32)), AbiValue.Text(origin + "2")));
    }

    [Fact]
    public async Task Twenty_anchors_at_once_by_one_account_leave_no_nonce_gap()
    {
        var (log, account) = await chain.LogAsync();

        var writes = await Task.WhenAll(Enumerable.Range(1, 20).Select(size => chain.Registry.AnchorAsync(account, log, size, Chain.Some(32))));

        var done = writes.OfType<RegistryWrite.Done>().ToArray();
        Assert.NotEmpty(done);
        Assert.All(writes.Except(done), write => Refused("SizeNotGrowing", write));
        Assert.Equal((ulong)done.Length, await chain.Evm.NonceAsync(account.Address));
        Assert.Equal(20, (await chain.Registry.LatestAsync(log))!.Size);
    }

    [Fact]
    public async Task The_record_reads_back_in_chain_order_whatever_the_range_is_cut_into()
    {
        var (log, account) = await chain.LogAsync();
        for (var size = 1; size <= 5; size++) (await chain.Registry.AnchorAsync(account, log, size, Chain.Some(32))).Require();
        var head = (await chain.Evm.FinalHeadAsync())!.Number;

        var whole = await chain.Registry.ReadEventsAsync(0, head);
        var cut = await new RegistryClient(chain.Client(o => o with { LogRange = 2 }), chain.Registry.Contract).ReadEventsAsync(0, head);

        Assert.Equal(whole.Select(e => e.Place), cut.Select(e => e.Place));
        Assert.Equal([1, 2, 3, 4, 5], whole.OfType<RegistryEvent.Anchored>().Where(e => e.Log.SequenceEqual(log)).Select(e => e.Size));
        Assert.Equal(whole.Select(e => (e.Place.Block, e.Place.LogIndex)).Order(), whole.Select(e => (e.Place.Block, e.Place.LogIndex)));
        Assert.All(whole, e => Assert.True(e.Place.BlockTime > Now.AddDays(-1)));
    }

    [Fact]
    public async Task Deploying_twice_finds_the_same_contract()
    {
        var again = await RegistryClient.DeployAsync(chain.Evm, chain.Governor);

        Assert.Equal(chain.Registry.Contract, again.Contract);
        Assert.Equal(RegistryClient.AddressFor(chain.Governor.Address), again.Contract);
        Assert.Equal(chain.Governor.Address, await again.GovernorAsync());
    }

    [Fact]
    public async Task An_account_that_has_sent_before_cannot_deploy()
    {
        using var account = EvmAccount.Create();
        await chain.Evm.SendAsync(account, account.Address, []);

        var fault = await Assert.ThrowsAsync<EvmException>(() => RegistryClient.DeployAsync(chain.Evm, account));

        Assert.Contains("new account", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Success_without_the_contracts_event_is_a_fault()
    {
        using var account = EvmAccount.Create();
        var nowhere = new RegistryClient(chain.Evm, account.Address); // no contract: every transaction "succeeds"

        var fault = await Assert.ThrowsAsync<EvmException>(() => nowhere.AnchorAsync(account, Chain.Some(32), 1, Chain.Some(32)));

        Assert.Contains("recorded nothing", fault.Message, StringComparison.Ordinal);
        Assert.False(await nowhere.IsDeployedAsync());
        await Assert.ThrowsAsync<EvmException>(() => nowhere.LatestAsync(Chain.Some(32)));
    }

    [Fact]
    public async Task Permissions_say_what_an_account_may_do()
    {
        var (accreditor, ministry) = await chain.OrganisationAsync(OrganisationRoles.Accreditor);
        var (school, account) = await chain.OrganisationAsync(OrganisationRoles.Issuer);

        Assert.Equal(new RegistryPermissions(false, true, true), await chain.Registry.PermissionsAsync(ministry.Address, accreditor));
        Assert.Equal(new RegistryPermissions(false, true, false), await chain.Registry.PermissionsAsync(account.Address, school));
        Assert.Equal(new RegistryPermissions(false, false, false), await chain.Registry.PermissionsAsync(account.Address, accreditor));
        Assert.Equal(new RegistryPermissions(true, false, false), await chain.Registry.PermissionsAsync(chain.Governor.Address, Chain.Some(32)));
    }

    [Fact]
    public async Task An_eip_1559_transaction_is_mined_too()
    {
        var (log, account) = await chain.LogAsync();
        var registry = new RegistryClient(chain.Client(o => o with { Fee = new EvmFee.Dynamic(0, 0) }), chain.Registry.Contract);

        (await registry.AnchorAsync(account, log, 1, Chain.Some(32))).Require();

        Assert.Equal(1, (await registry.LatestAsync(log))!.Size);
    }

    [Fact]
    public async Task The_same_bytes_sent_again_change_nothing()
    {
        var (log, account) = await chain.LogAsync();
        var data = Abi.Call("anchor(bytes32,uint64,bytes32)", AbiValue.Bytes32(log), AbiValue.Uint(1), AbiValue.Bytes32(Chain.Some(32)));
        var signed = await chain.Evm.PrepareAsync(account, chain.Registry.Contract, data);

        var first = await chain.Evm.SendAndWaitAsync(signed);
        var second = await chain.Evm.SendAndWaitAsync(signed);

        Assert.True(first.Succeeded);
        Assert.Equal((first.TransactionHash, first.Block), (second.TransactionHash, second.Block));
        Assert.Equal(1UL, await chain.Evm.NonceAsync(account.Address));
    }

    [Fact]
    public async Task Bytes_whose_nonce_went_to_another_transaction_are_given_up()
    {
        using var account = EvmAccount.Create();
        var (first, second) = (await chain.Evm.PrepareAsync(account, account.Address, []), await chain.Evm.PrepareAsync(account, Address.Zero, []));
        await chain.Evm.SendAndWaitAsync(first);

        var fault = await Assert.ThrowsAsync<EvmException>(() => chain.Evm.SendAndWaitAsync(second));

        Assert.True(fault.Passing);
        Assert.Contains("nonce", fault.Message, StringComparison.Ordinal);
    }

    private Task RefusedRaw(string error, EvmAccount account, byte[] call) => chain.RefusedRawAsync(error, account, call);

    private static void Refused(string error, RegistryWrite write) => Chain.Refused(error, write);
}
