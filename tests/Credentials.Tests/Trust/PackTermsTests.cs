using System.Security.Cryptography;
using Identity.Credentials.Accreditation;
using Identity.Credentials.StatusList;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Tests.Verdicts;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;
using Identity.Tests.Shared;

namespace Identity.Credentials.Tests.Trust;

/// <summary>
/// What the college issued in a closed school's place, by the ledger and by a pack of it, over generated stories: who was named, accepted, closed itself and was followed when, and when the college recorded it.
/// Only what the contract allows happens in them. The packs go over the wire.
/// </summary>
public sealed class PackTermsTests
{
    private static readonly DateTimeOffset Closed = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly OrganisationRecord Archive = PackWorld.School with { Id = Fixed.Bytes("archive", 32), Issuer = "https://archive.example" }, Academy = PackWorld.School with { Id = Fixed.Bytes("academy", 32), Issuer = "https://academy.example" };
    private static readonly string Credential = World().Issue();

    [Fact]
    public void By_a_pack_the_outcome_is_that_of_the_ledger_or_open_and_nobody_is_accused_whom_the_ledger_does_not_accuse()
    {
        var (valid, accused, open, afterItsTime) = (0, 0, 0, 0);
        for (var seed = 0; seed < 400; seed++)
        {
            var story = new Story(new Random(seed));
            foreach (var recorded in story.Moments)
            {
                var where = $"story {seed}, recorded {recorded:u}: {story}";
                var (online, offline) = (story.ByLedger(recorded), story.ByPack(recorded));

                switch (Reasons.OutcomeOf(offline))
                {
                    case Outcome.NotValid:
                        Assert.True(offline == ReasonCode.IssuerNotEntitled && story.ByLedger(recorded ?? story.Now) == offline, where);
                        accused++;
                        break;
                    case Outcome.Valid:
                        // Whoever holds the key and was depositary last could have had it recorded then: what it had recorded before it accepted is not told apart.
                        Assert.True(story.ByLedger(story.Last) == ReasonCode.Valid, where);
                        valid++;
                        break;
                    default:
                        // Open is only what more than one story of the same pack could be: all this was in its time, and the key ended in it.
                        Assert.False(online == ReasonCode.Valid && story.IsInChargeAtTheEnd, where);
                        open++;
                        break;
                }
                if (offline == ReasonCode.Valid && story.IsFollowed) afterItsTime++;
            }
        }

        Assert.True(valid > 500 && accused > 300 && open > 1000 && afterItsTime > 50, $"{valid} valid, {accused} accused, {open} open, {afterItsTime} of a depositary that another followed");
    }

    private static Scene World() => new() { OriginalIssuer = Convert.ToHexStringLower(PackWorld.School.Id), Expires = null, WithCertificate = false };

    private sealed class Story
    {
        private static readonly TimeSpan[] Steps = [TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(20), TimeSpan.FromDays(1), TimeSpan.FromDays(40)];
        private readonly Scene _scene = World();
        private readonly Dictionary<OrganisationRecord, DateTimeOffset> _closed = [];
        private readonly Dictionary<bool, TrustPack> _packs = [];
        private readonly Random _dice;
        private readonly DateTimeOffset _packedAt;
        private readonly ClosingRecord? _packedClosing;
        private readonly DateTimeOffset _time = Closed;
        private ClosingRecord? _closing;

        public Story(Random dice)
        {
            _dice = dice;
            var times = new List<DateTimeOffset> { Closed };
            if (dice.Next(12) > 0) _closing = new ClosingRecord(PackWorld.School.Id, Closed, dice.Next(3) > 0 ? Somebody() : null, null, []);
            for (var steps = dice.Next(9); steps > 0; steps--)
            {
                _time += Pick(Steps);
                Go();
                times.Add(_time);
            }

            var college = _scene.College!;
            if (_closed.TryGetValue(college, out var end)) _scene.CollegeClosing = new ClosingRecord(college.Id, end, null, null, []);
            DateTimeOffset? retired = dice.Next(4) == 0 ? times[dice.Next(times.Count)].AddSeconds(dice.Next(-1, 2)) : null;
            _scene.Key = _scene.Key! with { From = Closed.AddYears(-1), EndedAt = retired, Reason = retired is null ? null : KeyEndReason.Retired };
            _scene.Root = Accredited.Root(Closed.AddYears(-2));
            _scene.Accreditation = Accredited.Issuer(college, Closed.AddYears(-2), new Scope([Scene.Vct], OnBehalfOf: [_scene.OriginalIssuer!]), 2);
            _scene.LogSince = Closed.AddYears(-1);
            _scene.MoreOrganisations.AddRange([PackWorld.School, Accredited.Ministry, Archive, Academy]);

            (_packedAt, _packedClosing) = (_time + Pick(TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromDays(3)), _closing);
            if (retired > _packedAt) _packedAt = retired.Value;
            Now = _packedAt + Pick(TimeSpan.Zero, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(59), TimeSpan.FromHours(2), TimeSpan.FromHours(70));
            // What a pack cannot know: that who was named has accepted since.
            if (dice.Next(3) == 0 && _closing is { AcceptedAt: null, Depositary: { } named } && !_closed.ContainsKey(named) && Now > _packedAt) _closing = _closing with { AcceptedAt = _packedAt.AddSeconds(1) };
            if (_closing is not null) _scene.MoreClosings.Add(_closing);
            (_scene.Now, _scene.State) = (Now, new MirrorState(Now.AddSeconds(-5), []));
            Moments = [null, Closed.AddDays(-3), .. times.SelectMany(time => new DateTimeOffset?[] { time.AddSeconds(-1), time, time.AddSeconds(1), time.AddMinutes(7) }).Append(_packedAt).Append(Now).Where(time => time <= Now).Distinct()];
        }

