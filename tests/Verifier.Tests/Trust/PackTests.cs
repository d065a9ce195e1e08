using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Trust;
using Identity.Credentials.Verdicts;
using Identity.Verifier.CommandLine;
using Identity.Verifier.Tests.World;
using Identity.Verifier.Trust;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Identity.Verifier.Tests.Trust;

public sealed class PackTests
{
    [Fact]
    public async Task A_credential_that_this_service_has_never_seen_is_judged_by_its_pack_alone()
    {
        await using var scene = await Scene.OpenAsync();
        var (good, revoked) = (scene.College.Issue("qualification", Scene.Diploma), scene.College.Issue("qualification", Scene.Diploma));
        scene.College.SetStatus(revoked.Index, StatusValue.Invalid);
        await MakeAsync(scene);

        var (pack, pin) = await FetchAsync(scene);

        Assert.Equal(ReasonCode.Valid, Judge(good, pack, scene));
        Assert.Equal(ReasonCode.Revoked, Judge(revoked, pack, scene));
        Assert.Equal(scene.Clock.Now.AddHours(72), pack.GoodUntil);
        scene.Clock.Pass(TimeSpan.FromHours(71));
        Assert.Equal(ReasonCode.Valid, Judge(good, pack, scene));
        scene.Clock.Pass(TimeSpan.FromHours(1));
        Assert.Equal(ReasonCode.StaleData, Judge(good, pack, scene));
        Assert.False(TrustPack.TryRead(pack.Encode(), pin with { Signers = [scene.College.Key.PublicKey.ThumbprintText()] }, out _, out var reason));
        Assert.Equal("unknown_key", reason);
    }

    [Fact]
    public async Task Lists_that_were_begun_after_a_backup_was_put_back_get_into_packs_past_the_numbers_left_out()
    {
        await using var scene = await Scene.OpenAsync();
        var before = scene.College.Issue("qualification", Scene.Diploma);
        scene.College.StatusNumber = 1 + StatusListNumbers.MaxGap; // what the recovery leaves, so that nothing of it is given
        scene.College.StatusNumber++;
        var after = scene.College.Issue("qualification", Scene.Diploma);
        await MakeAsync(scene);

        var (pack, _) = await FetchAsync(scene);

        Assert.Equal(ReasonCode.Valid, Judge(before, pack, scene));
        Assert.Equal(ReasonCode.Valid, Judge(after, pack, scene));
        Assert.Equal([1, 9, 10], pack.Content.Lists.Where(l => l.Uri.StartsWith(scene.College.Issuer, StringComparison.Ordinal)).Select(l => int.Parse(l.Uri.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture)).Order());
    }

