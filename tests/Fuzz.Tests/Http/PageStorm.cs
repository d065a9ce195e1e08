using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Fuzz.Tests.Http;

/// <summary>
/// Walks the pages that a member of staff can reach, by their links, and puts odd values into every field of every form and every parameter of every
/// handler, found in the app itself; where <paramref name="part"/> is given, only of pages whose address holds it. Nothing may be a fault, then or when a page is looked at again; and without the form's token nothing is done.
/// </summary>
internal sealed partial class PageStorm(RunningApp app, StaffSession staff, IReadOnlyDictionary<string, string> known, string part = "")
{
    private const int MostPages = 80, MostOfOneEndpoint = 2;

    private static readonly string[] Odd =
    [
        "", " ", "%00", "%FF%FE", "%ED%A0%80", "-1", "99999999999999999999", "1e400", "2024-13-45", "0001-01-01", "9999-12-31", "true&{0}=false", "%3Cscript%3E'%22%7B%7B", "%E2%80%AE%F0%9F%98%80%0D%0A", "..%2F..%2Fetc%2Fpasswd",
        new string('a', 20_000),
    ];

    private static readonly (string? Type, byte[] Body)[] Strange =
    [
        (null, []), ("application/x-www-form-urlencoded", []), ("application/json", "{}"u8.ToArray()), ("text/plain", "x"u8.ToArray()), ("multipart/form-data", "x"u8.ToArray()), ("application/x-www-form-urlencoded; charset=utf-7", "a=+AGE-"u8.ToArray()),
        ("application/x-www-form-urlencoded", "%"u8.ToArray()), ("application/x-www-form-urlencoded", Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, 3000).Select(i => $"k{i}=v")))),
        ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\0/../a.csv\"\r\nContent-Type: text/csv\r\n\r\n\0,\"\r\n--x--\r\n"u8.ToArray()),
        ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\nreference,holder_name\r\nD-1,A\r\n--x--\r\n"u8.ToArray()),
    ];

    private readonly List<string> _faults = [];

    /// <summary>How many requests were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>How many handlers were tried.</summary>
    public int Handlers { get; private set; }

    /// <summary>Everything, from these pages on; what was wrong, one line each.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(params string[] starts)
    {
        var pages = await CrawlAsync(starts);
        // Who signs out has no more to say: the session ends at the server.
        var endpoints = PageEndpoints().ToLookup(e => e.RoutePattern.RawText!.Contains("sign-out", StringComparison.Ordinal));
        await TryAsync(endpoints[false], pages);
        foreach (var url in pages.Keys) await SendAsync(staff.Http, "GET", url, null, null); // what was stored meanwhile breaks no page
        if (!await staff.StandsAsync()) _faults.Add("the storm signed itself out");
        await TryAsync(endpoints[true], pages);
        return _faults;
    }

    private async Task TryAsync(IEnumerable<RouteEndpoint> endpoints, Dictionary<string, string> pages)
    {
        foreach (var endpoint in endpoints)
        {
            var page = await app.App.Services.GetRequiredService<PageLoader>().LoadAsync(endpoint.Metadata.GetMetadata<PageActionDescriptor>()!, EndpointMetadataCollection.Empty);
            foreach (var url in UrlsOf(endpoint, pages.Keys))
                foreach (var handler in page.HandlerMethods)
                {
                    Handlers++;
                    var fields = handler.Parameters.Select(p => p.Name).Concat(Fields().Matches(pages.GetValueOrDefault(url, "")).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)))
                        .Where(f => f is not ("ct" or "handler" or "__RequestVerificationToken") && endpoint.RoutePattern.GetParameter(f) is null).Distinct().ToList();
                    await PourAsync(handler.HttpMethod.ToUpperInvariant(), handler.Name is { Length: > 0 } name ? $"{url}?handler={name}" : url, fields);
                }
        }
    }

    private async Task PourAsync(string method, string url, List<string> fields)
    {
        var post = !HttpMethods.IsGet(method);
        foreach (var odd in Odd)
        {
            await GiveAsync(fields.Select(f => (f, odd)));
            // One at a time, so that the first refusal does not hide the others.
            if (odd is "%00" or "%ED%A0%80" or "99999999999999999999" or { Length: > 1000 })
                foreach (var field in fields) await GiveAsync(fields.Select(f => (f, f == field ? odd : "1")));
        }
        if (!post) return;
        foreach (var (type, body) in Strange) await SendAsync(staff.Http, method, url, type, body);
        var refused = await SendAsync(staff.WithoutToken, method, url, "application/x-www-form-urlencoded", "a=1"u8.ToArray());
        if (refused is not (HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.Redirect)) _faults.Add($"{(int?)refused} without the form's token: {method} {url}");

        Task GiveAsync(IEnumerable<(string Name, string Value)> given)
        {
            var text = string.Join('&', given.Select(g => $"{Uri.EscapeDataString(g.Name)}={string.Format(System.Globalization.CultureInfo.InvariantCulture, g.Value, Uri.EscapeDataString(g.Name))}"));
            if (post) return SendAsync(staff.Http, method, url, "application/x-www-form-urlencoded", Encoding.ASCII.GetBytes(text));
            return text.Length > 6000 ? Task.CompletedTask : SendAsync(staff.Http, method, url + (url.Contains('?') ? '&' : '?') + text, null, null);
        }
    }

    private async Task<Dictionary<string, string>> CrawlAsync(string[] starts)
    {
        var pages = new Dictionary<string, string>();
        var left = new Queue<string>(starts);
        while (left.TryDequeue(out var url) && pages.Count < MostPages)
        {
            if (pages.ContainsKey(url) || url.Contains("sign-out", StringComparison.Ordinal)) continue;
            using var answer = await staff.Http.GetAsync(url);
            Sent++;
            if (answer.Headers.Location is { OriginalString: var to } && to.StartsWith('/')) left.Enqueue(WithoutQuery(to));
            if (answer.StatusCode != HttpStatusCode.OK || answer.Content.Headers.ContentType?.MediaType != "text/html") continue;
            var html = pages[url] = await answer.Content.ReadAsStringAsync();
            foreach (Match link in Links().Matches(html)) left.Enqueue(WithoutQuery(WebUtility.HtmlDecode(link.Groups[1].Value)));
        }
        return pages;
    }

    private IEnumerable<RouteEndpoint> PageEndpoints() => ((IEndpointRouteBuilder)app.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<PageActionDescriptor>() is not null && e.RoutePattern.RawText!.Contains(part, StringComparison.Ordinal));

    // Pages that were reached; else made-up ones.
    private IEnumerable<string> UrlsOf(RouteEndpoint endpoint, IEnumerable<string> reached)
    {
        var form = new Regex("^/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p is RoutePatternParameterPart parameter ? $"(?:{Choices(parameter) ?? "[^/]+"})" : Regex.Escape(((RoutePatternLiteralPart)p).Content))))) + "$");
        var found = reached.Where(url => form.IsMatch(url) && !PageEndpoints().Any(other => $"/{other.RoutePattern.RawText!.TrimStart('/')}" == url && other != endpoint)).Take(MostOfOneEndpoint).ToList();
        if (found.Count > 0) return found;
        return ["/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(p => p is RoutePatternParameterPart parameter
            ? Choices(parameter)?.Split('|')[0] ?? known.GetValueOrDefault(parameter.Name, "1") : ((RoutePatternLiteralPart)p).Content))))];
    }

    private static string? Choices(RoutePatternParameterPart parameter) => parameter.ParameterPolicies.Select(p => Alternatives().Match(p.Content ?? "")).FirstOrDefault(m => m.Success)?.Groups[1].Value;

    private async Task<HttpStatusCode?> SendAsync(HttpClient http, string method, string url, string? type, byte[]? body)
    {
        using var request = app.Request(method, url, type, body);
        Sent++;
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (HttpStorm.Problem(answer, text, method) is { } problem && _faults.Count < 40)
            _faults.Add($"{(int)answer.StatusCode} {problem}: {method} {(url.Length > 150 ? url[..150] + "…" : url)} {type} {(body is null ? "" : $"[{body.Length}] {Encoding.Latin1.GetString(body, 0, Math.Min(120, body.Length))}")} → {text[..Math.Min(160, text.Length)]}");
        return answer.StatusCode;
    }

    private static string WithoutQuery(string url) => url.Split('?', '#')[0];

    [GeneratedRegex("(?:href|action)=\"(/[^\"]*)\"")]
    private static partial Regex Links();

    [GeneratedRegex("<(?:input|select|textarea|button)[^>]*? name=\"([^\"]+)\"")]
    private static partial Regex Fields();

    [GeneratedRegex(@"^regex\(\^\((.+)\)\$\)$")]
    private static partial Regex Alternatives();
}
