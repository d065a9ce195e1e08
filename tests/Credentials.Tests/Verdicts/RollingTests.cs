using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;
using static Identity.Credentials.Tests.Verdicts.VerdictAssert;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>A code that the phone redraws with the time, before a camera.</summary>
public sealed class RollingTests
{
    private readonly Scene _scene = new();

    [Theory]
    [InlineData(0, "drawn 0 s ago")]
    [InlineData(120, "drawn 120 s ago")]
    [InlineData(-120, "drawn 120 s ahead of this clock")]
    public void Drawn_within_two_minutes_it_is_taken_and_its_age_is_told(int secondsAgo, string evidence)
    {
        var verdict = _scene.Shown(_scene.Roll(secondsAgo));

        Is(ReasonCode.Valid, verdict);
        Assert.Equal(BindingLevel.Rolling, verdict.Binding);
        Assert.Equal(new RollingFacts(secondsAgo, false), verdict.Rolling);
        Assert.Equal((CheckResult.Passed, evidence), (Of(verdict, CheckName.Freshness).Result, Of(verdict, CheckName.Freshness).Evidence));
        Assert.Equal(_scene.HolderKey.PublicKey.ThumbprintText(), verdict.Facts.HolderThumbprint);
    }

    [Theory]
    [InlineData(121)]
    [InlineData(-121)]
    [InlineData(86_400)]
    public void Attack_a_picture_of_a_code_shown_after_its_window_is_replayed(int secondsAgo)
    {
        var verdict = _scene.Shown(_scene.Roll(secondsAgo));

        Is(ReasonCode.Replayed, verdict);
        Assert.Equal(BindingLevel.None, verdict.Binding);
        Assert.Equal(CheckResult.Failed, Of(verdict, CheckName.Holder).Result);
        Assert.Null(verdict.Facts.HolderThumbprint);
    }

    [Fact]
    public void A_phone_unsure_of_its_clock_says_so_in_the_evidence_and_in_the_json()
    {
        var verdict = _scene.Shown(_scene.Roll(30, unsure: true));

        Is(ReasonCode.Valid, verdict);
        Assert.Equal("drawn 30 s ago, clock unsure", Of(verdict, CheckName.Freshness).Evidence);
        Assert.Equal("""{"age":30,"clockUnsure":true}""", VerdictJson.ToJson(verdict)["rolling"]!.ToJsonString());
        Assert.Null(VerdictJson.ToJson(_scene.Scan())["rolling"]);
    }

    [Fact]
    public void Before_a_challenge_it_is_held_against_what_was_asked()
    {
        Is(ReasonCode.Valid, _scene.Scan(_scene.Roll()));
        Assert.Equal(BindingLevel.Rolling, _scene.Scan(_scene.Roll()).Binding);
        Is(ReasonCode.AsksNotMet, _scene.Scan(_scene.Roll(7, false, 1)));
        Is(ReasonCode.Replayed, _scene.Scan(_scene.Roll(121)));
    }

    [Fact]
    public void A_policy_that_demands_a_challenge_refuses_it_and_takes_the_answer_to_one()
    {
        var strict = new VerdictPolicy { RequireChallenge = true };

        Is(ReasonCode.Replayed, _scene.Shown(_scene.Roll(), strict));
        Is(ReasonCode.Replayed, VerdictEngine.Check(_scene.Roll(), new Expectations.Challenge(_scene.Challenge()), _scene, _scene.Now, strict));
        Is(ReasonCode.Valid, VerdictEngine.Check(_scene.Answer(), new Expectations.Challenge(_scene.Challenge()), _scene, _scene.Now, strict));
    }

    [Fact]
    public void A_wider_window_is_the_verifiers_to_choose() =>
        Is(ReasonCode.Valid, _scene.Shown(_scene.Roll(300), new VerdictPolicy { RollingWindow = TimeSpan.FromMinutes(5) }));

    [Fact]
    public void Where_nothing_was_asked_an_answer_to_somebody_elses_challenge_is_replayed() => Is(ReasonCode.Replayed, _scene.Shown(_scene.Answer()));

    [Fact]
    public void As_a_file_it_proves_no_holder_and_online_it_answers_nothing()
    {
        var file = _scene.File(_scene.Roll(86_400));

        Is(ReasonCode.Valid, file);
        Assert.Equal((BindingLevel.None, null), (file.Binding, file.Rolling));
        Is(ReasonCode.HolderNotProven, _scene.Online(_scene.Roll()));
    }

    [Fact]
    public void Attack_the_time_of_a_rolling_proof_is_moved_or_its_doubt_taken_away()
    {
        Assert.True(CompactVerifier.TryParse(_scene.Roll(500, unsure: true), out var proof, out _));
        var genuine = proof.Encoded;
        foreach (var fromEnd in new[] { 66 + 1, 66 + 2 }) // the payload's last two items lie before the signature's head of two bytes
        {
            var bent = (byte[])genuine.Clone();
            bent[^fromEnd] ^= 1;
            var verdict = _scene.Shown("IDP:" + Base45.Encode(bent));
            Assert.Equal(ReasonCode.HolderNotProven, verdict.Reason);
        }
    }

    [Fact]
    public void A_time_that_no_clock_shows_is_not_signed()
    {
        foreach (var time in new[] { -1, 253_402_300_800 })
            Assert.Throws<ArgumentOutOfRangeException>(() => CompactHolder.Roll(_scene.IssueCompact(), [1], time, false, _scene.HolderKey));
        Assert.Throws<ArgumentException>(() => CompactHolder.Roll(_scene.IssueCompact(), [1], 0, false, Fixed.Key("stranger")));
    }
}
