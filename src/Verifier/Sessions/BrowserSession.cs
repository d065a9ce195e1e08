using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;

namespace Identity.Verifier.Sessions;

/// <summary>
/// The browser that asks. A random cookie, nothing stored on our side: what was asked remembers the cookie's hash, and its result is
/// given to that browser only. Lax, so that the way back from a wallet on the same device still carries it.
/// </summary>
public static class BrowserSession
{
    /// <summary>Name of the cookie; ports share cookies, so every app has its own.</summary>
    public const string Cookie = "identity-verifier";

    private const int Characters = 43; // 32 bytes in base64url

    /// <summary>The session of this request; sets the cookie where it is absent or not one of ours.</summary>
    public static SessionId Ensure(HttpContext http)
    {
        if (Find(http) is { } known) return known;
        var value = Token.New(32);
        http.Response.Cookies.Append(Cookie, value, new CookieOptions
        {
            HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, Path = "/",
        });
        return SessionId.Of(value);
    }

    /// <summary>The session of this request, or null where there is none.</summary>
    public static SessionId? Find(HttpContext http) =>
        http.Request.Cookies.TryGetValue(Cookie, out var value) && value is { Length: Characters } && Base64Url.TryDecode(value, out _) ? SessionId.Of(value) : null;
}

/// <summary>SHA-256 of a session cookie. Compared in constant time.</summary>
public sealed class SessionId
{
    private readonly byte[] _hash;

    private SessionId(byte[] hash) => _hash = hash;

    /// <summary>The id of a cookie's value.</summary>
    public static SessionId Of(string cookie) => new(SHA256.HashData(Encoding.ASCII.GetBytes(cookie)));

    /// <summary>A digest of a text for this browser alone: what another browser shows never meets it.</summary>
    public string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData([.. _hash, .. Encoding.UTF8.GetBytes(text)]));

    /// <summary>Whether both are the same browser; false for none.</summary>
    public bool Is(SessionId? other) => other is not null && CryptographicOperations.FixedTimeEquals(_hash, other._hash);
}

/// <summary>Unguessable texts: ids, nonces, codes.</summary>
public static class Token
{
    /// <summary>base64url of <paramref name="bytes"/> random bytes.</summary>
    public static string New(int bytes) => Base64Url.Encode(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>Compares two secrets without telling where they differ.</summary>
    public static bool Same(string? given, string expected) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));
}
