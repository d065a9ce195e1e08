using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Registry;

[Collection(nameof(Chain))]
public sealed class GovernanceOnARealNode(Chain chain)
{
    private readonly EvmAccount[] _members = [EvmAccount.Create(), EvmAccount.Create(), EvmAccount.Create()];

    [Fact]
    public void The_client_knows_every_event_and_refusal_of_the_contract_and_no_other()
    {
        string[] events = [GovernanceClient.Proposed, GovernanceClient.Approved, GovernanceClient.Revoked, GovernanceClient.Executed, GovernanceClient.MembersChanged];

        Assert.Equal(ContractAndProfile.Signatures(CompiledContract.Governance, "event"), events.Order(StringComparer.Ordinal));
        Assert.Equal(ContractAndProfile.Signatures(CompiledContract.Governance, "error"), GovernanceClient.Refusals.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_of_three_register_an_organisation_and_one_cannot()
    {
        var (governance, registry) = await DeployAsync(2);
        var profile = Chain.Profile();
        var proposal = (await governance.ProposeAsync(_members[0], registry.Contract, Register(profile, _members[0].Address))).Require();
        Assert.False(proposal.IsExecuted);
        Assert.Null(await registry.FindOrganisationAsync(profile.Id()));
        Assert.Equal((1, false), ((await governance.FindAsync(proposal.Proposal))!.Approvals, (await governance.FindAsync(proposal.Proposal))!.IsExecuted));

        Refused("AlreadyApproved", await governance.ApproveAsync(_members[0], proposal.Proposal));
        var second = (await governance.ApproveAsync(_members[2], proposal.Proposal)).Require();

        Assert.True(second.IsExecuted);
        Assert.Equal(_members[0].Address, (await registry.FindOrganisationAsync(profile.Id()))!.Account);
        Refused("AlreadyExecuted", await governance.ApproveAsync(_members[1], proposal.Proposal));
        Chain.Refused("NotGovernor", await registry.RegisterOrganisationAsync(_members[0], Chain.Profile(), _members[0].Address, OrganisationRoles.Issuer)); // no member is the governor
    }

    [Fact]
    public async Task Deploying_again_finds_what_is_there_and_the_deployer_governs_nothing()
    {
        using var deployer = EvmAccount.Create();
        var (governance, registry) = await GovernanceClient.DeployAsync(chain.Evm, deployer, Addresses(3), 2);
        var again = await GovernanceClient.DeployAsync(chain.Evm, deployer, Addresses(1), 1);

        Assert.Equal((governance.Contract, registry.Contract), (again.Governance.Contract, again.Registry.Contract));
        var (members, threshold) = await governance.MembersAsync();
        Assert.Equal(Addresses(3), members);
        Assert.Equal(2, threshold);
        Assert.Equal(governance.Contract, await registry.GovernorAsync());
        Refused("NotMember", await governance.ProposeAsync(deployer, registry.Contract, Register(Chain.Profile(), deployer.Address)));
        Chain.Refused("NotGovernor", await registry.RegisterOrganisationAsync(deployer, Chain.Profile(), deployer.Address, OrganisationRoles.Issuer));
    }

    [Fact]
    public async Task Attack_proposals_and_approvals_by_those_who_may_not_are_refused()
    {
        var (governance, registry) = await DeployAsync(2);
        using var stranger = EvmAccount.Create();
        var proposal = (await governance.ProposeAsync(_members[0], registry.Contract, Register(Chain.Profile(), stranger.Address))).Require().Proposal;

        Refused("NotMember", await governance.ProposeAsync(stranger, registry.Contract, []));
        Refused("NotMember", await governance.ApproveAsync(stranger, proposal));
        Refused("NotMember", await governance.RevokeAsync(stranger, proposal));
        Refused("UnknownProposal", await governance.ApproveAsync(_members[1], proposal + 1));
        Refused("UnknownProposal", await governance.ApproveAsync(_members[1], 0));
        Refused("NotApproved", await governance.RevokeAsync(_members[1], proposal));
        Refused("BadCall", await governance.ProposeAsync(_members[0], stranger.Address, []));
        Refused("BadCall", await governance.ProposeAsync(_members[0], registry.Contract, new byte[16_385]));
        await chain.RefusedRawAsync("NotGovernance", _members[0], GovernanceClient.ChangeMembers([stranger.Address], 1), governance.Contract);
    }

    [Fact]
    public async Task An_approval_can_be_taken_back_and_a_refusal_of_the_registry_leaves_the_proposal_open()
    {
        var (governance, registry) = await DeployAsync(2);
        var profile = Chain.Profile();
        var call = Register(profile, _members[0].Address);
        var first = (await governance.ProposeAsync(_members[0], registry.Contract, call)).Require().Proposal;
        (await governance.RevokeAsync(_members[0], first)).Require();
        Assert.False((await governance.ApproveAsync(_members[1], first)).Require().IsExecuted);
        Assert.True((await governance.ApproveAsync(_members[0], first)).Require().IsExecuted);

        var twice = (await governance.ProposeAsync(_members[0], registry.Contract, call)).Require().Proposal;
        Refused("AlreadyRegistered", await governance.ApproveAsync(_members[1], twice));

        Assert.False((await governance.FindAsync(twice))!.IsExecuted);
        Assert.Equal(1, (await governance.FindAsync(twice))!.Approvals);
    }

    [Fact]
    public async Task Members_change_themselves_together_and_who_left_does_not_count_any_more()
    {
        var (governance, registry) = await DeployAsync(2);
        using var next = EvmAccount.Create();
        var pending = (await governance.ProposeAsync(_members[0], registry.Contract, Register(Chain.Profile(), next.Address))).Require().Proposal;
        var change = (await governance.ProposeAsync(_members[1], governance.Contract, GovernanceClient.ChangeMembers([_members[1].Address, _members[2].Address, next.Address], 2))).Require().Proposal;
        Assert.True((await governance.ApproveAsync(_members[2], change)).Require().IsExecuted);

        Refused("NotMember", await governance.ApproveAsync(_members[0], pending));
        Assert.Equal(0, (await governance.FindAsync(pending))!.Approvals);
        Assert.False((await governance.ApproveAsync(_members[1], pending)).Require().IsExecuted);
        Assert.True((await governance.ApproveAsync(next, pending)).Require().IsExecuted);
    }

    [Fact]
    public async Task Attack_members_that_would_lock_everybody_out_are_refused()
    {
        var (governance, _) = await DeployAsync(1);
        var (one, two) = (_members[0].Address, _members[1].Address);
        (Address[] Members, int Threshold)[] bad = [([], 0), ([], 1), ([one], 0), ([one], 2), ([one, one], 1), ([one, Address.Zero], 1), ([one, two, governance.Contract], 1), ([.. Enumerable.Range(1, 33).Select(i => Address.OfContract(one, (ulong)i))], 1)];

        foreach (var (members, threshold) in bad) Refused("BadMembers", await governance.ProposeAsync(_members[0], governance.Contract, GovernanceClient.ChangeMembers(members, threshold)));

        Assert.Equal(Addresses(3), (await governance.MembersAsync()).Members);
    }

    private Address[] Addresses(int count) => [.. _members.Take(count).Select(m => m.Address)];

    private async Task<(GovernanceClient, RegistryClient)> DeployAsync(int threshold)
    {
        using var deployer = EvmAccount.Create();
        return await GovernanceClient.DeployAsync(chain.Evm, deployer, Addresses(3), threshold);
    }

    private static byte[] Register(OrganisationProfile profile, Address account) => Abi.Call("registerOrganisation(bytes32,address,uint8,string)",
        AbiValue.Bytes32(profile.Id()), AbiValue.Address(account), AbiValue.Uint((int)OrganisationRoles.Issuer), AbiValue.Text(profile.Canonical()));

    private static void Refused(string error, GovernanceWrite write)
    {
        var refused = Assert.IsType<GovernanceWrite.Refused>(write);
        Assert.Equal(error, refused.Error);
        Assert.NotEmpty(refused.Reason);
    }
}
