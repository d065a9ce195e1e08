using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Registry;

[Collection(nameof(Chain))]
public sealed class KeysAndClosingOnARealNode(Chain chain)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    private static readonly Scope Diplomas = new(["urn:identity:qualification:1"]);

    [Fact]
    public async Task A_key_counts_from_its_block_or_later_and_its_ends_only_move_to_earlier_times()
    {
        var (college, account) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (now, later) = (Chain.Some(32), Chain.Some(32));

        var added = await AddAsync(account, college, now, Now.AddDays(-3));
        await AddAsync(account, college, later, Now.AddYears(1));
        Assert.Equal(Now.AddDays(-3), added.From);
        Assert.Equal(added.Place.BlockTime, (await chain.Registry.FindKeyAsync(now))!.From);
        Assert.Equal(Now.AddYears(1), (await chain.Registry.FindKeyAsync(later))!.From);

        Assert.Equal(Now.AddDays(9), (await EndAsync(account, college, now, Now.AddDays(9), KeyEnding.Retired)).EndedAt);
        Refused("AlreadyEnded", await chain.Registry.EndKeyAsync(account, college, now, Now.AddDays(9), KeyEnding.Retired));
        Assert.Equal(Now.AddDays(5), (await EndAsync(account, college, now, Now.AddDays(5), KeyEnding.Retired)).EndedAt);
        var retired = await EndAsync(account, college, now, Now.AddDays(-5), KeyEnding.Retired);
        Assert.Equal(retired.Place.BlockTime, retired.EndedAt); // a retirement never reaches back
        await EndAsync(account, college, now, Now.AddDays(7), KeyEnding.Compromised);
        Refused("AlreadyEnded", await chain.Registry.EndKeyAsync(account, college, now, Now.AddDays(8), KeyEnding.Compromised));
        Refused("AlreadyEnded", await chain.Registry.EndKeyAsync(account, college, now, Now.AddDays(6), KeyEnding.Retired));
        await EndAsync(account, college, now, Now.AddDays(6), KeyEnding.Compromised);

        var key = (await chain.Registry.FindKeyAsync(now))!;
        Assert.Equal((retired.EndedAt, Now.AddDays(6)), (key.RetiredAt!.Value, key.CompromisedAt!.Value)); // neither end hides the other
    }

    [Fact]
    public async Task Attack_keys_of_others_and_back_dated_thefts_are_refused()
    {
        var (college, account) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (other, otherAccount) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (_, ministry, root) = await chain.RootAsync();
        var (thumbprint, x) = (Chain.Some(32), Chain.Some(32));
        await AddAsync(account, college, thumbprint, Now);

        Refused("NotOrganisationAccount", await chain.Registry.AddKeyAsync(otherAccount, college, Chain.Some(32), Now, x, x));
        Refused("NotOrganisationAccount", await chain.Registry.AddKeyAsync(chain.Governor, college, Chain.Some(32), Now, x, x));
        Refused("UnknownOrganisation", await chain.Registry.AddKeyAsync(account, Chain.Some(32), Chain.Some(32), Now, x, x));
        Refused("AlreadyRegistered", await chain.Registry.AddKeyAsync(otherAccount, other, thumbprint, Now, x, x));
        Refused("BadArgument", await chain.Registry.AddKeyAsync(account, college, new byte[32], Now, x, x));
        Refused("BadArgument", await chain.Registry.AddKeyAsync(account, college, Chain.Some(32), Now, new byte[32], x));
        Refused("NotOrganisationAccount", await chain.Registry.EndKeyAsync(otherAccount, college, thumbprint, Now.AddHours(1), KeyEnding.Retired));
        Refused("UnknownKey", await chain.Registry.EndKeyAsync(otherAccount, other, thumbprint, Now.AddHours(1), KeyEnding.Retired));
        Refused("UnknownKey", await chain.Registry.EndKeyAsync(account, college, Chain.Some(32), Now.AddHours(1), KeyEnding.Retired));
        Refused("BadArgument", await chain.Registry.EndKeyAsync(account, college, thumbprint, Now.AddHours(1), (KeyEnding)3));
        Refused("BadArgument", await chain.Registry.EndKeyAsync(chain.Governor, college, thumbprint, DateTimeOffset.UnixEpoch, KeyEnding.Compromised));
        Refused("BackdatingNeedsSupervisor", await chain.Registry.EndKeyAsync(account, college, thumbprint, Now.AddDays(-1), KeyEnding.Compromised));
        Refused("NotOrganisationAccount", await chain.Registry.EndKeyAsync(ministry, college, thumbprint, Now.AddDays(-1), KeyEnding.Compromised)); // does not supervise it

        (await chain.Registry.GrantAsync(ministry, root, college, AccreditationRight.Issue, Diplomas, Now, null)).Require();
        Assert.Equal(Now.AddDays(-1), (await EndAsync(ministry, college, thumbprint, Now.AddDays(-1), KeyEnding.Compromised)).EndedAt);
        Assert.Equal(Now.AddDays(-2), (await EndAsync(chain.Governor, college, thumbprint, Now.AddDays(-2), KeyEnding.Compromised)).EndedAt);
    }

    [Fact]
    public async Task An_account_is_handed_over_and_a_lost_one_replaced_by_the_governor()
    {
        var (college, old) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        using var next = EvmAccount.Create();
        using var stranger = EvmAccount.Create();

        Refused("NotOrganisationAccount", await chain.Registry.ChangeOrganisationAsync(stranger, college, stranger.Address, OrganisationRoles.Issuer));
        Refused("NotGovernor", await chain.Registry.ChangeOrganisationAsync(old, college, next.Address, OrganisationRoles.Issuer | OrganisationRoles.Accreditor));
        Refused("UnknownOrganisation", await chain.Registry.ChangeOrganisationAsync(old, Chain.Some(32), next.Address, OrganisationRoles.Issuer));
        Refused("BadArgument", await chain.Registry.ChangeOrganisationAsync(old, college, Address.Zero, OrganisationRoles.Issuer));
        (await chain.Registry.ChangeOrganisationAsync(old, college, next.Address, OrganisationRoles.Issuer)).Require();
        Refused("NotOrganisationAccount", await chain.Registry.AddKeyAsync(old, college, Chain.Some(32), Now, Chain.Some(32), Chain.Some(32)));
        await AddAsync(next, college, Chain.Some(32), Now);
        (await chain.Registry.ChangeOrganisationAsync(chain.Governor, college, old.Address, OrganisationRoles.Depositary)).Require();

        Assert.Equal(new RegisteredOrganisation(old.Address, OrganisationRoles.Depositary, 0), await chain.Registry.FindOrganisationAsync(college));
    }

    [Fact]
    public async Task A_log_gets_another_key_from_the_size_that_is_anchored_on()
    {
        var (log, account) = await chain.LogAsync();
        var (key, third) = (Chain.Some(32), Chain.Some(32));
        using var other = EvmAccount.Create();
        (await chain.Registry.AnchorAsync(account, log, 40, Chain.Some(32))).Require();

        Refused("NotOperator", await chain.Registry.ChangeLogAsync(other, log, other.Address, key));
        Refused("NotOperator", await chain.Registry.ChangeLogAsync(account, log, other.Address, key)); // who anchors is the governor's to say
        Refused("BadArgument", await chain.Registry.ChangeLogAsync(account, log, account.Address, new byte[32]));
        Refused("UnknownLog", await chain.Registry.ChangeLogAsync(account, Chain.Some(32), account.Address, key));
        var changed = Chain.Event<RegistryEvent.LogChanged>(await chain.Registry.ChangeLogAsync(account, log, account.Address, key));
        (await chain.Registry.AnchorAsync(account, log, 50, Chain.Some(32))).Require();
        var moved = Chain.Event<RegistryEvent.LogChanged>(await chain.Registry.ChangeLogAsync(chain.Governor, log, other.Address, key));
        Refused("NotOperator", await chain.Registry.AnchorAsync(account, log, 60, Chain.Some(32)));
        (await chain.Registry.AnchorAsync(other, log, 60, Chain.Some(32))).Require();
        (await chain.Registry.ChangeLogAsync(other, log, other.Address, third)).Require();

        Assert.Equal((40, 40), (changed.FromSize, moved.FromSize)); // another operator with the same key: the key signs since 40
        var found = (await chain.Registry.FindLogAsync(log))!;
        Assert.Equal((other.Address, 60), (found.Operator, found.KeyFromSize));
        Assert.Equal(third, found.Ed25519Key);
    }

    [Fact]
    public async Task An_organisation_says_in_which_log_it_records()
    {
        var (log, _) = await chain.LogAsync();
        var (college, account) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        using var stranger = EvmAccount.Create();

        Assert.Null(await chain.Registry.LogSinceAsync(college, log));
        Refused("NotOrganisationAccount", await chain.Registry.UseLogAsync(stranger, college, log));
        Refused("UnknownLog", await chain.Registry.UseLogAsync(account, college, Chain.Some(32)));
        var used = Chain.Event<RegistryEvent.LogUsed>(await chain.Registry.UseLogAsync(account, college, log));
        Refused("AlreadyRegistered", await chain.Registry.UseLogAsync(account, college, log));

        Assert.Equal(used.Place.BlockTime, await chain.Registry.LogSinceAsync(college, log));
    }

    [Fact]
    public async Task A_college_closes_and_a_depositary_takes_over()
    {
        var (log, _) = await chain.LogAsync();
        var (college, account) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (archive, archiveAccount) = await chain.OrganisationAsync(OrganisationRoles.Issuer | OrganisationRoles.Depositary);
        var (_, ministry, root) = await chain.RootAsync();
        var thumbprint = Chain.Some(32);
        await AddAsync(account, college, thumbprint, Now);

        Refused("NotClosed", await chain.Registry.AcceptDepositAsync(archiveAccount, college));
        var closed = Chain.Event<RegistryEvent.OrganisationClosed>(await chain.Registry.CloseOrganisationAsync(account, college, archive, "{\"lists\":[]}"));
        Assert.Equal(new RegisteredClosing(archive, closed.StatementId, closed.Place.BlockTime, null, closed.Place.BlockTime.AddDays(7)) with { Depositary = null, StatementId = [] },
            (await chain.Registry.FindClosingAsync(college))! with { Depositary = null, StatementId = [] });
        Assert.Equal(System.Security.Cryptography.SHA256.HashData("{\"lists\":[]}"u8), closed.StatementId);

        Refused("OrganisationIsClosed", await chain.Registry.CloseOrganisationAsync(account, college, archive, "{}"));
        Refused("OrganisationIsClosed", await chain.Registry.AddKeyAsync(account, college, Chain.Some(32), Now, Chain.Some(32), Chain.Some(32)));
        Refused("OrganisationIsClosed", await chain.Registry.UseLogAsync(account, college, log));
        Refused("OrganisationIsClosed", await chain.Registry.GrantAsync(ministry, root, college, AccreditationRight.Issue, Diplomas, Now, null));
        await EndAsync(account, college, thumbprint, Now.AddHours(1), KeyEnding.Compromised); // a theft may come to light later
        Refused("NotOrganisationAccount", await chain.Registry.AcceptDepositAsync(account, college));
        (await chain.Registry.NameDepositaryAsync(chain.Governor, college, archive)).Require(); // the same again: whoever supervises confirms it
        var accepted = Chain.Event<RegistryEvent.DepositAccepted>(await chain.Registry.AcceptDepositAsync(archiveAccount, college));
        Refused("AlreadyAccepted", await chain.Registry.AcceptDepositAsync(archiveAccount, college));

        var found = (await chain.Registry.FindClosingAsync(college))!;
        Assert.Equal(archive, found.Depositary);
        Assert.Equal(accepted.Place.BlockTime, found.AcceptedAt);
    }

    [Fact]
    public async Task A_closing_that_anybody_ever_accepted_is_not_undone_whoever_is_named_afterwards()
    {
        var (college, _) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (archive, archiveAccount) = await chain.OrganisationAsync(OrganisationRoles.Depositary);
        var (second, secondAccount) = await chain.OrganisationAsync(OrganisationRoles.Depositary);
        (await chain.Registry.CloseOrganisationAsync(chain.Governor, college, archive, "{}")).Require();
        (await chain.Registry.UndoClosingAsync(chain.Governor, college)).Require();
        (await chain.Registry.CloseOrganisationAsync(chain.Governor, college, archive, "{}")).Require();
        Assert.False((await chain.Registry.FindClosingAsync(college))!.EverAccepted);
        (await chain.Registry.AcceptDepositAsync(archiveAccount, college)).Require();
        (await chain.Registry.CloseOrganisationAsync(archiveAccount, archive, null, "{}")).Require();
        (await chain.Registry.NameDepositaryAsync(chain.Governor, college, second)).Require();

        var named = (await chain.Registry.FindClosingAsync(college))!;
        Assert.Equal((null, null, true), (named.AcceptedAt, named.AcceptableFrom, named.EverAccepted));
        Refused("AlreadyAccepted", await chain.Registry.UndoClosingAsync(chain.Governor, college)); // what the first issued again and revoked would be forgotten
        (await chain.Registry.AcceptDepositAsync(secondAccount, college)).Require();
        Assert.True((await chain.Registry.FindClosingAsync(college))!.EverAccepted);
    }

    [Fact]
    public async Task Attack_closings_and_depositaries_by_those_who_may_not_are_refused()
    {
        var (college, account) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (archive, archiveAccount) = await chain.OrganisationAsync(OrganisationRoles.Depositary);
        var (second, secondAccount) = await chain.OrganisationAsync(OrganisationRoles.Depositary);
        var (school, schoolAccount) = await chain.OrganisationAsync(OrganisationRoles.Issuer);
        var (_, ministry, root) = await chain.RootAsync();
        (await chain.Registry.GrantAsync(ministry, root, college, AccreditationRight.Issue, Diplomas, Now, null)).Require();

        Refused("NotOrganisationAccount", await chain.Registry.CloseOrganisationAsync(schoolAccount, college, archive, "{}"));
        Refused("MissingRole", await chain.Registry.CloseOrganisationAsync(account, college, school, "{}"));
        Refused("BadArgument", await chain.Registry.CloseOrganisationAsync(account, college, college, "{}"));
        Refused("BadArgument", await chain.Registry.CloseOrganisationAsync(account, college, archive, ""));
        Refused("BadArgument", await chain.Registry.CloseOrganisationAsync(account, college, archive, new string('x', 16_385)));
        Refused("NotClosed", await chain.Registry.NameDepositaryAsync(ministry, college, archive));
        Refused("NotClosed", await chain.Registry.UndoClosingAsync(chain.Governor, college));
        (await chain.Registry.CloseOrganisationAsync(ministry, college, null, "{}")).Require(); // whoever supervises it closes what has nobody left
        Refused("NotAbove", await chain.Registry.NameDepositaryAsync(account, college, archive)); // a stolen account hands nothing over
        Refused("NotGovernor", await chain.Registry.UndoClosingAsync(ministry, college));
        (await chain.Registry.UndoClosingAsync(chain.Governor, college)).Require();
        Assert.Null(await chain.Registry.FindClosingAsync(college));
        (await chain.Registry.CloseOrganisationAsync(account, college, null, "{}")).Require();
        Refused("MissingRole", await chain.Registry.NameDepositaryAsync(ministry, college, school));
        (await chain.Registry.NameDepositaryAsync(ministry, college, archive)).Require();
        Refused("NotOrganisationAccount", await chain.Registry.AcceptDepositAsync(secondAccount, college));
        (await chain.Registry.AcceptDepositAsync(archiveAccount, college)).Require();
        Refused("AlreadyAccepted", await chain.Registry.NameDepositaryAsync(ministry, college, second));
        Refused("AlreadyAccepted", await chain.Registry.UndoClosingAsync(chain.Governor, college));
        (await chain.Registry.CloseOrganisationAsync(archiveAccount, archive, null, "{}")).Require();
        (await chain.Registry.NameDepositaryAsync(ministry, college, second)).Require(); // the archive closed in its turn
        (await chain.Registry.AcceptDepositAsync(secondAccount, college)).Require();
    }

    private async Task<RegistryEvent.KeyAdded> AddAsync(EvmAccount account, byte[] organisation, byte[] thumbprint, DateTimeOffset from) =>
        Chain.Event<RegistryEvent.KeyAdded>(await chain.Registry.AddKeyAsync(account, organisation, thumbprint, from, Chain.Some(32), Chain.Some(32)));

    private async Task<RegistryEvent.KeyEnded> EndAsync(EvmAccount account, byte[] organisation, byte[] thumbprint, DateTimeOffset at, KeyEnding reason) =>
        Chain.Event<RegistryEvent.KeyEnded>(await chain.Registry.EndKeyAsync(account, organisation, thumbprint, at, reason));

    private static void Refused(string error, RegistryWrite write) => Chain.Refused(error, write);
}
