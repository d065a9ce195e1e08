using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using System.Web;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Credentials.Verifiers;
using Identity.TestKit;
using Identity.Wallet.Data;
using Identity.Wallet.Desk;
using Identity.Wallet.Mandates;
using Identity.Wallet.Tests.Holder;
using Identity.Wallet.Verifiers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Identity.Wallet.Tests.Desk;

/// <summary>Two desks as they run, with a real database, an issuer, a registered employer, and a clock that the test moves.</summary>
public sealed class DeskWorld : IAsyncLifetime
{
    /// <summary>Of a person at a desk.</summary>
    public const string Pin = "835142";

    public const string Union = "seafarers", Embassy = "talmara-embassy";
    private readonly Es256Key _authority = Es256Key.Create();
    private readonly Es256Key _employer = Es256Key.Create();
    private readonly string _listUrl = $"http://localhost:{Ports.Free()}";
    private WebApplication _site = null!;
    private string _list = "";
    private long _version;

    /// <summary>Key of the registered employer.</summary>
    public Es256Key Employer => _employer;

    public string Folder { get; } = Directory.CreateTempSubdirectory("desk-tests-").FullName;

    public WebApplication App { get; private set; } = null!;

    public ManualClock Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));

    internal ReceivingIssuer Issuer { get; private set; } = null!;

    public static IEnumerable<string> Desk(int at, string slug, string name, string kind, string site) =>
        [$"--Desks:{at}:Slug={slug}", $"--Desks:{at}:Name={name}", $"--Desks:{at}:Kind={kind}", $"--Desks:{at}:Site={site}", $"--Desks:{at}:Phone=+99 555 0101", $"--Desks:{at}:Demonstration=true"];

    public async Task InitializeAsync()
    {
        _site = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [$"--urls={_listUrl}", "--Logging:LogLevel:Default=None"] }).Build();
        _site.MapGet("/list", () => Results.Text(_list, VerifierList.MediaType));
        await _site.StartAsync();
        Issuer = await ReceivingIssuer.StartAsync();
        Publish("Harbour Yard", "people@harbour-yard.example");
        App = WalletApp.Build(
        [
            "--urls=http://127.0.0.1:0", "--environment=Development", $"--Data:Folder={Folder}", "--PublicUrl=http://localhost:5002", "--Outbound:AllowLoopback=true", "--Outbound:Timeout=00:01:00", "--Logging:LogLevel:Default=None",
            $"--Verifiers:List={_listUrl}/list", $"--Verifiers:Signers:0={_authority.PublicKey.ThumbprintText()}", "--Verifiers:RefreshSeconds=86400", "--Limits:Secrets=1000000", "--Limits:Work=1000000",
            .. Desk(0, Union, "Seafarers and Welders Union", "union", "https://seafarers.example"), .. Desk(1, Embassy, "Embassy of Talmara", "embassy", "https://embassy.talmara.example"),
        ], services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock)));
        await App.StartAsync();
        await LookAsync();
    }

    public async Task DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        await _site.DisposeAsync();
        await Issuer.DisposeAsync();
        _authority.Dispose();
        _employer.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The authority registers an employer of this name for these claims of a diploma, and the wallet's service has its list.</summary>
    public async Task RegisterAsync(string name, string contact, params string[] claims)
    {
        Publish(name, contact, claims);
        await LookAsync();
    }

    /// <summary>The employer's code: shows title, and the name where the person agrees.</summary>
    public string Challenge(ISigner? asker = null)
    {
        var type = TypeDefinition.Find("qualification")!;
        return CompactChallenge.Create(Guid.NewGuid().ToByteArray(), Clock.GetUtcNow().ToUnixTimeSeconds(), type.Vct, [type.Claim("title")!.Key], [type.Claim("holder_name")!.Key], "why", "who", asker ?? _employer, "welder").Text;
    }

    /// <summary>A member of staff, signed in.</summary>
    public async Task<Browser> SignIn(string desk)
    {
        var access = App.Services.GetRequiredService<DeskSeed>().Access.Single(a => a.Desk == desk);
        var browser = Stranger();
        var answer = await browser.PostForm("/desk/sign-in", "/desk/sign-in", ("userName", access.UserName), ("password", access.Password));
        Assert.Equal("/desk", answer.Headers.Location?.OriginalString);
        return browser;
    }

    public Browser Stranger() => new(new Uri(App.Urls.Single()));

    /// <summary>A mandate that a person agreed to at the desk, and sits there.</summary>
    public async Task<Made> Make(Browser staff, string scope = "receive,show,print", int minutes = 240, bool card = false, bool seal = false, string? ownCard = null, string language = "en", string pin = Pin)
    {
        (string, string)[] form = [("language", language), ("minutes", $"{minutes}"), ("card", card ? "yes" : ""), ("atEnd", seal ? "seal" : "erase"), .. scope.Split(',').Select(one => ("scope", one))];
        var read = (await staff.PostForm("/desk/new", "/desk/new", form)).Headers.Location!.OriginalString;
        var agreed = await staff.PostForm(read, read, ("said", "yes"), ("pin", pin), ("again", pin), ("cardText", ownCard ?? ""));
        var slip = await staff.Page(agreed.Headers.Location!.OriginalString);
        string? Of(string what) => Regex.Match(slip, what) is { Success: true } match ? HttpUtility.HtmlDecode(match.Groups[1].Value) : null;
        return new Made(read.Split('/')[3], Of("word-1\">([^<]+)<")!, Of("word-2\">([^<]+)<")!, pin, Of("data-text=\"(IDM:[^\"]+)\"") ?? ownCard);
    }

    public async Task<string> Receive(Browser staff, Made made)
    {
        var page = $"/desk/mandates/{made.Id}/receive";
        return (await staff.PostForm(page, page, ("link", Issuer.OfferLink()))).Headers.Location?.OriginalString ?? "refused";
    }

    /// <summary>A recovery that somebody began; its nine digits.</summary>
    public Task<string> Recovery(bool bySheet, bool byContact = false) => InDb(async db =>
    {
        var (id, number) = (Base64Url.Encode(RandomNumberGenerator.GetBytes(32)), $"{RandomNumberGenerator.GetInt32(100_000_000, 1_000_000_000)}");
        db.Recoveries.Add(new RecoveryRow { Id = id, Number = number, ListId = id, NewKey = id, BySheet = bySheet, ByContact = byContact, CreatedAt = Clock.GetUtcNow(), StopHash = RandomNumberGenerator.GetBytes(32), CodeHash = null });
        await db.SaveChangesAsync();
        return number;
    });

    public async Task<T> InDb<T>(Func<WalletDb, Task<T>> read)
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<WalletDb>());
    }

    public async Task Sweep()
    {
        await using var scope = App.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<EndMandates>().SweepAsync(default);
    }

    private void Publish(string name, string contact, params string[] claims)
    {
        var profile = new VerifierProfile(name, "XN", true, contact, false, [_employer.PublicKey.ThumbprintText()],
            [new VerifierPurpose("welder", new Dictionary<string, string> { ["en"] = "To hire a welder", ["ar"] = "لتوظيف لحّام" }, [new PurposeClaims("urn:identity:qualification:1", claims.Length > 0 ? claims : ["holder_name", "title"])])]);
        var now = Clock.GetUtcNow();
        _list = new VerifierList("https://issuer.example/ministry", "Ministry", ++_version, now, now.AddDays(30), [new ListedVerifier(profile, now.AddDays(300))]).Sign(_authority);
    }

    private async Task LookAsync()
    {
        var problem = await App.Services.GetRequiredService<VerifierListKeeper>().LookAsync(default);
        Assert.Null(problem);
    }
}

