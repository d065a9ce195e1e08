using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Identity.Hosting;

/// <summary>
/// Sets the headers that every answer carries. The content policy allows own scripts and styles only; an app adds script hashes
/// or origins it must reach through <see cref="ContentPolicy"/>.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next, ContentPolicy policy)
{
    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = policy.Header;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(self), screen-wake-lock=(self), geolocation=(), microphone=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        // What an app does not mark as cacheable is nobody's to keep.
        http.Response.OnStarting(() =>
        {
            if (string.IsNullOrEmpty(headers.CacheControl)) headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        return next(http);
    }
}

/// <summary>The content security policy of an app. Register another instance to change it.</summary>
public sealed partial record ContentPolicy
{
    /// <summary>Hashes of inline scripts, as <c>'sha256-…'</c>.</summary>
    public IReadOnlyList<string> ScriptHashes { get; init; } = [];

    /// <summary>Hashes of inline styles, as <c>'sha256-…'</c>.</summary>
    public IReadOnlyList<string> StyleHashes { get; init; } = [];

    /// <summary>Where scripts may connect to, beside the own origin. The wallet speaks to any issuer and verifier.</summary>
    public IReadOnlyList<string> Connect { get; init; } = [];

    /// <summary>Allows WebAssembly for a QR decoder.</summary>
    public bool WebAssembly { get; init; }

    /// <summary>The policy of a page that carries its first script and its styles inside, one request on a slow link: it names exactly these by their hash.</summary>
    public static ContentPolicy ForPage(string html) => new()
    {
        ScriptHashes = [.. InlineScript().Matches(html).Select(Hash)],
        StyleHashes = [.. InlineStyle().Matches(html).Select(Hash)],
    };

    private static string Hash(Match match) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(match.Groups[1].Value)))}'";

    [GeneratedRegex("<script(?: type=\"module\")?>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex InlineScript();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex InlineStyle();

    internal string Header { get => field ??= Build(); }

    private string Build() =>
        $"default-src 'none'; script-src 'self' {string.Join(' ', ScriptHashes)}{(WebAssembly ? " 'wasm-unsafe-eval'" : "")}; style-src 'self' {string.Join(' ', StyleHashes)}; " +
        $"img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' {string.Join(' ', Connect)}; manifest-src 'self'; worker-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
}
