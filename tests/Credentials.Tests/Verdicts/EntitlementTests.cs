using Identity.Credentials.Accreditation;
using Identity.Credentials.Verdicts;
using Identity.Tests.Shared;
using static Identity.Credentials.Tests.Verdicts.VerdictAssert;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>Who may issue what: every link of a chain must hold when the credential was recorded, and cover what it says.</summary>
public sealed class EntitlementTests
{
    private readonly Scene _scene = new();

    private static readonly DateTimeOffset Since = Scene.Anchored.AddYears(-2);

    [Fact]
    public void A_verdict_names_the_whole_chain()
    {
        var verdict = _scene.Online();

        var entitled = Assert.IsType<EntitlementRuling.Entitled>(verdict.Entitlement);
        Assert.Equal(["Talmara Ministry of Education", "Port Selin Technical College"], entitled.Chain.Links.Select(link => link.Holder.Name));
        Assert.Equal("Talmara Ministry of Education → Port Selin Technical College, in force on 2025-11-01 12:00 UTC", Of(verdict, CheckName.Accreditation).Evidence);
        var json = VerdictJson.ToJson(verdict)["entitlement"]!;
        Assert.Equal((true, 2, 1UL, "accredit", "issue"), ((bool)json["entitled"]!, json["chain"]!.AsArray().Count, (ulong)json["chain"]![0]!["number"]!, (string)json["chain"]![0]!["right"]![0]!, (string)json["chain"]![1]!["right"]![0]!));
        Assert.Equal("2023-11-01T12:00:00Z", (string?)json["chain"]![1]!["from"]);
        Assert.Equal(Scene.Vct, (string?)json["chain"]![1]!["scope"]!["types"]![0]);
        Assert.Null(json["failure"]);
    }

