using System.Net;
using System.Text.Json.Nodes;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>Signing keys by program: the same acts and rules as at the console. No worker takes a step in between.</summary>
public sealed class KeysApiTests : IAsyncLifetime
{
    private readonly IssuerFixture issuer = new()
    {
        Replace = services =>
        {
            services.Remove(services.Single(s => s.ImplementationType == typeof(RegisterKeys)));
            services.AddSingleton<RegisterKeys>();
        },
    };

    public async Task InitializeAsync()
    {
        await issuer.InitializeAsync();
        foreach (var organisation in issuer.Service<OrganisationDirectory>().All) await issuer.Service<RegisterKeys>().RunAsync(organisation, default);
    }

    public Task DisposeAsync() => issuer.DisposeAsync();

    private static string Keys(string organisation = College) => $"/api/{organisation}/keys";

    private Task<string> OnlyKey(string organisation) => issuer.InDb(db => db.SigningKeys.Where(k => k.Organisation == organisation).Select(k => k.Thumbprint).SingleAsync());

    private Task<int> Count(string organisation) => issuer.InDb(db => db.SigningKeys.CountAsync(k => k.Organisation == organisation));

    // The authority of the certificates was made at the machine's time.
    private void BeNow()
    {
        if (DateTimeOffset.UtcNow > issuer.Clock.GetUtcNow()) issuer.Clock.Move(DateTimeOffset.UtcNow - issuer.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Attack_whoever_is_no_administrator_here_reads_changes_or_ends_signing_keys()
    {
        var thumbprint = await OnlyKey(College);
        foreach (var (key, status) in new[] { (issuer.ApiKey(College), HttpStatusCode.Forbidden), (await issuer.NewApiKey(College, StaffRoles.Approver | StaffRoles.Auditor), HttpStatusCode.Forbidden), (await issuer.NewApiKey(Ministry), HttpStatusCode.Forbidden), ("identity_api_made-up", HttpStatusCode.Unauthorized) })
        {
            Assert.Equal(status, (await issuer.Ask(HttpMethod.Get, Keys(), key)).StatusCode);
            Assert.Equal(status, (await issuer.Ask(HttpMethod.Post, Keys(), key, new JsonObject { ["word"] = College })).StatusCode);
            Assert.Equal(status, (await issuer.Ask(HttpMethod.Post, $"{Keys()}/{thumbprint}/retirement", key, new JsonObject { ["word"] = College, ["at"] = "2099-01-01T00:00:00Z" })).StatusCode);
            Assert.Equal(status, (await issuer.Ask(HttpMethod.Post, $"{Keys()}/{thumbprint}/compromise", key, new JsonObject { ["word"] = College, ["since"] = "2026-11-20T10:17:33Z" })).StatusCode);
        }
        Assert.Equal(1, await Count(College));
    }

    [Fact]
    public async Task Nothing_is_done_without_the_word_of_confirmation()
    {
        var (admin, thumbprint) = (await issuer.NewApiKey(College), await OnlyKey(College));
        foreach (var word in new[] { null, "", "yes", Ministry, College.ToUpperInvariant() })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await issuer.Ask(HttpMethod.Post, Keys(), admin, new JsonObject { ["word"] = word })).StatusCode);
            Assert.Equal(HttpStatusCode.BadRequest, (await issuer.Ask(HttpMethod.Post, $"{Keys()}/{thumbprint}/retirement", admin, new JsonObject { ["word"] = word, ["at"] = "2027-01-01T00:00:00Z" })).StatusCode);
            Assert.Equal(HttpStatusCode.BadRequest, (await issuer.Ask(HttpMethod.Post, $"{Keys()}/{thumbprint}/compromise", admin, new JsonObject { ["word"] = word, ["since"] = "2026-11-20T10:17:33Z" })).StatusCode);
        }
        Assert.Equal(1, await Count(College));
        Assert.Equal("signs", (string?)JsonNode.Parse(await (await issuer.Ask(HttpMethod.Get, Keys(), admin)).Content.ReadAsStringAsync())![0]!["state"]);
    }

    [Fact]
    public async Task A_key_retires_neither_in_the_past_nor_in_three_years_and_only_one_that_signs_or_signed()
    {
        BeNow();
        var (admin, first) = (await issuer.NewApiKey(Shipyard), await OnlyKey(Shipyard));
        Task<HttpResponseMessage> Retire(string thumbprint, TimeSpan ahead) =>
            issuer.Ask(HttpMethod.Post, $"{Keys(Shipyard)}/{thumbprint}/retirement", admin, new JsonObject { ["word"] = Shipyard, ["at"] = issuer.Clock.GetUtcNow() + ahead });

        Assert.Equal(HttpStatusCode.BadRequest, (await Retire(first, TimeSpan.FromMinutes(-1))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Retire(first, TimeSpan.FromDays(3 * 365))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await issuer.Ask(HttpMethod.Post, Keys(Shipyard), admin, new JsonObject { ["word"] = Shipyard, ["overlapUntil"] = "2020-01-01T00:00:00Z" })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Retire("made-up", TimeSpan.FromDays(1))).StatusCode);
        Assert.Equal(1, await Count(Shipyard));

        var answer = await Retire(first, TimeSpan.FromDays(30));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var keys = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsArray();
        Assert.Equal(["made", "signs"], keys.Select(k => (string?)k!["state"]));
        Assert.NotNull(keys[1]!["retireAt"]);
        // The new key does not sign yet; a second new one is not made beside it.
        Assert.Equal(HttpStatusCode.Conflict, (await Retire((string)keys[0]!["thumbprint"]!, TimeSpan.FromDays(1))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Ask(HttpMethod.Post, Keys(Shipyard), admin, new JsonObject { ["word"] = Shipyard })).StatusCode);
        // Another date may still be set: the ledger knows of none.
        Assert.Equal(HttpStatusCode.Accepted, (await Retire(first, TimeSpan.FromDays(60))).StatusCode);
        Assert.Equal(2, await Count(Shipyard));
        Assert.Equal(["key_retired admin", "key_made admin", "key_retired admin"], await issuer.InDb(db => db.AccessLog.Where(e => e.Organisation == Shipyard && e.Act.StartsWith("key_")).OrderBy(e => e.Id).Select(e => e.Act + " " + e.Role).ToListAsync()));
    }

    [Fact]
    public async Task Attack_the_last_day_that_there_is_is_sent_where_the_day_after_it_counts()
    {
        var admin = await Console.Clerk.SignedIn(issuer, role: "admin");

        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Post("/console/keys", ("word", College), ("until", "9999-12-31"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Post("/console/accreditations", ("Form.Until", "9999-12-31"), ("Form.Types", "qualification"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Post("/console/accreditations/1/withdrawal", ("at", "9999-12-31"), ("word", College), ("reason", "late"))).StatusCode);
        Assert.Equal(1, await Count(College));
    }

    [Fact]
    public async Task A_stolen_key_stops_at_once_and_cannot_be_retired()
    {
        BeNow();
        var (admin, first) = (await issuer.NewApiKey(Centre), await OnlyKey(Centre));
        issuer.Clock.Move(TimeSpan.FromSeconds(2));
        Task<HttpResponseMessage> Report(DateTimeOffset since) => issuer.Ask(HttpMethod.Post, $"{Keys(Centre)}/{first}/compromise", admin, new JsonObject { ["word"] = Centre, ["since"] = since });

        Assert.Equal(HttpStatusCode.BadRequest, (await Report(issuer.Clock.GetUtcNow().AddHours(1))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Report(issuer.Clock.GetUtcNow().AddYears(-1))).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await Report(issuer.Clock.GetUtcNow())).StatusCode);

        var keys = JsonNode.Parse(await (await issuer.Ask(HttpMethod.Get, Keys(Centre), admin)).Content.ReadAsStringAsync())!.AsArray();
        Assert.Equal(["made", "stealing"], keys.Select(k => (string?)k!["state"]));
        Assert.Equal(HttpStatusCode.Conflict, (await Report(issuer.Clock.GetUtcNow())).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await issuer.Ask(HttpMethod.Post, $"{Keys(Centre)}/{first}/retirement", admin, new JsonObject { ["word"] = Centre, ["at"] = issuer.Clock.GetUtcNow().AddDays(1) })).StatusCode);
    }
}