    [Fact]
    public async Task Whoever_holds_an_older_version_takes_what_changed_and_has_the_same_bytes()
    {
        await using var scene = await Scene.OpenAsync();
        var credential = scene.College.Issue("qualification", Scene.Diploma);
        await MakeAsync(scene);
        var (old, pin) = await FetchAsync(scene);
        using var http = scene.Verifier.Browser();

        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync($"/trust/pack/{old.Statement.Version}")).StatusCode);
        scene.College.SetStatus(credential.Index, StatusValue.Invalid);
        scene.Clock.Pass(TimeSpan.FromMinutes(10));
        await scene.Verifier.Services.GetRequiredService<Verifier.Status.StatusCache>().RefreshAsync(default);
        await MakeAsync(scene);

        var answer = await http.GetAsync($"/trust/pack/{old.Statement.Version}");
        Assert.Equal(TrustPack.MediaType, answer.Content.Headers.ContentType!.MediaType);
        Assert.True(PackDelta.TryApply(old, await answer.Content.ReadAsByteArrayAsync(), pin with { Now = scene.Clock.Now }, out var made, out var reason), reason);
        var (whole, _) = await FetchAsync(scene);
        Assert.True(made.Bytes.Span.SequenceEqual(whole.Bytes.Span));
        Assert.True(made.Statement.Version > old.Statement.Version);
        Assert.Equal(ReasonCode.Revoked, Judge(credential, made, scene));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/trust/pack/5")).StatusCode);
    }

    [Fact]
    public async Task It_is_public_cached_by_its_tag_and_says_who_signed_it()
    {
        await using var scene = await Scene.OpenAsync();
        using var http = scene.Verifier.Browser();
        var early = await http.GetAsync("/trust/pack");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (early.StatusCode, early.Headers.RetryAfter is not null));
        await MakeAsync(scene);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/trust/pack") { Headers = { { "Origin", "https://scanner.example" } } };
        var answer = await http.SendAsync(request);
        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        using var again = new HttpRequestMessage(HttpMethod.Get, "/trust/pack") { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await http.SendAsync(again)).StatusCode);

        var info = JsonNode.Parse(await http.GetStringAsync("/trust/pack/info"))!;
        var signer = scene.Verifier.Services.GetRequiredService<PackOptions>().Signer!.PublicKey;
        Assert.Equal(signer.ThumbprintText(), (string)info["signer"]!);
        Assert.Equal((await answer.Content.ReadAsByteArrayAsync()).Length, (int)info["bytes"]!);
    }

    [Fact]
    public async Task Nothing_new_makes_no_version_and_a_pack_is_renewed_before_it_runs_out()
    {
        await using var scene = await Scene.OpenAsync();
        await MakeAsync(scene);
        var first = Current(scene);

        scene.Clock.Pass(TimeSpan.FromHours(1));
        await MakeAsync(scene);
        Assert.Equal(first, Current(scene));
        scene.Clock.Pass(TimeSpan.FromHours(6));
        await MakeAsync(scene);
        Assert.True(Current(scene) > first);
        var folder = scene.Verifier.Services.GetRequiredService<PackOptions>().Folder;
        Assert.True(File.Exists(Path.Combine(folder, $"{first}.pack")));
        scene.Clock.Pass(TimeSpan.FromHours(66));
        await MakeAsync(scene);
        Assert.False(File.Exists(Path.Combine(folder, $"{first}.pack")));
    }

    [Fact]
    public async Task The_service_makes_one_by_itself()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Verifier.Ledger.CanBePacked = true;
        using var worker = ActivatorUtilities.CreateInstance<PackWorker>(scene.Verifier.Services);

        await worker.StartAsync(default);
        for (var tries = 0; tries < 600 && scene.Verifier.Services.GetRequiredService<PackStore>().Current is null; tries++) await Task.Delay(100);
        await worker.StopAsync(default);

        Assert.NotNull(scene.Verifier.Services.GetRequiredService<PackStore>().Current);
    }

    [Fact]
    public async Task Attack_a_clock_set_back_or_a_restart_makes_no_version_that_is_lower()
    {
        await using var scene = await Scene.OpenAsync();
        await MakeAsync(scene);
        var (options, last) = (scene.Verifier.Services.GetRequiredService<PackOptions>(), Current(scene));

        scene.Clock.SetWall(scene.Clock.Now.AddYears(-1));
        var restarted = new PackStore(options, scene.Clock);

        Assert.Equal(last + 1, restarted.NextVersion());
        scene.Clock.SetWall(FakeClock.Begin);
        Assert.Equal(last, new PackStore(options, scene.Clock).Current!.Version);
    }

    [Fact]
    public async Task Attack_a_pack_put_into_the_folder_by_somebody_else_is_not_served()
    {
        await using var scene = await Scene.OpenAsync();
        await MakeAsync(scene);
        var (options, pack) = (scene.Verifier.Services.GetRequiredService<PackOptions>(), scene.Verifier.Services.GetRequiredService<PackStore>().Current!);
        using var stranger = Es256Key.Create();
        var forged = TrustPack.Make(pack.Pack.Content, pack.Version + 9, scene.Clock.Now, scene.Clock.Now.AddHours(1), stranger);

        File.WriteAllBytes(Path.Combine(options.Folder, $"{pack.Version + 9}.pack"), forged.Encode());

        var restarted = new PackStore(options, scene.Clock);
        Assert.Equal(pack.Version, restarted.Current!.Version);
        Assert.Equal(pack.Version + 10, restarted.NextVersion());
    }

    [Fact]
    public async Task No_pack_is_signed_over_an_old_copy_of_the_ledger_or_with_a_key_that_has_ended()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Verifier.Ledger.CanBePacked = true;
        scene.Verifier.Ledger.HeadTime = scene.Clock.Now.AddHours(-2);
        Assert.Contains("too old", await Maker(scene).LookAsync(default), StringComparison.Ordinal);

        scene.Verifier.Ledger.HeadTime = null;
        var signer = scene.Verifier.Services.GetRequiredService<PackOptions>().Signer!.PublicKey;
        scene.Verifier.Ledger.Keys.Add(new KeyRecord(signer.Thumbprint(), signer, scene.College.Organisation.Id, scene.Clock.Now.AddDays(-9), scene.Clock.Now.AddDays(-1), KeyEndReason.Compromised));
        Assert.Contains("has ended", await Maker(scene).LookAsync(default), StringComparison.Ordinal);
        Assert.Null(scene.Verifier.Services.GetRequiredService<PackStore>().Current);
    }

    [Fact]
    public async Task Attack_a_list_that_nobody_could_fetch_for_a_day_is_not_packed_whatever_its_own_dates_allow()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        scene.College.StatusLife = TimeSpan.FromDays(30);
        var good = scene.College.Issue("qualification", Scene.Diploma);
        await MakeAsync(scene);
        scene.College.StatusInstead = () => "";

        scene.Clock.Pass(TimeSpan.FromHours(23));
        await MakeAsync(scene);
        Assert.Equal(ReasonCode.Valid, Judge(good, (await FetchAsync(scene)).Pack, scene));
        scene.Clock.Pass(TimeSpan.FromHours(2));
        await MakeAsync(scene);

        Assert.Equal(ReasonCode.StaleData, Judge(good, (await FetchAsync(scene)).Pack, scene));
        Scene.Is("cannot_tell", "stale_data", await CheckAsync(scene, good.Text)); // as with a network
    }

    [Theory, InlineData(KeyEndReason.Compromised), InlineData(KeyEndReason.Retired)]
    public async Task Attack_a_list_is_not_packed_once_its_key_is_reported_stolen_or_was_retired_before_it_signed(KeyEndReason reason)
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        using var second = Es256Key.Create();
        var record = new KeyRecord(second.PublicKey.Thumbprint(), second.PublicKey, scene.College.Organisation.Id, scene.Clock.Now.AddDays(-9), null, null);
        scene.Verifier.Ledger.Keys.Add(record);
        var token = scene.College.StatusToken(signer: second);
        scene.College.StatusInstead = () => token;
        var good = scene.College.Issue("qualification", Scene.Diploma);
        await MakeAsync(scene);
        Assert.Equal(ReasonCode.Valid, Judge(good, (await FetchAsync(scene)).Pack, scene));

        scene.Verifier.Ledger.Keys[^1] = record with { EndedAt = scene.Clock.Now.AddDays(-1), Reason = reason };
        scene.Clock.Pass(TimeSpan.FromMinutes(10));
        await MakeAsync(scene);

        Assert.Equal(ReasonCode.StaleData, Judge(good, (await FetchAsync(scene)).Pack, scene));
        Scene.Is("cannot_tell", "stale_data", await CheckAsync(scene, good.Text)); // as with a network
    }

    [Fact]
    public async Task The_command_line_judges_by_a_pack_alone_and_names_why_it_refuses_one()
    {
        await using var scene = await Scene.OpenAsync();
        var (good, revoked) = (scene.College.Issue("qualification", Scene.Diploma), scene.College.Issue("qualification", Scene.Diploma));
        scene.College.SetStatus(revoked.Index, StatusValue.Invalid);
        await MakeAsync(scene);
        var file = Path.Combine(scene.Verifier.Folder, "trust.pack");
        await File.WriteAllBytesAsync(file, scene.Verifier.Services.GetRequiredService<PackStore>().Current!.File);
        var signer = scene.Verifier.Services.GetRequiredService<PackOptions>().Signer!.PublicKey.ThumbprintText();

        var valid = await VerifyAsync(scene, good.Text, "--pack", file, "--signer", signer);
        Assert.True(valid.Code == 0, valid.Output + valid.Error);
        Assert.Contains("Whether it is recorded on the ledger was not looked at.", valid.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("recorded on the ledger,", valid.Output, StringComparison.Ordinal);
        Assert.Matches("- recorded_in_time +a trust pack does not tell when", valid.Output);
        Assert.Equal(1, (await VerifyAsync(scene, revoked.Text, "--pack", file, "--signer", signer)).Code);
        Assert.Equal(3, (await VerifyAsync(scene, good.Text, "--pack", file)).Code);
        var wrong = await VerifyAsync(scene, good.Text, "--pack", file, "--signer", new string('A', 43));
        Assert.Equal(3, wrong.Code);
        Assert.Contains("unknown_key", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await VerifyAsync(scene, good.Text, "--pack", "/no/such/pack", "--signer", signer)).Code);
        scene.Clock.Pass(TimeSpan.FromHours(72));
        var late = await VerifyAsync(scene, good.Text, "--pack", file, "--signer", signer);
        Assert.Equal(2, late.Code);
        Assert.Contains("stale_data", late.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_trust_pack_writes_one_from_a_data_folder()
    {
        await using var scene = await Scene.OpenAsync();
        await MakeAsync(scene);
        var (file, output, error) = (Path.Combine(scene.Verifier.Folder, "written.pack"), new StringWriter(), new StringWriter());

        var code = await TrustPackCommand.RunAsync(["trust-pack", file, "--data", scene.Verifier.Folder], output, error, services =>
        {
            TestVerifier.Exchange(services, scene.Clock, scene.Verifier.Ledger);
            services.RemoveAll<Identity.Ledger.Mirror.LedgerMirror>();
        });

        Assert.True(code == 0, error.ToString());
        var signer = scene.Verifier.Services.GetRequiredService<PackOptions>().Signer!.PublicKey.ThumbprintText();
        Assert.True(TrustPack.TryRead(await File.ReadAllBytesAsync(file), new PackPin([signer], Current(scene), scene.Clock.Now), out var pack, out var reason), reason);
        Assert.True(pack.Statement.Version > Current(scene));
        Assert.Contains(signer, output.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, await TrustPackCommand.RunAsync(["trust-pack"], TextWriter.Null, TextWriter.Null));
    }

    [Fact]
    public async Task While_the_key_changes_the_page_pins_two_and_packs_of_before_still_make_deltas()
    {
        using var next = Es256Key.Create();
        var thumbprint = next.PublicKey.ThumbprintText();
        await using var scene = await Scene.OpenAsync($"--TrustPack:AlsoPinned={thumbprint}");
        await MakeAsync(scene);
        var options = scene.Verifier.Services.GetRequiredService<PackOptions>();
        var old = options.Signer!.PublicKey.ThumbprintText();

        Assert.Contains($"content=\"{old} {thumbprint}\"", await scene.Browser.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Contains($"{old} {thumbprint}", await scene.Browser.GetStringAsync("/sw.js"), StringComparison.Ordinal);

        // The new key signs in the same folder, the old one stays pinned: the version rises, and who holds the old pack takes what changed.
        var after = new PackStore(options with { Signer = next, AlsoPinned = old }, scene.Clock);
        var held = after.Current!;
        Assert.Equal(old, held.Pack.Statement.Signer.ThumbprintText());
        scene.Clock.Pass(TimeSpan.FromMinutes(1));
        after.Add(TrustPack.Make(held.Pack.Content, after.NextVersion(), held.Pack.Statement.MadeAt, held.Pack.GoodUntil, next));
        var pin = new PackPin([old, thumbprint], held.Version, scene.Clock.Now);
        Assert.True(PackDelta.TryApply(held.Pack, after.DeltaFrom(held.Version)!, pin, out var taken, out var reason), reason);
        Assert.Equal(thumbprint, taken.Statement.Signer.ThumbprintText());
        Assert.False(PackDelta.TryApply(held.Pack, after.DeltaFrom(held.Version)!, pin with { Signers = [old] }, out _, out reason));
        Assert.Equal("unknown_key", reason);
    }

    [Fact]
    public async Task A_pin_that_is_no_thumbprint_stops_the_start()
    {
        var fault = await Assert.ThrowsAsync<Identity.Hosting.SettingMissingException>(() => Scene.OpenAsync("--TrustPack:AlsoPinned=nonsense"));
        Assert.Contains("TrustPack:AlsoPinned", fault.Message, StringComparison.Ordinal);
    }

    private static Task<JsonObject> CheckAsync(Scene scene, string text) =>
        scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = text }, HttpStatusCode.OK);

    private static PackMaker Maker(Scene scene) => scene.Verifier.Services.GetRequiredService<PackMaker>();

    private static async Task MakeAsync(Scene scene)
    {
        scene.Verifier.Ledger.CanBePacked = true;
        Assert.Null(await Maker(scene).LookAsync(default));
    }

    private static long Current(Scene scene) => scene.Verifier.Services.GetRequiredService<PackStore>().Current!.Version;

    private static ReasonCode Judge(TestCredential credential, TrustPack pack, Scene scene) => VerdictEngine.Check(credential.Text, new Expectations.File(), pack, scene.Clock.Now).Reason;

    private static async Task<(TrustPack Pack, PackPin Pin)> FetchAsync(Scene scene)
    {
        using var http = scene.Verifier.Browser();
        var pin = new PackPin([scene.Verifier.Services.GetRequiredService<PackOptions>().Signer!.PublicKey.ThumbprintText()], 0, scene.Clock.Now);
        Assert.True(TrustPack.TryRead(await http.GetByteArrayAsync("/trust/pack"), pin, out var pack, out var reason), reason);
        return (pack, pin);
    }

    private static async Task<(int Code, string Output, string Error)> VerifyAsync(Scene scene, string text, params string[] options)
    {
        var file = Path.Combine(scene.Verifier.Folder, "credential.txt");
        await File.WriteAllTextAsync(file, text);
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await VerifyCommand.RunAsync(["verify", file, .. options], output, error, TextReader.Null, _ => throw new InvalidOperationException("No service is needed."), scene.Clock);
        return (code, output.ToString(), error.ToString());
    }
}
