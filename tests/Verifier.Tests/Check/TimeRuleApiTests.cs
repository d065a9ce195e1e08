using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.TestKit;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Check;

/// <summary>The time rule over HTTP: the rows that bind the pure rule (tests/vectors/time-rule), and who asks wrongly.</summary>
public sealed class TimeRuleApiTests(TimeRuleApiTests.Running running) : IClassFixture<TimeRuleApiTests.Running>
{
    private const string Vct = "urn:identity:qualification:1";
    private static readonly JsonArray Rows = JsonNode.Parse(File.ReadAllText(Checkout.Vector("time-rule/cases.json")))!["rows"]!.AsArray();

    private readonly TestLedger _ledger = running.Verifier.Ledger;

    public static TheoryData<string> Names => [.. Rows.Select(row => (string)row!["name"]!)];

    [Theory, MemberData(nameof(Names))]
    public async Task Each_row_comes_out_as_from_the_pure_rule(string name)
    {
        var row = Rows.Single(r => (string)r!["name"]! == name)!;
        var (college, thumbprint) = Register(row, name);
        _ledger.HeadTime = (bool)row["fresh"]! ? null : running.Verifier.Clock.Now.AddHours(-2);

        var answer = await AskAsync(new JsonObject
        {
            ["issuer"] = college.Issuer, ["key"] = thumbprint, ["type"] = (string)row["facts"]!["type"]!, ["claims"] = Claims(row["facts"]!), ["anchoredAt"] = row["anchoredAt"] is { } at ? Text((long)at) : null,
        });

        _ledger.HeadTime = null;
        var (expected, failure) = (row["expected"]!, answer["entitlement"]!["failure"]);
        // By an old copy the pure rule, which knows no ages of keys, may call a key good; the answer does not.
        var key = (string)expected["key"]! is var pure && pure == "good" && !(bool)row["fresh"]! ? "cannot_tell" : pure;
        Assert.Equal((key, (string)expected["entitlement"]!, (string?)expected["gap"]?["reason"], (string)expected["reason"]!),
            ((string)answer["key"]!["ruling"]!, (string)answer["entitlement"]!["ruling"]!, (string?)failure?["reason"], (string)answer["reason"]!));
        if (expected["gap"]?["link"] is { } link) Assert.Equal((int)link, (int)failure!["link"]!);
        if ((string)expected["entitlement"]! == "entitled") Assert.Equal(college.Name, (string)answer["entitlement"]!["chain"]!.AsArray()[^1]!["name"]!);
    }

    [Fact]
    public async Task An_entry_is_judged_by_the_time_at_which_a_log_of_the_issuer_was_anchored()
    {
        var (college, key) = Register(Rows.Single(r => (string)r!["name"]! == "all in order")!, "by its entry");
        var entry = SHA256.HashData("an entry"u8);
        _ledger.Anchor(entry);
        var body = new JsonObject { ["issuer"] = college.Issuer, ["key"] = key, ["type"] = "qualification", ["entry"] = Convert.ToHexStringLower(entry) };

        var answer = await AskAsync(body);
        body["entry"] = new string('0', 64);
        var unknown = await AskAsync(body);

        Assert.Equal(("valid", Text(running.Verifier.Clock.Now.ToUnixTimeSeconds())), ((string)answer["reason"]!, (string)answer["anchoredAt"]!));
        Assert.Equal(("not_anchored", "cannot_tell", null), ((string)unknown["reason"]!, (string)unknown["entitlement"]!["ruling"]!, (string?)unknown["anchoredAt"]));
    }

    [Fact]
    public async Task Without_a_key_the_right_alone_is_judged()
    {
        var (college, _) = Register(Rows.Single(r => (string)r!["name"]! == "above the level")!, "without a key");
        var body = new JsonObject { ["issuer"] = college.Issuer, ["type"] = Vct, ["claims"] = new JsonObject { ["level_eqf"] = 5 }, ["anchoredAt"] = Text(1_700_000_000) };

        var refused = await AskAsync(body);
        body["claims"]!["level_eqf"] = 4;

        Assert.Equal((null, "issuer_not_entitled", "level", "5", "1–4"), (refused["key"], (string)refused["reason"]!, (string)refused["entitlement"]!["failure"]!["reason"]!,
            (string)refused["entitlement"]!["failure"]!["stated"]!, (string)refused["entitlement"]!["failure"]!["allowed"]!));
        Assert.Equal("valid", (string)(await AskAsync(body))["reason"]!);
    }

