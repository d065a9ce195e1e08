using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;
using static Identity.Credentials.Tests.Verdicts.VerdictAssert;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>What is read, whose signature it bears, and who that is.</summary>
public sealed class VerdictTests
{
    private readonly Scene _scene = new();

    [Fact]
    public void A_diploma_in_order_shown_online_is_valid_in_every_check()
    {
        var verdict = _scene.Online();

        Is(ReasonCode.Valid, verdict);
        Assert.All(verdict.Checks.Where(c => c.Name != CheckName.Asks), c => Assert.True(c.Result == CheckResult.Passed, $"{c}"));
        Assert.Equal(BindingLevel.OnlineKeyBinding, verdict.Binding);
        Assert.Equal("Amina Okoye-Reyes", (string?)verdict.Claims["holder_name"]);
        Assert.DoesNotContain(verdict.Claims, c => c.Key is "cnf" or "status" or "iss" or "vct" or "iat" or "exp");
        Assert.Equal(["holder_name"], verdict.Compare);
        Assert.Equal(_scene.HolderKey.PublicKey.ThumbprintText(), verdict.Facts.HolderThumbprint);
        Assert.Equal(Entry.OfJwt(_scene.Issue().Split('~')[0]).Length, _scene.AskedEntry!.Length);
    }

    [Fact]
    public void A_diploma_in_order_scanned_is_valid_in_every_check()
    {
        var verdict = _scene.Scan();

        Is(ReasonCode.Valid, verdict);
        Assert.All(verdict.Checks, c => Assert.True(c.Result == CheckResult.Passed, $"{c}"));
        Assert.Equal(BindingLevel.Challenge, verdict.Binding);
        Assert.Equal(["holder_name", "title"], verdict.Claims.Select(c => c.Key));
        Assert.Equal(Scene.StatusUri, verdict.Facts.StatusUri);
    }

    [Fact]
    public void A_file_needs_no_holder()
    {
        foreach (var verdict in new[] { _scene.File(), _scene.File(_scene.Present()), _scene.File(_scene.Answer()) })
        {
            Is(ReasonCode.Valid, verdict);
            Assert.Equal(BindingLevel.None, verdict.Binding);
            Assert.Equal(CheckResult.NotChecked, Of(verdict, CheckName.Holder).Result);
            Assert.Null(verdict.Facts.HolderThumbprint);
        }
    }

    [Fact]
    public void Without_a_certificate_the_registered_key_of_the_key_id_counts()
    {
        _scene.WithCertificate = false;

        Is(ReasonCode.Valid, _scene.Online());
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("a.b.c~")]
    [InlineData("IDP:")]
    [InlineData("IDP:NCF")]
    [InlineData("idp:NCF")]
    [InlineData("HC1:NCF")]
    public void What_cannot_be_read_is_malformed_and_accuses_nobody(string text)
    {
        var verdict = _scene.File(text);

        Is(ReasonCode.Malformed, verdict);
        Assert.Empty(verdict.Claims);
    }

    [Fact]
    public void An_unknown_type_is_unsupported()
    {
        _scene.Type = "urn:example:library-card";

        Is(ReasonCode.Unsupported, _scene.Online());
    }

    [Fact]
    public void The_short_name_of_a_type_is_not_its_identifier()
    {
        _scene.Type = "qualification";

        Is(ReasonCode.Unsupported, _scene.Online());
    }

    [Fact]
    public void A_disclosure_changed_by_the_holder_is_altered_and_shows_no_claims()
    {
        var parts = _scene.Issue().Split('~');
        var disclosure = JsonNode.Parse(Decode(parts[1]))!.AsArray();
        disclosure[2] = "Doctor of Medicine";
        parts[1] = Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(disclosure.ToJsonString()));

        var verdict = _scene.File(string.Join('~', parts));

        Is(ReasonCode.Altered, verdict);
        Assert.Empty(verdict.Claims);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_payload_changed_after_signing_is_altered(bool certificate)
    {
        _scene.WithCertificate = certificate;
        var issued = _scene.Issue();
        var jwt = issued.Split('~')[0].Split('.');
        var payload = JsonNode.Parse(Decode(jwt[1]))!;
        payload["awarding_country"] = "XN";
        var changed = $"{jwt[0]}.{Base64Url.Encode(System.Text.Encoding.UTF8.GetBytes(payload.ToJsonString()))}.{jwt[2]}{issued[issued.IndexOf('~')..]}";

        Is(ReasonCode.Altered, _scene.File(changed));
    }

    [Fact]
    public void A_proof_with_a_changed_claim_or_issuer_signature_is_altered()
    {
        var swapped = _scene.IssueCompact();
        var leaves = swapped.Leaves.ToList();
        leaves[1] = leaves[1] with { Value = "Doctor of Medicine" };
        Is(ReasonCode.Altered, _scene.Scan(_scene.Answer(credential: swapped with { Leaves = leaves })));

        var forge = new Forge { IssuerKey = _scene.IssuerKey, HolderKey = _scene.HolderKey, IssuerSignature = s => [.. s[..63], (byte)(s[63] ^ 1)] };
        Is(ReasonCode.Altered, _scene.File("IDP:" + Identity.Credentials.Cose.Base45.Encode(forge.MakeProof())));
    }

