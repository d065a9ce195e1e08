using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Types;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Data;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>Accreditations by program and console, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class AccreditationTests(SteppedLedger world) : IClassFixture<SteppedLedger>
{
    private static readonly string Qualification = TypeDefinition.Find("qualification")!.Vct;

    private Task Round() => world.Issuer.Service<WriteAccreditations>().RunAsync(default);

    private string Id(string slug) => Convert.ToHexStringLower(world.Organisation(slug).Profile.Id());

    private static string Address(string slug, string more = "") => $"/api/{slug}/accreditations{more}";

    // What lets the ministry of interior entitle others, one for each test.
    private Task<ulong> MayAccredit(DateTimeOffset? until = null) => world.Grant(Ministry, AccreditationRight.Accredit, new Scope([Qualification]), until);

    private JsonObject Wish(ulong under, string holder, int eqf, DateTimeOffset? until = null) => new()
    {
        ["word"] = Ministry, ["holder"] = Id(holder), ["under"] = under, ["right"] = new JsonArray("issue"), ["until"] = until,
        ["scope"] = new JsonObject { ["v"] = 1, ["types"] = new JsonArray(Qualification), ["eqf"] = new JsonArray(1, eqf), ["fields"] = new JsonArray("07") },
    };

    private async Task<JsonObject> Ask(string key, JsonObject wish)
    {
        var answer = await world.Issuer.Ask(HttpMethod.Post, Address(Ministry), key, wish);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return await Json(answer);
    }

    private Task<AccreditationAct> Act(string id) => world.Issuer.InDb(db => db.AccreditationActs.AsNoTracking().SingleAsync(a => a.Id == id));

    private async Task<int> OnLedger(ulong under) =>
        (await world.Registry.ReadEventsAsync(0, (await world.Registry.Evm.HeadAsync()).Number)).OfType<RegistryEvent.AccreditationGranted>().Count(e => e.Parent == under);

    [Fact]
    public async Task What_is_granted_and_taken_back_by_program_stands_on_the_ledger_and_in_the_history_of_both()
    {
        var (under, admin, holder) = (await MayAccredit(), await world.Issuer.NewApiKey(Ministry), await world.Issuer.NewApiKey(College, StaffRoles.Auditor));
        var asked = await Ask(admin, Wish(under, College, 5));
        await Round();

        var act = await Act((string)asked["id"]!);
        Assert.Equal((AccreditationActState.Done, null), (act.State, act.Waiting));
        var granted = await world.Registry.FindAccreditationAsync((ulong)act.Granted!);
        Assert.Equal((under, AccreditationRight.Issue), (granted!.Parent, granted.Right));
        Assert.Equal(world.Organisation(College).Profile.Id(), granted.Holder);

        // The text that its id stands for, where anybody may read it.
        var text = await world.Issuer.Http.GetByteArrayAsync($"/{Ministry}/scopes/{Convert.ToHexStringLower(granted.ScopeId)}");
        Assert.Equal(granted.ScopeId, SHA256.HashData(text));

        var chains = (await Json(await world.Issuer.Ask(HttpMethod.Get, Address(College), holder)))["held"]!.AsArray();
        var chain = chains.Single(c => (ulong)c!["links"]!.AsArray()[^1]!["number"]! == (ulong)act.Granted)!;
        Assert.Equal(["Talmara Ministry of Education", "Talmara Ministry of Interior", "Port Selin Technical College"], chain["links"]!.AsArray().Select(l => (string?)l!["holderName"]));
        Assert.True((bool)chain["inForce"]!);

        var at = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(3).ToUnixTimeSeconds());
        var answer = await world.Issuer.Ask(HttpMethod.Post, Address(Ministry, $"/{act.Granted}/withdrawal"), admin, new JsonObject { ["word"] = Ministry, ["reason"] = "The course ended.", ["at"] = at });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Round();
        Assert.Equal(at, (await world.Registry.FindAccreditationAsync((ulong)act.Granted))!.WithdrawnAt);

        async Task<List<(string?, string?)>> History(string slug, string key) => [.. JsonNode.Parse(await (await world.Issuer.Ask(HttpMethod.Get, $"/api/{slug}/history", key)).Content.ReadAsStringAsync())!.AsArray()
            .Where(l => (string?)l!["about"] == $"{act.Granted}").Select(l => ((string?)l!["what"], (string?)l["by"]))];
        Assert.Equal([("withdrawn", null), ("accredited", "Talmara Ministry of Interior")], await History(College, holder));
        Assert.Equal([("withdrawn_other", "Port Selin Technical College"), ("accredited_other", "Port Selin Technical College")], await History(Ministry, admin));
        var page = await (await Console.Clerk.SignedIn(world.Issuer, role: "auditor")).Page("/console/history");
        Assert.Contains("data-what=\"registered\"", page, StringComparison.Ordinal);
        Assert.Contains("data-what=\"accredited\"", page, StringComparison.Ordinal);
        Assert.Contains(granted.GrantedAt.UtcDateTime.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture), page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_between_sending_and_remembering_a_grant_is_written_once_and_a_withdrawal_is_known_as_done()
    {
        var (under, admin) = (await MayAccredit(), await world.Issuer.NewApiKey(Ministry));
        var id = (string)(await Ask(admin, Wish(under, Shipyard, 4)))["id"]!;
        await Round();
        var number = (await Act(id)).Granted;
        Task Forget(string act) => world.Issuer.InDb(db => db.AccreditationActs.Where(a => a.Id == act)
            .ExecuteUpdateAsync(a => a.SetProperty(x => x.State, AccreditationActState.Waiting).SetProperty(x => x.Granted, (long?)null).SetProperty(x => x.Transaction, (string?)null)));

        await Forget(id);
        await Round();

        Assert.Equal((AccreditationActState.Done, number), ((await Act(id)).State, (await Act(id)).Granted));
        Assert.Equal(1, await OnLedger(under));

        var withdrawal = (string)(await Json(await world.Issuer.Ask(HttpMethod.Post, Address(Ministry, $"/{number}/withdrawal"), admin, new JsonObject { ["word"] = Ministry, ["reason"] = "No longer trusted." })))["id"]!;
        await Round();
        await Forget(withdrawal);
        await Round();
        Assert.Equal(AccreditationActState.Done, (await Act(withdrawal)).State);
    }

    [Fact]
    public async Task What_the_ledger_refuses_is_said_and_not_tried_again()
    {
        var (under, admin) = (await MayAccredit(), await world.Issuer.NewApiKey(Ministry));
        var id = (string)(await Ask(admin, Wish(under, Shipyard, 3)))["id"]!;
        // Meanwhile the ministry's own accreditation was taken back.
        (await world.Registry.WithdrawAsync(world.Root, under, DateTimeOffset.UtcNow)).Require();
        await Round();

        var act = await Act(id);
        Assert.Equal(AccreditationActState.Refused, act.State);
        Assert.NotEmpty(act.Waiting!);
        Assert.Equal(0, await OnLedger(under));
        var page = await (await Console.Clerk.SignedIn(world.Issuer, Ministry, "admin")).Page("/console/accreditations");
        Assert.Contains("data-state=\"refused\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_a_grant_under_what_is_not_ones_own_or_for_longer_or_for_something_that_nobody_knows()
    {
        var end = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(10).ToUnixTimeSeconds());
        var (under, admin, college) = (await MayAccredit(end), await world.Issuer.NewApiKey(Ministry), await world.Issuer.NewApiKey(College));
        async Task Refused(string field, JsonObject wish, string? key = null, string slug = Ministry)
        {
            var answer = await world.Issuer.Ask(HttpMethod.Post, Address(slug), key ?? admin, wish);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal([field], (await Json(answer))["errors"]?.AsObject().Select(e => e.Key) ?? ["word"]);
        }
        JsonObject With(Action<JsonObject> change)
        {
            var wish = Wish(under, College, 5, end);
            change(wish);
            return wish;
        }

        await Refused("under", With(w => w["under"] = world.RootNumber));
        await Refused("under", With(w => w["under"] = 9_999));
        await Refused("under", With(w => w["word"] = College), college, College);
        await Refused("holder", With(w => w["holder"] = new string('0', 64)));
        await Refused("holder", With(w => w["holder"] = "port-selin"));
        await Refused("right", With(w => w["right"] = new JsonArray()));
        await Refused("right", With(w => w["right"] = new JsonArray("govern")));
        await Refused("scope", With(w => w["scope"]!.AsObject().Remove("types")));
        await Refused("scope", With(w => w["scope"]!["colour"] = "blue"));
        await Refused("scope", With(w => w["scope"]!["eqf"] = new JsonArray(5, 1)));
        await Refused("until", With(w => w["until"] = null));
        await Refused("until", With(w => w["until"] = end.AddSeconds(1)));
        await Refused("until", With(w => w["until"] = DateTimeOffset.UtcNow.AddDays(-1)));
        await Refused("word", With(w => w["word"] = "yes"));
        Assert.Equal(HttpStatusCode.Forbidden, (await world.Issuer.Ask(HttpMethod.Post, Address(Ministry), await world.Issuer.NewApiKey(Ministry, StaffRoles.Auditor), With(_ => { }))).StatusCode);
        Assert.Equal(0, await world.Issuer.InDb(db => db.AccreditationActs.CountAsync(a => a.Number == (long)under)));

        // In order; a second of the same is not.
        var id = (string)(await Ask(admin, With(_ => { })))["id"]!;
        await Refused("holder", With(_ => { }));
        await Round();
        await Refused("holder", With(_ => { }));
        var number = (await Act(id)).Granted;

        // Nobody takes back what another granted, nor from a past day.
        Assert.Equal(HttpStatusCode.NotFound, (await world.Issuer.Ask(HttpMethod.Post, Address(College, $"/{number}/withdrawal"), college, new JsonObject { ["word"] = College, ["reason"] = "not mine" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await world.Issuer.Ask(HttpMethod.Post, Address(Ministry, $"/{number}/withdrawal"), admin, new JsonObject { ["word"] = Ministry, ["reason"] = "late", ["at"] = DateTimeOffset.UtcNow.AddDays(-2) })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await world.Issuer.Ask(HttpMethod.Post, Address(Ministry, $"/{number}/withdrawal"), admin, new JsonObject { ["word"] = Ministry })).StatusCode);
    }

    [Fact]
    public async Task The_console_signs_only_what_it_has_shown()
    {
        var under = await MayAccredit();
        var admin = await Console.Clerk.SignedIn(world.Issuer, Ministry, "admin");
        (string, string)[] form = [("Form.Holder", Id(Centre)), ("Form.Under", $"{under}"), ("Form.Issue", "true"), ("Form.Types", "qualification"), ("Form.EqfFrom", "1"), ("Form.EqfUntil", "4"), ("Form.Fields", "07"), ("Form.Label", "Welding certificates")];
        Task<int> Count() => world.Issuer.InDb(db => db.AccreditationActs.CountAsync(a => a.Number == (long)under));
        async Task<string> Send(string address, HttpStatusCode status, params (string, string)[] more)
        {
            var answer = await admin.Post(address, [.. form, .. more]);
            Assert.Equal(status, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync();
        }

        var shown = await Send("/console/accreditations?handler=Show", HttpStatusCode.OK);
        var scope = new Scope([Qualification], null, new LevelRange(1, 4), null, ["07"], null, null, null, new Dictionary<string, string> { ["en"] = "Welding certificates" });
        Assert.Equal(scope.Canonical(), WebUtility.HtmlDecode(Console.Clerk.TestId(shown, "canonical")));
        var seen = Convert.ToHexStringLower(scope.Id());

        await Send("/console/accreditations", HttpStatusCode.BadRequest, ("Form.Word", Ministry));
        await Send("/console/accreditations", HttpStatusCode.BadRequest, ("Form.Word", Ministry), ("Form.Seen", Convert.ToHexStringLower(new Scope([Qualification]).Id())));
        await Send("/console/accreditations", HttpStatusCode.BadRequest, ("Form.Word", "no"), ("Form.Seen", seen));
        Assert.Equal(0, await Count());
        await Send("/console/accreditations", HttpStatusCode.Redirect, ("Form.Word", Ministry), ("Form.Seen", seen));

        Assert.Equal(1, await Count());
        await Round();
        var page = await admin.Page("/console/accreditations");
        Assert.Contains("Welding certificates", page, StringComparison.Ordinal);
        var number = await world.Issuer.InDb(db => db.AccreditationActs.Where(a => a.Number == (long)under).Select(a => a.Granted).SingleAsync());
        var withdrawal = $"/console/accreditations/{number}/withdrawal";
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Post(withdrawal, ("reason", "It closed."), ("word", "no"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await admin.Post(withdrawal, ("reason", "It closed."), ("word", Ministry), ("at", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)))).StatusCode);
        await Round();
        Assert.NotNull((await world.Registry.FindAccreditationAsync((ulong)number!))!.WithdrawnAt);
    }
}

/// <summary>Where the ledger cannot be read.</summary>
public sealed class WithoutALedgerTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task What_nobody_can_read_is_not_called_absent()
    {
        var admin = await issuer.NewApiKey(College);
        foreach (var address in new[] { "accreditations", "history" })
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await issuer.Ask(HttpMethod.Get, $"/api/{College}/{address}", admin)).StatusCode);
        var clerk = await Console.Clerk.SignedIn(issuer, role: "admin");
        foreach (var address in new[] { "/console/accreditations", "/console/history" })
            Assert.Contains("data-testid=\"no-ledger\"", await clerk.Page(address), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await issuer.Http.GetAsync($"/{College}/scopes/{new string('a', 64)}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await issuer.Http.GetAsync($"/{College}/scopes/../../etc")).StatusCode);
    }
}