    [Theory]
    [InlineData("""{"nqf_framework":"XTQF","nqf_level":"5"}""", "valid", null)]
    [InlineData("""{"nqf_framework":"XTQF","nqf_level":"6"}""", "issuer_not_entitled", "XTQF 6")]
    [InlineData("""{"nqf_framework":"XNQF","nqf_level":"6"}""", "valid", "level")] // of another framework: open
    [InlineData("""{"level_eqf":8}""", "valid", "level")] // a European level is none of a national framework
    [InlineData("""{}""", "valid", "level")]
    public async Task A_national_level_is_compared_with_the_limit_of_its_own_framework(string claims, string reason, string? said)
    {
        var row = Rows.Single(r => (string)r!["name"]! == "above the level")!.DeepClone();
        foreach (var above in row["chains"]![0]!.AsArray()) above!["scope"] = new JsonObject { ["v"] = 1 };
        row["chains"]![0]!.AsArray()[^1]!["scope"] = new JsonObject { ["types"] = new JsonArray(Vct), ["nqf"] = new JsonObject { ["XTQF"] = new JsonArray(1, 5) }, ["v"] = 1 };
        var (college, _) = Register(row, claims);

        var answer = await AskAsync(new JsonObject { ["issuer"] = college.Issuer, ["type"] = Vct, ["claims"] = JsonNode.Parse(claims), ["anchoredAt"] = Text(1_700_000_000) });

        Assert.Equal(reason, (string)answer["reason"]!);
        if (reason != "valid") Assert.Equal(("level", said, "XTQF 1–5"), ((string)answer["entitlement"]!["failure"]!["reason"]!, (string)answer["entitlement"]!["failure"]!["stated"]!, (string)answer["entitlement"]!["failure"]!["allowed"]!));
        else Assert.Equal(said is null ? [] : [said], answer["entitlement"]!["notShown"]!.AsArray().Select(limit => (string)limit!));
    }

    [Fact]
    public async Task An_issuer_that_the_register_does_not_have_is_unknown_and_by_an_old_copy_open()
    {
        var body = new JsonObject { ["issuer"] = "https://nobody.example", ["type"] = Vct };

        var unknown = await AskAsync(body);
        _ledger.HeadTime = running.Verifier.Clock.Now.AddHours(-2);
        var open = await AskAsync(body);
        _ledger.HeadTime = null;

        Assert.Equal(("issuer_unknown", null, "stale_data"), ((string)unknown["reason"]!, unknown["entitlement"], (string)open["reason"]!));
    }

    [Theory]
    [InlineData("all in order", 120, 0, "cannot_tell", "cannot_tell", "stale_data")] // a theft may have been reported since
    [InlineData("all in order", 30, 0, "good", "entitled", "valid")]
    [InlineData("all in order", 30, 30, "cannot_tell", "cannot_tell", "stale_data")] // read half an hour ago, asked about now
    [InlineData("all in order", 0, 0, "good", "entitled", "valid")]
    [InlineData("never accredited", 30, 30, "cannot_tell", "cannot_tell", "stale_data")]
    [InlineData("everything wrong: the key leads", 120, 30, "stolen", "cannot_tell", "key_not_valid_then")] // an end stays an end
    public async Task An_old_copy_of_the_register_speaks_for_nobody(string name, int minutesOld, int minutesBeyond, string key, string entitlement, string reason)
    {
        var now = running.Verifier.Clock.Now;
        var (college, thumbprint) = Register(Rows.Single(r => (string)r!["name"]! == name)!, $"{name}, {minutesOld}, {minutesBeyond}");
        _ledger.HeadTime = now.AddMinutes(-minutesOld);

        var answer = await AskAsync(new JsonObject { ["issuer"] = college.Issuer, ["key"] = thumbprint, ["type"] = Vct, ["anchoredAt"] = minutesBeyond > 0 ? Text(now.ToUnixTimeSeconds()) : Text(1_700_000_000) });

        _ledger.HeadTime = null;
        Assert.Equal((key, entitlement, reason), ((string)answer["key"]!["ruling"]!, (string)answer["entitlement"]!["ruling"]!, (string)answer["reason"]!));
    }

    [Fact]
    public async Task A_key_that_came_after_the_copy_was_read_is_not_called_unknown()
    {
        var (college, _) = Register(Rows.Single(r => (string)r!["name"]! == "all in order")!, "its key came later");
        _ledger.HeadTime = running.Verifier.Clock.Now.AddMinutes(-30);
        var body = new JsonObject { ["issuer"] = college.Issuer, ["key"] = new string('A', 43), ["type"] = Vct, ["anchoredAt"] = Text(running.Verifier.Clock.Now.ToUnixTimeSeconds()) };

        var open = await AskAsync(body);
        _ledger.HeadTime = null;

        Assert.Equal(("cannot_tell", "stale_data"), ((string)open["key"]!["ruling"]!, (string)open["reason"]!));
        Assert.Equal("key_not_valid_then", (string)(await AskAsync(body))["reason"]!);
    }

