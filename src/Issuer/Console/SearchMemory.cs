using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Identity.Issuer.Console;

/// <summary>
/// Keeps the words of a search in an encrypted cookie of the session: a name in an address would end up in histories and in the
/// logs of proxies.
/// </summary>
public sealed class SearchMemory(Desk desk, IHttpContextAccessor accessor, IDataProtectionProvider protection)
{
    private const string Cookie = "identity-issuer-search";
    private const int MaxLength = 100;

    private IDataProtector Protector => protection.CreateProtector("console-search", desk.Organisation.Slug, desk.UserName);

    /// <summary>The words, or an empty text.</summary>
    public string Read()
    {
        if (accessor.HttpContext!.Request.Cookies[Cookie] is not { Length: > 0 } text) return "";
        try
        {
            return Protector.Unprotect(text);
        }
        catch (CryptographicException)
        {
            return ""; // Another person's, or older than our keys.
        }
    }

    /// <summary>Keeps new words; empty ones forget the search.</summary>
    public void Write(string? search)
    {
        var words = search?.Trim() ?? "";
        if (words.Length > MaxLength) words = words[..MaxLength];
        if (words.Length == 0) Forget(accessor.HttpContext!);
        else accessor.HttpContext!.Response.Cookies.Append(Cookie, Protector.Protect(words), Options(accessor.HttpContext));
    }

    /// <summary>Forgets the search, at sign-out too.</summary>
    public static void Forget(HttpContext http) => http.Response.Cookies.Delete(Cookie, Options(http));

    private static CookieOptions Options(HttpContext http) =>
        new() { Path = "/console", HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, IsEssential = true };
}
