using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Monitoring;
using Identity.Ledger.Log;
using Identity.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>What somebody else puts into the public record with a stolen key is noticed, on a real node.</summary>
[Trait("Store", "Own")]
public sealed class MonitorTests(IssuerOnLedger world) : IClassFixture<IssuerOnLedger>
{
    [Fact]
    public async Task Attack_a_stolen_key_and_access_to_the_log_record_one_credential_and_the_next_round_finds_it()
    {
        var college = world.Organisation(College);
        await IssuerOnLedger.Until(() => world.Registry.FindKeyAsync(college.FirstKey.Signer.PublicKey.Thumbprint()), k => k is not null);
        // Everything that this service itself records: copies for a wallet, a paper, status lists before and after a change, the head of an access log.
        using var holder = Es256Key.Create();
        var prepared = await IssuerOnLedger.Until(async () =>
        {
            var made = await world.Issuer.Api(HttpMethod.Post, College, "", new JsonObject { ["type"] = "qualification", ["reference"] = "ours", ["claims"] = Diploma() });
            return made.StatusCode == HttpStatusCode.Created ? await Json(made) : null;
        }, made => made is not null);
        await world.Issuer.Collect(await world.Issuer.AccessToken(prepared!), [holder]);
        Assert.Equal(HttpStatusCode.OK, (await world.Issuer.Api(HttpMethod.Post, College, $"/{prepared!["id"]}/paper")).StatusCode);
        await world.Issuer.Http.GetStringAsync($"/{College}/status/1");
        await world.Issuer.Api(HttpMethod.Post, College, $"/{prepared["id"]}/revocation", new JsonObject { ["code"] = "issued_in_error" });
        await world.Issuer.Http.GetStringAsync($"/{College}/status/1");
        await IssuerOnLedger.Until(() => world.Issuer.InDb(async db =>
        {
            await SealAccessLog.SealAsync(db);
            await SealAccessLog.AnchorAsync(db, TimeSpan.Zero, DateTimeOffset.UtcNow);
            return await db.AccessHeads.AnyAsync(h => h.Organisation == College);
        }), there => there);
        await IssuerOnLedger.Until(() => world.Issuer.InDb(db => LedgerLog.SizeWithAllUntilAsync(db, DateTimeOffset.UtcNow)), size => size >= 5);

        var before = await LookAsync();
        Assert.True((long)before["until"]! >= 5);
        Assert.Empty(before["findings"]!.AsArray());
        Assert.Equal(["qualification dc+sd-jwt 1", "qualification identity-compact-paper 1"], before["issued"]!.AsArray().Select(c => $"{c!["type"]} {c["format"]} {c["copies"]}"));
        var admin = await Console.Clerk.SignedIn(world.Issuer, role: "admin");
        Assert.DoesNotContain("data-testid=\"alarm\"", await admin.Page("/console/staff"), StringComparison.Ordinal);

        var stolen = college.FirstKey.Signer;
        var forged = Entry.OfJwt(Jws.Sign(new JsonObject { ["typ"] = "dc+sd-jwt" }, new JsonObject { ["iss"] = college.Issuer, ["vct"] = "urn:identity:qualification:1" }, stolen));
        await world.Issuer.InDb(async db =>
        {
            LedgerLog.Append(db, forged, DateTimeOffset.UtcNow);
            return await db.SaveChangesAsync();
        });
        var place = (EntryPlace.Anchored)await IssuerOnLedger.Until(() => world.Issuer.InDb(db => LedgerLog.FindAsync(db, forged)), found => found is EntryPlace.Anchored);

        var finding = Assert.Single((await LookAsync())["findings"]!.AsArray())!;

        Assert.Equal(("unknown_entry", Convert.ToHexStringLower(forged), place.Index), ((string?)finding["kind"], (string?)finding["subject"], (long)finding["position"]!));
        Assert.Equal(place.Anchor.Time, finding["anchoredAt"]!.GetValue<DateTimeOffset>());
        // Found once, told to everybody who records in this log, at the head of each page of those who can act.
        Assert.Single((await LookAsync(Ministry))["findings"]!.AsArray());
        Assert.Contains("data-testid=\"alarm\"", await admin.Page("/console/staff"), StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(forged), await admin.Page("/console/monitor"), StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"alarm\"", await (await Console.Clerk.SignedIn(world.Issuer)).Page("/console"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_a_stolen_account_says_that_the_organisation_records_in_another_log()
    {
        var centre = world.Organisation(Centre);
        using var thief = Es256Key.Create();
        await IssuerOnLedger.Until(() => world.Registry.FindKeyAsync(centre.FirstKey.Signer.PublicKey.Thumbprint()), k => k is not null);
        (await world.Registry.RegisterLogAsync(world.Governor, "thief.example/log", world.Governor.Address, thief.PublicKey.XBytes())).Require();
        var log = Identity.Ledger.Registry.RegistryClient.LogId("thief.example/log");
        (await world.Registry.UseLogAsync(centre.Account, centre.Profile.Id(), log)).Require();

        var finding = await IssuerOnLedger.Until(async () => (await LookAsync(Centre))["findings"]!.AsArray().SingleOrDefault(f => (string?)f!["kind"] == "other_log"), found => found is not null);

        Assert.Equal($"{Centre} {Convert.ToHexStringLower(log)}", (string?)finding!["subject"]);
        Assert.DoesNotContain((await LookAsync(Shipyard))["findings"]!.AsArray(), f => (string?)f!["kind"] == "other_log");
    }

    [Fact]
    public async Task Attack_a_stolen_account_adds_a_key_and_staff_add_one_by_hand()
    {
        var shipyard = world.Organisation(Shipyard);
        await IssuerOnLedger.Until(() => world.Registry.FindKeyAsync(shipyard.FirstKey.Signer.PublicKey.Thumbprint()), k => k is not null);
        using Es256Key byHand = Es256Key.Create(), thiefs = Es256Key.Create();
        var file = Path.Combine(world.Issuer.Folder, "by-hand.pem");
        await File.WriteAllTextAsync(file, System.Security.Cryptography.PemEncoding.WriteString("PRIVATE KEY", byHand.ToPkcs8()));
        await using (var scope = world.Issuer.App.Services.CreateAsyncScope())
        await using (var output = new StringWriter())
            Assert.Equal(0, await ActivatorUtilities.CreateInstance<Identity.Issuer.Keys.KeyCommands>(scope.ServiceProvider, output).RunAsync(shipyard, ["add", file], default));
        var key = thiefs.PublicKey;
        (await world.Registry.AddKeyAsync(shipyard.Account, shipyard.Profile.Id(), key.Thumbprint(), DateTimeOffset.UtcNow, key.XBytes(), key.YBytes())).Require();

        var finding = await IssuerOnLedger.Until(async () => (await LookAsync(Shipyard))["findings"]!.AsArray().FirstOrDefault(f => (string?)f!["kind"] == "unknown_key"), found => found is not null);

        Assert.Equal($"{Shipyard} {key.ThumbprintText()}", (string?)finding!["subject"]);
        Assert.Single((await LookAsync(Shipyard))["findings"]!.AsArray(), f => (string?)f!["kind"] == "unknown_key");
    }

    [Fact]
    public async Task Everything_that_was_signed_is_read_outside_the_turn_that_holds_up_others()
    {
        await using var scope = world.Issuer.App.Services.CreateAsyncScope();
        var seen = new Reads();
        await using var db = new Data.IssuerDb(new DbContextOptionsBuilder<Data.IssuerDb>(scope.ServiceProvider.GetRequiredService<DbContextOptions<Data.IssuerDb>>()).AddInterceptors(seen).Options);
        await db.MonitorStates.ExecuteDeleteAsync();
        await world.Issuer.InDb(own =>
        {
            LedgerLog.Append(own, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32), DateTimeOffset.UtcNow);
            return own.SaveChangesAsync();
        });
        await IssuerOnLedger.Until(() => LedgerLog.PublishedSizeAsync(db), size => size > 0);

        await ActivatorUtilities.CreateInstance<WatchLog>(scope.ServiceProvider, db).RunAsync(default);

        Assert.Equal([false], seen.InTurn.Distinct());
    }

    private sealed class Reads : Microsoft.EntityFrameworkCore.Diagnostics.DbCommandInterceptor
    {
        public List<bool> InTurn { get; } = [];

        public override ValueTask<Microsoft.EntityFrameworkCore.Diagnostics.InterceptionResult<System.Data.Common.DbDataReader>> ReaderExecutingAsync(
            System.Data.Common.DbCommand command, Microsoft.EntityFrameworkCore.Diagnostics.CommandEventData eventData, Microsoft.EntityFrameworkCore.Diagnostics.InterceptionResult<System.Data.Common.DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.Contains("credential_copies", StringComparison.Ordinal)) InTurn.Add(command.Transaction is not null);
            return ValueTask.FromResult(result);
        }
    }

    [Fact]
    public void Whatever_this_service_puts_into_the_log_is_stored_where_the_monitor_looks()
    {
        var source = Path.Combine(Checkout.Root, "src", "Issuer");
        var places = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Where(file => System.Text.RegularExpressions.Regex.IsMatch(File.ReadAllText(file), @"LedgerLog\.Append(Many)?(Async)?\(")).Select(file => Path.GetRelativePath(source, file)).Order(StringComparer.Ordinal);

        // A new place belongs here once WatchLog finds what it records.
        Assert.Equal(["AccessLog/SealAccessLog.cs", "Bulk/IssueMany.cs", "Issuance/IssueCopies.cs", "Issuance/MakePaper.cs", "Monitoring/MonitorRows.cs"], places);
    }

    [Fact]
    public async Task A_clerk_is_told_nothing_of_it_and_an_auditor_may_ask()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await world.Issuer.Ask(HttpMethod.Get, $"/api/{College}/monitor", world.Issuer.ApiKey(College))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await world.Issuer.Ask(HttpMethod.Get, $"/api/{College}/monitor", await world.Issuer.NewApiKey(College, Data.StaffRoles.Auditor))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await world.Issuer.Ask(HttpMethod.Get, $"/api/{Ministry}/monitor", await world.Issuer.NewApiKey(College))).StatusCode);
    }

    [Fact]
    public async Task A_finding_stands_at_the_head_of_every_page_until_an_administrator_says_what_it_is()
    {
        var id = await world.Issuer.InDb(async db =>
        {
            var row = db.MonitorFindings.Add(new MonitorFinding { Kind = FindingKind.Contradiction, Subject = "of the centre", Organisation = Centre, FoundAt = DateTimeOffset.UtcNow.AddDays(-90) });
            await db.SaveChangesAsync();
            return row.Entity.Id;
        });
        var admin = await Console.Clerk.SignedIn(world.Issuer, Centre, role: "admin");
        var auditor = await Console.Clerk.SignedIn(world.Issuer, Centre, role: "auditor");
        Assert.Contains("data-testid=\"alarm\"", await admin.Page("/console/monitor"), StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"answer-open\"", await auditor.Page("/console/monitor"), StringComparison.Ordinal);

        var empty = await admin.Post("/console/monitor?handler=Answer", ("finding", $"{id}"), ("note", " "));
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Contains("data-testid=\"error-note\"", await empty.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await auditor.Post("/console/monitor?handler=Answer", ("finding", $"{id}"), ("note", "Nothing."))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await admin.Post("/console/monitor?handler=Answer", ("finding", $"{id}"), ("note", "We restored a backup <b>on Monday</b>."))).StatusCode);

        var page = await admin.Page("/console/monitor");
        Assert.DoesNotContain("data-testid=\"alarm\"", page, StringComparison.Ordinal);
        Assert.Contains("We restored a backup &lt;b&gt;on Monday&lt;/b&gt;.", page, StringComparison.Ordinal);
        var finding = Assert.Single((await LookAsync(Centre))["findings"]!.AsArray(), f => (long)f!["id"]! == id)!;
        Assert.StartsWith("staff:", (string?)Assert.Single(finding["answers"]!.AsArray())!["by"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_nobody_answers_for_another_organisation_or_as_an_auditor_or_without_a_word()
    {
        var id = await world.Issuer.InDb(async db =>
        {
            var row = db.MonitorFindings.Add(new MonitorFinding { Kind = FindingKind.Contradiction, Subject = "of the shipyard", Organisation = Shipyard, FoundAt = DateTimeOffset.UtcNow });
            await db.SaveChangesAsync();
            return row.Entity.Id;
        });
        var (admin, auditor) = (await world.Issuer.NewApiKey(Shipyard), await world.Issuer.NewApiKey(Shipyard, Data.StaffRoles.Auditor));

        Assert.Equal(HttpStatusCode.NotFound, (await Answer(College, await world.Issuer.NewApiKey(College), id, "Ours.")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Answer(Shipyard, auditor, id, "Nothing.")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Answer(Shipyard, admin, id + 1000, "Nothing.")).StatusCode);
        foreach (var note in new[] { null, "", "ab", new string('x', 501), "a\u0000bc" }) Assert.Equal(HttpStatusCode.BadRequest, (await Answer(Shipyard, admin, id, note)).StatusCode);
        Assert.Empty((await LookAsync(Shipyard))["findings"]!.AsArray().Single(f => (long)f!["id"]! == id)!["answers"]!.AsArray());
        Assert.Equal(HttpStatusCode.OK, (await Answer(Shipyard, admin, id, "A test.")).StatusCode);

        Task<HttpResponseMessage> Answer(string organisation, string key, long finding, string? note) =>
            world.Issuer.Ask(HttpMethod.Post, $"/api/{organisation}/monitor/{finding}/answers", key, new JsonObject { ["note"] = note });
    }

    [Fact]
    public async Task Attack_one_organisation_answers_what_concerns_all_and_the_operator_is_told_until_each_has()
    {
        var (first, second) = await world.Issuer.InDb(async db =>
        {
            var rows = new[] { "of all", "of all, too" }.Select(subject => db.MonitorFindings.Add(new MonitorFinding { Kind = FindingKind.Contradiction, Subject = subject, FoundAt = DateTimeOffset.UtcNow }).Entity).ToList();
            await db.SaveChangesAsync();
            return (rows[0].Id, rows[1].Id);
        });
        try
        {
            var before = await Open();
            foreach (var organisation in new[] { Centre, Shipyard, Ministry })
            {
                await Answer(organisation, second);
                Assert.Equal(before, await Open());
            }
            // What still waits for an answer stands before what was answered, however much newer that is.
            Assert.Equal([first, second], (await LookAsync(Centre))["findings"]!.AsArray().Select(f => (long)f!["id"]!).Where(id => id == first || id == second));
            foreach (var organisation in world.Issuer.Service<Organisations.OrganisationDirectory>().All) await Answer(organisation.Slug, second);
            Assert.Equal(before - 1, await Open());
        }
        finally
        {
            await world.Issuer.InDb(db => db.MonitorFindings.Where(f => f.Id == first || f.Id == second).ExecuteDeleteAsync());
        }

        async Task Answer(string organisation, long finding) => Assert.Equal(HttpStatusCode.OK,
            (await world.Issuer.Ask(HttpMethod.Post, $"/api/{organisation}/monitor/{finding}/answers", await world.Issuer.NewApiKey(organisation), new JsonObject { ["note"] = "Ours." })).StatusCode);
        async Task<int> Open()
        {
            await using var scope = world.Issuer.App.Services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<MonitorReport>().OpenAsync(default);
        }
    }

    [Fact]
    public async Task While_the_ledger_cannot_be_read_nothing_says_that_it_was_compared()
    {
        var before = (string?)(await LookAsync())["lookedAt"];
        using var http = new HttpClient(new ChainRecordTests.Unreachable());
        await using (var scope = world.Issuer.App.Services.CreateAsyncScope())
            await ActivatorUtilities.CreateInstance<WatchLog>(scope.ServiceProvider, ChainRecordTests.Of(http, TimeProvider.System)).RunAsync(default);

        var after = await world.Issuer.Ask(HttpMethod.Get, $"/api/{College}/monitor", await world.Issuer.NewApiKey(College));

        Assert.NotNull(before);
        Assert.Equal(before, (string?)(await Json(after))["lookedAt"]);
    }

    private async Task<JsonObject> LookAsync(string organisation = College)
    {
        var answer = await world.Issuer.Ask(HttpMethod.Post, $"/api/{organisation}/monitor", await world.Issuer.NewApiKey(organisation));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await Json(answer);
    }
}
