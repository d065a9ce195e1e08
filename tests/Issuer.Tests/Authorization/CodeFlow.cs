using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Jose;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Authorization;

/// <summary>A wallet in the code flow, and the steps of it that a test may take one by one.</summary>
internal sealed class CodeFlow(IssuerFixture issuer, JsonObject prepared)
{
    public const string Client = "https://wallet.example", Redirect = "https://wallet.example/cb";

    public string Verifier { get; } = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));

    public string Challenge => Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public JsonObject Prepared => prepared;

    public async Task<string> IssuerState() => (await issuer.Offer(prepared))["grants"]!["authorization_code"]!["issuer_state"]!.GetValue<string>();

    public async Task<Dictionary<string, string>> Form() => new()
    {
        ["response_type"] = "code", ["client_id"] = Client, ["redirect_uri"] = Redirect, ["code_challenge"] = Challenge, ["code_challenge_method"] = "S256",
        ["state"] = "s t&=1", ["scope"] = "qualification qualification-compact", ["issuer_state"] = await IssuerState(),
    };

    public Task<HttpResponseMessage> Push(Dictionary<string, string> form, string? dpop = null, string organisation = College) => Post($"/{organisation}/par", form, dpop);

    public async Task<string> Pushed(Action<Dictionary<string, string>>? change = null)
    {
        var form = await Form();
        change?.Invoke(form);
        var answer = await Push(form);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await Json(answer))["request_uri"]!.GetValue<string>();
    }

    public static string Page(string requestUri, string client = Client) => $"/{College}/authorize?client_id={Uri.EscapeDataString(client)}&request_uri={Uri.EscapeDataString(requestUri)}";

    /// <summary>The parameters of the redirect after the person typed the right code.</summary>
    public async Task<Dictionary<string, string>> Granted(Action<Dictionary<string, string>>? change = null)
    {
        var page = Page(await Pushed(change));
        var browser = new Browser(issuer.Http);
        await browser.Get(page);
        return Answer(await browser.Post(page, ("code", TxCode(prepared)), ("act", "give")));
    }

    public static Dictionary<string, string> Answer(HttpResponseMessage redirect)
    {
        Assert.Equal(HttpStatusCode.SeeOther, redirect.StatusCode);
        var address = redirect.Headers.GetValues("Location").Single();
        Assert.StartsWith(Redirect, address);
        return address[(address.IndexOfAny(['?', '#']) + 1)..].Split('&').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1]));
    }

    public Task<HttpResponseMessage> Token(string code, Action<Dictionary<string, string>>? change = null, string? dpop = null)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "authorization_code", ["code"] = code, ["client_id"] = Client, ["redirect_uri"] = Redirect, ["code_verifier"] = Verifier };
        change?.Invoke(form);
        return Post($"/{College}/token", form, dpop);
    }

    public Task<HttpResponseMessage> Post(string path, Dictionary<string, string> form, string? dpop = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
        if (dpop is not null) request.Headers.TryAddWithoutValidation("DPoP", dpop);
        return issuer.Http.SendAsync(request);
    }
}

/// <summary>A browser without scripts: keeps cookies, sends forms as the page has them.</summary>
internal sealed class Browser(HttpClient http)
{
    private readonly Dictionary<string, string> _cookies = [];
    private string _token = "";

    public string Html { get; private set; } = "";

    public async Task<HttpResponseMessage> Get(string path) => await Send(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<HttpResponseMessage> Post(string path, params (string, string)[] fields) => PostWith(_token, path, fields);

    public async Task<HttpResponseMessage> PostWith(string token, string path, params (string Name, string Value)[] fields)
    {
        var form = fields.Select(f => KeyValuePair.Create(f.Name, f.Value)).Append(KeyValuePair.Create("__RequestVerificationToken", token));
        return await Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) });
    }

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request)
    {
        if (_cookies.Count > 0) request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}")));
        var answer = await http.SendAsync(request);
        if (answer.Headers.TryGetValues("Set-Cookie", out var set))
            foreach (var cookie in set.Select(c => c.Split(';')[0].Split('=', 2))) _cookies[cookie[0]] = cookie[1];
        Html = await answer.Content.ReadAsStringAsync();
        if (Regex.Match(Html, "name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"") is { Success: true } found) _token = found.Groups[1].Value;
        return answer;
    }
}

/// <summary>Makes DPoP proofs, good ones until a test changes them.</summary>
internal sealed class DpopKey(IssuerFixture issuer, ISigner? key = null)
{
    public ISigner Key { get; } = key ?? Es256Key.Create();

    public string Thumbprint => Key.PublicKey.ThumbprintText();

    public async Task<string> Nonce() => (await issuer.Http.PostAsync($"/{College}/nonce", null)).Headers.GetValues("DPoP-Nonce").Single();

    public async Task<string> Proof(string endpoint, string? token = null, Action<JsonObject>? header = null, Action<JsonObject>? payload = null, ISigner? signer = null)
    {
        var h = new JsonObject { ["typ"] = "dpop+jwt", ["jwk"] = Key.PublicKey.ToJson() };
        var p = new JsonObject
        {
            ["jti"] = Base64Url.Encode(RandomNumberGenerator.GetBytes(12)), ["htm"] = "POST", ["htu"] = $"{Url}/{College}/{endpoint}",
            ["iat"] = issuer.Clock.GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = await Nonce(),
        };
        if (token is not null) p["ath"] = Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        header?.Invoke(h);
        payload?.Invoke(p);
        return Jws.Sign(h, p, signer ?? Key);
    }
}
