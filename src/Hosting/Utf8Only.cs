using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Identity.Hosting;

/// <summary>
/// Bodies are UTF-8 (RFC 8259, 8.1; the URL standard for forms) or its subset US-ASCII, which some clients name. Any other charset, and a content type that cannot be read, is a 415 here:
/// the framework's own readers would fail on it as if we were broken.
/// </summary>
internal sealed class Utf8Only(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (http.Request.ContentType is not { Length: > 0 } type) return next(http);
        if (!MediaTypeHeaderValue.TryParse(type, out var parsed) || (parsed.Charset.Length > 0 && !IsUtf8(parsed.Charset)))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }
        if (parsed.Charset.StartsWith("\"", StringComparison.Ordinal))
        {
            parsed.Charset = "utf-8"; // quotes mean nothing here, and the reader of JSON does not know them
            http.Request.ContentType = parsed.ToString();
        }
        return next(http);
    }

    private static bool IsUtf8(StringSegment charset)
    {
        var name = HeaderUtilities.RemoveQuotes(charset);
        return name.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || name.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
    }
}
