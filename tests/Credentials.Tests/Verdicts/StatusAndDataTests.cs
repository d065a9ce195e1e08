using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;
using static Identity.Credentials.Tests.Verdicts.VerdictAssert;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>Status lists, dates, the ledger's word, and the age of all of it.</summary>
public sealed class StatusAndDataTests
{
    private readonly Scene _scene = new();

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
    public void Attack_a_list_that_names_no_end_and_is_kept_from_the_verifier_grows_stale_like_any_other()
    {
        _scene.Status = _scene.Sign(0, issuedAt: _scene.Now.AddDays(-300), life: TimeSpan.Zero) with { FetchedAt = _scene.Now.AddHours(-24) };
        Is(ReasonCode.Valid, _scene.Online());

        _scene.Status = _scene.Status with { FetchedAt = _scene.Now.AddHours(-24).AddSeconds(-1) };
        Is(ReasonCode.StaleData, _scene.Online());
        _scene.Status = _scene.Sign(1, issuedAt: _scene.Now.AddDays(-300), life: TimeSpan.Zero);
        Is(ReasonCode.Revoked, _scene.Online());
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
}
