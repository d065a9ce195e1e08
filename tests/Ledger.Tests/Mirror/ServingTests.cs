using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Ledger.Log;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;

namespace Identity.Ledger.Tests.Mirror;

public class ServingTests
{
    private static readonly DateTimeOffset Past = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    [Fact]
    public async Task Checkpoint_and_every_tile_are_byte_for_byte_the_operators()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.AnchorAsync([.. Enumerable.Range(0, 300)]);
        await bench.Chain.GrowAsync(1000, 1001);
        await bench.Mirror.RefreshAsync(default);
        await using var site = await MirrorSite.ServeAsync(bench.Mirror);
        var log = bench.Chain.Log.Name;

        Assert.Equal(await bench.Site.Http.GetByteArrayAsync("checkpoint"), await site.Http.GetByteArrayAsync(MirrorSite.Of(log, "checkpoint")));
        var paths = Tiles.Between(0, 302).Concat(Tiles.Between(0, 17)).Select(Tiles.Path).Distinct().ToList();
        Assert.Equal(7, paths.Count);
        foreach (var path in paths) Assert.Equal(await bench.Site.Http.GetByteArrayAsync(path), await site.Http.GetByteArrayAsync(MirrorSite.Of(log, path)));
        foreach (var absent in new[] { "tile/0/001", "tile/0/001.p/47", "tile/entries/002.p/1", "tile/2/000.p/1", "tile/0/0", "tile/00/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/entries/x999/x999/x999/x999/x999/x999/999", "tile/-1/000" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync(MirrorSite.Of(log, absent))).StatusCode);
        }
    }

    [Fact]
    public async Task Only_what_the_chain_covers_is_kept_for_ever_and_what_is_known_is_not_sent_again()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.AnchorAsync(1, 2);
        await bench.Chain.GrowAsync(3);
        await bench.Mirror.RefreshAsync(default);
        await using var site = await MirrorSite.ServeAsync(bench.Mirror);
        var log = bench.Chain.Log.Name;

        Assert.Contains("immutable", await KeepsAsync("tile/entries/000.p/2"));
        Assert.Equal("no-cache", await KeepsAsync("tile/entries/000.p/3"));
        Assert.Equal("no-cache", await KeepsAsync("checkpoint"));
        foreach (var path in new[] { MirrorSite.Of(log, "checkpoint"), MirrorSite.Of(log, "tile/0/000.p/2"), "organisations", "alarms", MirrorSite.Of(log, "counts"), MirrorSite.Of(log, "anchors") })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Origin", "https://elsewhere.example" } } };
            var first = await site.Http.SendAsync(request);
            Assert.Equal("*", first.Headers.GetValues("Access-Control-Allow-Origin").Single());
            var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
            Assert.Equal(HttpStatusCode.NotModified, (await site.Http.SendAsync(again)).StatusCode);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await site.Http.PostAsync(path, null)).StatusCode);
        }

        async Task<string> KeepsAsync(string path) => (await site.Http.GetAsync(MirrorSite.Of(log, path))).Headers.CacheControl!.ToString();
    }

    [Fact]
    public async Task A_receipt_from_the_mirror_is_the_operators_own()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.AnchorAsync([.. Enumerable.Range(0, 300)]);
        await bench.Mirror.RefreshAsync(default);
        await bench.AnchorAsync(1000);
        await bench.Chain.GrowAsync(2000);
        await bench.Mirror.RefreshAsync(default);
        await using var site = await MirrorSite.ServeAsync(bench.Mirror);

        foreach (var entry in new[] { 0, 17, 299, 1000 })
        {
            var path = "receipt/" + Hex(TestLog.Entry(entry));
            var (own, operators) = (await site.JsonAsync(path), JsonNode.Parse(await bench.Site.Http.GetStringAsync(path))!);
            Assert.Equal((string)operators["proof"]!, (string)own["proof"]!);
            Assert.True(JsonNode.DeepEquals(operators["anchor"], own["anchor"]));
        }

        Assert.Equal(HttpStatusCode.Accepted, (await site.Http.GetAsync("receipt/" + Hex(TestLog.Entry(2000)))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync("receipt/" + Hex(TestLog.Entry(3000)))).StatusCode);
    }

    [Fact]
    public async Task A_mirror_that_came_later_has_the_receipts_of_every_anchor_before_it_also_after_a_restart_without_network()
    {
        await using var bench = await MirrorBench.StartAsync();
        foreach (var entry in Enumerable.Range(0, 4)) await bench.AnchorAsync(entry);
        await bench.Mirror.RefreshAsync(default);
        var before = await bench.Site.Http.GetStringAsync("receipt/" + Hex(TestLog.Entry(1)));
        await bench.Site.DisposeAsync();
        await bench.Chain.Node.DisposeAsync();

        bench.Restart();

        await using var site = await MirrorSite.ServeAsync(bench.Mirror);
        Assert.Equal((string)JsonNode.Parse(before)!["proof"]!, (string)(await site.JsonAsync("receipt/" + Hex(TestLog.Entry(1))))["proof"]!);
    }

    [Fact]
    public async Task The_history_of_an_organisation_is_what_the_chain_has_of_it_in_its_order()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(Past, Past);
        var registry = bench.Chain.Open();
        var college = MirrorBench.College.Id();
        var log = RegistryClient.LogId(bench.Chain.Log.Name);
        (await registry.UseLogAsync(bench.CollegeAccount, college, log)).Require();
        using var victim = Es256Key.Create();
        using var thief = Es256Key.Create();
        (await registry.AddKeyAsync(bench.CollegeAccount, college, victim.PublicKey.Thumbprint(), Past, thief.PublicKey.XBytes(), thief.PublicKey.YBytes())).Require(); // under a thumbprint that is not its own
        (await registry.ChangeLogAsync(bench.Chain.Governor, log, bench.Chain.Operator.Address, new byte[32].Select((_, at) => (byte)(at + 1)).ToArray())).Require();
        (await registry.EndKeyAsync(bench.CollegeAccount, college, bench.CollegeKey.Thumbprint(), DateTimeOffset.UtcNow.AddDays(1), KeyEnding.Retired)).Require();
        (await registry.WithdrawAsync(bench.MinistryAccount, bench.Accreditation, DateTimeOffset.UtcNow.AddDays(1))).Require();
        await bench.Mirror.RefreshAsync(default);
        await using var site = await MirrorSite.ServeAsync(bench.Mirror);

        var history = await site.JsonAsync("organisations/" + Hex(college));
        var acts = history["acts"]!.AsArray();

        Assert.Equal("Port Selin Technical College", (string)history["organisation"]!["name"]!);
        Assert.Equal(["registered", "accredited", "supervised", "key_added", "log_used", "log_changed", "key_retired", "accreditation_withdrawn"], acts.Select(a => (string)a!["what"]!));
        Assert.Equal("Talmara Ministry of Education", (string)acts[1]!["otherName"]!);
        Assert.Equal(bench.CollegeKey.ThumbprintText(), (string)acts[3]!["key"]!);
        Assert.Equal(bench.Chain.Log.Name, (string)acts[4]!["log"]!);
        Assert.All(acts, act => Assert.Matches("^0x[0-9a-f]{64}$", (string)act!["transaction"]!));
        Assert.Equal(acts.Select(a => (long)a!["block"]!).Order(), acts.Select(a => (long)a!["block"]!));
        var ministry = await site.JsonAsync("organisations/" + Hex(MirrorBench.Ministry.Id()));
        Assert.Equal(["registered", "accredited", "supervised", "granted", "grant_withdrawn"], ministry["acts"]!.AsArray().Select(a => (string)a!["what"]!));
        Assert.Equal(["Talmara Ministry of Education", "Port Selin Technical College"], (await site.JsonAsync("organisations")).AsArray().Select(o => (string)o!["name"]!));
        var scope = (string)acts[1]!["scope"]!;
        Assert.Equal(scope, Hex(SHA256.HashData(await site.Http.GetByteArrayAsync("scopes/" + scope))));
    }

    [Fact]
    public async Task The_index_and_the_counts_say_how_much_and_how_old()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(Past, Past);
        await bench.Chain.GrowAsync(1, 2, 3);
        await bench.Mirror.RefreshAsync(default); // saw the checkpoint before it was anchored
        await bench.Chain.AnchorAsync(bench.Chain.Anchorer(bench.Chain.Open()));
        await bench.AnchorAsync(4, 5);
        await bench.Chain.GrowAsync(6);
        await bench.Mirror.RefreshAsync(default);
        await using var site = await MirrorSite.ServeAsync(bench.Mirror);
        var log = bench.Chain.Log.Name;

        var index = await site.JsonAsync("");

        Assert.NotNull(index["readAt"]);
        Assert.Equal((31337, 2, 0), ((int)index["chain"]!["chainId"]!, (int)index["organisations"]!, (int)index["alarms"]!));
        var held = Assert.Single(index["logs"]!.AsArray())!;
        Assert.Equal((log, 6, 5), ((string)held["origin"]!, (int)held["size"]!, (int)held["anchored"]!));
        Assert.Equal(Hex(bench.Chain.Log.Key.PublicBytes), (string)held["key"]!);
        foreach (var by in new[] { "", "?by=day", "?by=hour" })
        {
            var rows = (await site.JsonAsync(MirrorSite.Of(log, "counts" + by))).AsArray();
            Assert.Equal((5, 2), (rows.Sum(r => (int)r!["entries"]!), rows.Sum(r => (int)r!["anchors"]!)));
            Assert.Contains(rows, row => row!["medianDelay"] is not null);
        }

        var anchors = (await site.JsonAsync(MirrorSite.Of(log, "anchors"))).AsArray();
        Assert.Equal([5, 3], anchors.Select(a => (int)a!["size"]!));
        Assert.Equal(HttpStatusCode.BadRequest, (await site.Http.GetAsync(MirrorSite.Of(log, "counts?by=week"))).StatusCode);
    }

    [Fact]
    public async Task An_alarm_is_served_with_both_signed_checkpoints_which_anybody_can_check()
    {
        await using var bench = await MirrorBench.StartAsync();
        var origin = bench.Chain.Log.Name;
        using var twin = new TestLog(origin);
        await bench.Chain.GrowAsync(1, 2, 3);
        await twin.AppendAsync(1, 2, 4);
        await twin.RoundAsync();
        await bench.Mirror.RefreshAsync(default);
        await bench.Site.DisposeAsync();
        await using (await LogSite.ServeAsync(twin)) await bench.Mirror.RefreshAsync(default);
        await using var site = await MirrorSite.ServeAsync(bench.Mirror);

        var alarm = Assert.Single((await site.JsonAsync("alarms")).AsArray())!;

        Assert.Equal(origin, (string)alarm["origin"]!);
        Assert.StartsWith("Fork", (string)alarm["reason"]!);
        var notes = new[] { "before", "after" }.Select(which => Checkpoint.TryParse((string)alarm[which]!, out var note, out _) ? note! : throw new InvalidDataException(which)).ToList();
        Assert.All(notes, note => Assert.True(note.Verify(origin, bench.Chain.Log.Key.PublicBytes)));
        Assert.Equal(notes[0].Size, notes[1].Size);
        Assert.NotEqual(notes[0].Root, notes[1].Root);
        Assert.True(ForkEvidence.TryParse(alarm["evidence"]!.ToJsonString(), out var evidence) && evidence.Holds(out _));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync("receipt/" + Hex(TestLog.Entry(1)))).StatusCode);
    }

    [Fact]
    public async Task A_fork_between_two_sizes_is_served_with_the_path_that_proves_it()
    {
        await using var bench = await MirrorBench.StartAsync();
        var origin = bench.Chain.Log.Name;
        using var twin = new TestLog(origin);
        await bench.Chain.GrowAsync([.. Enumerable.Range(0, 300)]);
        await twin.AppendAsync([.. Enumerable.Range(1, 200)]);
        await twin.RoundAsync();
        await using var db = twin.Open();
        var shown = Encoding.UTF8.GetBytes((await new LogReader(db).NewestAsync(default))!.Note);
        using var mirror = bench.Another(options => options.Peers = [new Uri("https://peer.example")], address => address.Host == "peer.example" ? shown : null);
        await mirror.RefreshAsync(default);
        await using var site = await MirrorSite.ServeAsync(mirror);

        var alarm = Assert.Single((await site.JsonAsync("alarms")).AsArray())!;

        Assert.True(ForkEvidence.TryParse(alarm["evidence"]!.ToJsonString(), out var evidence) && evidence.Holds(out _));
        Assert.NotEmpty(evidence!.Proof);
    }

    [Theory]
    [InlineData("organisations/{0}")]
    [InlineData("scopes/{0}")]
    [InlineData("logs/{0}/checkpoint")]
    [InlineData("logs/{0}/counts")]
    [InlineData("logs/{0}/anchors")]
    [InlineData("logs/{0}/tile/0/000.p/1")]
    [InlineData("receipt/{0}")]
    public async Task Attack_what_names_nothing_in_the_one_spelling_is_not_found(string path)
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(Past, Past);
        await bench.AnchorAsync(1);
        await bench.Mirror.RefreshAsync(default);
        await using var site = await MirrorSite.ServeAsync(bench.Mirror);
        var known = path.StartsWith("receipt", StringComparison.Ordinal) ? Hex(TestLog.Entry(1))
            : path.StartsWith("logs", StringComparison.Ordinal) ? Hex(RegistryClient.LogId(bench.Chain.Log.Name))
            : path.StartsWith("scopes", StringComparison.Ordinal) ? (string)(await site.JsonAsync("organisations/" + Hex(MirrorBench.College.Id())))["acts"]![1]!["scope"]!
            : Hex(MirrorBench.College.Id());

        Assert.Equal(HttpStatusCode.OK, (await site.Http.GetAsync(string.Format(null, path, known))).StatusCode);
        foreach (var id in new[] { known.ToUpperInvariant(), "0x" + known, known[1..], known + "0", new string('0', 64), new string('z', 64), new string('a', 5000) })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await site.Http.GetAsync(string.Format(null, path, id))).StatusCode);
        }
    }
}
