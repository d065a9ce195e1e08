using Identity.Credentials.Verdicts;
using Identity.Tests.Shared;
using static Identity.Credentials.Tests.Verdicts.VerdictAssert;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>Keys and accreditations are judged at the time the ledger proves.</summary>
public sealed class TimeRuleTests
{
    private readonly Scene _scene = new();

    [Fact]
    public void Retiring_a_key_changes_nothing_for_what_was_anchored_before()
    {
        _scene.Key = _scene.Key! with { EndedAt = Scene.Anchored.AddDays(1), Reason = KeyEndReason.Retired };
        NewStatusKey(_scene);

        Is(ReasonCode.Valid, _scene.Online());
        Is(ReasonCode.Valid, _scene.Scan());
    }

    [Fact]
    public void What_was_anchored_after_the_key_was_retired_came_too_late()
    {
        _scene.Key = _scene.Key! with { EndedAt = Scene.Anchored.AddSeconds(-1), Reason = KeyEndReason.Retired };
        NewStatusKey(_scene);

        Is(ReasonCode.AnchoredTooLate, _scene.Online());
        Is(ReasonCode.AnchoredTooLate, _scene.Scan());
    }

    [Theory]
    [InlineData(-1, ReasonCode.KeyNotValidThen)]
    [InlineData(0, ReasonCode.KeyNotValidThen)]
    [InlineData(1, ReasonCode.Valid)]
    public void A_theft_sinks_what_was_anchored_since_and_nothing_before(int secondsAfterAnchor, ReasonCode reason)
    {
        _scene.Key = _scene.Key! with { EndedAt = Scene.Anchored.AddSeconds(secondsAfterAnchor), Reason = KeyEndReason.Compromised };
        NewStatusKey(_scene);

        Is(reason, _scene.Online());
        Is(reason, _scene.Scan());
    }

    [Theory]
    [InlineData(1, ReasonCode.KeyNotValidThen)]
    [InlineData(0, ReasonCode.Valid)]
    public void A_key_counts_from_its_first_second(int secondsAfterAnchor, ReasonCode reason)
    {
        _scene.Key = _scene.Key! with { From = Scene.Anchored.AddSeconds(secondsAfterAnchor) };

        Is(reason, _scene.Online());
    }

    [Fact]
    public void A_theft_does_not_sink_what_is_not_anchored_yet_it_stays_open()
    {
        _scene.Key = _scene.Key! with { EndedAt = _scene.Now.AddDays(-1), Reason = KeyEndReason.Compromised };
        NewStatusKey(_scene);
        _scene.Anchor = null;

        Is(ReasonCode.NotAnchored, _scene.Online());
    }

    [Fact]
    public void An_issuer_without_accreditation_is_not_entitled_anchored_or_not()
    {
        _scene.Accreditation = null;
        Is(ReasonCode.IssuerNotEntitled, _scene.Online());
        Is(ReasonCode.IssuerNotEntitled, _scene.Scan());

        _scene.Anchor = null;
        Is(ReasonCode.IssuerNotEntitled, _scene.Online());

        _scene.Accreditation = Accredited.Issuer(_scene.College!, Scene.Anchored.AddYears(-2), "urn:identity:person:1");
        Is(ReasonCode.IssuerNotEntitled, _scene.Online());
    }

    [Theory]
    [InlineData(-100, null, null, -100, ReasonCode.Valid)]
    [InlineData(1, null, null, -100, ReasonCode.IssuerNotEntitled)]    // from after the anchor
    [InlineData(-100, null, null, 1, ReasonCode.IssuerNotEntitled)]    // granted only later, whatever date it states
    [InlineData(-100, 0, null, -100, ReasonCode.IssuerNotEntitled)]    // ended that very second
    [InlineData(-100, 1, null, -100, ReasonCode.Valid)]
    [InlineData(-100, null, 0, -100, ReasonCode.IssuerNotEntitled)]    // withdrawn that very second
    [InlineData(-100, null, 1, -100, ReasonCode.Valid)]                // withdrawn later
    public void Accreditation_is_judged_at_the_anchor_time(int from, int? until, int? withdrawn, int granted, ReasonCode reason)
    {
        DateTimeOffset? At(int? seconds) => seconds is { } s ? Scene.Anchored.AddSeconds(s) : null;
        _scene.Accreditation = _scene.Accreditation! with { From = At(from)!.Value, Until = At(until), WithdrawnAt = At(withdrawn), GrantedAt = At(granted)!.Value };

        Is(reason, _scene.Online());
        Is(reason, _scene.Scan());
    }

    [Fact]
    public void A_withdrawn_accreditation_accuses_nobody_while_the_anchor_is_not_known()
    {
        _scene.Accreditation = _scene.Accreditation! with { WithdrawnAt = Scene.Anchored.AddDays(1) };
        _scene.Anchor = _scene.Anchor! with { Trusted = false };

        Is(ReasonCode.NotAnchored, _scene.Online());
    }

    [Fact]
    public void What_too_few_witnesses_confirm_is_open_and_says_how_many_did()
    {
        _scene.Anchor = _scene.Anchor! with { AnchoredAt = null, Witnesses = new WitnessCount(1, 2) };
        var open = _scene.Online();
        _scene.Anchor = _scene.Anchor! with { AnchoredAt = Scene.Anchored, Witnesses = new WitnessCount(2, 2) };
        var valid = _scene.Online();

        Is(ReasonCode.NotAnchored, open);
        Assert.Equal("in the log college.example/log, of whose checkpoints 1 of the 2 witnesses asked for have cosigned one that holds it", Of(open, CheckName.Ledger).Evidence);
        Is(ReasonCode.Valid, valid);
        Assert.Equal(("""{"count":1,"required":2}""", """{"count":2,"required":2}"""), (VerdictJson.ToJson(open)["ledger"]!["witnesses"]!.ToJsonString(), VerdictJson.ToJson(valid)["ledger"]!["witnesses"]!.ToJsonString()));
    }
}
