using Identity.Credentials.Dcql;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;
using static Identity.Credentials.Tests.Verdicts.VerdictAssert;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>Who shows it, to whom, and whether it is what was asked.</summary>
public sealed class BindingTests
{
    private readonly Scene _scene = new();

    [Fact]
    public void A_key_binding_for_another_verifier_is_wrong_audience()
    {
        _scene.HolderAudience = "x509_hash:other";

        var verdict = _scene.Online();

        Is(ReasonCode.WrongAudience, verdict);
        Assert.Equal(CheckResult.Failed, Of(verdict, CheckName.Holder).Result);
    }

    [Fact]
    public void A_key_binding_of_another_request_is_replayed()
    {
        _scene.HolderNonce = "nonce-of-yesterday";
        Is(ReasonCode.Replayed, _scene.Online());
    }

    [Fact]
    public void A_key_binding_too_old_is_replayed()
    {
        var presented = _scene.Present();
        _scene.Now = _scene.Now.AddMinutes(6);
        _scene.State = new MirrorState(_scene.Now, []);

        Is(ReasonCode.Replayed, _scene.Online(presented));
    }

    [Fact]
    public void Without_key_binding_or_with_anothers_the_holder_is_not_proven()
    {
        Is(ReasonCode.HolderNotProven, _scene.Online(_scene.Issue()));
        Is(ReasonCode.HolderNotProven, _scene.Online(_scene.Present(holder: Fixed.Key("stranger"))));
    }

    [Fact]
    public void A_query_that_needs_no_holder_binding_takes_a_copy()
    {
        var asked = new DcqlCredential("d", "dc+sd-jwt", [Scene.Vct], [new DcqlClaim(null, new ClaimPath("title"), [])], [], false, false, null);

        var verdict = VerdictEngine.Check(_scene.Issue(), new Expectations.Online(_scene.Nonce, _scene.Audience) { Asked = asked }, _scene, _scene.Now);

        Is(ReasonCode.Valid, verdict);
        Assert.Equal(BindingLevel.None, verdict.Binding);
    }

    [Fact]
    public void A_picture_of_another_persons_code_does_not_prove_the_holder()
    {
        var photographed = _scene.Answer(_scene.Challenge("an earlier challenge"));

        var verdict = _scene.Scan(photographed);

        Is(ReasonCode.Replayed, verdict);
        Assert.Equal((CheckResult.Failed, ReasonCode.HolderNotProven), (Of(verdict, CheckName.Holder).Result, Of(verdict, CheckName.Holder).Reason));
        Assert.Equal(BindingLevel.None, verdict.Binding);
    }

    [Fact]
    public void A_credential_copied_to_another_phone_does_not_prove_the_holder()
    {
        var forge = new Forge { IssuerKey = _scene.IssuerKey, HolderKey = _scene.HolderKey, HolderSignature = _ => new byte[64] };
        forge.UseChallenge(_scene.Challenge().Encoded);

        Is(ReasonCode.HolderNotProven, _scene.Scan("IDP:" + Identity.Credentials.Cose.Base45.Encode(forge.MakeProof())));
    }

    [Fact]
    public void The_wrong_form_for_the_question_does_not_prove_the_holder()
    {
        Is(ReasonCode.HolderNotProven, _scene.Scan(_scene.Present()));
        Is(ReasonCode.HolderNotProven, _scene.Online(_scene.Answer()));
    }

    [Fact]
    public void Claims_asked_for_but_not_shown_are_told_so()
    {
        var challenge = _scene.Challenge();
        Is(ReasonCode.AsksNotMet, _scene.Scan(_scene.Answer(challenge, null, 1), challenge));

        var asked = new DcqlCredential("d", "dc+sd-jwt", [Scene.Vct], [new DcqlClaim(null, new ClaimPath("title"), [])], [], false, true, null);
        Verdict With(string presented) => VerdictEngine.Check(presented, new Expectations.Online(_scene.Nonce, _scene.Audience) { Asked = asked }, _scene, _scene.Now);
        Is(ReasonCode.Valid, With(_scene.Present()));
        Is(ReasonCode.AsksNotMet, With(_scene.Present(shown: "holder_name")));
        var found = VerdictEngine.Check(_scene.Present(), new Expectations.Online(_scene.Nonce, _scene.Audience) { Asked = asked, Asks = new AskResult(false, "a credential is missing") }, _scene, _scene.Now);
        Is(ReasonCode.AsksNotMet, found);
    }
}
