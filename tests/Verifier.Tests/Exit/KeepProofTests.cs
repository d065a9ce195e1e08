using System.Net;
using System.Text;
using Identity.Ledger.Exit;
using Identity.Ledger.Mirror;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;
using Identity.Verifier.Exit;
using Identity.Verifier.Status;
using Identity.Verifier.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using static Identity.Verifier.Tests.Exit.ExitCommands;

namespace Identity.Verifier.Tests.Exit;

/// <summary>Whoever checked a credential keeps the file by which it still verifies, and is told why where there is none.</summary>
public sealed class KeepProofTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("exit-kept-").FullName;

    [Fact]
    public async Task What_was_checked_on_the_page_still_verifies_by_the_downloaded_file_when_every_server_is_gone()
    {
        string credential, revoked;
        await using (var world = await ExitWorld.StartAsync())
        {
            var college = await world.FoundAsync("open");
            (credential, revoked) = (await college.IssueAsync(), await college.IssueAsync(revoked: true));
            await world.AnchorAsync(others: 300);
            await File.WriteAllTextAsync(At("validators.json"), (await world.PinAsync()).ToText());
            await using var verifier = await ServedVerifier.OverAsync(world, null, $"--Exit:Validators={At("validators.json")}");
            foreach (var (name, text) in new[] { ("one", credential), ("two", revoked) })
            {
                Assert.Equal(college.StatusUri, (await verifier.CheckAsync(text))["statusList"]!.GetValue<string>());
                using var answer = await verifier.KeepAsync(EntryOf(text), new { issuer = college.Profile.Issuer });
                Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
                Assert.Equal($"proof-{EntryOf(text)[..8]}.idexit", answer.Content.Headers.ContentDisposition?.FileName);
                Assert.Equal(["true", "1"], [answer.Headers.GetValues("Exit-Proven").Single(), answer.Headers.GetValues("Exit-Status-Lists").Single()]);
                Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$", answer.Headers.GetValues("Exit-As-Of").Single());
                var file = await answer.Content.ReadAsByteArrayAsync();
                Assert.Contains($"status/{ExitFile.Digest(Encoding.UTF8.GetBytes(college.StatusUri))}.jwt", Encoding.Latin1.GetString(file), StringComparison.Ordinal); // as the page looks for it
                await File.WriteAllBytesAsync(At($"{name}.idexit"), file);
            }
        }

        foreach (var (name, text, expected) in new[] { ("one", credential, "valid valid"), ("two", revoked, "not_valid revoked") })
        {
            Assert.Equal(0, (await ImportAsync(At($"{name}.idexit"), "--data", At(name), "--validators", At("validators.json"))).Code);
            Assert.StartsWith(expected, Of((await VerifyAsync(text, At(name))).Verdict));
        }
        var parts = credential.Split('~').SelectMany(part => part.Split('.')).Where(part => part.Length > 20).ToList();
        foreach (var (_, content) in Read(At("one.idexit"))) Assert.DoesNotContain(parts, part => Encoding.UTF8.GetString(content).Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_names_no_validators_says_that_the_seals_are_unchecked_and_with_wrong_ones_nobody_gets_a_file()
    {
        await using var world = await ExitWorld.StartAsync();
        var college = await world.FoundAsync("open");
        var credential = await college.IssueAsync();
        await world.AnchorAsync();
        var own = await world.PinAsync();
        var strangers = own with { Validators = [.. own.Validators.Select((_, at) => Ledger.Evm.Address.FromBytes([.. Enumerable.Repeat((byte)(at + 1), 20)]))] };
        await File.WriteAllTextAsync(At("strangers.json"), strangers.ToText());

        await using (var verifier = await ServedVerifier.OverAsync(world))
        {
            using var answer = await verifier.KeepAsync(EntryOf(credential), new { issuer = college.Profile.Issuer });
            Assert.Equal("unchecked", answer.Headers.GetValues("Exit-Proven").Single());
        }
        await using (var verifier = await ServedVerifier.OverAsync(world, null, $"--Exit:Validators={At("strangers.json")}"))
            Assert.Equal("409 exit-validators", await verifier.RefusedAsync(EntryOf(credential), new { issuer = college.Profile.Issuer }));
    }

    [Fact]
    public async Task An_organisation_whose_closing_was_undone_is_proven_by_its_newest_list_alone()
    {
        await using var world = await ExitWorld.StartAsync();
        var college = await world.FoundAsync("reopened");
        var (credential, revoked) = (await college.IssueAsync(), await college.IssueAsync(revoked: true));
        await world.AnchorAsync();
        await using var verifier = await ServedVerifier.OverAsync(world);
        var (mirror, status) = (verifier.Services.GetRequiredService<LedgerMirror>(), verifier.Services.GetRequiredService<StatusCache>());
        Assert.Equal("revoked", (await verifier.CheckAsync(revoked))["reason"]!.GetValue<string>());
        college.BringBack();
        await college.CloseAsync();
        Assert.Null(await mirror.RefreshAsync(CancellationToken.None));
        await status.RefreshAsync(CancellationToken.None);
        Assert.Equal(2, status.Of(college.Id).Single().All.Count()); // what the final list brings back, the one before ended
        (await world.Registry.UndoClosingAsync(world.Bench.Governor, college.Id)).Require();
        Assert.Null(await mirror.RefreshAsync(CancellationToken.None));

        using var answer = await verifier.KeepAsync(EntryOf(credential), new { issuer = college.Profile.Issuer });

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal("1", answer.Headers.GetValues("Exit-Status-Lists").Single());
        Assert.Single(status.Of(college.Id).Single().All);
    }

    [Fact]
    public async Task Attack_the_issuer_that_operates_the_log_does_not_learn_whose_proof_is_kept()
    {
        await using var world = await ExitWorld.StartAsync();
        var college = await world.FoundAsync("open");
        var (one, other) = (await college.IssueAsync(), await college.IssueAsync());
        await world.AnchorAsync();
        await using var verifier = await ServedVerifier.OverAsync(world);
        await verifier.CheckAsync(one);
        world.IssuersAsked.Clear();
        world.LogAsked.Clear();

        foreach (var text in new[] { one, other })
        {
            using var answer = await verifier.KeepAsync(EntryOf(text), new { issuer = college.Profile.Issuer });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            Assert.Equal("1", answer.Headers.GetValues("Exit-Status-Lists").Single());
        }

        Assert.Empty(world.IssuersAsked);
        var asked = world.LogAsked.Where(path => path.Contains("/receipt/", StringComparison.Ordinal)).ToList();
        Assert.Equal((2, 1), (asked.Count, asked.Distinct().Count()));
    }

    [Fact]
    public async Task Attack_an_entry_is_copied_into_an_older_log_that_gives_no_receipt()
    {
        using var older = new TestLog(LogSite.FreeOrigin());
        await using var site = await LogSite.ServeAsync(older);
        await using var world = await ExitWorld.StartAsync(before: older);
        var college = await world.FoundAsync("open");
        (await world.Registry.UseLogAsync(college.Account, college.Id, RegistryClient.LogId(older.Name))).Require();
        var credential = await college.IssueAsync();
        await world.AnchorAsync();
        await using (var db = older.Open())
        {
            Ledger.Log.LedgerLog.Append(db, College.EntryOf(credential), older.Clock.GetUtcNow());
            await db.SaveChangesAsync();
        }
        var copied = Assert.IsType<Ledger.Log.SequencerRound.Signed>(await older.RoundAsync()).Checkpoint;
        await world.NowAsync(); // its anchor is later than the true one
        (await world.Registry.AnchorAsync(world.Bench.Governor, RegistryClient.LogId(older.Name), copied.Size, copied.Root)).Require();
        await using var verifier = await ServedVerifier.OverAsync(world);

        using var answer = await verifier.KeepAsync(EntryOf(credential), new { issuer = college.Profile.Issuer });

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.DoesNotContain(site.Asked, path => path.Contains("/receipt/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Attack_an_accreditor_grants_so_much_unasked_that_no_file_can_prove_it()
    {
        await using var world = await ExitWorld.StartAsync();
        var college = await world.FoundAsync("open");
        var entry = EntryOf(await college.IssueAsync());
        await world.AnchorAsync();
        await using var verifier = await ServedVerifier.OverAsync(world);
        var most = verifier.Services.GetRequiredService<MirrorOptions>();
        most.MostWords = 10;

        Assert.Equal("409 exit-too-large", await verifier.RefusedAsync(entry));

        most.MostWords = 1000;
        using var answer = await verifier.KeepAsync(entry);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Attack_entries_that_nobody_anchored_or_that_are_another_issuers_make_the_service_ask_nobody()
    {
        await using var world = await ExitWorld.StartAsync();
        var college = await world.FoundAsync("open");
        var anchored = EntryOf(await college.IssueAsync());
        await world.AnchorAsync();
        var waiting = EntryOf(await college.IssueAsync());
        Assert.IsType<Ledger.Log.SequencerRound.Signed>(await world.Bench.Log.RoundAsync());
        await using var verifier = await ServedVerifier.OverAsync(world);
        lock (world.Bench.Network.Nodes[0].Asked) world.Bench.Network.Nodes[0].Asked.Clear();

        Assert.Equal("400 section-15.5.1", await verifier.RefusedAsync("xyz"));
        Assert.Equal("400 section-15.5.1", await verifier.RefusedAsync(anchored.ToUpperInvariant()));
        Assert.Equal("400 section-15.5.1", await verifier.RefusedAsync(anchored + "00"));
        Assert.Equal("400 section-15.5.1", await verifier.RefusedAsync(anchored, new { issuer = "" }));
        Assert.Equal("400 section-15.5.1", await verifier.RefusedAsync(anchored, new { credential = "eyJ…" }));
        Assert.Equal("404 exit-unknown", await verifier.RefusedAsync(new string('0', 64)));
        Assert.Equal("404 exit-unknown", await verifier.RefusedAsync(anchored, new { issuer = "https://stranger.example" }));
        Assert.Equal("404 exit-unknown", await verifier.RefusedAsync(anchored, new { issuer = "https://ministry.example" }));
        Assert.Equal("409 exit-not-anchored", await verifier.RefusedAsync(waiting, new { issuer = college.Profile.Issuer }));
        lock (world.Bench.Network.Nodes[0].Asked) Assert.DoesNotContain("eth_getProof", world.Bench.Network.Nodes[0].Asked);
    }

    [Fact]
    public async Task Attack_a_node_that_is_gone_or_silent_and_an_operator_without_proofs_hold_up_nothing_and_are_told_apart()
    {
        await using var world = await ExitWorld.StartAsync();
        var college = await world.FoundAsync("open");
        var early = EntryOf(await college.IssueAsync());
        await world.AnchorAsync();
        var bare = EntryOf(await college.IssueAsync());
        await world.Bench.AnchorAsync(2_000_000);
        var clock = new Impatient();
        await using var verifier = await ServedVerifier.OverAsync(world, services => services.RemoveAll<TimeProvider>().AddSingleton<TimeProvider>(clock));
        var node = world.Bench.Network.Nodes[0];

        Assert.Equal("503 exit-no-receipt", await verifier.RefusedAsync(bare));

        node.Down = true;
        Assert.Equal("503 exit-no-state", await verifier.RefusedAsync(early));

        node.Down = false;
        using var silence = new ManualResetEventSlim();
        node.Lie = (_, _, truth) =>
        {
            silence.Wait();
            return truth;
        };
        clock.IsImpatient = true;
        Assert.Equal("503 exit-slow", await verifier.RefusedAsync(early));
        clock.IsImpatient = false;
        silence.Set();
        node.Lie = null;
        using var answer = await verifier.KeepAsync(early);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Attack_many_ask_for_files_at_once_or_without_end()
    {
        await using var verifier = await TestVerifier.StartAsync("--Limits:Fetches=4");
        using var browser = verifier.Browser();
        var places = verifier.Services.GetRequiredService<BundlePlaces>();
        var entry = $"/api/exit/{new string('a', 64)}";

        Assert.Equal("503 exit-not-read", await TypeAsync());
        for (var i = 0; i < BundlePlaces.Most; i++) Assert.True(places.TryTake());
        Assert.Equal("503 exit-busy", await TypeAsync());
        for (var i = 0; i < BundlePlaces.Most; i++) places.GiveBack();
        Assert.Equal("503 exit-not-read", await TypeAsync());
        Assert.Equal("503 exit-not-read", await TypeAsync());
        using var refused = await browser.PostAsync(entry, null);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);

        async Task<string> TypeAsync()
        {
            using var answer = await browser.PostAsync(entry, null);
            return $"{(int)answer.StatusCode} {System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["type"]!.GetValue<string>().Split(':')[^1]}";
        }
    }

    [Fact]
    public async Task Attack_files_that_nobody_reads_fill_the_memory()
    {
        await using var world = await ExitWorld.StartAsync();
        var college = await world.FoundAsync("open");
        var entry = EntryOf(await college.IssueAsync());
        await world.AnchorAsync();
        await using var verifier = await ServedVerifier.OverAsync(world);
        var places = verifier.Services.GetRequiredService<BundlePlaces>();

        Assert.True(places.TryHold(BundlePlaces.MostUnsent));
        Assert.Equal("503 exit-busy", await verifier.RefusedAsync(entry));
        places.Release(BundlePlaces.MostUnsent);
        using (var answer = await verifier.KeepAsync(entry)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        // What was sent is counted no more.
        while (!places.TryHold(BundlePlaces.MostUnsent)) await Task.Yield();
    }

    [Fact]
    public async Task Whose_an_entry_is_has_to_be_said_where_more_than_one_record_in_its_log()
    {
        await using var world = await ExitWorld.StartAsync();
        var (one, _) = (await world.FoundAsync("one"), await world.FoundAsync("two"));
        var entry = EntryOf(await one.IssueAsync());
        await world.AnchorAsync();
        await using var verifier = await ServedVerifier.OverAsync(world);

        Assert.Equal("409 exit-ambiguous", await verifier.RefusedAsync(entry));

        using var answer = await verifier.KeepAsync(entry, new { issuer = one.Profile.Issuer });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Of_a_chain_that_nobody_seals_the_file_says_so_and_is_imported_as_its_makers_word_alone()
    {
        string credential;
        await using (var world = await ExitWorld.StartAsync(isSealed: false))
        {
            var college = await world.FoundAsync("open");
            credential = await college.IssueAsync();
            await world.AnchorAsync();
            await using var verifier = await ServedVerifier.OverAsync(world);
            await verifier.CheckAsync(credential);
            using var answer = await verifier.KeepAsync(EntryOf(credential), new { issuer = college.Profile.Issuer });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            Assert.Equal("false", answer.Headers.GetValues("Exit-Proven").Single());
            await File.WriteAllBytesAsync(At("one.idexit"), await answer.Content.ReadAsByteArrayAsync());
            var (code, told) = await ExportAsync("--organisation", college.IdText, "--data", world.Live, "--out", At("all.idexit"));
            Assert.True(code == 0, told);
            Assert.Contains("Nobody seals the blocks of this chain", told, StringComparison.Ordinal);
        }

        foreach (var bundle in new[] { "one", "all" })
        {
            Assert.Equal(3, (await ImportAsync(At($"{bundle}.idexit"), "--data", At(bundle))).Code);
            var (code, told) = await ImportAsync(At($"{bundle}.idexit"), "--data", At(bundle), "--unproven");
            Assert.True(code == 0, told);
            Assert.Contains("Not proven against validators", told, StringComparison.Ordinal);
            var (exit, verdict) = await VerifyAsync(credential, At(bundle));
            Assert.Equal(0, exit);
            Assert.False(verdict["archive"]!["proven"]!.GetValue<bool>());
        }
        await using var archive = await ServedVerifier.OverAsync(At("all"));
        Assert.Equal("409 exit-archive", await archive.RefusedAsync(EntryOf(credential)));
    }

    private static string EntryOf(string credential) => Convert.ToHexStringLower(College.EntryOf(credential));

    private string At(string name) => Path.Combine(_folder, name);

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The time that a file may take passes at once, when it is told so.</summary>
    private sealed class Impatient : TimeProvider
    {
        public bool IsImpatient { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, IsImpatient && dueTime == TimeSpan.FromSeconds(12) ? TimeSpan.Zero : dueTime, period);
    }
}
