using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;
using Identity.TestKit;
using Identity.Tests.Shared;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>The time rule over every case: typed rows (tests/vectors/time-rule/cases.json), and all combinations against a second telling of the rule.</summary>
public sealed class TimeRuleTableTests
{
    private const string Vct = "urn:identity:qualification:1";
    private static readonly DateTimeOffset A = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly DateTimeOffset Long = A.AddYears(-5);
    private static readonly OrganisationRecord College = new(Fixed.Bytes("college", 32), "https://college.example", "College", "XT", true, null);
    private static readonly Jwk Point = Fixed.Key("issuer").PublicKey;
    private static readonly JsonArray Rows = JsonNode.Parse(File.ReadAllText(Checkout.Vector("time-rule/cases.json")))!["rows"]!.AsArray();

    public static TheoryData<string> Names => [.. Rows.Select(row => (string)row!["name"]!)];

    [Theory, MemberData(nameof(Names))]
    public void Each_row_comes_out_as_written(string name)
    {
        var row = Rows.Single(r => (string)r!["name"]! == name)!;
        var closing = Time(row["closedAt"]) is { } closed ? Closed(closed) : null;

        var key = TimeRule.JudgeKey(row["key"] is { } k ? [Key(Time(k["from"])!.Value, Time(k["endedAt"]), (string?)k["reason"] switch { "retired" => KeyEndReason.Retired, "compromised" => KeyEndReason.Compromised, _ => null })] : [], Time(row["anchoredAt"]), closing);
        var entitlement = TimeRule.JudgeEntitlement([.. row["chains"]!.AsArray().Select(Chain)], Facts(row["facts"]!), Time(row["anchoredAt"]), closing, (bool)row["fresh"]!);

        var expected = row["expected"]!;
        var gap = (entitlement as EntitlementRuling.Not)?.Gap.Reason;
        Assert.Equal(((string)expected["key"]!, (string)expected["entitlement"]!, (string?)expected["gap"]?["reason"], (string)expected["reason"]!),
            (NameOf(key), NameOf(entitlement), gap is { } reason ? Reasons.Name(reason) : null, Reasons.Name(TimeRule.Combine(key, entitlement))));
        if (expected["gap"]?["link"] is { } link) Assert.Equal((int)link, ((EntitlementRuling.Not)entitlement).Link);
    }

    [Fact]
    public void Every_combination_agrees_with_a_second_telling_of_the_rule()
    {
        var count = 0;
        foreach (var (key, closed, anchored, accredited) in from key in Keys() from closed in new DateTimeOffset?[] { null, A.AddDays(-1), A, A.AddDays(1) } from anchored in Anchors() from accredited in Accreditations() select (key, closed, anchored, accredited))
        {
            var ruling = TimeRule.JudgeKey(key is null ? [] : [key], anchored, closed is { } at ? Closed(at) : null);
            var entitlement = TimeRule.JudgeEntitlement(accredited, Diploma, anchored, closed is { } end ? Closed(end) : null, registerIsFresh: true);

            Assert.Equal(Naive(key, closed, anchored, accredited), TimeRule.Combine(ruling, entitlement));
            count++;
        }
        Assert.InRange(count, 1080, int.MaxValue);
    }

    // The rule told a second time, as one would explain it: first whose key, then whose right, then whether in time.
    private static ReasonCode Naive(KeyRecord? key, DateTimeOffset? closed, DateTimeOffset? anchored, IReadOnlyList<AccreditationChain> chains)
    {
        if (key is null) return ReasonCode.KeyNotValidThen;
        if (anchored is not { } at)
        {
            foreach (var chain in chains)
                if (chain.Links.All(FitsAtAnyTime)) return ReasonCode.NotAnchored;
            return ReasonCode.IssuerNotEntitled;
        }
        if (key.From > at) return ReasonCode.KeyNotValidThen;
        var over = false;
        if (key.EndedAt is { } ended && ended <= at)
        {
            if (key.Reason == KeyEndReason.Compromised) return ReasonCode.KeyNotValidThen;
            over = true;
        }
        if (closed is { } end && end <= at)
        {
            // Whoever says at any time that the key is stolen takes what was anchored after the closing from it, too.
            return key.Reason == KeyEndReason.Compromised ? ReasonCode.KeyNotValidThen : ReasonCode.IssuerNotEntitled;
        }
        foreach (var chain in chains)
        {
            var good = true;
            foreach (var link in chain.Links)
            {
                if (!FitsAtAnyTime(link)) good = false;
                if (link.From > at || link.GrantedAt > at) good = false;
                if (link.Until is { } until && until <= at) good = false;
                if (link.WithdrawnAt is { } withdrawn && withdrawn <= at) good = false;
            }
            if (good) return over ? ReasonCode.AnchoredTooLate : ReasonCode.Valid;
        }
        return ReasonCode.IssuerNotEntitled;

        bool FitsAtAnyTime(AccreditationLink link) => link.Scope is { } scope
            && (scope.Types is null || scope.Types.Contains(Vct)) && (scope.Kinds is null || scope.Kinds.Contains("diploma")) && (scope.Eqf is null || (scope.Eqf.From <= 4 && 4 <= scope.Eqf.Until))
            && (scope.Fields is null || scope.Fields.Any("0715".StartsWith)) && (scope.Occupations is null || scope.Occupations.Any("7212".StartsWith)) && (scope.Jurisdictions is null || scope.Jurisdictions.Contains("XT"))
            && (link.Holder == College ? link.Right != AccreditationRight.Accredit : link.Right != AccreditationRight.Issue);
    }