    [Fact]
    public async Task Attack_somebody_elses_key_is_asked_about_as_the_issuers()
    {
        var row = Rows.Single(r => (string)r!["name"]! == "all in order")!;
        var (college, _) = Register(row, "whose key is asked about");
        var (_, another) = Register(row, "whose key it is");

        var answer = await AskAsync(new JsonObject { ["issuer"] = college.Issuer, ["key"] = another, ["type"] = Vct, ["anchoredAt"] = Text(1_700_000_000) });

        Assert.Equal(("unknown", "key_not_valid_then"), ((string)answer["key"]!["ruling"]!, (string)answer["reason"]!));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"issuer":"https://a.example"}""")]
    [InlineData("""{"issuer":"https://a.example","type":"urn:x"}""")]
    [InlineData("""{"issuer":"","type":"qualification"}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","typ":"qualification"}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","key":"AAAA"}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","anchoredAt":"2024-01-01"}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","anchoredAt":"2024-01-01T00:00:00+01:00"}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","anchoredAt":"2999-01-01T00:00:00Z"}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","anchoredAt":1700000000}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","entry":"ABCD"}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","entry":"0000000000000000000000000000000000000000000000000000000000000000","anchoredAt":"2024-01-01T00:00:00Z"}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","claims":{"level":5}}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","claims":{"level_eqf":[5]}}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","claims":{"level_eqf":null}}""")]
    [InlineData("""{"issuer":"https://a.example","type":"qualification","claims":[]}""")]
    [InlineData("""{"issuer":"https://a.example","issuer":"https://b.example","type":"qualification"}""")]
    [InlineData("""null""")]
    public async Task A_wrong_call_is_a_400_with_a_sentence(string body)
    {
        using var browser = running.Verifier.Browser();

        var answer = await browser.PostAsync("/api/time-rule", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    private async Task<JsonObject> AskAsync(JsonObject body)
    {
        using var browser = running.Verifier.Browser();
        return await browser.PostJsonAsync("/api/time-rule", body, HttpStatusCode.OK);
    }

    /// <summary>The college of a row with its key, chains and closing; a college and a key of its own for each.</summary>
    private (OrganisationRecord College, string Key) Register(JsonNode row, string name)
    {
        var college = new OrganisationRecord(SHA256.HashData(Encoding.UTF8.GetBytes(name)), $"https://college.example/{_ledger.Organisations.Count}", name, "XT", true, null);
        _ledger.Organisations.Add(college);
        using var signer = Es256Key.Create();
        if (row["key"] is { } key)
            _ledger.Keys.Add(new KeyRecord(signer.PublicKey.Thumbprint(), signer.PublicKey, college.Id, Time(key["from"])!.Value, Time(key["endedAt"]), (string?)key["reason"] switch { "retired" => KeyEndReason.Retired, "compromised" => KeyEndReason.Compromised, _ => null }));
        _ledger.OwnChains[Convert.ToHexString(college.Id)] = [.. row["chains"]!.AsArray().Select(chain => Chain(chain!.AsArray(), college))];
        // In whose place the row says it was issued: the college took it over long ago.
        if ((string?)row["facts"]!["on_behalf_of"] is { } original) _ledger.Closings[original.ToUpperInvariant()] = new ClosingRecord(Convert.FromHexString(original), DateTimeOffset.UnixEpoch, college, DateTimeOffset.UnixEpoch, []);
        if (Time(row["closedAt"]) is { } closed) _ledger.Closings[Convert.ToHexString(college.Id)] = new ClosingRecord(college.Id, closed, null, null, []);
        return (college, signer.PublicKey.ThumbprintText());
    }

    private static AccreditationChain Chain(JsonArray links, OrganisationRecord college) => new([.. links.Select((link, place) => new AccreditationLink((ulong)place + 1, place == 0 ? null : (ulong)place,
        place == links.Count - 1 ? college : college with { Id = new byte[32], Name = "Ministry" }, (AccreditationRight)(int)link!["right"]!, CanonicalJson.Write(link["scope"]!), Time(link["from"])!.Value, Time(link["until"]), Time(link["withdrawnAt"]), Time(link["grantedAt"])!.Value))]);

    // The facts of a row as the claims that state them.
    private static JsonObject Claims(JsonNode facts)
    {
        var type = TypeDefinition.Find((string)facts["type"]!)!;
        var claims = new JsonObject();
        foreach (var (name, stated) in facts.AsObject().Where(fact => fact.Key is not ("type" or "hidden") && fact.Value is not null))
            claims[type.Scope.Single(claim => claim.Value.ToString().Equals(name.Replace("_", ""), StringComparison.OrdinalIgnoreCase)).Key] = stated!.DeepClone();
        return claims;
    }

    private static DateTimeOffset? Time(JsonNode? seconds) => seconds is null ? null : DateTimeOffset.FromUnixTimeSeconds((long)seconds);

    private static string Text(long seconds) => Credentials.Rfc3339.ToRfc3339(DateTimeOffset.FromUnixTimeSeconds(seconds));

    /// <summary>One verifier for all.</summary>
    public sealed class Running : IAsyncLifetime
    {
        public TestVerifier Verifier { get; private set; } = null!;

        public async Task InitializeAsync() => Verifier = await TestVerifier.StartAsync();

        public async Task DisposeAsync() => await Verifier.DisposeAsync();
    }
}
