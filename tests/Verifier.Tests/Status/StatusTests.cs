using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Verifier.Status;
using Identity.Verifier.Tests.World;
using Identity.Verifier.Trust;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Verifier.Tests.Status;

public class StatusTests
{
    [Fact]
    public async Task A_list_is_fetched_once_and_many_checks_use_it()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        var texts = Enumerable.Range(0, 20).Select(_ => scene.College.Issue("qualification", Scene.Diploma).Text).ToList();

        var verdicts = await Task.WhenAll(texts.Select(text => CheckAsync(scene, text)));

        Assert.All(verdicts, verdict => Scene.Is("valid", "valid", verdict));
        Assert.Equal(1, scene.College.StatusFetches);
    }

    [Fact]
    public async Task A_list_signed_by_a_clock_an_hour_ahead_does_not_keep_out_the_revocation_signed_when_it_is_right()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        scene.College.StatusInstead = () => scene.College.StatusToken(issuedAt: scene.Clock.Now.AddHours(1));
        Scene.Is("cannot_tell", "stale_data", await CheckAsync(scene, diploma.Text));

        scene.College.StatusInstead = null;
        scene.College.SetStatus(diploma.Index, StatusValue.Invalid);
        scene.Clock.Pass(TimeSpan.FromSeconds(10));

        Scene.Is("not_valid", "revoked", await CheckAsync(scene, diploma.Text));
    }

    [Fact]
    public async Task A_revocation_shows_after_the_next_refresh_with_no_check_in_between()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=1");
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        Scene.Is("valid", "valid", await CheckAsync(scene, diploma.Text));

        scene.College.SetStatus(diploma.Index, StatusValue.Invalid);
        var before = scene.College.StatusFetches;
        scene.Clock.Pass(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 600 && scene.College.StatusFetches == before; i++) await Task.Delay(100);

        // The list was fetched; it is read in a moment.
        var verdict = await CheckAsync(scene, diploma.Text);
        for (var i = 0; i < 600 && (string?)verdict["reason"] == "valid"; i++)
        {
            await Task.Delay(100);
            verdict = await CheckAsync(scene, diploma.Text);
        }
        Scene.Is("not_valid", "revoked", verdict);
    }

    [Fact]
    public async Task Attack_80_when_refreshing_fails_the_old_list_is_not_trusted_past_its_expiry()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        Scene.Is("valid", "valid", await CheckAsync(scene, diploma.Text));

        scene.College.StatusInstead = () => "";
        scene.Clock.Pass(TimeSpan.FromHours(23));
        Scene.Is("valid", "valid", await CheckAsync(scene, diploma.Text));
        scene.Clock.Pass(TimeSpan.FromHours(2));
        Scene.Is("cannot_tell", "stale_data", await CheckAsync(scene, diploma.Text));
        scene.College.StatusInstead = null;
        scene.Clock.Pass(TimeSpan.FromSeconds(10));
        Scene.Is("valid", "valid", await CheckAsync(scene, diploma.Text));
    }

    [Fact]
    public async Task Attack_a_list_that_names_no_end_is_not_trusted_either_when_its_server_has_been_silent_for_a_day()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        scene.College.StatusLife = null;
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        Scene.Is("valid", "valid", await CheckAsync(scene, diploma.Text));

        scene.College.StatusInstead = () => "";
        scene.Clock.Pass(TimeSpan.FromHours(25));
        Scene.Is("cannot_tell", "stale_data", await CheckAsync(scene, diploma.Text));
        Assert.Empty(scene.Verifier.Services.GetRequiredService<StatusCache>().Current); // so no pack carries it
        scene.College.StatusInstead = null;
        scene.Clock.Pass(TimeSpan.FromSeconds(10));
        Scene.Is("valid", "valid", await CheckAsync(scene, diploma.Text));
    }

    [Theory]
    [InlineData("foreign signer")]
    [InlineData("other subject")]
    [InlineData("broken signature")]
    [InlineData("expired")]
    [InlineData("garbage")]
    public async Task Attack_76_84_a_list_that_is_not_the_issuers_own_never_enters_the_cache(string kind)
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        using var foreign = Es256Key.Create();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        scene.College.StatusInstead = kind switch
        {
            "foreign signer" => () => scene.College.StatusToken(signer: foreign),
            "other subject" => () => scene.College.StatusToken(uri: scene.College.StatusUri + "x"),
            "broken signature" => () => scene.College.StatusToken()[..^4] + "AAAA",
            "expired" => () => scene.College.StatusToken(issuedAt: scene.Clock.Now.AddDays(-3)).Replace("x", "x"),
            _ => () => "not a token",
        };
        if (kind == "expired") scene.College.StatusLife = TimeSpan.FromHours(-1);

        Scene.Is("cannot_tell", "stale_data", await CheckAsync(scene, diploma.Text));
        Assert.Empty(scene.Verifier.Services.GetRequiredService<StatusCache>().Uris);

        scene.College.StatusInstead = null;
        scene.College.StatusLife = TimeSpan.FromHours(24);
        scene.Clock.Pass(TimeSpan.FromSeconds(10));
        Scene.Is("valid", "valid", await CheckAsync(scene, diploma.Text));
    }

    [Fact]
    public async Task Attack_76_a_list_signed_by_another_registered_issuer_is_refused()
    {
        await using var scene = await Scene.OpenAsync();
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        scene.College.StatusInstead = () => scene.College.StatusToken(signer: scene.Ministry.Key);

        Scene.Is("cannot_tell", "stale_data", await CheckAsync(scene, diploma.Text));
    }

    [Fact]
    public async Task An_older_list_never_replaces_a_newer_one()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        var diploma = scene.College.Issue("qualification", Scene.Diploma);
        var old = scene.College.StatusToken(issuedAt: scene.Clock.Now.AddMinutes(-30));
        scene.College.SetStatus(diploma.Index, StatusValue.Invalid);
        Scene.Is("not_valid", "revoked", await CheckAsync(scene, diploma.Text));

        scene.College.StatusInstead = () => old;
        var cache = scene.Verifier.Services.GetRequiredService<StatusCache>();
        await cache.RefreshAsync(CancellationToken.None);

        Scene.Is("not_valid", "revoked", await CheckAsync(scene, diploma.Text));
    }

    private static Task<JsonObject> CheckAsync(Scene scene, string text) =>
        scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = text }, HttpStatusCode.OK);

    [Fact]
    public async Task Looking_for_a_list_that_is_not_there_yet_makes_no_check_wait()
    {
        await using var scene = await Scene.OpenAsync();
        var cache = scene.Verifier.Services.GetRequiredService<StatusCache>();
        var college = scene.Verifier.Services.GetRequiredService<TrustView>().FindOrganisationByIssuer(scene.College.Issuer)!;
        scene.College.StatusInstead = () => "";
        Assert.False(await cache.LookForAsync(scene.College.StatusUri, college, CancellationToken.None));
        scene.College.StatusInstead = null;

        Scene.Is("valid", "valid", await scene.VerdictAsync(scene.College.Issue("qualification", Scene.Diploma)));
    }

    [Fact]
    public async Task Attack_a_slow_answer_with_an_older_list_takes_no_newer_one_away()
    {
        await using var scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600");
        var cache = scene.Verifier.Services.GetRequiredService<StatusCache>();
        var college = scene.Verifier.Services.GetRequiredService<TrustView>().FindOrganisationByIssuer(scene.College.Issuer)!;
        using var asked = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        var older = scene.College.StatusToken(issuedAt: scene.Clock.Now.AddSeconds(-30));
        var first = 0;
        scene.College.StatusInstead = () =>
        {
            if (Interlocked.Exchange(ref first, 1) != 0) return scene.College.StatusToken();
            asked.Release();
            go.Wait(TimeSpan.FromMinutes(1));
            return older;
        };

        var slow = Task.Run(() => cache.LookForAsync(scene.College.StatusUri, college, CancellationToken.None));
        Assert.True(await asked.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.True(await cache.FetchAsync(scene.College.StatusUri, college, CancellationToken.None));
        go.Set();
        Assert.True(await slow);

        Assert.Equal(scene.Clock.Now.ToUnixTimeSeconds(), cache.Find(scene.College.StatusUri)!.Token.IssuedAt.ToUnixTimeSeconds());
    }
}
