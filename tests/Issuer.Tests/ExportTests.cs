using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Exports;
using Identity.Ledger.Exit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>Everything that an organisation issued as one file, on a real node, where the worker goes one round at a time, when a test says so.</summary>
[Trait("Store", "Own")]
public sealed class ExportTests(ExportTests.World world) : IClassFixture<ExportTests.World>
{
    private const StaffRoles AllOthers = StaffRoles.Clerk | StaffRoles.Approver | StaffRoles.Auditor;

    public sealed class World : IssuerOnLedger
    {
        public World() => Replace = services =>
        {
            services.Remove(services.Single(s => s.ImplementationType == typeof(ExportWorker)));
            services.AddTransient<ExportWorker>();
        };
    }

    private IssuerFixture Issuer => world.Issuer;

    private string Folder => Path.Combine(Issuer.Folder, "exports");

    // Each time another copy of the service, that remembers nothing.
    private Task Round() => Issuer.Service<ExportWorker>().RoundAsync(default);

    private Task<List<OrganisationExport>> Rows(string slug) => Issuer.InDb(db => db.Exports.AsNoTracking().Where(e => e.Organisation == slug).OrderBy(e => e.Id).ToListAsync());

    private async Task<JsonObject> View(string slug) => await Json(await Issuer.Ask(HttpMethod.Get, $"/api/{slug}/export", await Issuer.NewApiKey(slug)));

    private async Task<HttpResponseMessage> Ask(string slug) => await Issuer.Ask(HttpMethod.Post, $"/api/{slug}/export", await Issuer.NewApiKey(slug));

    // Until the ledger has a proof of something that the organisation signed.
    private async Task<JsonObject> Made(string slug) => await IssuerOnLedger.Until(async () =>
    {
        await Ask(slug);
        await Round();
        return await View(slug);
    }, view => (string?)view["state"] == "made" && (int)view["file"]!["missingAnchors"]! == 0);

    private async Task Issue(string slug)
    {
        await IssuerOnLedger.Until(() => world.Registry.FindKeyAsync(world.Organisation(slug).FirstKey.Signer.PublicKey.Thumbprint()), k => k is not null);
        var prepared = await IssuerOnLedger.Until(async () =>
        {
            var made = await Issuer.Api(HttpMethod.Post, slug, "", new JsonObject { ["type"] = "training", ["reference"] = $"T-{Guid.NewGuid():n}", ["claims"] = Training() });
            return made.StatusCode == HttpStatusCode.Created ? await Json(made) : null;
        }, made => made is not null);
        using var holder = Es256Key.Create();
        await Issuer.Collect(await Issuer.AccessToken(prepared!, slug), [holder], "training", slug);
    }

    private static JsonObject Training() => new() { ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Working at height", ["topic"] = "safety", ["completed_on"] = "2024-06-30", ["provider"] = "Harbour Yard", ["provider_country"] = "XT" };

    [Fact]
    public async Task An_administrator_presses_the_button_waits_and_downloads_the_file_and_both_are_written_down()
    {
        await Issue(College);
        var admin = await Console.Clerk.SignedIn(Issuer, role: "admin");
        Assert.Contains("data-testid=\"none\"", await admin.Page("/console/export"), StringComparison.Ordinal);

        Assert.Equal("/console/export", (await admin.Post("/console/export")).Headers.Location?.OriginalString);
        var waiting = await admin.Page("/console/export");
        Assert.Contains("data-state=\"waiting\"", waiting, StringComparison.Ordinal);
        Assert.Contains("http-equiv=\"refresh\"", waiting, StringComparison.Ordinal);
        Assert.DoesNotContain("data-testid=\"ask\"", waiting, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.Post("/console/export?handler=File")).StatusCode);
        var view = await Made(College);

        var page = await admin.Page("/console/export");
        Assert.Contains("data-testid=\"unproven\"", page, StringComparison.Ordinal);
        var answer = await admin.Post("/console/export?handler=File");
        Assert.Equal((HttpStatusCode.OK, "application/zip"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Matches($"^{College}-\\d{{8}}-\\d{{4}}\\.idexit$", answer.Content.Headers.ContentDisposition?.FileNameStar);
        var file = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), Console.Clerk.TestId(page, "sha256"));
        using var zip = new ZipArchive(new MemoryStream(file));
        Assert.Contains(zip.Entries, entry => entry.FullName == "registry.json");
        Assert.Equal((int)view["file"]!["statusLists"]!, zip.Entries.Count(entry => entry.FullName.StartsWith("status/", StringComparison.Ordinal)));
        Assert.Contains("export_asked admin staff", await Acts());
        Assert.Equal("export_taken admin staff", (await Acts())[^1]);
        Assert.Contains("Downloaded the export of everything", await (await Console.Clerk.SignedIn(Issuer, role: "auditor")).Page("/console/access-log?act=export_taken"), StringComparison.Ordinal);

        Task<List<string>> Acts() => Issuer.InDb(db => db.AccessLog.Where(e => e.Organisation == College && e.Act.StartsWith("export")).OrderBy(e => e.Id).Select(e => e.Act + " " + e.Role + " " + e.Actor.Substring(0, 5)).ToListAsync());
    }

