using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Compact;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.Tests.Shared;
using static Identity.Credentials.Tests.Verdicts.VerdictAssert;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>The college is the depositary of a school that was closed, and issues in its place.</summary>
public sealed class ReissueTests
{
    private static readonly OrganisationRecord School = new(Fixed.Bytes("school", 32), "https://school.example", "Old Harbour School", "XT", true, null);
    private static readonly string Id = Convert.ToHexStringLower(School.Id);
    private readonly Scene _scene = new() { OriginalIssuer = Id };

    public ReissueTests()
    {
        _scene.MoreOrganisations.Add(School);
        Close(_scene.College!, Scene.Anchored);
        Accredit(Id);
    }

    [Fact]
    public void It_is_valid_and_says_in_whose_place_and_when_that_one_closed()
    {
        var verdict = _scene.Online();

        Is(ReasonCode.Valid, verdict);
        Assert.Equal(new ReissuedFacts(Id, "Old Harbour School", Scene.Anchored.AddYears(-1), true), verdict.Reissued);
        var json = VerdictJson.ToJson(verdict)["reissued"]!;
        Assert.Equal((Id, "Old Harbour School", "2024-11-01T12:00:00Z", true), ((string)json["original"]!, (string)json["name"]!, (string)json["closedAt"]!, (bool)json["entitled"]!));
    }

    [Fact]
    public void What_is_issued_in_ones_own_place_says_nothing_of_it()
    {
        _scene.OriginalIssuer = null;
        Accredit(null);

        var verdict = _scene.Online();

        Is(ReasonCode.Valid, verdict);
        Assert.Null(verdict.Reissued);
        Assert.False(VerdictJson.ToJson(verdict).ContainsKey("reissued"));
    }

    [Fact]
    public void Attack_an_issuer_that_is_accredited_to_issue_in_anothers_place_issues_in_its_own()
    {
        _scene.OriginalIssuer = null;

        var verdict = _scene.Online();

        Is(ReasonCode.IssuerNotEntitled, verdict);
        Assert.Equal(new ScopeGap(GapReason.OnBehalfOf, null, Id), Assert.IsType<EntitlementRuling.Not>(verdict.Entitlement).Gap);
        Assert.Equal($"accreditation 2 of Port Selin Technical College covers only what is issued in the place of another: allowed {Id}", Of(verdict, CheckName.Accreditation).Evidence);
    }

