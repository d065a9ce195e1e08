using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Issuer.Issuance;
using Identity.Issuer.Tests.Console;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>How large a QR code will be is told before anything is signed, and no code is ever larger than told.</summary>
public sealed class QrForecastTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    // First and last letter of scripts that holders' names are written in.
    private static readonly (string Script, char From, char To)[] Scripts =
    [
        ("Latin", 'a', 'z'), ("Cyrillic", 'а', 'я'), ("Arabic", '\u0621', '\u064A'), ("Devanagari", '\u0905', '\u0939'), ("Bengali", '\u0985', '\u09A8'), ("Sinhala", '\u0D9A', '\u0DB1'),
        ("Tamil", '\u0BAE', '\u0BB9'), ("Burmese", '\u1000', '\u1020'), ("Ethiopic", '\u1200', '\u1240'), ("Han", '\u4E00', '\u9F00'), ("Thai", '\u0E01', '\u0E2E'), ("Georgian", '\u10D0', '\u10F0'),
    ];

    [Fact]
    public void No_code_is_ever_above_its_cap_or_above_what_was_told_whatever_the_script_of_the_name()
    {
        var random = new Random(20261122);
        using var issuerKey = Es256Key.Create();
        using var holderKey = Es256Key.Create();
        var seen = new HashSet<QrReading>();
        var trimmed = 0;
        for (var round = 0; round < 360; round++)
        {
            var type = TypeDefinition.All[round % TypeDefinition.All.Count];
            var (_, from, to) = Scripts[round % Scripts.Length];
            var claims = new JsonObject(type.Claims.Where(c => c.Mandatory || random.Next(3) > 0).Select(c => KeyValuePair.Create<string, JsonNode?>(c.Name, Some(c, from, to, random))));
            var forecast = CompactSize.Forecast(type, claims);
            seen.Add(forecast.Reading);
            Assert.Equal(forecast.Reading is QrReading.TooLong, CompactSize.Problem(type, claims) is not null);
            Assert.All(forecast.LeftOut, name => Assert.False(type.Claim(name)!.Mandatory));
            if (forecast.Reading is QrReading.TooLong) continue;
            if (forecast.LeftOut.Count > 0) trimmed++;

            var credential = CompactIssuer.Issue(type, CompactSize.Fit(type, claims), holderKey.PublicKey, 4_000_000_000, 4_000_000_000, 60_000, int.MaxValue, issuerKey, random.NextBytes);
            using var verifierKey = Es256Key.Create();
            var challenge = CompactChallenge.Create(new byte[16], 0, type.Vct, [], [.. type.QrClaims.Select(c => c.Key)], "", "", verifierKey);
            var proof = CompactHolder.Answer(credential, type.QrClaims.Select(c => c.Key), challenge, holderKey);

            var bytes = (proof.Length - CompactPresentation.Prefix.Length) * 2 / 3;
            Assert.InRange(bytes, 1, forecast.Bytes);
            Assert.True(forecast.Bytes <= type.Budget.Cap);
            Assert.InRange(forecast.Version!.Value, QrForecast.VersionOf(bytes), 20);
            // Claims are left out from the end of the order, and only as many as need be: one more would have passed the limit.
            var leftOut = type.QrClaims.Where(c => forecast.LeftOut.Contains(c.Name)).ToList();
            var optional = type.QrClaims.Where(c => !c.Mandatory && claims.ContainsKey(c.Name)).ToList();
            Assert.Equal(optional.TakeLast(leftOut.Count), leftOut);
            if (leftOut.Count > 0)
            {
                var oneMore = CompactSize.Fit(type, claims);
                oneMore[leftOut[0].Name] = claims[leftOut[0].Name]!.DeepClone();
                Assert.True(CompactSize.Measure(type, oneMore) > (type.Budget.Over is QrOver.Trim ? type.Budget.Target : type.Budget.Cap));
            }
        }
        Assert.Equal(3, seen.Count);
        Assert.True(trimmed > 10);
    }

    [Fact]
    public void A_type_that_trims_leaves_optional_claims_out_to_stay_within_its_target_and_one_that_warns_keeps_them()
    {
        JsonObject Course(int letters, int title) => new()
        {
            ["holder_name"] = new string('x', letters), ["title"] = new string('x', title), ["topic"] = "fire", ["completed_on"] = "2026-01-02", ["hours"] = 8, ["result"] = "passed",
        };
        var training = TypeDefinition.Find("training")!;

        var some = CompactSize.Forecast(training, Course(20, 60));
        var many = CompactSize.Forecast(training, Course(45, 150));
        var warned = CompactSize.Forecast(training with { Budget = training.Budget with { Over = QrOver.Warn } }, Course(45, 150));

        Assert.Equal((QrReading.Easy, 0), (some.Reading, some.LeftOut.Count));
        Assert.Equal(QrReading.Easy, many.Reading);
        Assert.Equal(["result", "hours"], many.LeftOut);
        Assert.Equal((QrReading.Dense, 0), (warned.Reading, warned.LeftOut.Count));
    }

    [Theory]
    [InlineData(260, 10)]
    [InlineData(502, 15)]
    [InlineData(503, 16)]
    [InlineData(622, 17)]
    [InlineData(623, 18)]
    [InlineData(830, 20)]
    public void The_version_is_that_of_the_standards_table(int bytes, int version) => Assert.Equal(version, QrForecast.VersionOf(bytes));

    [Fact]
    public async Task A_program_learns_the_size_before_it_prepares_anything_and_nothing_is_stored()
    {
        var before = await Json(await issuer.Api(HttpMethod.Get, College, ""));

        var answer = await issuer.Api(HttpMethod.Post, College, "/qr", new JsonObject { ["type"] = "qualification", ["claims"] = Diploma() });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var forecast = await Json(answer);
        Assert.Equal("easy", forecast["reading"]!.GetValue<string>());
        Assert.InRange(forecast["version"]!.GetValue<int>(), 10, 17);
        Assert.Equal(before["total"]!.GetValue<int>(), (await Json(await issuer.Api(HttpMethod.Get, College, "")))["total"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""{"type":"passport","claims":{}}""", "type")]
    [InlineData("""{"type":"qualification","claims":{}}""", "title")]
    [InlineData("""{"type":"qualification"}""", "title")]
    public async Task Attack_a_size_is_asked_for_what_cannot_be_issued(string body, string field)
    {
        var answer = await issuer.Api(HttpMethod.Post, College, "/qr", JsonNode.Parse(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, (await Json(answer))["errors"]!.AsObject().Select(e => e.Key));
    }

    [Fact]
    public async Task Claims_too_long_for_any_code_are_refused_by_name()
    {
        var claims = Diploma();
        claims["holder_name"] = new string('ش', 150);
        claims["title"] = new string('溶', 150);

        var answer = await issuer.Api(HttpMethod.Post, College, "/qr", new JsonObject { ["type"] = "qualification", ["claims"] = claims });

        Assert.Contains("too long for a QR code", (await Json(answer))["errors"]!["title"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task The_form_says_while_it_is_filled_in_how_the_code_will_be()
    {
        var clerk = await Clerk.SignedIn(issuer);

        var dense = await (await clerk.Post("/console/issue/qualification?handler=Qr", ("claim.holder_name", new string('x', 140)), ("claim.title", new string('y', 150)), ("claim.awarded_on", "not a date"))).Content.ReadAsStringAsync();
        var long_ = await (await clerk.Post("/console/issue/qualification?handler=Qr", ("claim.holder_name", new string('溶', 150)), ("claim.title", new string('y', 150)))).Content.ReadAsStringAsync();
        var empty = await (await clerk.Post("/console/issue/qualification?handler=Qr")).Content.ReadAsStringAsync();

        Assert.Contains("data-reading=\"dense\"", dense);
        Assert.Contains("data-reading=\"toolong\"", long_);
        Assert.DoesNotContain("qr-forecast", empty);
    }

    [Fact]
    public async Task The_page_of_a_credential_shows_it_before_anybody_has_collected()
    {
        var prepared = await issuer.Prepare();
        var clerk = await Clerk.SignedIn(issuer);

        Assert.Contains("data-reading=\"easy\"", await clerk.Page("/console/credentials/" + prepared["id"]!.GetValue<string>()));
    }

    internal static JsonNode Some(ClaimDefinition claim, char from, char to, Random random) => claim.Kind switch
    {
        ClaimKind.Text when claim.Derived is "original-issuer" => new string('a', 64),
        ClaimKind.Boolean => true,
        ClaimKind.Integer or ClaimKind.Year => random.Next(0, 9999),
        ClaimKind.Date or ClaimKind.PartialDate => "2024-06-30",
        ClaimKind.Country => "XT",
        ClaimKind.Countries => new JsonArray("XT", "XN"),
        ClaimKind.Texts => new JsonArray(Word(from, to, random, 40)),
        ClaimKind.Enum => claim.Values!.Keys.ElementAt(random.Next(claim.Values.Count)),
        _ => Word(from, to, random, random.Next(4) == 0 ? 150 : 40),
    };

    private static string Word(char from, char to, Random random, int most)
    {
        var word = new StringBuilder();
        for (var length = random.Next(1, most + 1); length > 0; length--) word.Append(length % 9 == 4 ? ' ' : (char)random.Next(from, to + 1));
        return word.ToString();
    }
}