    [Fact]
    public async Task A_copy_of_the_ledger_that_is_damaged_is_read_anew()
    {
        await Issue(College);
        await Made(College);
        var mirror = Path.Combine(Folder, "mirror.db");
        Assert.True(File.Exists(mirror));

        foreach (var damage in new[] { "no database at all", null })
        {
            var bytes = await File.ReadAllBytesAsync(mirror);
            foreach (var beside in new[] { "-wal", "-shm" }) File.Delete(mirror + beside);
            if (damage is not null) await File.WriteAllTextAsync(mirror, damage);
            else
            {
                bytes.AsSpan(100).Fill(0xff); // what follows the header
                await File.WriteAllBytesAsync(mirror, bytes);
            }
            Assert.Equal("made", (string?)(await Made(College))["state"]);
        }
    }

    [Fact]
    public async Task Attack_other_staff_another_organisation_or_a_foreign_page_asks_for_an_export_or_takes_it()
    {
        await Issue(Shipyard);
        await Made(Shipyard);
        var before = (await Rows(Shipyard)).Select(e => e.Id).ToList();
        Task<int> Taken() => Issuer.InDb(db => db.AccessLog.CountAsync(e => e.Organisation == Shipyard && e.Act == "export_taken"));
        var taken = await Taken();
        var others = await Issuer.NewApiKey(Shipyard, AllOthers);
        var foreign = await Issuer.NewApiKey(College);
        foreach (var (method, path) in new[] { (HttpMethod.Post, ""), (HttpMethod.Get, ""), (HttpMethod.Get, "/file") })
        {
            foreach (var key in new[] { others, foreign }) Assert.Equal(HttpStatusCode.Forbidden, (await Issuer.Ask(method, $"/api/{Shipyard}/export{path}", key)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await Issuer.Ask(method, $"/api/{Shipyard}/export{path}", "identity_api_wrong")).StatusCode);
        }
        foreach (var role in new[] { "clerk", "approver", "auditor" })
        {
            var person = await Console.Clerk.SignedIn(Issuer, Shipyard, role);
            Assert.Equal("/console/not-allowed", (await person.Get("/console/export")).Headers.Location?.OriginalString);
            foreach (var path in new[] { "/console/export", "/console/export?handler=File" }) Assert.Equal("/console/not-allowed", (await person.Post(path)).Headers.Location?.OriginalString);
        }
        // A page of somebody else sends the administrator's own cookie, and no token of a form.
        var admin = await Console.Clerk.SignedIn(Issuer, Shipyard, "admin");
        foreach (var path in new[] { "/console/export", "/console/export?handler=File" }) Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostWithout(path)).StatusCode);
        // Another organisation's administrator gets none of its files.
        Assert.Equal(HttpStatusCode.NotFound, (await Issuer.Ask(HttpMethod.Get, $"/api/{Ministry}/export/file", await Issuer.NewApiKey(Ministry))).StatusCode);

        Assert.Equal(before, (await Rows(Shipyard)).Select(e => e.Id));
        Assert.Equal(taken, await Taken());
    }

    [Fact]
    public async Task Attack_an_administrator_asks_a_hundred_times_and_one_export_is_made_which_takes_the_place_of_the_one_before()
    {
        await Issue(Shipyard);
        await Made(Shipyard);
        var first = Assert.Single(await Rows(Shipyard));
        var key = await Issuer.NewApiKey(Shipyard);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Issuer.Ask(HttpMethod.Post, $"/api/{Shipyard}/export", key)));

        Assert.Equal(2, (await Rows(Shipyard)).Count);
        // The file from before is there as long as there is no newer one.
        Assert.Equal(HttpStatusCode.OK, (await Issuer.Ask(HttpMethod.Get, $"/api/{Shipyard}/export/file", await Issuer.NewApiKey(Shipyard))).StatusCode);
        await Round();

        var second = Assert.Single(await Rows(Shipyard));
        Assert.Equal((ExportState.Made, true), (second.State, second.Id > first.Id));
        Assert.Equal([false, true], new[] { first, second }.Select(e => File.Exists(Path.Combine(Folder, $"{e.Id}.idexit"))));
    }

    [Fact]
    public async Task Killed_while_it_is_made_an_export_is_begun_anew_once_nobody_holds_it_any_more_and_given_up_after_three_times()
    {
        await Issue(Shipyard);
        await Made(Shipyard);
        await Ask(Shipyard);
        async Task Left(DateTimeOffset until, int tries) => await Issuer.InDb(db => db.Exports.Where(e => e.Organisation == Shipyard && e.State != ExportState.Made)
            .ExecuteUpdateAsync(e => e.SetProperty(x => x.State, ExportState.Making).SetProperty(x => x.Owner, "another").SetProperty(x => x.Until, until).SetProperty(x => x.Tries, tries)));

        await Left(DateTimeOffset.UtcNow.AddMinutes(5), 1);
        await Round();
        Assert.Equal((ExportState.Making, "another"), ((await Rows(Shipyard))[^1].State, (await Rows(Shipyard))[^1].Owner));

        // What a kill left half written, too.
        var half = Path.Combine(Folder, "77.idexit.1.part");
        await File.WriteAllTextAsync(half, "half");
        File.SetLastWriteTimeUtc(half, DateTime.UtcNow.AddDays(-1));
        await Left(DateTimeOffset.UtcNow.AddSeconds(-1), 1);
        await Round();
        Assert.Equal((ExportState.Made, 2), (Assert.Single(await Rows(Shipyard)).State, Assert.Single(await Rows(Shipyard)).Tries));
        Assert.False(File.Exists(half));

        await Ask(Shipyard);
        await Left(DateTimeOffset.UtcNow.AddSeconds(-1), 3);
        await Round();
        Assert.Equal(("failed", "fault"), ((string?)(await View(Shipyard))["state"], (string?)(await View(Shipyard))["problem"]));
        // The file from before is still there.
        Assert.NotNull((await View(Shipyard))["file"]);
    }

    [Fact]
    public async Task A_file_whose_time_is_over_or_that_lost_a_part_is_given_to_nobody()
    {
        await Issue(Shipyard);
        await Made(Shipyard);
        var made = (await Rows(Shipyard))[^1];
        var path = Path.Combine(Folder, $"{made.Id}.idexit");
        await using (var file = File.OpenWrite(path)) file.SetLength(100);
        Assert.Null((await View(Shipyard))["file"]);
        Assert.Equal(HttpStatusCode.NotFound, (await Issuer.Ask(HttpMethod.Get, $"/api/{Shipyard}/export/file", await Issuer.NewApiKey(Shipyard))).StatusCode);

        await Issuer.InDb(db => db.Exports.Where(e => e.Id == made.Id).ExecuteUpdateAsync(e => e.SetProperty(x => x.FinishedAt, DateTimeOffset.UtcNow - OrganisationExport.Kept.Add(TimeSpan.FromMinutes(1)))));
        await Round();
        Assert.Empty(await Rows(Shipyard));
        Assert.False(File.Exists(path));
        Assert.Equal(HttpStatusCode.NotFound, (await Issuer.Ask(HttpMethod.Get, $"/api/{Shipyard}/export", await Issuer.NewApiKey(Shipyard))).StatusCode);
    }
}