    private static ScopeFacts Diploma { get; } = new(Vct, "diploma", "4", "0715", "7212", "XT", null, []);

    private static IEnumerable<KeyRecord?> Keys()
    {
        yield return null;
        yield return Key(A.AddSeconds(1), null, null);
        yield return Key(A, null, null);
        yield return Key(Long, null, null);
        foreach (var reason in Enum.GetValues<KeyEndReason>())
            foreach (var end in new[] { A.AddDays(-2), A, A.AddSeconds(1), A.AddYears(1) }) yield return Key(Long, end, reason);
    }

    private static IEnumerable<DateTimeOffset?> Anchors() => [null, Long.AddSeconds(-1), Long, A.AddDays(-2).AddSeconds(-1), A.AddDays(-2), A.AddSeconds(-1), A, A.AddSeconds(1), A.AddYears(2)];

    private static IEnumerable<IReadOnlyList<AccreditationChain>> Accreditations()
    {
        yield return [];
        foreach (var scope in new[]
        {
            new Scope([Vct]), new Scope(["urn:x"]), new Scope([Vct], Kinds: ["degree"]), new Scope([Vct], Eqf: new(5, 8)), new Scope([Vct], Eqf: new(1, 4)), new Scope([Vct], Fields: ["01"]), new Scope([Vct], Fields: ["07"]),
            new Scope([Vct], Occupations: ["8"]), new Scope([Vct], Occupations: ["721"]), new Scope([Vct], Jurisdictions: ["XN"]),
        })
        {
            yield return [Of(Root, Middle, Leaf(scope))];
            yield return [Of(Root with { WithdrawnAt = A }, Middle, Leaf(scope)), Of(Root, Leaf(scope) with { From = A })];
        }
        foreach (var place in Enumerable.Range(0, 3))
            foreach (var change in new Func<AccreditationLink, AccreditationLink>[]
            {
                l => l with { From = A }, l => l with { GrantedAt = A.AddSeconds(1) }, l => l with { Until = A }, l => l with { WithdrawnAt = A.AddSeconds(-1) }, l => l with { WithdrawnAt = A.AddSeconds(1) },
                l => l with { Right = place == 2 ? AccreditationRight.Accredit : AccreditationRight.Issue },
            })
            {
                AccreditationLink[] links = [Root, Middle, Leaf(new Scope([Vct]))];
                links[place] = change(links[place]);
                yield return [Of(links)];
            }
    }

    private static AccreditationLink Root => Accredited.Root(Long);

    private static AccreditationLink Middle => new(2, 1, Accredited.Ministry with { Name = "Board" }, AccreditationRight.Accredit, new Scope(null).Canonical(), Long, null, null, Long);

    private static AccreditationLink Leaf(Scope scope) => Accredited.Issuer(College, Long, scope, 3);

    private static AccreditationChain Of(params AccreditationLink[] links) => new(links);

    private static KeyRecord Key(DateTimeOffset from, DateTimeOffset? ended, KeyEndReason? reason) => new(Point.Thumbprint(), Point, College.Id, from, ended, reason);

    private static ClosingRecord Closed(DateTimeOffset at) => new(College.Id, at, null, null, []);

    private static AccreditationChain Chain(JsonNode? links) => new([.. links!.AsArray().Select((link, place) => new AccreditationLink((ulong)place + 1, place == 0 ? null : (ulong)place, place == links.AsArray().Count - 1 ? College : Accredited.Ministry,
        (AccreditationRight)(int)link!["right"]!, CanonicalJson.Write(link["scope"]!), Time(link["from"])!.Value, Time(link["until"]), Time(link["withdrawnAt"]), Time(link["grantedAt"])!.Value))]);

    private static ScopeFacts Facts(JsonNode facts) => new((string)facts["type"]!, (string?)facts["kind"], (string?)facts["eqf"], (string?)facts["field"], (string?)facts["occupation"], (string?)facts["jurisdiction"], (string?)facts["on_behalf_of"],
        [.. facts["hidden"]!.AsArray().Select(h => Enum.GetValues<GapReason>().Single(reason => Reasons.Name(reason) == (string)h!))]);

    private static string NameOf(KeyRuling ruling) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(ruling.GetType().Name);

    private static string NameOf(EntitlementRuling ruling) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(ruling.GetType().Name);

    private static DateTimeOffset? Time(JsonNode? node) => node is null ? null : DateTimeOffset.FromUnixTimeSeconds((long)node);
}
