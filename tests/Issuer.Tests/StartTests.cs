using System.Net;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.Issuer.Keys;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Issuer.Tests;

[Trait("Store", "Own")]
public sealed class StartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("issuer-start-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Production_refuses_to_invent_a_key()
    {
        var settings = IssuerFixture.Settings(_folder).Select(s => s == "--environment=Development" ? "--environment=Production" : s).ToArray();

        Assert.Contains("Keys:Folder", Assert.Throws<SettingMissingException>(() => IssuerFixture.Build(settings)).Message);
        var withFolder = Assert.Throws<SettingMissingException>(() => IssuerFixture.Build([.. settings, $"--Keys:Folder={_folder}/own"]));
        Assert.Contains("offers.secret", withFolder.Message);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Attack_another_account_of_the_machine_reads_the_data_folder()
    {
        var folder = Path.Combine(_folder, "made");
        using (IssuerFixture.Build(IssuerFixture.Settings(folder))) { }

        foreach (var made in new[] { folder, Path.Combine(folder, "data-protection") })
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(made));
    }

    [Fact]
    public void Production_refuses_demonstration_organisations()
    {
        using (IssuerFixture.Build(IssuerFixture.Settings(_folder))) { }
        var settings = IssuerFixture.Settings(_folder).Select(s => s == "--environment=Development" ? "--environment=Production" : s);

        var refused = Assert.Throws<InvalidOperationException>(() => IssuerFixture.Build([.. settings, $"--Keys:Folder={_folder}/keys"]));

        Assert.Contains("demonstration", refused.Message);
    }

    [Fact]
    public async Task Production_refuses_a_database_that_was_not_migrated()
    {
        using (IssuerFixture.Build(IssuerFixture.Settings(_folder))) { }
        var settings = IssuerFixture.Settings(_folder).Where(s => !s.Contains("Demonstration", StringComparison.Ordinal)).Select(s => s == "--environment=Development" ? "--environment=Production" : s);
        await using var app = IssuerFixture.Build([.. settings, $"--Keys:Folder={_folder}/keys"]);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());

        Assert.Contains("migrate", refused.Message);
    }

    [Fact]
    public async Task Only_where_people_play_does_a_key_sign_that_the_ledger_does_not_know()
    {
        await using (var play = IssuerFixture.Build(IssuerFixture.Settings(_folder))) Assert.False(play.Services.GetRequiredService<KeyRing>().WaitsForLedger);
        var settings = IssuerFixture.Settings(_folder).Where(s => !s.Contains("Demonstration", StringComparison.Ordinal)).Select(s => s == "--environment=Development" ? "--environment=Production" : s);
        await using var app = IssuerFixture.Build([.. settings, $"--Keys:Folder={_folder}/keys"]);

        Assert.True(app.Services.GetRequiredService<KeyRing>().WaitsForLedger);
    }

    [Theory]
    [InlineData("--PublicUrl=", "PublicUrl")]
    [InlineData("--PublicUrl=http://issuer.example", "PublicUrl")]
    [InlineData("--Data:Folder=", "Data:Folder")]
    [InlineData("--Ledger:Rpc=", "Ledger:Rpc")]
    [InlineData("--Organisations:0:Slug=Port Selin", "slug")]
    [InlineData("--Organisations:0:Slug=console", "slug")]
    [InlineData("--Organisations:1:Slug=port-selin", "port-selin")]
    [InlineData("--Organisations:0:Types:0=astrology", "astrology")]
    [InlineData("--Organisations:0:Country=Talmara", "country")]
    public void A_wrong_setting_is_one_clear_sentence(string setting, string named)
    {
        var fault = Assert.ThrowsAny<Exception>(() => IssuerFixture.Build([.. IssuerFixture.Settings(_folder), setting]));

        Assert.True(fault is SettingMissingException or InvalidOperationException, fault.ToString());
        Assert.Contains(named, fault.Message);
    }

    [Fact]
    public async Task The_second_start_keeps_keys_passwords_and_certificates()
    {
        var first = await Start();
        var second = await Start();

        Assert.Equal(first, second);
        Assert.Equal(4, first.Count(line => line.StartsWith("access", StringComparison.Ordinal)));

        async Task<List<string>> Start()
        {
            await using var app = IssuerFixture.Build(IssuerFixture.Settings(_folder));
            await app.StartAsync();
            var lines = app.Services.GetRequiredService<IssuerSeed>().Access.Select(a => "access " + System.Text.Json.JsonSerializer.Serialize(a)).ToList();
            lines.Add(await app.GetTestClient().GetStringAsync("/.well-known/jwt-vc-issuer/port-selin"));
            lines.AddRange(Directory.EnumerateFiles(Path.Combine(_folder, "keys")).Order().Select(f => $"{f} {File.ReadAllText(f)}"));
            await app.StopAsync();
            return lines;
        }
    }

    [Fact]
    public async Task Keys_and_passwords_are_readable_by_their_owner_only()
    {
        await using var app = IssuerFixture.Build(IssuerFixture.Settings(_folder));
        await app.StartAsync();
        var files = Directory.EnumerateFiles(Path.Combine(_folder, "keys")).Append(app.Services.GetRequiredService<IssuerSeed>().File).ToList();

        Assert.True(files.Count > 8);
        foreach (var file in files)
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await app.StopAsync();
    }

    [Fact]
    public async Task The_seeded_password_opens_the_staff_account_of_its_organisation()
    {
        await using var app = IssuerFixture.Build(IssuerFixture.Settings(_folder));
        await app.StartAsync();
        var access = app.Services.GetRequiredService<IssuerSeed>().Access[0];
        await using var scope = app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<StaffUser>>();

        var user = await users.FindByNameAsync(access.UserName);

        Assert.Equal(access.Organisation, user!.Organisation);
        Assert.True(await users.CheckPasswordAsync(user, access.Password));
        Assert.False(await users.CheckPasswordAsync(user, access.Password + "x"));
        await app.StopAsync();
    }

    [Fact]
    public async Task Guessing_is_limited_by_address()
    {
        var settings = IssuerFixture.Settings(_folder).Where(s => !s.StartsWith("--Limits:", StringComparison.Ordinal)).Append("--Limits:Secrets=3").ToArray();
        await using var app = IssuerFixture.Build(settings);
        await app.StartAsync();
        var http = app.GetTestClient();
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("/port-selin/token", null)).StatusCode);

        var limited = await http.PostAsync("/talmara-interior/token", null);

        Assert.Equal(HttpStatusCode.TooManyRequests, limited.StatusCode);
        Assert.NotNull(limited.Headers.RetryAfter);
        await app.StopAsync();
    }

    [Fact]
    public async Task Somebody_who_tried_to_sign_in_too_often_reads_how_long_to_wait_in_their_language()
    {
        var settings = IssuerFixture.Settings(_folder).Where(s => !s.StartsWith("--Limits:", StringComparison.Ordinal)).Append("--Limits:Secrets=1").ToArray();
        await using var app = IssuerFixture.Build(settings);
        await app.StartAsync();
        var http = app.GetTestClient();
        Task<HttpResponseMessage> Get(string accept, string language)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/console/sign-in?ReturnUrl=%2Fconsole%2Fissue%3F%22%3E%3Cb&handler=Passkey") { Headers = { { "Accept", accept }, { "Accept-Language", language } } };
            return http.SendAsync(request);
        }
        Assert.Equal(HttpStatusCode.OK, (await Get("text/html", "en")).StatusCode);

        foreach (var (language, direction) in new[] { ("ar", "rtl"), ("es", "ltr") })
        {
            var answer = await Get("text/html,application/xhtml+xml,*/*;q=0.8", language);
            var page = await answer.Content.ReadAsStringAsync();
            Assert.Equal((HttpStatusCode.TooManyRequests, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.Contains($"<html lang=\"{language}\" dir=\"{direction}\">", page);
            Assert.Contains(Strings.For(language)["common.too_many.title"], page);
            Assert.Contains($": {(int)answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds}.", page);
            Assert.Contains("href=\"/console/identity.css\"", page);
            Assert.Contains("href=\"/console/sign-in?ReturnUrl=%2Fconsole%2Fissue%3F%22%3E%3Cb\"", page);
        }
        // A script of the page, and programs, as before.
        Assert.Equal("application/problem+json", (await Get("*/*", "ar")).Content.Headers.ContentType!.MediaType);
        await app.StopAsync();
    }
}
