using System.Globalization;

namespace Identity.Credentials;

/// <summary>Times as all JSON of these services has them.</summary>
public static class Rfc3339
{
    /// <summary>RFC 3339 in UTC, to the second: <c>2026-11-20T10:17:33Z</c>.</summary>
    public static string ToRfc3339(this DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
