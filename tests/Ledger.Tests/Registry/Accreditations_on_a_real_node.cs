using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Registry;

[Collection(nameof(Chain))]
public sealed class AccreditationsOnARealNode(Chain chain)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    private static readonly Scope Diplomas = new(["urn:identity:qualification:1"], Eqf: new LevelRange(1, 5));

    [Fact]
    public async Task A_root_authority_accredits_an_accreditor_and_that_one_a_college()
    {
        var (_, ministry, root) = await chain.RootAsync();
        var (agency, agencyAccount) = await chain.OrganisationAsync(OrganisationRoles.Accreditor);
        var (college, _) = await chain.OrganisationAsync(OrganisationRoles.Issuer);

        var middle = Chain.Granted(await chain.Registry.GrantAsync(ministry, root, agency, AccreditationRight.Accredit, Diplomas, Now, Now.AddYears(5)));
        var leaf = Chain.Event<RegistryEvent.AccreditationGranted>(await chain.Registry.GrantAsync(agencyAccount, middle, college, AccreditationRight.Issue, Diplomas, Now.AddYears(-3), Now.AddYears(1)));

        Assert.Equal((middle, AccreditationRight.Issue, Diplomas.Canonical()), (leaf.Parent!.Value, leaf.Right, leaf.Scope));
        Assert.Equal(Diplomas.Id(), leaf.ScopeId);
        Assert.Equal(Now.AddYears(-3), leaf.From);
        var found = (await chain.Registry.FindAccreditationAsync(leaf.Number))!;
        Assert.Equal(college, found.Holder);
        Assert.Equal(leaf.Place.BlockTime, found.From); // an earlier date is display text only
        Assert.Equal((leaf.Place.BlockTime, Now.AddYears(1)), (found.GrantedAt, found.Until!.Value));
        Assert.Null(await chain.Registry.WhyNotInForceAsync(leaf.Number, leaf.Place.BlockTime));
        Assert.Equal(leaf.Number, (await chain.Registry.FindOrganisationAsync(college))!.Supervisor);
    }

    [Fact]
    public async Task Every_link_is_looked_at_and_the_one_nearest_the_root_is_named()
    {
        var (_, ministry, root) = await chain.RootAsync();
        var (agency, agencyAccount) = await chain.OrganisationAsync(OrganisationRoles.Accreditor);
        var (college, _) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var middle = Chain.Granted(await chain.Registry.GrantAsync(ministry, root, agency, AccreditationRight.Accredit, Diplomas, Now, Now.AddYears(5)));
        var leaf = Chain.Granted(await chain.Registry.GrantAsync(agencyAccount, middle, college, AccreditationRight.Issue, Diplomas, Now.AddYears(2), Now.AddYears(3)));

        Assert.Contains($"{leaf} the time has not begun", await chain.Registry.WhyNotInForceAsync(leaf, Now.AddYears(1)), StringComparison.Ordinal);
        Assert.Null(await chain.Registry.WhyNotInForceAsync(leaf, Now.AddYears(2)));
        Assert.Contains($"{leaf} the time is over", await chain.Registry.WhyNotInForceAsync(leaf, Now.AddYears(3)), StringComparison.Ordinal);
        Assert.Contains($"{middle} the time is over", await chain.Registry.WhyNotInForceAsync(leaf, Now.AddYears(5)), StringComparison.Ordinal);
        Assert.Contains($"{root} the time has not begun", await chain.Registry.WhyNotInForceAsync(leaf, Now.AddYears(-1)), StringComparison.Ordinal);
        (await chain.Registry.WithdrawAsync(ministry, middle, Now.AddYears(2).AddDays(1))).Require();
        Assert.Null(await chain.Registry.WhyNotInForceAsync(leaf, Now.AddYears(2)));
        Assert.Contains($"{middle} a withdrawal is recorded", await chain.Registry.WhyNotInForceAsync(leaf, Now.AddYears(2).AddDays(1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_grants_by_those_who_may_not_are_refused()
    {
        var (ministryId, ministry, root) = await chain.RootAsync();
        var (college, collegeAccount) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var leaf = Chain.Granted(await chain.Registry.GrantAsync(ministry, root, college, AccreditationRight.Issue, Diplomas, Now, null));

        Refused("NotGovernor", await chain.Registry.AdmitRootAsync(ministry, ministryId, AccreditationRight.Accredit, Diplomas, Now, null));
        Refused("NotEntitled", await chain.Registry.GrantAsync(collegeAccount, root, college, AccreditationRight.Issue, Diplomas, Now, null));
        Refused("NotEntitled", await chain.Registry.GrantAsync(chain.Governor, root, college, AccreditationRight.Issue, Diplomas, Now, null));
        var reason = Refused("NotEntitled", await chain.Registry.GrantAsync(collegeAccount, leaf, college, AccreditationRight.Issue, Diplomas, Now, null));
        Assert.Contains($"{leaf} the right to grant is missing", reason, StringComparison.Ordinal);
        Refused("UnknownAccreditation", await chain.Registry.GrantAsync(ministry, 1_000_000, college, AccreditationRight.Issue, Diplomas, Now, null));
        Refused("UnknownOrganisation", await chain.Registry.GrantAsync(ministry, root, Chain.Some(32), AccreditationRight.Issue, Diplomas, Now, null));
        Refused("MissingRole", await chain.Registry.GrantAsync(ministry, root, ministryId, AccreditationRight.Issue, Diplomas, Now, null));
        Refused("MissingRole", await chain.Registry.GrantAsync(ministry, root, college, AccreditationRight.Accredit, Diplomas, Now, null));
        Refused("BadArgument", await chain.Registry.GrantAsync(ministry, root, college, AccreditationRight.None, Diplomas, Now, null));
        Refused("BadArgument", await chain.Registry.GrantAsync(ministry, root, college, AccreditationRight.Issue, Diplomas, Now, Now.AddYears(-1)));
        Refused("BadArgument", await chain.Registry.AdmitRootAsync(chain.Governor, ministryId, AccreditationRight.Issue, Diplomas, Now, null));
        await chain.RefusedRawAsync("BadArgument", ministry, Grant(root, college, 4, "{}", 0));
        await chain.RefusedRawAsync("BadArgument", ministry, Grant(root, college, 1, "", 0));
        await chain.RefusedRawAsync("BadArgument", ministry, Grant(root, college, 1, new string('x', 4097), 0));
        await chain.RefusedRawAsync("BadArgument", ministry, Grant(root, college, 1, "{}", ulong.MaxValue));
    }

    [Fact]
    public async Task Attack_an_accreditation_that_outlives_the_one_above_is_refused()
    {
        var (agency, agencyAccount) = await chain.OrganisationAsync(OrganisationRoles.Accreditor);
        var (college, _) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (_, ministry, root) = await chain.RootAsync();
        var middle = Chain.Granted(await chain.Registry.GrantAsync(ministry, root, agency, AccreditationRight.Accredit, Diplomas, Now, Now.AddYears(1)));

        Refused("NotEntitled", await chain.Registry.GrantAsync(agencyAccount, middle, college, AccreditationRight.Issue, Diplomas, Now, Now.AddYears(1).AddSeconds(1)));
        Refused("NotEntitled", await chain.Registry.GrantAsync(agencyAccount, middle, college, AccreditationRight.Issue, Diplomas, Now, null));
        (await chain.Registry.GrantAsync(agencyAccount, middle, college, AccreditationRight.Issue, Diplomas, Now, Now.AddYears(1))).Require();
    }

    [Fact]
    public async Task Attack_nobody_grants_under_a_link_that_is_withdrawn_above()
    {
        var (agency, agencyAccount) = await chain.OrganisationAsync(OrganisationRoles.Accreditor);
        var (college, _) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (_, ministry, root) = await chain.RootAsync();
        var middle = Chain.Granted(await chain.Registry.GrantAsync(ministry, root, agency, AccreditationRight.Accredit, Diplomas, Now, null));
        (await chain.Registry.WithdrawAsync(chain.Governor, root, Now)).Require();

        var reason = Refused("NotEntitled", await chain.Registry.GrantAsync(agencyAccount, middle, college, AccreditationRight.Issue, Diplomas, Now, null));

        Assert.Contains($"{root} a withdrawal is recorded", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_has_eight_links_at_most()
    {
        var (id, account, number) = await chain.RootAsync();
        for (var depth = 2; depth <= 8; depth++)
        {
            var (next, nextAccount) = await chain.OrganisationAsync(OrganisationRoles.Accreditor | OrganisationRoles.Issuer);
            number = Chain.Granted(await chain.Registry.GrantAsync(account, number, next, AccreditationRight.Accredit, Diplomas, Now, null));
            (id, account) = (next, nextAccount);
        }

        Refused("NotEntitled", await chain.Registry.GrantAsync(account, number, id, AccreditationRight.Issue, Diplomas, Now, null));
    }

    [Fact]
    public async Task Whoever_granted_withdraws_from_now_on_and_only_a_higher_one_dates_it_back()
    {
        var (agency, agencyAccount) = await chain.OrganisationAsync(OrganisationRoles.Accreditor);
        var (college, collegeAccount) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (_, ministry, root) = await chain.RootAsync();
        var middle = Chain.Granted(await chain.Registry.GrantAsync(ministry, root, agency, AccreditationRight.Accredit, Diplomas, Now, null));
        var leaf = Chain.Granted(await chain.Registry.GrantAsync(agencyAccount, middle, college, AccreditationRight.Issue, Diplomas, Now, null));

        Refused("NotAbove", await chain.Registry.WithdrawAsync(collegeAccount, leaf, Now));
        Refused("NotAbove", await chain.Registry.WithdrawAsync(agencyAccount, middle, Now)); // nobody ends his own
        Refused("UnknownAccreditation", await chain.Registry.WithdrawAsync(ministry, 1_000_000, Now));
        var later = Withdrawn(await chain.Registry.WithdrawAsync(agencyAccount, leaf, Now.AddYears(1)));
        Assert.Equal(Now.AddYears(1), later.At);
        Refused("AlreadyWithdrawn", await chain.Registry.WithdrawAsync(agencyAccount, leaf, Now.AddYears(2)));
        var now = Withdrawn(await chain.Registry.WithdrawAsync(agencyAccount, leaf, Now.AddYears(-5)));
        Assert.Equal(now.Place.BlockTime, now.At);
        Assert.Equal(Now.AddYears(-5), Withdrawn(await chain.Registry.WithdrawAsync(ministry, leaf, Now.AddYears(-5))).At);
        Assert.Equal(Now.AddYears(-6), Withdrawn(await chain.Registry.WithdrawAsync(chain.Governor, leaf, Now.AddYears(-6))).At);
        Refused("AlreadyWithdrawn", await chain.Registry.WithdrawAsync(ministry, leaf, Now.AddYears(-5)));
        await chain.RefusedRawAsync("BadArgument", ministry, Abi.Call("withdraw(uint64,uint64)", AbiValue.Uint(leaf), AbiValue.Uint(ulong.MaxValue)));
    }

    [Fact]
    public async Task Attack_an_accreditor_whose_own_accreditation_was_withdrawn_has_no_say_any_more()
    {
        var (agency, agencyAccount) = await chain.OrganisationAsync(OrganisationRoles.Accreditor);
        var (college, collegeAccount) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (_, ministry, root) = await chain.RootAsync();
        var middle = Chain.Granted(await chain.Registry.GrantAsync(ministry, root, agency, AccreditationRight.Accredit, Diplomas, Now, null));
        var leaf = Chain.Granted(await chain.Registry.GrantAsync(agencyAccount, middle, college, AccreditationRight.Issue, Diplomas, Now, null));
        var (thumbprint, x) = (Chain.Some(32), Chain.Some(32));
        (await chain.Registry.AddKeyAsync(collegeAccount, college, thumbprint, Now, x, x)).Require();
        (await chain.Registry.WithdrawAsync(ministry, middle, Now)).Require();

        Refused("NotAbove", await chain.Registry.WithdrawAsync(agencyAccount, leaf, Now));
        Refused("NotOrganisationAccount", await chain.Registry.EndKeyAsync(agencyAccount, college, thumbprint, Now.AddDays(-9), KeyEnding.Compromised));
        (await chain.Registry.EndKeyAsync(ministry, college, thumbprint, Now.AddDays(-9), KeyEnding.Compromised)).Require(); // the higher one still does
    }

    [Fact]
    public async Task Attack_the_account_of_a_closed_accreditor_is_found_on_an_old_disk()
    {
        var (agency, agencyAccount) = await chain.OrganisationAsync(OrganisationRoles.Accreditor | OrganisationRoles.Depositary);
        var (college, collegeAccount) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (gone, goneAccount) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (accomplice, _) = await chain.OrganisationAsync(OrganisationRoles.Depositary);
        var (_, ministry, root) = await chain.RootAsync();
        var middle = Chain.Granted(await chain.Registry.GrantAsync(ministry, root, agency, AccreditationRight.Accredit, Diplomas, DateTimeOffset.UnixEpoch, null));
        var leaf = Chain.Granted(await chain.Registry.GrantAsync(agencyAccount, middle, college, AccreditationRight.Issue, Diplomas, DateTimeOffset.UnixEpoch, null));
        Chain.Granted(await chain.Registry.GrantAsync(agencyAccount, middle, gone, AccreditationRight.Issue, Diplomas, DateTimeOffset.UnixEpoch, null));
        var (thumbprint, x) = (Chain.Some(32), Chain.Some(32));
        (await chain.Registry.AddKeyAsync(collegeAccount, college, thumbprint, Now, x, x)).Require();
        (await chain.Registry.CloseOrganisationAsync(goneAccount, gone, agency, "{}")).Require();
        (await chain.Registry.CloseOrganisationAsync(agencyAccount, agency, null, "{}")).Require();

        Refused("NotOrganisationAccount", await chain.Registry.CloseOrganisationAsync(agencyAccount, college, accomplice, "{}"));
        Refused("NotOrganisationAccount", await chain.Registry.EndKeyAsync(agencyAccount, college, thumbprint, Now.AddDays(-9), KeyEnding.Compromised));
        Refused("NotAbove", await chain.Registry.NameDepositaryAsync(agencyAccount, gone, accomplice));
        Refused("NotAbove", await chain.Registry.WithdrawAsync(agencyAccount, leaf, Now));

        // What it accredited stays, and whoever stands higher goes on.
        Assert.Null(await chain.Registry.WhyNotInForceAsync(leaf, Now.AddDays(1)));
        (await chain.Registry.NameDepositaryAsync(ministry, gone, accomplice)).Require();
        (await chain.Registry.EndKeyAsync(ministry, college, thumbprint, Now.AddDays(-9), KeyEnding.Compromised)).Require();
        (await chain.Registry.EndKeyAsync(chain.Governor, college, thumbprint, Now.AddDays(-10), KeyEnding.Compromised)).Require();
        (await chain.Registry.WithdrawAsync(ministry, leaf, Now.AddDays(-9))).Require();

        // Until governance undoes the closing.
        (await chain.Registry.UndoClosingAsync(chain.Governor, agency)).Require();
        (await chain.Registry.CloseOrganisationAsync(agencyAccount, college, accomplice, "{}")).Require();
    }

    [Fact]
    public async Task Attack_a_foreign_accreditor_that_accredits_a_college_unasked_cannot_end_its_keys()
    {
        var (college, account) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (_, ministry, root) = await chain.RootAsync();
        var (_, foreign, foreignRoot) = await chain.RootAsync();
        var home = Chain.Granted(await chain.Registry.GrantAsync(ministry, root, college, AccreditationRight.Issue, Diplomas, Now, null));
        var unasked = Chain.Granted(await chain.Registry.GrantAsync(foreign, foreignRoot, college, AccreditationRight.Issue, Diplomas, Now, null));
        var (thumbprint, x) = (Chain.Some(32), Chain.Some(32));
        (await chain.Registry.AddKeyAsync(account, college, thumbprint, Now, x, x)).Require();

        Refused("NotOrganisationAccount", await chain.Registry.EndKeyAsync(foreign, college, thumbprint, Now.AddDays(-9), KeyEnding.Compromised));
        Refused("NotOrganisationAccount", await chain.Registry.CloseOrganisationAsync(foreign, college, null, "{}"));
        Refused("NotGovernor", await chain.Registry.ChangeSupervisionAsync(foreign, college, unasked));
        Assert.Equal(home, (await chain.Registry.FindOrganisationAsync(college))!.Supervisor);
        (await chain.Registry.ChangeSupervisionAsync(chain.Governor, college, unasked)).Require();
        Refused("UnknownAccreditation", await chain.Registry.ChangeSupervisionAsync(chain.Governor, college, root));
        (await chain.Registry.EndKeyAsync(foreign, college, thumbprint, Now.AddDays(-9), KeyEnding.Compromised)).Require();
    }

    private static RegistryEvent.AccreditationWithdrawn Withdrawn(RegistryWrite write) => Chain.Event<RegistryEvent.AccreditationWithdrawn>(write);

    private static string Refused(string error, RegistryWrite write) => Chain.Refused(error, write);

    private static byte[] Grant(ulong parent, byte[] holder, int right, string scope, ulong until) => Abi.Call("grant(uint64,bytes32,uint8,string,uint64,uint64)",
        AbiValue.Uint(parent), AbiValue.Bytes32(holder), AbiValue.Uint(right), AbiValue.Text(scope), AbiValue.Uint(0), AbiValue.Uint(until));
}