        public DateTimeOffset Now { get; }

        /// <summary>When the college can have recorded it; null where it never did.</summary>
        public IReadOnlyList<DateTimeOffset?> Moments { get; }

        /// <summary>The last second in which the key can have signed.</summary>
        public DateTimeOffset Last => KeyEnd?.AddSeconds(-1) ?? Now;

        /// <summary>By the pack the college was in charge then.</summary>
        public bool IsInChargeAtTheEnd => _packedClosing?.IsInCharge(_scene.College!.Id, Last) == true;

        /// <summary>By the pack somebody else was named after it.</summary>
        public bool IsFollowed => _packedClosing?.Earlier?.Any(term => term.Depositary == _scene.College) == true;

        public ReasonCode ByLedger(DateTimeOffset? recorded)
        {
            _scene.Anchor = recorded is null ? null : new AnchorEvidence("college.example/log", 4, 9, new string('a', 64), true, recorded, 12, "0xab", "0xcd", 31337, true);
            return Lead(VerdictEngine.Check(Credential, new Expectations.File(), _scene, Now));
        }

        public ReasonCode ByPack(DateTimeOffset? recorded)
        {
            var isListed = recorded < KeyEnd;
            if (!_packs.TryGetValue(isListed, out var pack)) _packs[isListed] = pack = Pack(isListed);
            return Lead(VerdictEngine.Check(Credential, new Expectations.File(), pack, Now));
        }

        public override string ToString() => $"packed {_packedAt:u} of {_packedClosing}, terms {string.Join(", ", _packedClosing?.Terms ?? [])}; key until {KeyEnd:u}; now {Now:u}";

        private DateTimeOffset? KeyEnd => _scene.Key!.EndedBy(_scene.CollegeClosing).EndedAt;

        // Lists are another matter: the pack's maker reads them.
        private static ReasonCode Lead(Verdict verdict) => verdict.Checks.Where(check => check.Name != CheckName.Status && check.Reason is not null).Select(check => check.Reason!.Value).DefaultIfEmpty(ReasonCode.Valid).Min();

        private TrustPack Pack(bool isListed)
        {
            var college = _scene.College!;
            var key = _scene.Key!.EndedBy(_scene.CollegeClosing);
            var entries = key.EndedAt is null ? null : isListed ? PackWorld.Entries(Entry.OfJwt(Credential.Split('~')[0])) : EntryPrefixes.Of([1]);
            var content = new PackContent(new PackedLedger(31337, "0xaa", ["college.example/log"]),
                [new(Accredited.Ministry, [], null), new(college, [new PackedKey(key, entries)], _scene.CollegeClosing), new(PackWorld.School, [], _packedClosing), new(Archive, [], null), new(Academy, [], null)],
                [_scene.Root, _scene.Accreditation!], []);
            var made = TrustPack.Make(content, 7, _packedAt, _packedAt.AddHours(72), PackWorld.Signer);
            Assert.True(TrustPack.TryRead(made.Encode(), PackWorld.Pin() with { Now = Now }, out var read, out var reason), $"{reason}: {this}");
            return read;
        }

        private void Go()
        {
            if (_closing is null) return;
            if (_closing is { AcceptedAt: not null, Depositary: { } present })
            {
                if (_closed.TryAdd(present, _time)) return;
                if (_closed.Count < 3) _closing = _closing.Naming(Somebody(), _time);
            }
            else if (_closing.Depositary is null || _dice.Next(4) == 0)
            {
                _closing = _closing.Naming(Somebody(), _time);
            }
            else
            {
                _closing = _closing with { AcceptedAt = _time };
            }
        }

        private OrganisationRecord Somebody()
        {
            OrganisationRecord[] open = [.. new[] { _scene.College!, Archive, Academy }.Where(one => !_closed.ContainsKey(one))];
            return open[_dice.Next(open.Length)];
        }

        private T Pick<T>(params T[] from) => from[_dice.Next(from.Length)];
    }
}
