using System.Globalization;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Hosting.Pages;

/// <summary>Addresses of the style sheets of an app's pages.</summary>
internal sealed record PageStyles(IReadOnlyList<string> Addresses);

/// <summary>
/// What a person reads who came to a page too often within a minute: how long to wait, and a link to go on. Nothing is looked up for it, so that it costs less than what it holds back.
/// </summary>
internal static class TooManyTries
{
    /// <summary>A browser that shows a page: what a page's script asks, and programs, read problem details.</summary>
    public static bool IsForPerson(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes the page with status 429.</summary>
    public static Task WriteAsync(HttpContext http, int seconds, CancellationToken ct)
    {
        var t = Strings.Pick(http);
        var styles = http.RequestServices.GetService<PageStyles>()?.Addresses ?? [];
        // The page itself, as it is read: what a form sent is typed again.
        var again = QueryString.Create(http.Request.Query.Where(q => q.Key is not "handler"));
        var title = Html(t["common.too_many.title"]);
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync($$"""
            <!doctype html>
            <html lang="{{t.Language}}" dir="{{t.Direction}}">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <meta name="robots" content="noindex">
              <title>{{title}}</title>
              <link rel="icon" href="data:,">
            {{string.Concat(styles.Select(style => $"  <link rel=\"stylesheet\" href=\"{style}\">\n"))}}</head>
            <body class="page">
              <main id="main" class="content">
                <h1>{{title}}</h1>
                <p class="notice warning" role="alert" data-testid="too-many">{{Html(t.Format("common.too_many.text", ("seconds", seconds.ToString(CultureInfo.InvariantCulture))))}}</p>
                <p class="actions"><a class="button primary" href="{{Html(http.Request.PathBase + http.Request.Path + again)}}" data-testid="again">{{Html(t["common.too_many.again"])}}</a></p>
              </main>
            </body>
            </html>

            """, ct);
    }

    private static string Html(string text) => HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All).Encode(text);
}
