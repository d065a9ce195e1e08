using System.Text.RegularExpressions;
using Identity.Hosting;

namespace Identity.Host.Journey;

/// <summary>A member of staff at Audit's pages: cookies and forms as a browser has them.</summary>
internal sealed partial class DeskBrowser : IDisposable
{
    private readonly HttpClient _http;

    private DeskBrowser(string baseUrl, OwnServices? own) => _http = new HttpClient(Api.Browser(own)) { BaseAddress = new Uri(baseUrl) };

    public static async Task<DeskBrowser> SignInAsync(string baseUrl, OwnServices? own, string userName, string password, CancellationToken ct)
    {
        var browser = new DeskBrowser(baseUrl, own);
        await browser.PostAsync("/desk/sign-in", [new("userName", userName), new("password", password)], ct);
        return browser;
    }

    public async Task<string> GetAsync(string path, CancellationToken ct)
    {
        using var response = await _http.GetAsync(path, ct);
        if (!response.IsSuccessStatusCode) throw new JourneyException($"GET {path} answered {(int)response.StatusCode}.");
        return await response.Content.ReadAsStringAsync(ct);
    }

    public async Task<string> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken ct)
    {
        var token = Token().Match(await GetAsync(path, ct)).Groups[1].Value;
        using var content = new FormUrlEncodedContent([.. fields, new("__RequestVerificationToken", token)]);
        using var response = await _http.PostAsync(path, content, ct);
        if (!response.IsSuccessStatusCode) throw new JourneyException($"POST {path} answered {(int)response.StatusCode}.");
        return await response.Content.ReadAsStringAsync(ct);
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
