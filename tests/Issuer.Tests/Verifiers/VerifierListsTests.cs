using Identity.Credentials.Jose;
using Identity.Credentials.Verifiers;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Identity.Issuer.Verifiers;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Tests.Verifiers;

/// <summary>The signed list of verifiers that an authority serves.</summary>
public sealed class VerifierListsTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);
    private readonly Es256Key _key = Es256Key.Create();
    private readonly EvmAccount _account = EvmAccount.Create();
    private readonly SettableClock _clock = new() { Now = Begin };
    private readonly Organisation _ministry;
    private readonly VerifierLists _lists;
    private readonly VerifierFacts _facts = new();

    public VerifierListsTests()
    {
        _ministry = new Organisation
        {
            Slug = "ministry", Profile = new OrganisationProfile("http://localhost:5001/ministry", "Ministry", "XT", true, "ask@ministry.example"), Types = [], FirstKey = new IssuerKey(_key, []), Account = _account,
        };
        _lists = new VerifierLists(_clock);
    }

    public void Dispose()
    {
        _key.Dispose();
        _account.Dispose();
    }

    [Fact]
    public void The_list_holds_what_is_in_force_and_its_version_only_rises()
    {
        Assert.IsType<VerifierListAnswer.NotReady>(_lists.Current(_ministry, _ministry.FirstKey));
        Authorise();
        var empty = Read();
        Assert.Empty(empty.Verifiers);

        Register(1, "Harbour Yard", Begin.AddDays(1));
        var first = Read();
        Withdraw(1);
        var after = Read();

        Assert.Equal("Harbour Yard", Assert.Single(first.Verifiers).Profile.Name);
        Assert.Empty(after.Verifiers);
        Assert.True(empty.Version < first.Version && first.Version < after.Version);
        Assert.Equal(("Ministry", "ask@ministry.example", Begin + VerifierLists.Lifetime), (after.Authority, after.Contact, after.Expires));
    }

    [Fact]
    public void The_same_list_is_served_for_an_hour_and_then_signed_anew_and_an_expired_registration_leaves_by_itself()
    {
        Authorise();
        Register(1, "Harbour Yard", Begin.AddHours(2));
        var first = Token();
        _clock.Now = Begin.AddMinutes(59);
        Assert.Equal(first, Token());
        _clock.Now = Begin.AddMinutes(61);
        Assert.NotEqual(first, Token());
        Assert.Single(Read().Verifiers);

        _clock.Now = Begin.AddHours(2);

        Assert.Empty(Read().Verifiers);
    }

    [Fact]
    public void What_was_read_long_ago_is_not_signed_again_as_news()
    {
        Authorise();
        var first = Token();

        _clock.Now = Begin.AddHours(13);

        Assert.Equal(first, Token());
    }

    [Fact]
    public void Attack_an_organisation_without_the_role_serves_no_list()
    {
        _lists.Learn(_facts, Begin);

        Assert.IsType<VerifierListAnswer.NoAuthority>(_lists.Current(_ministry, _ministry.FirstKey));
    }

    [Fact]
    public void Another_key_signs_anew_and_while_none_may_sign_the_last_list_is_served()
    {
        Authorise();
        var first = Token();
        using var next = Es256Key.Create();

        Assert.Equal(first, Assert.IsType<VerifierListAnswer.Signed>(_lists.Current(_ministry, null)).Token);
        var rotated = Assert.IsType<VerifierListAnswer.Signed>(_lists.Current(_ministry, new IssuerKey(next, []))).Token;

        Assert.False(VerifierList.TryRead(rotated, [_key.PublicKey.ThumbprintText()], out _, out _));
        Assert.True(VerifierList.TryRead(rotated, [next.PublicKey.ThumbprintText()], out _, out var reason), reason);
    }

    private void Authorise() => Apply(new RegistryEvent.OrganisationRegistered(At(), _ministry.Profile.Id(), _account.Address, OrganisationRoles.VerifierAuthority, _ministry.Profile.Canonical()));

    private void Register(ulong number, string name, DateTimeOffset until)
    {
        var profile = new VerifierProfile(name, "XN", true, "desk@example.org", false, [_key.PublicKey.ThumbprintText()],
            [new("welder", new Dictionary<string, string> { ["en"] = "To hire a welder" }, [new("urn:identity:qualification:1", ["title"])])]);
        Apply(new RegistryEvent.VerifierRegistered(At(), number, profile.Id(), _ministry.Profile.Id(), until, profile.Canonical()));
    }

    private void Withdraw(ulong number) => Apply(new RegistryEvent.VerifierWithdrawn(At(), number));

    private void Apply(RegistryEvent registryEvent)
    {
        _facts.Apply(registryEvent);
        _lists.Learn(_facts.Copy(), _clock.Now);
    }

    private string Token() => Assert.IsType<VerifierListAnswer.Signed>(_lists.Current(_ministry, _ministry.FirstKey)).Token;

    private VerifierList Read()
    {
        Assert.True(VerifierList.TryRead(Token(), [_key.PublicKey.ThumbprintText()], out var list, out var reason), reason);
        return list;
    }

    private EventPlace At() => new(1, "0x00", "0x00", 0, _clock.Now);

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
