using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Fuzz.Tests.Http;

/// <summary>
/// Walks every endpoint that an app has, found in the app itself, and sends each what no client should: other methods, other kinds of
/// bodies, broken JSON and forms, odd headers, parameters twice, paths that play tricks. Nothing may be a fault, and every refusal says why
/// in the form of its protocol.
/// </summary>
internal sealed class HttpStorm(RunningApp app, HttpClient http, IReadOnlyDictionary<string, string> known, Func<RouteEndpoint, bool>? only = null)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];

    private static readonly string[] Places = ["x", "-1", "99999999999999999999", "%00", "%0A", "..%2f..%2fetc%2fpasswd", "%2e%2e", "..%5c", "%FF%FE", "%C3%28", "%u0000", "'%22<x>", "%F0%9F%98%80", new string('a', 3000)];

    private static readonly string[] Queries =
    [
        "?a=1&a=2", "?lang=%00&lang=fr", "?page=-1&p=-2147483648", "?page=99999999999&p=99999999999", "?page=1&page=2&p=1&p=2", "?search=%FF%00", "?search=" + "%F0%9F%98%80%00'\"",
        "?response_code=a&response_code=b", "?access_token=x", "?returnUrl=//attacker.example&ReturnUrl=%00", "?time=1", "?act=%00&id=%00", "?" + "&=&&%", "?lang=../../en",
    ];

    private static readonly (string Name, string Value)[] Headers =
    [
        ("Accept", "garbage;;q=x"), ("Accept-Language", "*;q=,,\"é"), ("Accept-Language", new string('a', 5000)), ("Accept-Encoding", "br;q=2, gzip;q=-1, \u00ff"), ("Cookie", "=;;=a; identity-verifier=%00; identity-issuer=AAAA; .AspNetCore.Antiforgery=x; lang=%00"),
        ("If-None-Match", "\"a, W/, *"), ("If-Modified-Since", "yesterday"), ("Range", "bytes=-1-5,9999999999999999999-"), ("Authorization", "Bearer"), ("Authorization", "Bearer  "), ("Authorization", "Bearer é\t"), ("Authorization", "DPoP x.y.z"),
        ("Authorization", "Basic ====="), ("DPoP", "a.b.c"), ("X-Api-Key", "é"), ("X-Api-Key", new string('k', 5000)), ("Origin", "null"), ("Origin", "http://attacker.example"), ("Access-Control-Request-Method", "é"), ("X-Forwarded-Host", "a b"),
        ("X-Forwarded-For", "999.1.1.1, [::1"), ("X-Forwarded-Proto", "javascript"), ("X-HTTP-Method-Override", "DELETE"), ("Expect", "200-ok"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "identity"), ("OAuth-Client-Attestation", "x"),
    ];

    private static readonly string?[] Types =
    [
        null, "application/json", "application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-16", "application/json; charset=\"utf-8\"", "garbage", "multipart/form-data", "multipart/form-data; boundary=x",
        "application/jwt", "text/csv", "application/x-www-form-urlencoded; charset=iso-8859-1",
    ];

    private static readonly byte[][] Bodies =
    [
        [], "{"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(), "{}"u8.ToArray(), "\"x\""u8.ToArray(), "1e999"u8.ToArray(), Encoding.ASCII.GetBytes(new string('[', 5000)), Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 3000))),
        [0xFF, 0xFE, 0x00], "\0"u8.ToArray(), "{\"a\":1,\"a\":2}"u8.ToArray(), """{"credential":"\ud800","type":"\udc00","claims":{"a":"\ud800"},"reason":"\ud800","dcql_query":{"a":"\ud800"},"proof":"\ud800"}"""u8.ToArray(),
        """{"credential":1,"type":[],"reference":{},"claims":[],"reason":{},"template":[],"dcql_query":[],"required":"x","proof":[],"proofs":1,"flow":7,"format":{}}"""u8.ToArray(),
        """{"credential":"\u0000","type":"\u0000","reference":"\u0000","claims":{"\u0000":"\u0000"},"reason":"\u0000\u0000\u0000","template":"\u0000","purpose":"\u0000","proof":"IDP:\u0000"}"""u8.ToArray(),
        "a=1&a=2&grant_type=x&grant_type=y"u8.ToArray(), "%"u8.ToArray(), "a=%FF%00&grant_type=%00&response=%00&vp_token=%00&state=%00&code=%00&userName=%00&password=%00"u8.ToArray(), "grant_type=authorization_code&code=x&redirect_uri=javascript:1&client_id=%00&code_verifier=x"u8.ToArray(),
        Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, 3000).Select(i => $"k{i}=v"))), Encoding.ASCII.GetBytes("a=" + new string('a', 200_000)), "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x"u8.ToArray(),
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\0.csv\"\r\nContent-Type: text/csv\r\n\r\n\0,\"\r\n--x--\r\n"u8.ToArray(),
    ];

    private static readonly string[] OddValues = ["null", "true", "-1", "1e400", "[]", "[[]]", "{}", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"2024-13-45\"", $"\"{new string('a', 20_000)}\""];

    private readonly List<string> _faults = [];

    /// <summary>How many requests were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Every endpoint with a path, as the app itself lists them.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints { get; } = [.. ((IEndpointRouteBuilder)app.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
        .Where(e => e.RoutePattern.RawText?.Contains("health", StringComparison.Ordinal) != true && only?.Invoke(e) != false)
        .DistinctBy(e => $"{e.RoutePattern.RawText}|{string.Join(',', e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])}")];

    /// <summary>Sends everything to every endpoint; what was wrong, one line each.</summary>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        foreach (var endpoint in Endpoints)
        {
            var path = Path(endpoint, null);
            var own = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            foreach (var method in Methods) await SendAsync(method, path, null, null);
            foreach (var method in own)
            {
                foreach (var place in endpoint.RoutePattern.Parameters.Count > 0 ? Places : []) await SendAsync(method, Path(endpoint, place), null, null);
                foreach (var query in Queries) await SendAsync(method, path + query, null, null);
                foreach (var header in Headers) await SendAsync(method, path, null, null, header);
                if (method is "GET" or "HEAD" or "OPTIONS") continue;
                foreach (var body in OddMembers(endpoint)) await SendAsync(method, path, "application/json", body);
                foreach (var type in Types)
                    foreach (var body in Bodies) await SendAsync(method, path, type, body);
                foreach (var type in new[] { "application/json", "application/x-www-form-urlencoded", "application/octet-stream" }) await SendAsync(method, path, type, new byte[1_200_000]);
            }
        }
        foreach (var path in (string[])["/%2e%2e/%2e%2e/etc/passwd", "//", "/%00", "/%5c..", "/.well-known/%2e%2e", "/index.html/%00", "/" + new string('a', 6000), "/%FF", "/;a=b", "/http://attacker.example/"])
            await SendAsync("GET", path, null, null);
        return _faults;
    }

    // Every member of the JSON that an endpoint takes, with values that it does not: all at once, and one beside others that are text.
    private static IEnumerable<byte[]> OddMembers(RouteEndpoint endpoint)
    {
        var members = endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IAcceptsMetadata>()?.RequestType?.GetProperties().Select(p => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(p.Name)).ToList() ?? [];
        foreach (var odd in OddValues)
            for (var at = -1; at < members.Count; at++) yield return Encoding.ASCII.GetBytes($"{{{string.Join(',', members.Select((m, i) => $"\"{m}\":{(at < 0 || at == i ? odd : "\"x\"")}"))}}}");
    }

    private string Path(RouteEndpoint endpoint, string? hostile)
    {
        var last = endpoint.RoutePattern.Parameters.Count > 0 ? endpoint.RoutePattern.Parameters[^1].Name : "";
        var path = new StringBuilder();
        foreach (var segment in endpoint.RoutePattern.PathSegments)
        {
            path.Append('/');
            foreach (var part in segment.Parts)
                path.Append(part switch
                {
                    Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                    Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
                    Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => hostile is not null && parameter.Name == last ? hostile : known.GetValueOrDefault(parameter.Name, "1"),
                    _ => "",
                });
        }
        return path.Length == 0 ? "/" : path.ToString();
    }

    private async Task SendAsync(string method, string path, string? type, byte[]? body, (string Name, string Value)? header = null)
    {
        using var request = app.Request(method, path, type, body);
        if (header is var (name, value) && !request.Headers.TryAddWithoutValidation(name, value)) request.Content?.Headers.TryAddWithoutValidation(name, value);
        var what = $"{method} {(path.Length > 90 ? path[..90] + "…" : path)} {type} {(body is null ? "" : $"[{body.Length}] {Encoding.Latin1.GetString(body, 0, Math.Min(40, body.Length))}")} {header?.Name}";
        Sent++;
        try
        {
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (Problem(answer, text, method) is { } problem && _faults.Count < 40) _faults.Add($"{(int)answer.StatusCode} {problem}: {what} → {text[..Math.Min(160, text.Length)]}");
        }
        catch (HttpRequestException refused) when (body is { Length: > 1_000_000 } || refused.InnerException is null or IOException or System.Net.Sockets.SocketException || refused.HttpRequestError == HttpRequestError.Unknown)
        {
            // The server hung up on a body it would not read, or the client itself would not send this.
        }
    }

    /// <summary>What is wrong with an answer: a fault, or a refusal that does not say why in the form of its protocol; null where nothing is.</summary>
    internal static string? Problem(HttpResponseMessage answer, string text, string method)
    {
        var status = (int)answer.StatusCode;
        if (status >= 500 && status is not (501 or 503)) return "a fault";
        if (status is 501 or 503 && !text.Contains("\"title\"", StringComparison.Ordinal)) return "no reason";
        if (status < 400 || method is "HEAD" or "TRACE") return null;
        if (status == 400 && !answer.Headers.Contains("X-Content-Type-Options")) return null; // the server itself would not read it as HTTP
        switch (answer.Content.Headers.ContentType?.MediaType)
        {
            case "application/problem+json":
                return JsonNode.Parse(text)?["status"]?.GetValue<int>() == status && JsonNode.Parse(text)?["title"] is not null ? null : "problem details without title or with another status";
            case "application/json":
                return JsonNode.Parse(text)?["error"] is not null ? null : "JSON without an error code";
            case "text/html":
                return text.Contains("<html", StringComparison.OrdinalIgnoreCase) ? null : "an empty page";
            case "text/plain" when text.StartsWith("No OpenAPI document", StringComparison.Ordinal):
                return null; // the framework's own words
            case var other:
                return $"a refusal without a form of its protocol ({other})";
        }
    }
}
