using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using static Identity.Credentials.Tests.Verdicts.VerdictAssert;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>A printed code: whoever carries it can show it.</summary>
public sealed class PaperTests
{
    private readonly Scene _scene = new();

    [Fact]
    public void A_paper_is_genuine_tied_to_nobody_and_names_what_to_compare()
    {
        foreach (var verdict in new[] { _scene.File(Print()), _scene.Shown(Print()), _scene.Scan(Print()) })
        {
            Is(ReasonCode.Valid, verdict);
            Assert.Equal(BindingLevel.Paper, verdict.Binding);
            Assert.Contains("holder_name", verdict.Compare);
            Assert.Equal((CheckResult.NotChecked, "paper: whoever carries it can show it"), (Of(verdict, CheckName.Holder).Result, Of(verdict, CheckName.Holder).Evidence));
            Assert.Equal(("identity-compact-paper", null), (verdict.Facts.Format, verdict.Facts.HolderThumbprint));
        }
    }

    [Fact]
    public void Its_own_entry_and_its_own_place_in_the_status_list_are_looked_up()
    {
        var text = Print();
        Assert.True(CompactPaper.TryParse(text, out var paper, out _));

        _scene.File(text);
        Assert.Equal(paper.LogEntry, _scene.AskedEntry);
        _scene.Status = _scene.Sign(1);
        Is(ReasonCode.Revoked, _scene.File(text));
    }

    [Fact]
    public void Before_a_challenge_what_was_asked_is_compared() => Is(ReasonCode.AsksNotMet, _scene.Scan(Print(new JsonObject { ["holder_name"] = "Amina Okoye-Reyes" })));

    [Fact]
    public void A_policy_that_demands_a_challenge_refuses_it_and_an_online_request_is_not_answered_by_it()
    {
        var strict = new VerdictPolicy { RequireChallenge = true };

        Is(ReasonCode.HolderNotProven, _scene.Shown(Print(), strict));
        Is(ReasonCode.HolderNotProven, _scene.Online(Print()));
        Is(ReasonCode.Valid, VerdictEngine.Check(Print(), new Expectations.File(), _scene, _scene.Now, strict));
    }

    [Fact]
    public void Attack_a_paper_with_another_name_or_of_another_key_is_altered()
    {
        Assert.True(Base45.TryDecode(Print().AsSpan(4), 600, out var bytes));
        var at = bytes.AsSpan().IndexOf("Amina"u8);
        bytes[at] = (byte)'B';

        Is(ReasonCode.Altered, _scene.Shown("IDD:" + Base45.Encode(bytes)));
        var stranger = new Forge { IssuerKey = Fixed.Key("stranger"), IssuerHeader = Forge.KeyIdHeader(Fixed.Key("issuer")) };
        Is(ReasonCode.Altered, _scene.Shown("IDD:" + Base45.Encode(stranger.MakePaper())));
    }

    [Fact]
    public void What_cannot_be_read_and_a_form_of_tomorrow_accuse_nobody()
    {
        Is(ReasonCode.Malformed, _scene.Shown("IDD:hello"));
        Is(ReasonCode.Unsupported, _scene.Shown("IDD:" + Base45.Encode(new Forge { PaperMembers = m => m[0] = Raw.Int(3) }.MakePaper())));
    }

    private string Print(JsonObject? claims = null) => CompactPaper.Issue(
        TypeDefinition.Find(Scene.Vct)!, claims ?? new JsonObject { ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Diploma in Welding Technology" },
        null, Scene.Anchored.AddYears(5).ToUnixTimeSeconds(), 3, Scene.StatusIndex, _scene.IssuerKey, Fixed.Random("paper")).Text;
}
