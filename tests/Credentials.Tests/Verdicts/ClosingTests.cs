using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;
using Identity.Tests.Shared;
using static Identity.Credentials.Tests.Verdicts.VerdictAssert;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>A college was closed: what it issued stays good, by its final lists, for ever.</summary>
public sealed class ClosingTests
{
    private static readonly DateTimeOffset Closed = Scene.Anchored.AddMonths(6);
    private static readonly OrganisationRecord Archive = new(Fixed.Bytes("archive", 32), "https://archive.example", "National Archive", "XT", true, "archive@talmara.example");
    private static readonly Es256Key ArchiveKey = Fixed.Key("archive");
    private readonly Scene _scene = new();

    public ClosingTests()
    {
        _scene.MoreOrganisations.Add(Archive);
        _scene.MoreKeys.Add(new KeyRecord(ArchiveKey.PublicKey.Thumbprint(), ArchiveKey.PublicKey, Archive.Id, Scene.Anchored, null, null));
        Final(0);
    }

    [Fact]
    public void Years_later_the_final_list_still_counts_and_the_verdict_says_as_of_when()
    {
        _scene.Now = Closed.AddYears(9);
        (_scene.Expires, _scene.State) = (null, new MirrorState(_scene.Now, []));

        foreach (var verdict in new[] { _scene.Online(), _scene.Scan() })
        {
            Is(ReasonCode.Valid, verdict);
            Assert.Equal((Closed, Closed.AddDays(-1)), (verdict.Closing!.At, verdict.Closing.AsOf!.Value));
            Assert.Equal("in force, as of 2026-04-30 12:00 UTC, the final list", Of(verdict, CheckName.Status).Evidence);
            var json = VerdictJson.ToJson(verdict)["closing"]!;
            Assert.Equal(("2026-05-01T12:00:00Z", "2026-04-30T12:00:00Z", true), ((string)json["at"]!, (string)json["asOf"]!, (bool)json["final"]!));
            Assert.Null(json["depositary"]);
        }
    }

    [Fact]
    public void The_final_list_counts_whatever_becomes_of_the_key_that_signed_it()
    {
        _scene.Key = _scene.Key! with { EndedAt = Closed.AddDays(-2), Reason = KeyEndReason.Compromised };

        Is(ReasonCode.Valid, _scene.Online());
    }

    [Theory]
    [InlineData(1, ReasonCode.Revoked)]
    [InlineData(2, ReasonCode.Suspended)]
    public void What_the_final_list_ended_stays_ended(byte value, ReasonCode reason)
    {
        Final(value);

        Is(reason, _scene.Online());
    }

    [Fact]
    public void Attack_a_list_that_the_closing_statement_does_not_name_is_put_in_its_place()
    {
        var named = _scene.CollegeClosing!.FinalLists;
        Final(0);
        _scene.CollegeClosing = _scene.CollegeClosing with { FinalLists = [named[0] with { Entry = Fixed.Bytes("another list", 32) }] };

        var verdict = _scene.Online();

        Is(ReasonCode.StaleData, verdict);
        Assert.Null(verdict.Closing!.AsOf);
    }

    [Fact]
    public void A_final_list_that_is_not_anchored_is_as_good_as_any_other_old_list()
    {
        _scene.Anchors[Convert.ToHexString(_scene.CollegeClosing!.FinalLists[0].Entry)] = _scene.Anchor! with { AnchoredAt = null };

        Is(ReasonCode.StaleData, _scene.Online());
    }

    [Fact]
    public void Attack_a_closed_colleges_key_signs_on()
    {
        _scene.Anchor = _scene.Anchor! with { AnchoredAt = Closed };

        var verdict = _scene.Online();

        Is(ReasonCode.IssuerNotEntitled, verdict);
        Assert.Equal(ReasonCode.AnchoredTooLate, Of(verdict, CheckName.RecordedInTime).Reason);
        Assert.Equal("accreditation 2 of Port Selin Technical College ended: the organisation was closed on 2026-05-01 12:00 UTC", Of(verdict, CheckName.Accreditation).Evidence);

        _scene.Anchor = _scene.Anchor with { AnchoredAt = Closed.AddSeconds(-1) };
        Is(ReasonCode.Valid, _scene.Online());
    }

    [Fact]
    public void Attack_a_closed_colleges_key_signs_a_list()
    {
        _scene.Status = _scene.Sign(0);

        Is(ReasonCode.StaleData, _scene.Online());
    }

    [Theory]
    [InlineData(0, ReasonCode.Valid)]
    [InlineData(1, ReasonCode.Revoked)]
    public void The_depositary_keeps_the_lists_once_it_has_accepted(byte value, ReasonCode reason)
    {
        _scene.CollegeClosing = _scene.CollegeClosing! with { Depositary = Archive, AcceptedAt = Closed.AddDays(9) };
        _scene.Status = _scene.Sign(value, ArchiveKey);

        var verdict = _scene.Online();

        Is(reason, verdict);
        Assert.Equal(("National Archive", "archive@talmara.example", null), (verdict.Closing!.Depositary, verdict.Closing.Contact, verdict.Closing.AsOf));
    }

