using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Dcql;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Tests.Verdicts;

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
    public void Retiring_a_key_changes_nothing_for_what_was_anchored_before()
    {
        _scene.Key = _scene.Key! with { EndedAt = Scene.Anchored.AddDays(1), Reason = KeyEndReason.Retired };
        NewStatusKey();

        Is(ReasonCode.Valid, _scene.Online());
        Is(ReasonCode.Valid, _scene.Scan());
    }

    [Fact]
    public void What_was_anchored_after_the_key_was_retired_came_too_late()
    {
        _scene.Key = _scene.Key! with { EndedAt = Scene.Anchored.AddSeconds(-1), Reason = KeyEndReason.Retired };
        NewStatusKey();

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
        NewStatusKey();

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
        NewStatusKey();
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

        _scene.Accreditation = new Scene().Accreditation! with { Type = "urn:identity:person:1" };
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
        _scene.Accreditation = new AccreditationRecord(Scene.Vct, At(from)!.Value, At(until), At(withdrawn), At(granted)!.Value, Scene.Ministry, "Ministry");

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

    [Theory]
    [InlineData(0, ReasonCode.Valid)]
    [InlineData(1, ReasonCode.Revoked)]
    [InlineData(2, ReasonCode.Suspended)]
    [InlineData(3, ReasonCode.Suspended)]
    public void The_status_list_decides_and_only_zero_is_in_force(byte value, ReasonCode reason)
    {
        _scene.Status = _scene.Sign(value);

        Is(reason, _scene.Online());
        Is(reason, _scene.Scan());
        Is(reason, _scene.File());
    }

    [Fact]
    public void A_status_list_that_cannot_be_relied_on_leaves_the_status_open()
    {
        void Open(StatusSnapshotCase change, string why)
        {
            var scene = new Scene();
            change(scene);
            var verdict = scene.Online();
            Assert.True(verdict.Reason == ReasonCode.StaleData, $"{why}: {verdict.Reason}");
            Assert.Equal(CheckResult.NotChecked, Of(verdict, CheckName.Status).Result);
        }

        Open(s => s.Status = null, "no list");
        Open(s => s.Status = s.Sign(1, Fixed.Key("stranger")), "signed by a stranger, even if it says revoked");
        Open(s => s.Status = s.Sign(0, issuedAt: s.Now.AddHours(-30)), "expired");
        Open(s => s.Status = s.Sign(0, issuedAt: s.Now.AddHours(-30)) with { FetchedAt = s.Now }, "expired but fetched now");
        Open(s => s.Status = s.Sign(0, issuedAt: s.Now.AddHours(-30), life: TimeSpan.FromDays(9)), "fetched too long ago");
        Open(s => s.Status = s.Sign(0, issuedAt: s.Now.AddHours(2)), "from the future");
        Open(s => s.Status = s.Sign(0) with { FetchedAt = s.Now.AddHours(2) }, "fetched in the future");
        Open(s => s.Status = s.Sign(0, uri: "https://college.example/other"), "of another address");
    }

    private delegate void StatusSnapshotCase(Scene scene);

    [Fact]
    public void A_key_of_another_organisation_does_not_sign_the_status()
    {
        var rogue = new OrganisationRecord(Fixed.Bytes("rogue", 32), "https://rogue.example", "Rogue", "XT", true, null);
        var key = Fixed.Key("stranger");
        _scene.MoreOrganisations.Add(rogue);
        _scene.MoreKeys.Add(new KeyRecord(key.PublicKey.Thumbprint(), key.PublicKey, rogue.Id, Scene.Anchored.AddYears(-1), null, null));
        _scene.Status = _scene.Sign(1, key);

        Is(ReasonCode.StaleData, _scene.Online());
    }

    [Fact]
    public void A_stolen_key_signs_no_status_whatever_date_it_writes()
    {
        _scene.Key = _scene.Key! with { EndedAt = _scene.Now.AddDays(-1), Reason = KeyEndReason.Compromised };
        _scene.Status = _scene.Sign(0, issuedAt: _scene.Now.AddDays(-2), life: TimeSpan.FromDays(30)) with { FetchedAt = _scene.Now };

        Is(ReasonCode.StaleData, _scene.Online());
    }

    [Fact]
    public void A_revocation_stays_one_in_an_old_list()
    {
        _scene.Status = _scene.Sign(1, issuedAt: _scene.Now.AddDays(-30));

        Is(ReasonCode.Revoked, _scene.Online());
    }

    [Fact]
    public void The_final_list_of_a_closed_issuer_never_grows_stale()
    {
        _scene.Status = _scene.Sign(0, issuedAt: _scene.Now.AddDays(-300), life: TimeSpan.Zero);

        Is(ReasonCode.Valid, _scene.Online());
    }

    [Fact]
    public void Dates_are_judged_with_a_minute_of_grace()
    {
        _scene.Expires = _scene.Now.AddSeconds(-30);
        Is(ReasonCode.Valid, _scene.Online());
        Is(ReasonCode.Valid, _scene.Scan());
        _scene.Expires = _scene.Now.AddSeconds(-60);
        Is(ReasonCode.Expired, _scene.Online());
        Is(ReasonCode.Expired, _scene.Scan());
        _scene.Expires = null;
        _scene.NotBefore = _scene.Now.AddSeconds(61);
        Is(ReasonCode.NotYetValid, _scene.Online());
        Is(ReasonCode.NotYetValid, _scene.Scan());
        _scene.NotBefore = _scene.Now.AddSeconds(60);
        Is(ReasonCode.Valid, _scene.Scan());
    }

    [Fact]
    public void What_the_ledger_does_not_vouch_for_stays_open()
    {
        var anchor = _scene.Anchor!;
        foreach (var found in new[] { null, anchor with { AnchoredAt = null }, anchor with { RootMatchesContract = false }, anchor with { Trusted = false } })
        {
            _scene.Anchor = found;
            Is(ReasonCode.NotAnchored, _scene.Online());
            Is(ReasonCode.NotAnchored, _scene.Scan());
            Assert.Equal(found, _scene.Online().Ledger?.Anchor);
        }
    }

    [Fact]
    public void An_old_copy_of_the_ledger_never_accuses_and_never_shows_green()
    {
        var doubts = new Action<Scene>[] { _ => { }, s => s.College = null, s => s.Key = null, s => s.Anchor = null, s => (s.Anchor, s.Accreditation) = (null, null) };
        foreach (var doubt in doubts)
        {
            foreach (var head in new DateTimeOffset?[] { null, _scene.Now.AddHours(-2), _scene.Now.AddHours(2) })
            {
                var scene = new Scene { State = new MirrorState(head, []) };
                var (online, scan) = (scene.Present(), scene.Answer());
                doubt(scene);
                Is(ReasonCode.StaleData, scene.Online(online));
                Is(ReasonCode.StaleData, scene.Scan(scan));
            }
        }
    }

    [Fact]
    public void A_clock_set_back_behind_the_data_is_noticed()
    {
        _scene.Now = _scene.Now.AddDays(-40);

        Is(ReasonCode.StaleData, _scene.File());
    }

    [Fact]
    public void The_json_of_a_verdict_has_the_agreed_members()
    {
        var json = VerdictJson.ToJson(_scene.Online());

        Assert.Equal(["outcome", "reason", "tone", "binding", "checks", "dataAge", "claims", "credential", "compare", "ledger"], json.Select(m => m.Key));
        Assert.Equal(("valid", "valid", "online_key_binding"), ((string?)json["outcome"], (string?)json["reason"], (string?)json["binding"]));
        Assert.Equal(15, json["checks"]!.AsArray().Count);
        Assert.Equal("Port Selin Technical College", (string?)json["credential"]!["issuer"]!["name"]);
        Assert.Equal("2025-11-01T12:00:00Z", (string?)json["ledger"]!["anchoredAt"]);
        Assert.Equal(5, (long)json["dataAge"]!["ledger"]!);
    }

    /// <summary>After a key has ended, the issuer signs its status lists with the next one.</summary>
    private void NewStatusKey()
    {
        var next = Fixed.Key("next issuer key");
        _scene.MoreKeys.Add(new KeyRecord(next.PublicKey.Thumbprint(), next.PublicKey, _scene.College!.Id, Scene.Anchored, null, null));
        _scene.Status = _scene.Sign(0, next);
    }

    private static void Is(ReasonCode reason, Verdict verdict)
    {
        Assert.True(reason == verdict.Reason, $"expected {reason}, was {verdict.Reason}: {string.Join("; ", verdict.Checks)}");
        Assert.Equal(Reasons.OutcomeOf(reason), verdict.Outcome);
        Assert.Equal(verdict.Outcome == Outcome.NotValid, verdict.Checks.Any(c => c.Result == CheckResult.Failed && c.Reason is { } r && Reasons.OutcomeOf(r) == Outcome.NotValid));
        if (verdict.Outcome == Outcome.Valid) Assert.DoesNotContain(verdict.Checks, c => c.Result == CheckResult.Failed);
    }

    private static Check Of(Verdict verdict, CheckName name) => verdict.Checks.Single(c => c.Name == name);

    private static byte[] Decode(string text)
    {
        Assert.True(Base64Url.TryDecode(text, out var bytes));
        return bytes;
    }
}