/// <summary>A mandate as the person has it.</summary>
public sealed record Made(string Id, string First, string Second, string Pin, string? Card)
{
    public string Home => $"/desk/mandates/{Id}";
}

/// <summary>Cookies and forms as a browser has them.</summary>
public sealed partial class Browser(Uri server)
{
    private readonly CookieContainer _jar = new();

    private HttpClient Http => field ??= new(new SocketsHttpHandler { CookieContainer = _jar, AllowAutoRedirect = false }) { BaseAddress = server };

    public CookieCollection Cookies => _jar.GetAllCookies();

    public void Put(Cookie cookie) => _jar.Add(server, cookie);

    public Task<HttpResponseMessage> Get(string path) => Http.GetAsync(new Uri(path, UriKind.Relative));

    public async Task<string> Page(string path)
    {
        var answer = await Get(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {(int)answer.StatusCode} {answer.Headers.Location} {text}");
        return text;
    }

    public async Task<string> Token(string page) => TokenField().Match(await Page(page)).Groups[1].Value;

    public async Task<HttpResponseMessage> PostForm(string page, string path, params (string, string)[] fields) => await Post(path, await Token(page), fields);

    public Task<HttpResponseMessage> Post(string path, string? token, params (string, string)[] fields) => Http.PostAsync(new Uri(path, UriKind.Relative),
        new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2)), .. token is null ? [] : new[] { KeyValuePair.Create("__RequestVerificationToken", token) }]));

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