    [Fact]
    public void A_code_on_the_phone_and_a_paper_say_it_too_and_nobody_can_leave_it_out()
    {
        foreach (var verdict in new[] { _scene.Scan(), _scene.Shown(_scene.Roll(keys: [5])), _scene.Shown(Print()), _scene.File(Print()) })
        {
            Is(ReasonCode.Valid, verdict);
            Assert.Equal(new ReissuedFacts(Id, "Old Harbour School", Scene.Anchored.AddYears(-1), true), verdict.Reissued);
            Assert.Equal(Id, (string?)verdict.Claims["original_issuer"]);
            Assert.Empty(Assert.IsType<EntitlementRuling.Entitled>(verdict.Entitlement).NotShown);
            Assert.EndsWith("version 2", Of(verdict, CheckName.Format).Evidence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Attack_a_code_or_a_paper_that_names_nobody_is_shown_by_an_issuer_accredited_in_anothers_place_alone()
    {
        _scene.OriginalIssuer = null;

        foreach (var verdict in new[] { _scene.Scan(), _scene.Shown(_scene.Roll()), _scene.Shown(Print()), _scene.File(Print()) })
        {
            Is(ReasonCode.IssuerNotEntitled, verdict);
            Assert.Equal(new ScopeGap(GapReason.OnBehalfOf, null, Id), Assert.IsType<EntitlementRuling.Not>(verdict.Entitlement).Gap);
            Assert.Null(verdict.Reissued);
        }
    }

    [Fact]
    public void What_was_recorded_in_a_depositarys_time_stays_good_when_another_takes_over()
    {
        var (first, accepted) = (_scene.MoreClosings[0], Scene.Anchored.AddDays(30));
        foreach (var (named, reason) in new[] { (Scene.Anchored.AddSeconds(1), ReasonCode.Valid), (Scene.Anchored, ReasonCode.IssuerNotEntitled) })
        {
            var second = first.Naming(Accredited.Ministry, named);
            foreach (var closing in new[] { second, second with { AcceptedAt = accepted } })
            {
                _scene.MoreClosings[0] = closing;
                Is(reason, _scene.Online());
            }
        }
    }

    [Theory]
    [InlineData("the depositary", 10, ReasonCode.Valid)]
    [InlineData("nobody had accepted yet", 10, ReasonCode.StaleData)]
    [InlineData("nobody had accepted, just now", 0, ReasonCode.StaleData)] // it may have since
    [InlineData("another has taken over", 0, ReasonCode.IssuerNotEntitled)]
    [InlineData("another has taken over", 10, ReasonCode.StaleData)]
    [InlineData("another has taken over from it", 0, ReasonCode.NotAnchored)]
    [InlineData("another has taken over from it", 10, ReasonCode.NotAnchored)]
    [InlineData("another is named", 0, ReasonCode.IssuerNotEntitled)]
    [InlineData("another is named", 10, ReasonCode.StaleData)]
    [InlineData("another is named after it", 0, ReasonCode.NotAnchored)]
    [InlineData("the school is not in it", 0, ReasonCode.StaleData)]
    [InlineData("the school was not closed", 10, ReasonCode.StaleData)]
    [InlineData("the school was not closed, just now", 0, ReasonCode.IssuerNotEntitled)]
    public void A_trust_pack_accuses_nobody_of_what_it_cannot_know(string says, int hoursOld, ReasonCode reason)
    {
        switch (says)
        {
            case "nobody had accepted yet" or "nobody had accepted, just now": Close(_scene.College!, null); break;
            case "another has taken over": Close(Accredited.Ministry, Scene.Anchored); break;
            case "another has taken over from it": _scene.MoreClosings[0] = _scene.MoreClosings[0].Naming(Accredited.Ministry, Scene.Anchored.AddDays(9)) with { AcceptedAt = Scene.Anchored.AddDays(10) }; break;
            case "another is named": Close(Accredited.Ministry, null); break;
            case "another is named after it": _scene.MoreClosings[0] = _scene.MoreClosings[0].Naming(Accredited.Ministry, Scene.Anchored.AddDays(9)); break;
            case "the school is not in it": _scene.OriginalIssuer = new string('1', 64); Accredit(new string('1', 64)); break;
            case "the school was not closed" or "the school was not closed, just now": _scene.MoreClosings.Clear(); break;
        }
        _scene.State = new MirrorState(_scene.Now.AddHours(-hoursOld), []);
        _scene.Packed = new Pack(_scene.Now.AddDays(1), _scene.Now.AddHours(-hoursOld));

        Is(reason, _scene.Online());
    }

    private sealed record Pack(DateTimeOffset GoodUntil, DateTimeOffset MadeAt) : IPackedTrust
    {
        public bool? IsRecordedBeforeEnd(KeyRecord key, ReadOnlySpan<byte> entryPrefix) => null;

        public PackedStatus? FindStatus(string uri, long index, byte[] organisation) => new(0, MadeAt, MadeAt);
    }

    [Theory]
    [InlineData("its accreditation names nobody")]
    [InlineData("its accreditation names another")]
    [InlineData("the school was not closed")]
    [InlineData("nobody is its depositary")]
    [InlineData("another is its depositary")]
    [InlineData("it has not accepted")]
    [InlineData("it accepted a second later")]
    [InlineData("the school is not in the register")]
    [InlineData("it names no id")]
    public void Attack_somebody_who_may_not_issues_in_the_place_of_a_closed_school(string why)
    {
        switch (why)
        {
            case "its accreditation names nobody": Accredit(null); break;
            case "its accreditation names another": Accredit(new string('0', 64)); break;
            case "the school was not closed": _scene.MoreClosings.Clear(); break;
            case "nobody is its depositary": Close(null, null); break;
            case "another is its depositary": Close(Accredited.Ministry, Scene.Anchored); break;
            case "it has not accepted": Close(_scene.College!, null); break;
            case "it accepted a second later": Close(_scene.College!, Scene.Anchored.AddSeconds(1)); break;
            case "the school is not in the register": _scene.OriginalIssuer = new string('1', 64); Accredit(new string('1', 64)); break;
            default: _scene.OriginalIssuer = "Old Harbour School"; Accredit(null); break;
        }

        foreach (var verdict in _scene.OriginalIssuer!.Length == 64 ? new[] { _scene.Online(), _scene.Scan(), _scene.Shown(Print()) } : [_scene.Online()])
        {
            Is(ReasonCode.IssuerNotEntitled, verdict);
            var not = Assert.IsType<EntitlementRuling.Not>(verdict.Entitlement);
            Assert.Equal((1, GapReason.OnBehalfOf, _scene.OriginalIssuer), (not.Link, not.Gap.Reason, not.Gap.Stated));
            Assert.Equal((_scene.OriginalIssuer, false), (verdict.Reissued!.Original, verdict.Reissued.Entitled));
        }
    }

    [Fact]
    public void Nothing_is_said_of_it_while_it_is_not_known_when_it_was_recorded()
    {
        _scene.Anchor = null;

        Is(ReasonCode.NotAnchored, _scene.Online());
        Assert.Null(_scene.Online().Reissued);
    }

    private string Print()
    {
        var claims = new JsonObject { ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Diploma in Welding Technology" };
        if (_scene.OriginalIssuer is not null) claims["original_issuer"] = _scene.OriginalIssuer;
        return CompactPaper.Issue(TypeDefinition.Find(Scene.Vct)!, claims, null, Scene.Anchored.AddYears(5).ToUnixTimeSeconds(), 3, Scene.StatusIndex, _scene.IssuerKey, Fixed.Random("paper")).Text;
    }

    private void Accredit(string? place) =>
        _scene.Accreditation = Accredited.Issuer(_scene.College!, Scene.Anchored.AddYears(-2), new Scope([Scene.Vct], OnBehalfOf: place is null ? null : [place]), 2);

    private void Close(OrganisationRecord? depositary, DateTimeOffset? accepted)
    {
        _scene.MoreClosings.Clear();
        _scene.MoreClosings.Add(new ClosingRecord(School.Id, Scene.Anchored.AddYears(-1), depositary, accepted, []));
    }
}