/// <summary>Signing keys as the ledger has them.</summary>
[Trait("Store", "Own")]
public sealed class KeysOnLedgerTests(IssuerOnLedger world) : IClassFixture<IssuerOnLedger>
{
    [Fact]
    public async Task A_replaced_key_stays_good_on_the_ledger_until_its_date_while_the_new_one_signs()
    {
        var admin = await world.Issuer.NewApiKey(College);
        async Task<JsonArray> Keys() => JsonNode.Parse(await (await world.Issuer.Ask(HttpMethod.Get, $"/api/{College}/keys", admin)).Content.ReadAsStringAsync())!.AsArray();
        await IssuerOnLedger.Until(Keys, keys => keys.Count == 1 && keys[0]!["onLedgerAt"] is not null);
        var until = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(40).ToUnixTimeSeconds());

        var answer = await world.Issuer.Ask(HttpMethod.Post, $"/api/{College}/keys", admin, new JsonObject { ["word"] = College, ["overlapUntil"] = until });

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var keys = await IssuerOnLedger.Until(Keys, k => k.Count == 2 && (string?)k[1]!["state"] == "retiring");
        Assert.Equal("signs", (string?)keys[0]!["state"]);
        Assert.Equal(until, (DateTimeOffset)keys[1]!["endedAt"]!);
        Credentials.Jose.Base64Url.TryDecode((string)keys[1]!["thumbprint"]!, out var old);
        Assert.Equal(until, (await world.Registry.FindKeyAsync(old))!.RetiredAt);
        // Its end lies ahead; a theft is still dated by when the ledger last heard of the key.
        Assert.Equal(HttpStatusCode.Accepted, (await IssuerOnLedger.Until(
            () => world.Issuer.Ask(HttpMethod.Post, $"/api/{College}/keys/{keys[1]!["thumbprint"]}/compromise", admin, new JsonObject { ["word"] = College, ["since"] = DateTimeOffset.UtcNow }),
            a => a.StatusCode == HttpStatusCode.Accepted)).StatusCode);
        await IssuerOnLedger.Until(Keys, k => (string?)k[1]!["state"] == "stolen");
        Assert.NotNull((await world.Registry.FindKeyAsync(old))!.CompromisedAt);
    }
}