    [Fact]
    public void An_issuer_nobody_registered_is_unknown_which_accuses_nobody()
    {
        _scene.StatedIssuer = "https://mill.example/diplomas";
        Is(ReasonCode.IssuerUnknown, _scene.Online());

        var scene = new Scene { StatedIssuer = null };
        Is(ReasonCode.IssuerUnknown, scene.Online());

        Is(ReasonCode.IssuerUnknown, new Scene().Scan(_scene.Answer(credential: _scene.IssueCompact(Fixed.Key("stranger")))));
    }

    [Fact]
    public void An_altered_credential_of_an_unknown_issuer_is_told_as_altered()
    {
        _scene.StatedIssuer = "https://mill.example/diplomas";

        Is(ReasonCode.Altered, _scene.File(_scene.Issue(certified: Fixed.Key("stranger"))));
    }

    [Fact]
    public void Keys_an_unregistered_issuer_publishes_show_an_alteration_but_no_standing()
    {
        _scene.StatedIssuer = "https://mill.example/diplomas";
        _scene.WithCertificate = false;
        var stranger = Fixed.Key("stranger");
        var issued = _scene.Issue(stranger);
        Verdict With(string text) => VerdictEngine.Check(text, new Expectations.File(), _scene, _scene.Now, null, [stranger.PublicKey]);

        var verdict = With(issued);
        Is(ReasonCode.IssuerUnknown, verdict);
        Assert.NotEmpty(verdict.Claims);

        var at = issued.IndexOf('~') - 10;
        Is(ReasonCode.Altered, With(issued[..at] + (issued[at] == 'A' ? 'B' : 'A') + issued[(at + 1)..]));
        Assert.Empty(_scene.File(issued).Claims); // nothing to check the signature with
    }

    [Fact]
    public void A_certificate_of_ones_own_in_the_name_of_a_registered_issuer_is_refused()
    {
        var verdict = _scene.File(_scene.Issue(Fixed.Key("stranger")));

        Is(ReasonCode.KeyNotValidThen, verdict);
    }

    [Fact]
    public void A_registered_key_of_another_organisation_does_not_sign_for_this_one()
    {
        var rogue = new OrganisationRecord(Fixed.Bytes("rogue", 32), "https://rogue.example", "Rogue", "XT", true, null);
        var key = Fixed.Key("stranger");
        _scene.MoreOrganisations.Add(rogue);
        _scene.MoreKeys.Add(new KeyRecord(key.PublicKey.Thumbprint(), key.PublicKey, rogue.Id, Scene.Anchored.AddYears(-1), null, null));

        Is(ReasonCode.KeyNotValidThen, _scene.File(_scene.Issue(key)));
    }

    [Fact]
    public void Registering_somebody_elses_key_takes_nothing_from_its_owner()
    {
        var rogue = new OrganisationRecord(Fixed.Bytes("rogue", 32), "https://rogue.example", "Rogue", "XT", true, null);
        _scene.MoreOrganisations.Add(rogue);
        _scene.MoreKeys.Add(_scene.Key! with { Organisation = rogue.Id, From = _scene.Key.From.AddYears(-1) });

        Is(ReasonCode.Valid, _scene.Scan());
        Is(ReasonCode.Valid, _scene.Online());
        Assert.Equal("Port Selin Technical College", _scene.Scan().Facts.Issuer!.Name);
    }

    [Fact]
    public void Two_keys_with_the_same_key_id_are_both_tried()
    {
        var other = Fixed.Key("stranger");
        var collision = _scene.Key! with { Thumbprint = [.. _scene.Key.Thumbprint[..8], .. new byte[24]], Key = other.PublicKey };
        _scene.MoreKeys.Add(collision);
        Is(ReasonCode.Valid, _scene.Scan());

        _scene.Key = collision;
        Is(ReasonCode.Altered, _scene.Scan());
    }

    [Fact]
    public void The_json_of_a_verdict_has_the_agreed_members()
    {
        var json = VerdictJson.ToJson(_scene.Online());

        Assert.Equal(["outcome", "reason", "tone", "binding", "checks", "dataAge", "rolling", "claims", "credential", "compare", "ledger", "entitlement", "closing"], json.Select(m => m.Key));
        Assert.Equal(("valid", "valid", "online_key_binding"), ((string?)json["outcome"], (string?)json["reason"], (string?)json["binding"]));
        Assert.Equal(15, json["checks"]!.AsArray().Count);
        Assert.Equal("Port Selin Technical College", (string?)json["credential"]!["issuer"]!["name"]);
        Assert.Equal("2025-11-01T12:00:00Z", (string?)json["ledger"]!["anchoredAt"]);
        Assert.Equal(5, (long)json["dataAge"]!["ledger"]!);
    }
}