    [Theory]
    [InlineData(0, ReasonCode.StaleData)]
    [InlineData(2, ReasonCode.StaleData)]
    [InlineData(1, ReasonCode.Revoked)]
    public void Once_somebody_has_taken_over_the_final_list_alone_tells_only_what_has_ended(byte value, ReasonCode reason)
    {
        Final(value);
        _scene.CollegeClosing = _scene.CollegeClosing! with { Depositary = Archive, AcceptedAt = Closed.AddDays(9) };

        Is(reason, _scene.Online());

        // Also while another has been named and has not accepted yet.
        _scene.CollegeClosing = _scene.CollegeClosing.Naming(Accredited.Ministry, Closed.AddDays(20));
        Is(reason, _scene.Online());
    }

    [Fact]
    public void Attack_a_depositary_brings_back_what_the_final_list_ended()
    {
        Final(1);
        var final = _scene.Status!.Token;
        _scene.CollegeClosing = _scene.CollegeClosing! with { Depositary = Archive, AcceptedAt = Closed.AddDays(9) };
        _scene.Status = _scene.Sign(0, ArchiveKey) with { Before = [final] };

        var verdict = _scene.Online();

        Is(ReasonCode.Revoked, verdict);
        Assert.Equal("revoked, as of 2026-04-30 12:00 UTC, the final list", Of(verdict, CheckName.Status).Evidence);
    }

    [Theory]
    [InlineData("in its time", 15, ReasonCode.Revoked)]
    [InlineData("before it accepted", 8, ReasonCode.StaleData)]
    [InlineData("after another was named", 20, ReasonCode.StaleData)]
    [InlineData("by nobody", 15, ReasonCode.StaleData)]
    public void What_a_depositary_ended_in_its_time_stays_ended_when_another_is_named(string how, int day, ReasonCode reason)
    {
        using var stranger = Es256Key.Create();
        _scene.CollegeClosing = (_scene.CollegeClosing! with { Depositary = Archive, AcceptedAt = Closed.AddDays(9) }).Naming(Accredited.Ministry, Closed.AddDays(20));
        _scene.Status = _scene.Status! with { Before = [_scene.Sign(1, how == "by nobody" ? stranger : ArchiveKey, Closed.AddDays(day)).Token] };

        Is(reason, _scene.Online());
    }

    [Fact]
    public void A_depositarys_list_runs_out_like_any_other()
    {
        _scene.CollegeClosing = _scene.CollegeClosing! with { Depositary = Archive, AcceptedAt = Closed.AddDays(9) };
        _scene.Status = _scene.Sign(0, ArchiveKey, _scene.Now.AddDays(-2));

        Is(ReasonCode.StaleData, _scene.Online());
    }

    [Fact]
    public void Attack_a_depositary_that_did_not_accept_signs_a_list()
    {
        _scene.CollegeClosing = _scene.CollegeClosing! with { Depositary = Archive };
        _scene.Status = _scene.Sign(1, ArchiveKey);

        Is(ReasonCode.StaleData, _scene.Online());
    }

    [Fact]
    public void Attack_a_list_signed_by_the_depositary_dated_before_acceptance()
    {
        _scene.CollegeClosing = _scene.CollegeClosing! with { Depositary = Archive, AcceptedAt = _scene.Now };
        _scene.Status = _scene.Sign(1, ArchiveKey, _scene.Now.AddSeconds(-1));

        Is(ReasonCode.StaleData, _scene.Online());
    }

    [Fact]
    public void Attack_a_strangers_key_signs_for_the_depositary()
    {
        _scene.CollegeClosing = _scene.CollegeClosing! with { Depositary = Archive with { Id = Fixed.Bytes("another archive", 32) }, AcceptedAt = Closed };
        _scene.Status = _scene.Sign(1, ArchiveKey);

        Is(ReasonCode.StaleData, _scene.Online());
    }

    [Fact]
    public void A_closing_statement_is_read_as_it_was_written_and_another_organisations_is_not()
    {
        var id = _scene.College!.Id;
        var written = ClosingStatement.Write(id, _scene.CollegeClosing!.FinalLists, new Dictionary<string, string> { ["en"] = "Closed." }, "archive@talmara.example");

        var list = Assert.Single(ClosingStatement.Lists(written, id));

        Assert.Equal((Scene.StatusUri, Convert.ToHexString(_scene.CollegeClosing.FinalLists[0].Entry)), (list.Uri, Convert.ToHexString(list.Entry)));
        Assert.Empty(ClosingStatement.Lists(written, Archive.Id));
        Assert.Empty(ClosingStatement.Lists(written.Replace("\"v\":1", "\"v\":2"), id));
        Assert.Empty(ClosingStatement.Lists("[]", id));
    }

    /// <summary>Closed, with a final list of the day before in which the credential has this value.</summary>
    private void Final(byte value)
    {
        _scene.Status = _scene.Sign(value, issuedAt: Closed.AddDays(-1), life: TimeSpan.Zero);
        _scene.CollegeClosing = new ClosingRecord(_scene.College!.Id, Closed, null, null, [new FinalList(Scene.StatusUri, Entry.OfJwt(_scene.Status.Token.Jws.Compact))]);
    }
}
