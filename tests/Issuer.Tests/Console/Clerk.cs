using System.Net;
using System.Text.RegularExpressions;
using Identity.Issuer.Data;
using Microsoft.AspNetCore.TestHost;

namespace Identity.Issuer.Tests.Console;

/// <summary>A person at the console: keeps cookies like a browser, follows no redirect by itself.</summary>
public sealed partial class Clerk(IssuerFixture issuer)
{
    private readonly CookieContainer _cookies = new();

    public static async Task<Clerk> SignedIn(IssuerFixture issuer, string organisation = IssuerFixture.College, string role = "clerk")
    {
        var clerk = new Clerk(issuer);
        var access = issuer.Service<IssuerSeed>().Access.Single(a => a.Organisation == organisation);
        var (_, userName, password) = access.Staff.Prepend(new DemonstrationStaff("clerk", access.UserName, access.Password)).Single(s => s.Role == role);
        var answer = await clerk.Post("/console/sign-in", ("userName", userName), ("password", password));
        Assert.Equal("/console", answer.Headers.Location?.OriginalString);
        return clerk;
    }

    /// <summary>Somebody with a copy of the cookies as they are now.</summary>
    public Clerk Thief()
    {
        var thief = new Clerk(issuer);
        thief._cookies.Add(_cookies.GetAllCookies());
        return thief;
    }

    /// <summary>Takes a cookie that the server did not set.</summary>
    public void Take(string name, string value) => _cookies.Add(new Uri(IssuerFixture.Url), new Cookie(name, value));

    public Task<HttpResponseMessage> Get(string path, string language = "en") => Send(new HttpRequestMessage(HttpMethod.Get, path), language);

    public async Task<string> Page(string path, string language = "en")
    {
        var answer = await Get(path, language);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Posts a form with a fresh token of the sign-in page or the list.</summary>
    public async Task<HttpResponseMessage> Post(string path, params (string Name, string Value)[] fields)
    {
        var form = await Get("/console/issue");
        var html = await (form.StatusCode == HttpStatusCode.OK ? form : await Get("/console/sign-in")).Content.ReadAsStringAsync();
        return await PostWithout(path, [.. fields, ("__RequestVerificationToken", Token().Match(html).Groups[1].Value)]);
    }

    /// <summary>Posts exactly these fields.</summary>
    public Task<HttpResponseMessage> PostWithout(string path, params (string Name, string Value)[] fields) => Send(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))) }, "en");

    /// <summary>Uploads a file with the fields of its form.</summary>
    public async Task<HttpResponseMessage> PostFile(string path, byte[] file, string name, params (string Name, string Value)[] fields)
    {
        var html = await (await Get(path)).Content.ReadAsStringAsync();
        var form = new MultipartFormDataContent();
        foreach (var (field, value) in fields) form.Add(new StringContent(value), field);
        form.Add(new StringContent(Token().Match(html).Groups[1].Value), "__RequestVerificationToken");
        form.Add(new ByteArrayContent(file), "file", name);
        return await Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = form }, "en");
    }

    public static string TestId(string html, string id) => Regex.Match(html, $"data-testid=\"{Regex.Escape(id)}\"[^>]*>([^<]*)<").Groups[1].Value.Trim();

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request, string language)
    {
        var at = new Uri(new Uri(IssuerFixture.Url), request.RequestUri!);
        request.RequestUri = at;
        request.Headers.Add("Accept-Language", language);
        if (_cookies.GetCookieHeader(at) is { Length: > 0 } cookies) request.Headers.Add("Cookie", cookies);
        var answer = await issuer.App.GetTestClient().SendAsync(request);
        if (answer.Headers.TryGetValues("Set-Cookie", out var set))
            foreach (var one in set) _cookies.SetCookies(at, one);
        return answer;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
