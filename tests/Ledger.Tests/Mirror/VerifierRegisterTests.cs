using Identity.Credentials.Verifiers;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Registry;

namespace Identity.Ledger.Tests.Mirror;

/// <summary>What the mirror makes of registrations of verifiers.</summary>
public sealed class VerifierRegisterTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly byte[] _ministry = new byte[32];
    private readonly VerifierRegister _register = new();
    private ulong _number;

    [Fact]
    public void A_registration_holds_from_its_block_until_its_end_or_its_withdrawal()
    {
        var number = Register(VerifiersOnARealNode.Profile(), Begin, Begin.AddDays(30));

        Assert.Empty(_register.InForce(_ministry, Begin.AddSeconds(-1)));
        Assert.Single(_register.InForce(_ministry, Begin));
        Assert.Empty(_register.InForce(_ministry, Begin.AddDays(30)));
        Assert.Empty(_register.InForce([1], Begin));

        _register.Apply(new RegistryEvent.VerifierWithdrawn(At(Begin.AddDays(10)), number));
        _register.Apply(new RegistryEvent.VerifierWithdrawn(At(Begin.AddDays(20)), number));

        Assert.Single(_register.InForce(_ministry, Begin.AddDays(9)));
        Assert.Empty(_register.InForce(_ministry, Begin.AddDays(10)));
    }

    [Fact]
    public void Attack_a_profile_that_is_not_its_id_or_not_canonical_is_as_if_it_had_not_been()
    {
        var good = VerifiersOnARealNode.Profile();
        var spaced = good.Canonical().Replace("\"name\":", "\"name\": ", StringComparison.Ordinal);

        _register.Apply(new RegistryEvent.VerifierRegistered(At(Begin), 1, new byte[32], _ministry, Begin.AddDays(1), good.Canonical()));
        _register.Apply(new RegistryEvent.VerifierRegistered(At(Begin), 2, RegistryClient.LogId(spaced), _ministry, Begin.AddDays(1), spaced));
        _register.Apply(new RegistryEvent.VerifierRegistered(At(Begin), 3, RegistryClient.LogId("{}"), _ministry, Begin.AddDays(1), "{}"));

        Assert.Empty(_register.All);
    }

    [Fact]
    public void Attack_a_later_registration_with_somebodys_key_stands_behind_the_first()
    {
        var harbour = VerifiersOnARealNode.Profile();
        Register(harbour, Begin, Begin.AddDays(30));
        Register(harbour with { Name = "Ministry of Everything" }, Begin.AddDays(1), Begin.AddDays(90));

        Assert.Equal(["Harbour Yard", "Ministry of Everything"], _register.InForce(_ministry, Begin.AddDays(2)).Select(r => r.Profile.Name));
        Assert.Equal(2, _register.Find(harbour.Keys[0]).Count);
    }

    [Fact]
    public async Task The_mirror_knows_who_is_registered_by_whom_after_a_restart_too()
    {
        await using var bench = await MirrorBench.StartAsync();
        var registry = bench.Chain.Open();
        var until = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddYears(1).ToUnixTimeSeconds());
        var profile = VerifiersOnARealNode.Profile();
        (await registry.RegisterOrganisationAsync(bench.Chain.Governor, MirrorBench.Ministry, bench.MinistryAccount.Address, OrganisationRoles.VerifierAuthority)).Require();
        (await registry.RegisterVerifierAsync(bench.MinistryAccount, MirrorBench.Ministry.Id(), profile, until)).Require();

        await bench.Mirror.RefreshAsync(default);
        bench.Restart();

        var (registration, authority) = Assert.Single(bench.Mirror.FindVerifiers(profile.Keys[0]));
        Assert.Equal((profile.Canonical(), until, MirrorBench.Ministry.Name), (registration.Profile.Canonical(), registration.Until, authority!.Name));
        Assert.Empty(bench.Mirror.FindVerifiers("unknown"));

        (await registry.WithdrawVerifierAsync(bench.MinistryAccount, registration.Number)).Require();
        await bench.Mirror.RefreshAsync(default);

        Assert.NotNull(Assert.Single(bench.Mirror.FindVerifiers(profile.Keys[0])).Registration.WithdrawnAt);
    }

    private ulong Register(VerifierProfile profile, DateTimeOffset block, DateTimeOffset until)
    {
        _register.Apply(new RegistryEvent.VerifierRegistered(At(block), ++_number, profile.Id(), _ministry, until, profile.Canonical()));
        return _number;
    }

    private static EventPlace At(DateTimeOffset time) => new(1, "0x00", "0x00", 0, time);
}
