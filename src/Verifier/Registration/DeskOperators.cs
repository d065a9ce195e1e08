using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Microsoft.AspNetCore.DataProtection;

namespace Identity.Verifier.Registration;

/// <summary>
/// Who may ask under the desk's registered name: holders of an operator key. A file has one line for each, <c>NAME SHA-256-of-key</c>;
/// the keys are random, so their hash need not be slow. The file is read at every request: a line taken out ends that access.
/// </summary>
public sealed class DeskOperators(VerifierSettings settings, IDataProtectionProvider protection)
{
    /// <summary>The cookie of a signed-in browser.</summary>
    public const string Cookie = "identity-verifier-desk";

    private static readonly TimeSpan Signed = TimeSpan.FromHours(8);
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("desk").ToTimeLimitedDataProtector();

    /// <summary>Makes a key, adds its line to the file and returns the key, which is shown once.</summary>
    public static string Add(string file, string name)
    {
        if (name.Length is 0 or > 40 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) throw new ArgumentException("An operator's name is 1 to 40 letters, digits, - and _.", nameof(name));
        var key = Base64Url.Encode(RandomNumberGenerator.GetBytes(24));
        var known = File.Exists(file) ? File.ReadAllLines(file).Where(line => line.Split(' ')[0] != name) : [];
        PrivateFiles.CreateFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
        PrivateFiles.Write(file, string.Join('\n', known.Append($"{name} {Hash(key)}")) + "\n");
        return key;
    }

    /// <summary>The operator whose key this is, or null.</summary>
    public string? Find(string? key) => key is { Length: > 0 and <= 200 } ? NameOf(Hash(key)) : null;

    /// <summary>The operator of a request: by the key in the header <c>X-Api-Key</c>, or by the cookie of a browser that signed in.</summary>
    public string? Find(HttpContext http)
    {
        if (http.Request.Headers.TryGetValue("X-Api-Key", out var key)) return Find(key.ToString());
        if (!http.Request.Cookies.TryGetValue(Cookie, out var value)) return null;
        try
        {
            // The cookie carries the hash, not the key, and dies with its line.
            return NameOf(_protector.Unprotect(value));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Signs a browser in; false where the key is nobody's.</summary>
    public bool SignIn(HttpContext http, string? key)
    {
        if (Find(key) is null) return false;
        http.Response.Cookies.Append(Cookie, _protector.Protect(Hash(key!), Signed), new CookieOptions
        {
            HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/", MaxAge = Signed,
        });
        return true;
    }

    /// <summary>Signs this browser out.</summary>
    public static void SignOut(HttpContext http) => http.Response.Cookies.Delete(Cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/" });

    private string? NameOf(string hash) => settings.DeskOperators is { } file && File.Exists(file)
        ? File.ReadAllLines(file).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault(parts => parts.Length == 2 && Same(parts[1], hash))?[0]
        : null;

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static bool Same(string left, string right) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(left), Encoding.ASCII.GetBytes(right));
}
