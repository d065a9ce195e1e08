using Identity.Credentials.Jose;
using Identity.Credentials.Verifiers;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Registry;

[Collection(nameof(Chain))]
public sealed class VerifiersOnARealNode(Chain chain)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    /// <summary>A verifier with a key of its own.</summary>
    internal static VerifierProfile Profile(string name = "Harbour Yard") => new(name, "XN", true, "desk@harbour-yard.example", false, [Base64Url.Encode(Chain.Some(32))],
    [
        new("welder", new Dictionary<string, string> { ["en"] = "To hire a welder", ["ar"] = "لتوظيف لحّام" }, [new("urn:identity:qualification:1", ["holder_name", "title"])]),
    ]);

    [Fact]
    public async Task An_authority_registers_a_verifier_and_takes_it_back()
    {
        var (authority, ministry) = await chain.OrganisationAsync(OrganisationRoles.VerifierAuthority | OrganisationRoles.Issuer);
        var profile = Profile();

        var registered = Event<RegistryEvent.VerifierRegistered>(await chain.Registry.RegisterVerifierAsync(ministry, authority, profile, Now.AddYears(1)));
        var found = await chain.Registry.FindVerifierAsync(registered.Number);

        Assert.Equal((profile.Canonical(), Now.AddYears(1)), (registered.Profile, registered.Until));
        Assert.Equal(profile.Id(), registered.Verifier);
        Assert.Equal((Convert.ToHexString(authority), Convert.ToHexString(profile.Id()), Now.AddYears(1), false),
            (Convert.ToHexString(found!.Authority), Convert.ToHexString(found.Verifier), found.Until, found.Withdrawn));
        Assert.Equal(registered.Number, Event<RegistryEvent.VerifierWithdrawn>(await chain.Registry.WithdrawVerifierAsync(ministry, registered.Number)).Number);
        Assert.True((await chain.Registry.FindVerifierAsync(registered.Number))!.Withdrawn);
        Refused("AlreadyWithdrawn", await chain.Registry.WithdrawVerifierAsync(ministry, registered.Number));
        Assert.Null(await chain.Registry.FindVerifierAsync(1_000_000));
        Event<RegistryEvent.VerifierRegistered>(await chain.Registry.RegisterVerifierAsync(ministry, authority, profile, Now.AddYears(1))); // again, after it was taken back
    }

    [Fact]
    public async Task Attack_registrations_by_those_who_may_not_are_refused()
    {
        var (authority, ministry) = await chain.OrganisationAsync(OrganisationRoles.VerifierAuthority);
        var (other, otherMinistry) = await chain.OrganisationAsync(OrganisationRoles.VerifierAuthority);
        var (accreditor, accreditorAccount) = await chain.OrganisationAsync(OrganisationRoles.Accreditor | OrganisationRoles.Issuer | OrganisationRoles.LogOperator);
        var number = Event<RegistryEvent.VerifierRegistered>(await chain.Registry.RegisterVerifierAsync(ministry, authority, Profile(), Now.AddYears(1))).Number;

        Refused("NotVerifierAuthority", await chain.Registry.RegisterVerifierAsync(accreditorAccount, accreditor, Profile(), Now.AddYears(1))); // entitles issuers, not verifiers
        Refused("NotVerifierAuthority", await chain.Registry.RegisterVerifierAsync(accreditorAccount, authority, Profile(), Now.AddYears(1)));
        Refused("NotVerifierAuthority", await chain.Registry.RegisterVerifierAsync(chain.Governor, authority, Profile(), Now.AddYears(1)));
        Refused("NotVerifierAuthority", await chain.Registry.RegisterVerifierAsync(ministry, Chain.Some(32), Profile(), Now.AddYears(1)));
        Refused("NotVerifierAuthority", await chain.Registry.RegisterVerifierAsync(ministry, other, Profile(), Now.AddYears(1)));
        Refused("NotVerifierAuthority", await chain.Registry.WithdrawVerifierAsync(otherMinistry, number));
        Refused("NotVerifierAuthority", await chain.Registry.WithdrawVerifierAsync(chain.Governor, number));
        Refused("UnknownVerifier", await chain.Registry.WithdrawVerifierAsync(ministry, 1_000_000));
    }

    [Fact]
    public async Task Attack_a_registration_in_the_past_without_end_twice_or_under_another_id_is_refused()
    {
        var (authority, ministry) = await chain.OrganisationAsync(OrganisationRoles.VerifierAuthority);
        var profile = Profile();
        (await chain.Registry.RegisterVerifierAsync(ministry, authority, profile, Now.AddYears(1))).Require();

        Refused("AlreadyRegistered", await chain.Registry.RegisterVerifierAsync(ministry, authority, profile, Now.AddYears(2)));
        Refused("BadArgument", await chain.Registry.RegisterVerifierAsync(ministry, authority, Profile(), Now.AddDays(-1)));
        await RefusedRaw("BadArgument", ministry, Call(authority, Profile().Canonical(), 0));
        await RefusedRaw("BadArgument", ministry, Call(authority, Profile().Canonical(), ulong.MaxValue));
        await RefusedRaw("BadArgument", ministry, Call(authority, "", (ulong)Now.AddYears(1).ToUnixTimeSeconds()));
        await RefusedRaw("BadArgument", ministry, Call(authority, new string('x', 8193), (ulong)Now.AddYears(1).ToUnixTimeSeconds()));
        await RefusedRaw("WrongId", ministry, Abi.Call("registerVerifier(bytes32,bytes32,uint64,string)",
            AbiValue.Bytes32(authority), AbiValue.Bytes32(profile.Id()), AbiValue.Uint((ulong)Now.AddYears(1).ToUnixTimeSeconds()), AbiValue.Text(Profile().Canonical())));
    }

    [Fact]
    public async Task The_largest_profile_costs_a_bounded_amount_of_gas()
    {
        var (authority, ministry) = await chain.OrganisationAsync(OrganisationRoles.VerifierAuthority);

        var sent = Assert.IsType<EvmSent.Mined>(await chain.Evm.SendAsync(ministry, chain.Registry.Contract, Call(authority, new string('x', 8192), (ulong)Now.AddYears(1).ToUnixTimeSeconds())));

        Assert.InRange(sent.Receipt.GasUsed, 50_000UL, 420_000UL);
    }

    private static byte[] Call(byte[] authority, string profile, ulong until) => Abi.Call("registerVerifier(bytes32,bytes32,uint64,string)",
        AbiValue.Bytes32(authority), AbiValue.Bytes32(RegistryClient.LogId(profile)), AbiValue.Uint(until), AbiValue.Text(profile));

    private async Task RefusedRaw(string error, EvmAccount account, byte[] call)
    {
        var reverted = Assert.IsType<EvmSent.Reverted>(await chain.Evm.SendAsync(account, chain.Registry.Contract, call));
        Assert.Equal(error, RegistryAbi.Refusal(reverted.Data).Error);
    }

    private static void Refused(string error, RegistryWrite write) => Assert.Equal(error, Assert.IsType<RegistryWrite.Refused>(write).Error);

    private static T Event<T>(RegistryWrite write) where T : RegistryEvent
    {
        write.Require();
        return Assert.IsType<T>(((RegistryWrite.Done)write).Event);
    }
}