    [Fact]
    public void A_college_is_not_entitled_once_its_ministry_was_withdrawn()
    {
        _scene.Root = _scene.Root with { WithdrawnAt = Scene.Anchored };

        var verdict = _scene.Online();

        Is(ReasonCode.IssuerNotEntitled, verdict);
        Is(ReasonCode.IssuerNotEntitled, _scene.Scan());
        Assert.Equal("accreditation 1 of Talmara Ministry of Education was withdrawn on 2025-11-01 12:00 UTC", Of(verdict, CheckName.Accreditation).Evidence);
        var failure = VerdictJson.ToJson(verdict)["entitlement"]!["failure"]!;
        Assert.Equal((0, "Talmara Ministry of Education", "withdrawn", "2025-11-01T12:00:00Z", "2025-11-01T12:00:00Z"),
            ((int)failure["link"]!, (string)failure["organisation"]!, (string)failure["reason"]!, (string)failure["allowed"]!, (string)failure["at"]!));

        _scene.Root = _scene.Root with { WithdrawnAt = Scene.Anchored.AddSeconds(1) };
        Is(ReasonCode.Valid, _scene.Online());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Any_link_of_a_long_chain_can_fail_it(int length)
    {
        var chain = Chain(length);
        _scene.CollegeChains = [new(chain)];
        Is(ReasonCode.Valid, _scene.Online());

        for (var place = 0; place < length; place++)
        {
            foreach (var (broken, reason) in Broken(chain[place], place == length - 1))
            {
                _scene.CollegeChains = [new([.. chain[..place], broken, .. chain[(place + 1)..]])];

                var verdict = _scene.Online();

                Is(ReasonCode.IssuerNotEntitled, verdict);
                var not = Assert.IsType<EntitlementRuling.Not>(verdict.Entitlement);
                Assert.Equal((place, reason), (not.Link, not.Gap.Reason));
            }
        }
    }

    [Fact]
    public void Attack_a_college_claims_more_than_its_ministry_may_give()
    {
        _scene.Root = Link(_scene.Root, new Scope(["urn:identity:training:1"]));

        Is(ReasonCode.IssuerNotEntitled, _scene.Online());
    }

    [Fact]
    public void Attack_an_issuer_that_may_only_issue_accredits_another()
    {
        _scene.Root = _scene.Root with { Right = AccreditationRight.Issue };

        Is(ReasonCode.IssuerNotEntitled, _scene.Online());
    }

    [Fact]
    public void What_is_limited_and_not_shown_is_said_and_held_against_nobody()
    {
        _scene.Accreditation = Link(_scene.Accreditation!, new Scope([Scene.Vct], Eqf: new LevelRange(1, 3), Jurisdictions: ["XT"]));

        var verdict = _scene.Scan();

        Is(ReasonCode.Valid, verdict);
        Assert.Equal([GapReason.Level, GapReason.Jurisdiction], Assert.IsType<EntitlementRuling.Entitled>(verdict.Entitlement).NotShown);
        Assert.Equal(["level", "jurisdiction"], VerdictJson.ToJson(verdict)["entitlement"]!["notShown"]!.AsArray().Select(n => (string)n!));
    }

    [Fact]
    public void A_level_above_what_the_college_may_award_is_seen_once_it_is_shown()
    {
        _scene.Accreditation = Link(_scene.Accreditation!, new Scope([Scene.Vct], Eqf: new LevelRange(1, 3)));

        var verdict = _scene.Scan(_scene.Answer(keys: [1, 3, 7]));

        Is(ReasonCode.IssuerNotEntitled, verdict);
        Assert.Equal("accreditation 2 of Port Selin Technical College does not cover the level: allowed 1–3", Of(verdict, CheckName.Accreditation).Evidence);
        Assert.Equal(("4", "1–3"), (((EntitlementRuling.Not)verdict.Entitlement!).Gap.Stated, ((EntitlementRuling.Not)verdict.Entitlement!).Gap.Allowed));
        Is(ReasonCode.Valid, new Scene { Accreditation = Link(_scene.Accreditation!, new Scope([Scene.Vct], Eqf: new LevelRange(1, 4))) }.Scan(_scene.Answer(keys: [1, 3, 7])));
    }

    [Fact]
    public void A_country_in_the_clear_is_compared()
    {
        _scene.Accreditation = Link(_scene.Accreditation!, new Scope([Scene.Vct], Jurisdictions: ["XN"]));

        Is(ReasonCode.IssuerNotEntitled, _scene.Online());
    }

    [Fact]
    public void What_nobody_signed_says_nothing_of_what_was_issued()
    {
        _scene.Accreditation = Link(_scene.Accreditation!, new Scope([Scene.Vct], Jurisdictions: ["XN"]));

        var verdict = _scene.Online(_scene.Present(_scene.Issue(certified: Compact.Fixed.Key("somebody"))));

        Is(ReasonCode.Altered, verdict);
        Assert.IsType<EntitlementRuling.Entitled>(verdict.Entitlement);
    }

    [Fact]
    public void Of_two_accreditations_one_that_covers_is_enough_and_the_one_that_leaves_less_open_is_told()
    {
        AccreditationChain Of(Scope scope, ulong number, DateTimeOffset? since = null) => new([_scene.Root, Accredited.Issuer(_scene.College!, since ?? Since, scope, number)]);
        ulong Told() => Assert.IsType<EntitlementRuling.Entitled>(_scene.Online().Entitlement).Chain.Leaf.Number;

        _scene.CollegeChains = [Of(new Scope(["urn:identity:training:1"]), 2), Of(new Scope([Scene.Vct]), 3)];
        Assert.Equal(3UL, Told());
        _scene.CollegeChains = [Of(new Scope([Scene.Vct], Fields: ["07"]), 2), Of(new Scope([Scene.Vct]), 3)];
        Assert.Equal(3UL, Told());
        _scene.CollegeChains = [Of(new Scope([Scene.Vct]), 2), Of(new Scope([Scene.Vct]), 3)];
        Assert.Equal(2UL, Told());
    }

    [Fact]
    public void Of_two_that_fail_the_nearer_one_is_told()
    {
        AccreditationChain Of(Scope scope, ulong number, DateTimeOffset? since = null) => new([_scene.Root, Accredited.Issuer(_scene.College!, since ?? Since, scope, number)]);
        (ulong, GapReason) Told() => Assert.IsType<EntitlementRuling.Not>(_scene.Online().Entitlement) is var not ? (not.Chain!.Leaf.Number, not.Gap.Reason) : default;

        _scene.CollegeChains = [Of(new Scope(["urn:identity:training:1"]), 2, Scene.Anchored.AddDays(1)), Of(new Scope([Scene.Vct], Jurisdictions: ["XN"]), 3)];
        Assert.Equal((3UL, GapReason.Jurisdiction), Told());
        _scene.CollegeChains = [Of(new Scope([Scene.Vct], Jurisdictions: ["XN"]), 2), Of(new Scope([Scene.Vct]), 3, Scene.Anchored.AddDays(1))];
        Assert.Equal((3UL, GapReason.NotYet), Told());
    }

    [Fact]
    public void While_nobody_knows_when_it_was_recorded_only_what_no_time_would_help_is_held_against_it()
    {
        _scene.Anchor = null;
        _scene.Root = _scene.Root with { WithdrawnAt = Scene.Anchored };
        Is(ReasonCode.NotAnchored, _scene.Online());

        _scene.Accreditation = Link(_scene.Accreditation!, new Scope([Scene.Vct], Jurisdictions: ["XN"]));
        var verdict = _scene.Online();
        Is(ReasonCode.IssuerNotEntitled, verdict);
        Assert.Null(((EntitlementRuling.Not)verdict.Entitlement!).At);

        _scene.State = _scene.State with { HeadTime = _scene.Now.AddHours(-2) };
        Is(ReasonCode.StaleData, _scene.Online());
    }

    [Fact]
    public void Attack_an_entry_lies_in_a_log_that_the_college_never_named()
    {
        foreach (var since in new DateTimeOffset?[] { null, Scene.Anchored.AddSeconds(1) })
        {
            _scene.LogSince = since;

            var verdict = _scene.Online();

            Is(ReasonCode.NotAnchored, verdict);
            Is(ReasonCode.NotAnchored, _scene.Scan());
            Assert.Equal("the issuer had not said by 2025-11-01 12:00 UTC that it records in college.example/log", Of(verdict, CheckName.Ledger).Evidence);
        }
        _scene.LogSince = Scene.Anchored;
        Is(ReasonCode.Valid, _scene.Online());
    }

    [Fact]
    public void Missing_claims_are_named_as_the_type_names_them() =>
        Assert.Equal("claims not shown: title", Of(_scene.Scan(_scene.Answer(keys: [1])), CheckName.Asks).Evidence);

    private static AccreditationLink Link(AccreditationLink link, Scope scope) => new(link.Number, link.Parent, link.Holder, link.Right, scope.Canonical(), link.From, link.Until, link.WithdrawnAt, link.GrantedAt);

    private List<AccreditationLink> Chain(int length) =>
    [
        _scene.Root,
        .. Enumerable.Range(2, length - 2).Select(n => new AccreditationLink((ulong)n, (ulong)n - 1, Accredited.Ministry with { Name = $"Board {n}" }, AccreditationRight.Accredit | AccreditationRight.Issue, new Scope(null).Canonical(), Since, null, null, Since)),
        Accredited.Issuer(_scene.College!, Since, new Scope([Scene.Vct]), (ulong)length),
    ];

    private static IEnumerable<(AccreditationLink, GapReason)> Broken(AccreditationLink link, bool isLeaf)
    {
        yield return (link with { From = Scene.Anchored.AddSeconds(1) }, GapReason.NotYet);
        yield return (link with { GrantedAt = Scene.Anchored.AddSeconds(1) }, GapReason.NotYet);
        yield return (link with { Until = Scene.Anchored }, GapReason.Over);
        yield return (link with { WithdrawnAt = Scene.Anchored }, GapReason.Withdrawn);
        yield return (link with { Right = isLeaf ? AccreditationRight.Accredit : AccreditationRight.Issue }, GapReason.NoRight);
        yield return (Link(link, new Scope(["urn:identity:training:1"])), GapReason.Type);
        yield return (Link(link, new Scope(null, Jurisdictions: ["XN"])), GapReason.Jurisdiction);
        yield return (new AccreditationLink(link.Number, link.Parent, link.Holder, link.Right, """{"colour":"red","v":1}""", link.From, null, null, link.GrantedAt), GapReason.Text);
    }
}
