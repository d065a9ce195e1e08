using System.Net;
using System.Text.RegularExpressions;

namespace Identity.Fuzz.Tests.Http;

/// <summary>Somebody who is signed in to the pages of an app, with a form token that counts.</summary>
internal sealed partial class StaffSession
{
    private readonly CookieContainer _cookies = new();
    private readonly RunningApp _app;
    private readonly string _home;

    private StaffSession(RunningApp app, string home) => (_app, _home) = (app, home);

    /// <summary>Sends the cookies, and the token in the header that stands for the form's field.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Sends the cookies and no token.</summary>
    public HttpClient WithoutToken { get; private set; } = null!;

    /// <param name="app">The app.</param>
    /// <param name="home">The first page; the form to sign in lies below it.</param>
    /// <param name="userName">Who.</param>
    /// <param name="password">The password.</param>
    public static async Task<StaffSession> SignInAsync(RunningApp app, string home, string userName, string password)
    {
        var session = new StaffSession(app, home);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = session._cookies }) { BaseAddress = app.Url };
        var form = await http.GetStringAsync($"{home}/sign-in");
        using var fields = new FormUrlEncodedContent(new Dictionary<string, string> { ["userName"] = userName, ["password"] = password, ["__RequestVerificationToken"] = Token().Match(form).Groups[1].Value });
        var answer = await http.PostAsync($"{home}/sign-in", fields);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        while (answer.StatusCode == HttpStatusCode.Redirect) answer = await http.GetAsync(answer.Headers.Location);
        var first = await answer.Content.ReadAsStringAsync();
        var cookies = session._cookies.GetCookieHeader(app.Url);
        session.WithoutToken = app.Client("Cookie", cookies);
        session.Http = app.Client("Cookie", cookies);
        session.Http.DefaultRequestHeaders.Add("RequestVerificationToken", Token().Match(first).Groups[1].Value);
        return session;
    }

    /// <summary>Whether it still counts: a storm that signed itself out would test nothing more.</summary>
    public async Task<bool> StandsAsync()
    {
        using var answer = await Http.GetAsync(_home);
        return answer.StatusCode == HttpStatusCode.OK || answer.Headers.Location?.OriginalString.Contains("sign-in", StringComparison.Ordinal) == false;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
