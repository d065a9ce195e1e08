using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;

namespace Identity.Wallet.Tests;

/// <summary>The server gives out the wallet's files, safely and small, and nothing else.</summary>
public sealed partial class ServerTests : IAsyncLifetime
{
    private const int FirstLoadLimit = 60_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("wallet-test-").FullName;
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _app = WalletApp.Build(["--urls=http://127.0.0.1:0", "--PublicUrl=http://localhost:5002", "--environment=Development", $"--Data:Folder={_folder}"]);
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, true);
    }

    [Fact]
    public async Task The_first_load_is_one_request_of_at_most_60_kB()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.AcceptEncoding.ParseAdd("br");
        using var response = await _http.SendAsync(request);

        var body = await response.Content.ReadAsByteArrayAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("br", Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.InRange(body.Length, 1_000, FirstLoadLimit);
        var page = await _http.GetStringAsync("/");
        Assert.DoesNotContain("<script src", page, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"stylesheet\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_policy_names_exactly_the_scripts_and_styles_of_the_page()
    {
        using var response = await _http.GetAsync(new Uri("/", UriKind.Relative));
        var page = await response.Content.ReadAsStringAsync();

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));

        var scripts = Inline("script").Matches(page).Select(m => m.Groups[1].Value).ToArray();
        var styles = Inline("style").Matches(page).Select(m => m.Groups[1].Value).ToArray();
        Assert.Single(scripts);
        Assert.Single(styles);
        Assert.All(scripts.Concat(styles), text => Assert.Contains(HashSource(text), policy, StringComparison.Ordinal));
        Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy.Replace("wasm-unsafe-eval", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_wallet_may_reach_any_issuer_over_https_and_plain_http_on_this_machine_only()
    {
        using var response = await _http.GetAsync(new Uri("/", UriKind.Relative));

        var connect = Assert.Single(response.Headers.GetValues("Content-Security-Policy")).Split(';').Single(part => part.TrimStart().StartsWith("connect-src", StringComparison.Ordinal));

        Assert.Equal(["connect-src", "'self'", "https:", "http://localhost:*", "http://127.0.0.1:*"], connect.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_camera_is_allowed_and_no_referrer_leaves()
    {
        using var response = await _http.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Contains("camera=(self)", Assert.Single(response.Headers.GetValues("Permissions-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/index.html")]
    [InlineData("/sw.js")]
    [InlineData("/manifest.webmanifest")]
    public async Task Files_that_change_are_asked_for_again_each_time(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl!.NoCache);
        Assert.NotNull(response.Headers.ETag);
    }

    [Fact]
    public void Without_its_settings_the_program_ends_with_a_sentence_and_not_with_a_fault()
    {
        var program = typeof(WalletApp).Assembly.EntryPoint!;

        Assert.Equal(3, program.Invoke(null, [new[] { "--environment=Production", "--urls=http://127.0.0.1:0" }]));
    }

    [Fact]
    public async Task An_unchanged_page_is_not_sent_twice()
    {
        using var first = await _http.GetAsync(new Uri("/", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task The_service_worker_keeps_a_list_of_files_that_all_exist_and_nothing_else()
    {
        var worker = await _http.GetStringAsync("/sw.js");

        var files = FileNames().Matches(worker).Select(m => m.Groups[1].Value).ToArray();

        Assert.Contains("./", files);
        Assert.Contains(files, file => file.StartsWith("chunks/scanner-", StringComparison.Ordinal));
        Assert.Contains(files, file => file.StartsWith("chunks/strings-ar-", StringComparison.Ordinal));
        foreach (var file in files)
        {
            using var response = await _http.GetAsync(new Uri("/" + file, UriKind.Relative));
            Assert.True(response.IsSuccessStatusCode, file);
            if (file.StartsWith("chunks/", StringComparison.Ordinal)) Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_manifest_makes_the_page_installable()
    {
        using var manifest = JsonDocument.Parse(await _http.GetStringAsync("/manifest.webmanifest"));
        var root = manifest.RootElement;

        Assert.Equal("standalone", root.GetProperty("display").GetString());
        var icons = root.GetProperty("icons").EnumerateArray().ToArray();
        Assert.Contains(icons, icon => icon.GetProperty("sizes").GetString() == "192x192");
        Assert.Contains(icons, icon => icon.GetProperty("sizes").GetString() == "512x512");
        foreach (var icon in icons)
        {
            using var response = await _http.GetAsync(new Uri("/" + icon.GetProperty("src").GetString(), UriKind.Relative));
            Assert.Equal(icon.GetProperty("type").GetString(), response.Content.Headers.ContentType!.MediaType);
        }
    }

    [Theory]
    [InlineData("/api/credentials")]
    [InlineData("/cards")]
    [InlineData("/../wallet.json")]
    [InlineData("/www/index.html")]
    public async Task There_is_nothing_beside_the_wallets_files(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Nothing_can_be_sent_to_the_wallets_server()
    {
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");

        using var response = await _http.PostAsync(new Uri("/", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public void Every_language_has_every_text()
    {
        var english = Keys("en");
        var arabic = Keys("ar");

        Assert.NotEmpty(english);
        foreach (var language in Hosting.Strings.Languages) Assert.Equal(english.Where(key => !PluralForm(key)), Keys(language).Where(key => !PluralForm(key)));
        // French and Spanish tell one from the rest, as English does; their form for millions is not needed here.
        foreach (var language in new[] { "es", "fr" }) Assert.Equal(english, Keys(language));
        // Arabic tells one, two, few (3–10), many (11–99) and the rest apart.
        foreach (var stem in english.Where(key => key.EndsWith(".other", StringComparison.Ordinal) && PluralForm(key)).Select(key => key[..^".other".Length]))
            Assert.Equal(["few", "many", "one", "other", "two"], arabic.Where(key => key.StartsWith(stem + ".", StringComparison.Ordinal) && PluralForm(key)).Select(key => key[(stem.Length + 1)..]).Order(StringComparer.Ordinal));
    }

    private static string[] Keys(string language) =>
        [.. Hosting.Strings.For(language).Keys.Where(key => key.StartsWith("wallet.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static bool PluralForm(string key) => key.Split('.')[^1] is "zero" or "one" or "two" or "few" or "many" or "other" && !key.EndsWith("fault.other", StringComparison.Ordinal) && !key.EndsWith("scan.other", StringComparison.Ordinal) && !key.EndsWith("person.other", StringComparison.Ordinal);

    private static string HashSource(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static Regex Inline(string tag) => new($"<{tag}[^>]*>(.*?)</{tag}>", RegexOptions.Singleline);

    [GeneratedRegex("\"((?:\\./|manifest|icons/|chunks/)[^\"]*)\"")]
    private static partial Regex FileNames();
}
