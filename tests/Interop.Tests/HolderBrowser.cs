using System.Net;
using System.Text.RegularExpressions;

namespace Identity.Interop.Tests;

/// <summary>A person at the organisation's page, in a browser without scripts: one visit, one answer.</summary>
internal static partial class HolderBrowser
{
    /// <summary>Opens the page, types the collection code and agrees, or does not; gives the address that the browser is sent to.</summary>
    /// <param name="page">As the wallet names it.</param>
    /// <param name="code">The collection code; null says no.</param>
    public static async Task<string> AnswerAsync(string page, string? code)
    {
        using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false, UseProxy = false });
        var html = await http.GetStringAsync(page);
        var form = new Dictionary<string, string> { ["act"] = code is null ? "deny" : "give", ["code"] = code ?? "", ["__RequestVerificationToken"] = Token().Match(html).Groups[1].Value };
        using var answer = await http.PostAsync(page, new FormUrlEncodedContent(form));
        Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, await answer.Content.ReadAsStringAsync());
        return answer.Headers.GetValues("Location").Single(); // as it came: not parsed and written again
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
