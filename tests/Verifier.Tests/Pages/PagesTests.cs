using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Hosting;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests.Pages;

/// <summary>The public pages: small, one request, no script but their own, the same document at each of their addresses.</summary>
public sealed partial class PagesTests : IAsyncLifetime
{
    private const int FirstLoadLimit = 60_000;
    private TestVerifier _verifier = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _verifier = await TestVerifier.StartAsync();
        _http = _verifier.Browser();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _verifier.DisposeAsync();
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

    [Theory]
    [InlineData("/scan")]
    [InlineData("/ask")]
    [InlineData("/result")]
    [InlineData("/read")]
    [InlineData("/transparency")]
    public async Task Every_address_of_the_pages_gives_the_same_document(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(await _http.GetStringAsync("/"), await response.Content.ReadAsStringAsync());
        Assert.True(response.Headers.CacheControl!.NoCache);
        Assert.StartsWith("text/html", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/verdict")]
    [InlineData("/scan/x")]
    [InlineData("/www/index.html")]
    public async Task There_is_no_page_elsewhere(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task The_policy_names_exactly_the_scripts_and_styles_of_the_page_and_reaches_nobody_else()
    {
        using var response = await _http.GetAsync(new Uri("/", UriKind.Relative));
        var page = await response.Content.ReadAsStringAsync();

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));

        Assert.Contains(HashSource(Assert.Single(Inline("script").Matches(page)).Groups[1].Value), policy, StringComparison.Ordinal);
        Assert.Contains(HashSource(Assert.Single(Inline("style").Matches(page)).Groups[1].Value), policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy.Replace("'wasm-unsafe-eval'", "", StringComparison.Ordinal), StringComparison.Ordinal); // the strong decoder; no text becomes script
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("manifest-src 'self'; worker-src 'self'", policy, StringComparison.Ordinal);
        var connect = policy.Split(';').Single(part => part.TrimStart().StartsWith("connect-src", StringComparison.Ordinal));
        Assert.Equal(["connect-src", "'self'"], connect.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_camera_is_allowed_and_no_referrer_leaves()
    {
        using var response = await _http.GetAsync(new Uri("/scan", UriKind.Relative));

        Assert.Contains("camera=(self)", Assert.Single(response.Headers.GetValues("Permissions-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task What_the_page_loads_later_exists_and_may_be_kept_for_ever()
    {
        var page = await _http.GetStringAsync("/");

        var files = ChunkNames().Matches(page).Select(match => match.Value).Distinct().ToArray();

        Assert.Contains(files, file => file.StartsWith("/chunks/scanner-", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith(".json", StringComparison.Ordinal));
        foreach (var file in files)
        {
            using var response = await _http.GetAsync(new Uri(file, UriKind.Relative));
            Assert.True(response.IsSuccessStatusCode, file);
            Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_worker_keeps_exactly_the_files_of_these_pages_and_answers_for_each_of_their_addresses()
    {
        var worker = await _http.GetStringAsync("/sw.js");
        var assets = new EmbeddedAssets(typeof(VerifierApp).Assembly);

        foreach (var path in assets.Paths.Where(path => path is not ("sw.js" or "index.html") && !path.EndsWith(".txt", StringComparison.Ordinal))) Assert.Contains($"\"{path}\"", worker, StringComparison.Ordinal);
        Assert.Contains("[\"./\",\"scan\",\"ask\",\"result\",\"desk\",\"read\",\"transparency\"]", worker, StringComparison.Ordinal);
        Assert.DoesNotContain("\"api", worker, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_installed_names_its_icons_and_all_are_there()
    {
        using var response = await _http.GetAsync(new Uri("/manifest.webmanifest", UriKind.Relative));
        Assert.StartsWith("application/manifest+json", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        var manifest = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal("standalone", (string?)manifest["display"]);
        foreach (var icon in manifest["icons"]!.AsArray())
        {
            using var found = await _http.GetAsync(new Uri("/" + icon!["src"], UriKind.Relative));
            Assert.Equal((string?)icon["type"], found.Content.Headers.ContentType!.MediaType);
        }
    }

    [Fact]
    public void The_decoder_is_not_in_the_first_load()
    {
        var assets = new EmbeddedAssets(typeof(VerifierApp).Assembly);

        var chunks = assets.Paths.Where(path => path.StartsWith("chunks/chunk-", StringComparison.Ordinal) && path.EndsWith(".js", StringComparison.Ordinal));

        Assert.NotEmpty(chunks);
        Assert.All(chunks, path => Assert.DoesNotContain(Path.GetFileName(path), Encoding.UTF8.GetString(assets.Find("index.html")!), StringComparison.Ordinal));
    }

    [Fact]
    public void Every_language_has_every_text_with_the_same_places_for_values()
    {
        var english = Texts("en");

        Assert.NotEmpty(english);
        foreach (var texts in Strings.Languages.Select(Texts))
        {
            Assert.Equal(english.Keys, texts.Keys);
            Assert.All(english, text => Assert.Equal(Places(text.Value), Places(texts[text.Key])));
        }
    }

    private static SortedDictionary<string, string> Texts(string language)
    {
        var strings = Strings.For(language);
        return new(strings.Keys.Where(key => key.StartsWith("verifier.", StringComparison.Ordinal)).ToDictionary(key => key, key => strings[key]), StringComparer.Ordinal);
    }

    private static string[] Places(string text) => [.. Placeholder().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal)];

    private static string HashSource(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static Regex Inline(string tag) => new($"<{tag}[^>]*>(.*?)</{tag}>", RegexOptions.Singleline);

    [GeneratedRegex("/chunks/[\\w-]+\\.\\w+")]
    private static partial Regex ChunkNames();

    [GeneratedRegex("\\{\\w+\\}")]
    private static partial Regex Placeholder();
}