/// <summary>The same where no ledger answers.</summary>
public sealed class ExportWithoutLedgerTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task Each_failure_says_what_is_wrong_and_whom_to_ask_and_lets_one_try_again()
    {
        var key = await issuer.NewApiKey(Ministry);
        Assert.Equal(HttpStatusCode.Accepted, (await issuer.Ask(HttpMethod.Post, $"/api/{Ministry}/export", key)).StatusCode);
        var view = await IssuerOnLedger.Until(async () => await Json(await issuer.Ask(HttpMethod.Get, $"/api/{Ministry}/export", key)), v => (string?)v["state"] == "failed");

        Assert.Equal("not_read", (string?)view["problem"]);
        Assert.Equal(Strings.For("en")["export.problem.not_read"], (string?)view["reason"]);
        var page = await (await Console.Clerk.SignedIn(issuer, Ministry, "admin")).Page("/console/export");
        Assert.Contains("data-problem=\"not_read\"", page, StringComparison.Ordinal);
        Assert.Contains("data-testid=\"ask\"", page, StringComparison.Ordinal);
        foreach (var word in Enum.GetValues<ExitGap>().Select(MakeExport.Word).Append(MakeExport.Slow))
            foreach (var (language, whom) in new[] { ("en", "whoever runs"), ("ar", "من يدير"), ("fr", "la personne qui"), ("es", "quien ") }) Assert.Contains(whom, Strings.For(language)[$"export.problem.{word}"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_validators_that_is_none_stops_the_start()
    {
        var folder = Directory.CreateTempSubdirectory("issuer-export-").FullName;
        var file = Path.Combine(folder, "validators.json");
        Assert.Contains("Exit:Validators", Assert.Throws<SettingMissingException>(() => IssuerFixture.Build([.. Settings(folder), $"--Exit:Validators={file}"])).Message, StringComparison.Ordinal);
        File.WriteAllText(file, "{}");
        Assert.Contains("Exit:Validators", Assert.Throws<SettingMissingException>(() => IssuerFixture.Build([.. Settings(folder), $"--Exit:Validators={file}"])).Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
