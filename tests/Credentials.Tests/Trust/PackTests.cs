using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Tests.Verdicts;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Tests.Trust;

public sealed class PackTests
{
    private static readonly JsonObject Shared = JsonNode.Parse(File.ReadAllText(PackCases.File))!.AsObject();

    public static TheoryData<string> Names => [.. Shared["vectors"]!.AsArray().Select(v => (string)v!["name"]!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Attack_each_shared_vector_is_taken_or_refused_for_its_reason(string name)
    {
        var vector = Shared["vectors"]!.AsArray().Single(v => (string)v!["name"]! == name)!;
        var pin = new PackPin([(string)Shared["signer"]!], (long)vector["held"]!, DateTimeOffset.FromUnixTimeSeconds((long)Shared["now"]!));
        var held = (string?)vector["base"] is { } from ? Read(Bytes(from), pin) : null;

        var taken = held is null ? TrustPack.TryRead(Bytes((string)vector["bytes"]!), pin, out var pack, out var reason) : PackDelta.TryApply(held, Bytes((string)vector["bytes"]!), pin, out pack, out reason);

        Assert.Equal((string)vector["expected"]!, reason);
        Assert.Equal(reason.Length == 0, taken);
        Assert.Equal(taken, pack is not null);
    }

    [Fact]
    public void The_vectors_are_those_that_are_written_and_their_content_has_not_changed()
    {
        Assert.Equal(PackCases.All().Select(c => (c.Name, c.Expected)), Shared["vectors"]!.AsArray().Select(v => ((string)v!["name"]!, (string)v["expected"]!)));
        Assert.Equal((string)Shared["content"]!, Base64Url.Encode(PackWorld.Pack().Bytes.Span));
    }

    [Fact]
    public void What_was_packed_is_read_again()
    {
        var pack = Read(PackWorld.Pack().Encode(), PackWorld.Pin());

        Assert.Equal("Port Selin Technical College", pack.FindOrganisationByIssuer(PackWorld.Iss)!.Name);
        Assert.Equal("Talmara Ministry of Education وزارة → Port Selin Technical College", Assert.Single(pack.Chains(PackWorld.College.Id)).Names());
        Assert.Equal(KeyEndReason.Retired, Assert.Single(pack.FindKeys(PackWorld.Retired.PublicKey.Thumbprint().AsSpan(0, 8))).Reason);
        Assert.Empty(pack.FindKeys(PackWorld.Stranger.PublicKey.Thumbprint()));
        Assert.Equal((1, 0), (pack.FindStatus(PackWorld.StatusUri, 5, PackWorld.College.Id)!.Value, pack.FindStatus(PackWorld.StatusUri, 6, PackWorld.College.Id)!.Value));
        Assert.Equal(PackWorld.MadeAt.AddMinutes(-2), pack.FindStatus(PackWorld.StatusUri, 5, PackWorld.College.Id)!.ReadAt);
        Assert.Null(pack.FindStatus(PackWorld.StatusUri, 64, PackWorld.College.Id));
        Assert.Null(pack.FindStatus(PackWorld.Iss + "/status/5", 0, PackWorld.College.Id));
        Assert.Equal(PackWorld.Pack().Bytes, pack.Content.Encode());
    }

    [Fact]
    public void Attack_a_credential_names_another_organisations_status_list() =>
        Assert.Null(Read(PackWorld.Pack().Encode(), PackWorld.Pin()).FindStatus(PackWorld.StatusUri, 6, PackWorld.Ministry.Id));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Every_entry_of_a_list_comes_back_in_either_form(int bits)
    {
        foreach (var share in new[] { 0, 2, 60, 1000 })
        {
            var (dice, list) = (new Random(bits * 7 + share), new StatusArray(bits, 4096));
            for (var at = 0; at < list.Length; at++) if (dice.Next(1000) < share) list.Set(at, (byte)dice.Next(1, 1 << bits));
            var packed = PackedStatuses.Of(list);

            Assert.True(packed.Bytes.Length <= list.Bytes.Length);
            Assert.True(PackedStatuses.TryRead(bits, list.Length, packed.IsSparse, packed.Bytes.ToArray(), out var read));
            Assert.All(Enumerable.Range(0, list.Length), at => Assert.Equal(list.Get(at), read!.TryGet(at, out var value) ? value : byte.MaxValue));
            Assert.False(read!.TryGet(list.Length, out _) || read.TryGet(-1, out _) || read.TryGet(long.MaxValue, out _));
        }
    }

    [Fact]
    public void A_delta_gives_the_very_bytes_of_the_newer_pack_whatever_changed()
    {
        var dice = new Random(4);
        var old = PackWorld.Pack(PackWorld.Content(3));
        for (var round = 0; round < 50; round++)
        {
            var content = PackWorld.Content(dice.Next(64));
            if (dice.Next(2) == 0) content = content with { Lists = [.. content.Lists.Skip(dice.Next(2))] };
            if (dice.Next(2) == 0) content = content with { Organisations = [.. content.Organisations, new PackedOrganisation(PackWorld.College with { Id = Fixed.Bytes($"college {round}", 32) }, [], null)] };
            var next = PackWorld.Pack(content, 8 + round);

            Assert.True(PackDelta.TryApply(old, PackDelta.Make(old, next), PackWorld.Pin(), out var made, out var reason), reason);

            Assert.True(made.Bytes.Span.SequenceEqual(next.Bytes.Span));
            Assert.Equal(next.Encode(), made.Encode());
            old = made;
        }
    }

    [Fact]
    public void A_credential_in_order_is_valid_by_a_pack_alone_and_by_an_old_pack_nobody_can_tell()
    {
        var scene = new Scene { IssuerKey = PackWorld.InForce, HolderKey = Fixed.Key("holder"), Expires = null };
        var pack = PackWorld.Pack(PackWorld.Content(revoked: 9));

        Assert.Equal(ReasonCode.Valid, VerdictEngine.Check(scene.Issue(), new Expectations.File(), pack, PackWorld.Now).Reason);
        Assert.Equal(ReasonCode.Valid, VerdictEngine.Check(scene.Answer(), new Expectations.Challenge(scene.Challenge()), pack, PackWorld.Now).Reason);
        Assert.Equal(ReasonCode.Revoked, VerdictEngine.Check(scene.Issue(), new Expectations.File(), PackWorld.Pack(PackWorld.Content(Scene.StatusIndex)), PackWorld.Now).Reason);
        var late = VerdictEngine.Check(scene.Issue(), new Expectations.File(), pack, PackWorld.MadeAt.AddHours(72));
        Assert.Equal((Outcome.CannotTell, ReasonCode.StaleData), (late.Outcome, late.Reason));
    }

    [Fact]
    public void What_the_first_depositary_issued_again_is_not_called_false_by_a_pack_that_names_the_second()
    {
        var scene = new Scene { IssuerKey = PackWorld.InForce, HolderKey = Fixed.Key("holder"), Expires = null, OriginalIssuer = Convert.ToHexStringLower(PackWorld.School.Id) };
        foreach (var (closing, reason) in new[]
        {
            (PackWorld.TakenOver, ReasonCode.Valid),
            (PackWorld.NamedAnother, ReasonCode.NotAnchored),
            (PackWorld.NamedAnother with { AcceptedAt = PackWorld.MadeAt.AddHours(-1) }, ReasonCode.NotAnchored),
            (PackWorld.Returned, ReasonCode.Valid),
            (PackWorld.TakenOver with { AcceptedAt = null }, ReasonCode.StaleData),
            (PackWorld.TakenOver with { Depositary = null, AcceptedAt = null }, ReasonCode.IssuerNotEntitled),
            (null, ReasonCode.IssuerNotEntitled),
        })
        {
            var pack = Read(PackWorld.Pack(PackWorld.InPlace(closing)).Encode(), PackWorld.Pin());
            var soon = PackWorld.MadeAt.AddMinutes(30);

            Assert.Equal(reason, VerdictEngine.Check(scene.Answer(), new Expectations.Challenge(scene.Challenge()), pack, soon).Reason);
            Assert.Equal(reason, VerdictEngine.Check(scene.Issue(), new Expectations.File(), pack, soon).Reason);
        }
    }

    [Fact]
    public void What_the_first_depositary_had_recorded_before_it_closed_itself_is_valid_by_a_pack_whoever_followed()
    {
        var scene = new Scene { IssuerKey = PackWorld.Retired, Expires = null, OriginalIssuer = Convert.ToHexStringLower(PackWorld.School.Id) };
        var credential = scene.Issue();
        var (accepted, closed) = (PackWorld.TakenOver.AcceptedAt!.Value, PackWorld.MadeAt.AddDays(-2));
        PackedKey Ended(DateTimeOffset at) => new(PackWorld.Key(PackWorld.Retired, KeyEndReason.Retired) with { EndedAt = at }, PackWorld.Entries(Entry.OfJwt(credential.Split('~')[0])));
        foreach (var (closing, end, reason) in new[]
        {
            (PackWorld.NamedAnother, closed, ReasonCode.Valid),
            (PackWorld.NamedAnother with { AcceptedAt = PackWorld.MadeAt.AddHours(-1) }, closed, ReasonCode.Valid),
            (PackWorld.NamedAnother, accepted.AddSeconds(1), ReasonCode.Valid),
            (PackWorld.NamedAnother, accepted, ReasonCode.IssuerNotEntitled),
            (PackWorld.NamedAnother, PackWorld.MadeAt.AddHours(-1), ReasonCode.NotAnchored),
        })
        {
            var content = PackWorld.InPlace(closing);
            var made = PackWorld.Pack(content with { Organisations = [content.Organisations[0], content.Organisations[1] with { Keys = [Ended(end)] }, content.Organisations[2]] });

            Assert.Equal(reason, VerdictEngine.Check(credential, new Expectations.File(), Read(made.Encode(), PackWorld.Pin()), PackWorld.Now).Reason);
        }
    }

    [Fact]
    public void Every_time_of_a_depositary_comes_back_and_one_of_no_second_or_of_nobody_is_left_out()
    {
        var (school, time) = (PackWorld.School.Id, PackWorld.MadeAt.AddDays(-9));
        static (string, DateTimeOffset, DateTimeOffset?) Said(DepositTerm term) => (term.Depositary.Name, term.From, term.Until);
        ClosingRecord Again(ClosingRecord closing) => Read(PackWorld.Pack(PackWorld.InPlace(closing)).Encode(), PackWorld.Pin()).Closing(school)!;

        foreach (var closing in new[] { PackWorld.TakenOver, PackWorld.NamedAnother, PackWorld.Returned, PackWorld.TakenOver with { AcceptedAt = null } })
        {
            var again = Again(closing);
            Assert.Equal(closing.Terms.Select(Said), again.Terms.Select(Said));
            Assert.Equal((closing.ClosedAt, closing.Depositary!.Name, closing.AcceptedAt), (again.ClosedAt, again.Depositary!.Name, again.AcceptedAt));
        }
        var inOneBlock = PackWorld.TakenOver with { Depositary = PackWorld.Ministry, AcceptedAt = time, Earlier = [new(PackWorld.College, time, time)] };
        Assert.Equal([(PackWorld.Ministry.Name, time, null)], Again(inOneBlock).Terms.Select(Said));
        Assert.Empty(Again(PackWorld.TakenOver with { Depositary = null }).Terms); // accepted by one whose profile nobody can read
    }

    [Fact]
    public void Attack_a_stolen_key_signs_and_nothing_of_another_keys_list_makes_it_good()
    {
        var scene = new Scene { IssuerKey = PackWorld.Stolen, Expires = null };
        var credential = scene.Issue();
        var entry = Entry.OfJwt(credential.Split('~')[0]);
        TrustPack With(params (Es256Key Key, byte[][] Entries)[] lists)
        {
            var content = PackWorld.Content(revoked: 9);
            var keys = content.Organisations[1].Keys.Select(k => lists.FirstOrDefault(l => l.Key.PublicKey.SameKey(k.Record.Key)) is { Key: not null } found ? k with { Entries = PackWorld.Entries(found.Entries) } : k);
            return PackWorld.Pack(content with { Organisations = [content.Organisations[0], content.Organisations[1] with { Keys = [.. keys] }] });
        }
        ReasonCode By(TrustPack pack) => VerdictEngine.Check(credential, new Expectations.File(), pack, PackWorld.Now).Reason;

        Assert.Equal(ReasonCode.Valid, By(With((PackWorld.Stolen, [entry]))));
        Assert.Equal(ReasonCode.KeyNotValidThen, By(With((PackWorld.Stolen, [PackWorld.StolenEntry]))));
        Assert.Equal(ReasonCode.KeyNotValidThen, By(With((PackWorld.Retired, [entry]))));
        Assert.Equal(ReasonCode.KeyNotValidThen, By(With((PackWorld.Stolen, [[.. entry[..15], (byte)(entry[15] ^ 1), .. entry[16..]]]))));
    }

    [Fact]
    public void Attack_the_same_key_is_registered_by_somebody_else_whose_list_must_not_vouch()
    {
        var other = PackWorld.College with { Id = Fixed.Bytes("other", 32), Issuer = "https://other.example" };
        var content = PackWorld.Content();
        var pack = PackWorld.Pack(content with
        {
            Organisations = [.. content.Organisations, new PackedOrganisation(other, [new PackedKey(PackWorld.Key(PackWorld.Stolen, KeyEndReason.Retired) with { Organisation = other.Id }, PackWorld.Entries(PackWorld.RetiredEntry))], null)],
        });

        Assert.Equal(2, pack.FindKeys(PackWorld.Stolen.PublicKey.Thumbprint()).Count);
        Assert.False(pack.IsRecordedBeforeEnd(PackWorld.Key(PackWorld.Stolen, KeyEndReason.Compromised), PackWorld.RetiredEntry.AsSpan(0, 16)));
        Assert.True(pack.IsRecordedBeforeEnd(PackWorld.Key(PackWorld.Stolen) with { Organisation = other.Id }, PackWorld.RetiredEntry.AsSpan(0, 16)));
    }

    [Fact]
    public void A_key_whose_entries_the_pack_leaves_out_is_judged_neither_well_nor_ill()
    {
        var scene = new Scene { IssuerKey = PackWorld.LeftOut, Expires = null };

        var verdict = VerdictEngine.Check(scene.Issue(), new Expectations.File(), PackWorld.Pack(PackWorld.Content(9)), PackWorld.Now);

        Assert.Equal((Outcome.CannotTell, ReasonCode.NotAnchored), (verdict.Outcome, verdict.Reason));
    }

    private static TrustPack Read(byte[] file, PackPin pin) => TrustPack.TryRead(file, pin, out var pack, out var reason) ? pack : throw new InvalidOperationException(reason);

    private static byte[] Bytes(string text) => Base64Url.TryDecode(text, out var bytes) ? bytes : throw new InvalidOperationException();
}
