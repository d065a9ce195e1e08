using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Audit.Bundles;
using Identity.Audit.Counts;
using Identity.Audit.Data;
using Identity.Audit.Vouchers;
using Identity.Credentials.Contracts;
using Identity.Credentials.Jose;
using Identity.Credentials.Verdicts;
using Identity.TestKit;
using Identity.Wallet.Holder;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Identity.Audit.Tests;

/// <summary>Audit as it runs, in process, with a real SQLite file, its own keys and a clock that the test moves. The ledger is one that the test writes by hand.</summary>
public sealed class AuditFixture : IAsyncLifetime
{
    public const string Url = "http://localhost:5004";
    public const string Brand = "northline", OtherBrand = "southline", Union = "garment-union";
    public const string Engagement = "site-14", OtherEngagement = "site-9";
    public const string Site = "SITE-14", OtherSite = "SITE-9";

    private readonly string _folder = Directory.CreateTempSubdirectory("audit-tests-").FullName;

    public WebApplication App { get; private set; } = null!;

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 11, 20, 10, 17, 33, TimeSpan.Zero));

    public HttpClient Http { get; private set; } = null!;

    public TestLedger Ledger { get; } = new();

    public CountingHasher<AuditUser> Hasher { get; } = new();

    public string Folder => _folder;

    public static string[] Settings(string folder) =>
    [
        "--environment=Development", $"--PublicUrl={Url}", $"--Data:Folder={folder}", "--Wallet:Url=http://localhost:5002",
        "--Ledger:Rpc=http://127.0.0.1:1", "--Ledger:Contract=0x5FbDB2315678afecb367f032d93F642f64180aa3", "--Ledger:ChainId=31337", "--Counts:Every=365.00:00:00",
        "--Limits:Secrets=1000000", "--Limits:Work=1000000", "--Logging:LogLevel:Default=None",
        $"--Organisations:0:Slug={Brand}", "--Organisations:0:Name=Northline Apparel", "--Organisations:0:Role=Auditor", "--Organisations:0:Demonstration=true",
        $"--Organisations:1:Slug={OtherBrand}", "--Organisations:1:Name=Southline Apparel", "--Organisations:1:Role=Auditor", "--Organisations:1:Demonstration=true",
        $"--Organisations:2:Slug={Union}", "--Organisations:2:Name=Garment Workers’ Union", "--Organisations:2:Role=Union", "--Organisations:2:Demonstration=true",
        $"--Sites:0:Code={Site}", "--Sites:0:Name=Site 14", $"--Sites:1:Code={OtherSite}", "--Sites:1:Name=Site 9",
        $"--Engagements:0:Slug={Engagement}", $"--Engagements:0:Organisation={Brand}", "--Engagements:0:Purpose=Contracts at Site 14, 2026", $"--Engagements:0:Sites:0={Site}", "--Engagements:0:Until=2027-06-30T00:00:00Z",
        $"--Engagements:1:Slug={OtherEngagement}", $"--Engagements:1:Organisation={OtherBrand}", "--Engagements:1:Purpose=Contracts at Site 9", $"--Engagements:1:Sites:0={OtherSite}", "--Engagements:1:Until=2027-06-30T00:00:00Z",
    ];

    public async Task InitializeAsync()
    {
        App = AuditApp.Build(Settings(_folder), builder =>
        {
            builder.WebHost.UseTestServer();
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            builder.Services.Replace(ServiceDescriptor.Singleton<ILedgerView>(Ledger));
            builder.Services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<AuditUser>>(Hasher));
        });
        await App.StartAsync();
        Http = App.GetTestClient();
        Http.BaseAddress = new Uri(Url);
    }

    public async Task DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task<T> InScope<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    public Task<T> InDb<T>(Func<AuditDb, Task<T>> read) => InScope(services => read(services.GetRequiredService<AuditDb>()));

    public Task<IReadOnlyList<string>> Codes(int count, string site = Site) =>
        InScope(s => s.GetRequiredService<MakeVouchers>().RunAsync(s.GetRequiredService<AuditSettings>().FindSite(site)!, count, default));

    public Task Publish() => InScope(async s =>
    {
        await s.GetRequiredService<CountSites>().PublishAsync(s.GetRequiredService<AuditSettings>().Sites, default);
        return true;
    });

    public async Task<int> Count(string stage = "", string site = Site) => (await InScope(s => s.GetRequiredService<CountSites>().OfAsync(site, default)))!.Value.Counts.Single(c => c.Stage == stage).AtLeast;

    public Task<HttpResponseMessage> Record(string request) => Http.PostAsJsonAsync("/api/records", new { record = request });

    public Task<HttpResponseMessage> Record(string code, Es256Key enrolment, ContractCopy copy) => Record(KeepContracts.RecordRequest(Url, code, enrolment, copy));

    /// <summary>A worker with a code who records an offer and a contract on arrival, both anchored.</summary>
    public async Task<Worker> Worker(Action<Dictionary<string, string>>? arrival = null, string site = Site, bool anchored = true)
    {
        var worker = new Worker((await Codes(1, site))[0], Es256Key.Create(), ContractCopy.Of(Terms.Record("offer", site)), ContractCopy.Of(Terms.Record("arrival", site, arrival)));
        foreach (var copy in worker.Copies)
        {
            Assert.Equal(HttpStatusCode.OK, (await Record(worker.Code, worker.Enrolment, copy)).StatusCode);
            if (anchored) Ledger.Anchor(copy.Commitment, Clock.GetUtcNow());
        }
        return worker;
    }

    public async Task<EngagementOffer> Offer(string slug = Engagement)
    {
        var json = JsonNode.Parse(await Http.GetStringAsync($"/api/engagements/{slug}"))!.AsObject();
        Assert.True(Jwk.TryParse(json["key"], out var key, out _));
        return KeepContracts.Read(json, $"{Url}/api/engagements/{slug}", key.ThumbprintText()).Offer!;
    }

    public Task<HttpResponseMessage> Send(JsonObject body, string slug = Engagement) => Http.PostAsJsonAsync($"/api/engagements/{slug}/bundles", body);

    public async Task<ShownBundle> Show(IReadOnlyList<ContractCopy> copies)
    {
        var offer = await Offer();
        var (body, shown) = KeepContracts.Bundle(offer, copies, Clock.GetUtcNow(), offer.Until);
        var answer = await Send(body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return shown;
    }

    /// <summary>A browser that is signed in.</summary>
    public async Task<Browser> SignIn(string organisation)
    {
        var access = App.Services.GetRequiredService<AuditSeed>().Access.Single(a => a.Organisation == organisation);
        var browser = new Browser(App.GetTestServer().CreateHandler());
        var answer = await browser.PostForm("/desk/sign-in", "/desk/sign-in", ("userName", access.UserName), ("password", access.Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    public static async Task<string> Error(HttpResponseMessage answer, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        return (string?)JsonNode.Parse(text)!["error"] ?? "";
    }
}

/// <summary>Fictional terms.</summary>
internal static class Terms
{
    public static ContractRecord Record(string stage, string site = AuditFixture.Site, Action<Dictionary<string, string>>? change = null)
    {
        var terms = new Dictionary<string, string>
        {
            ["stage"] = stage, ["given_by"] = stage == "offer" ? "agency" : "employer", ["given_on"] = stage == "offer" ? "2026-02-10" : "2026-04-02", ["site"] = site,
            ["employer"] = "Site 14 Garments", ["agency"] = "Sunline Recruitment", ["job"] = "Sewing machine operator", ["wage"] = "450", ["wage_currency"] = "XND", ["wage_period"] = "month",
            ["hours_per_day"] = "8", ["days_per_week"] = "6", ["housing"] = "provided", ["documents"] = "worker", ["fees"] = "0", ["fees_currency"] = "XND",
        };
        change?.Invoke(terms);
        Assert.True(ContractRecord.TryMake(terms, out var record, out var reason), reason);
        return record;
    }

    public static void Substituted(Dictionary<string, string> terms)
    {
        (terms["wage"], terms["fees"], terms["documents"], terms["hours_per_day"]) = ("380", "600", "employer", "10");
    }
}

/// <summary>A person with a code and two versions.</summary>
public sealed record Worker(string Code, Es256Key Enrolment, ContractCopy Offer, ContractCopy Arrival)
{
    public IReadOnlyList<ContractCopy> Copies => [Offer, Arrival];
}

/// <summary>A ledger that a test writes by hand.</summary>
public sealed class TestLedger : ILedgerView
{
    private readonly ConcurrentDictionary<string, AnchorEvidence> _entries = new();

    public AnchorEvidence? FindEntry(byte[] entry) => _entries.GetValueOrDefault(Convert.ToHexString(entry));

    public void Anchor(byte[] entry, DateTimeOffset at, bool trusted = true) => _entries[Convert.ToHexString(entry)] = new AnchorEvidence(
        "localhost:5004/log", _entries.Count, _entries.Count + 1, new string('a', 64), true, at, 7, "0x" + new string('b', 64), "0x" + new string('c', 40), 31337, trusted);
}

/// <summary>Cookies and forms as a browser has them.</summary>
public sealed partial class Browser(HttpMessageHandler server, CookieContainer? cookies = null)
{
    private readonly CookieContainer _jar = cookies ?? new();

    private HttpClient Http => field ??= new(new Cookies(server, _jar)) { BaseAddress = new Uri(AuditFixture.Url) };

    /// <summary>Somebody with a copy of the cookies as they are now.</summary>
    public Browser Thief()
    {
        var copied = new CookieContainer();
        copied.Add(_jar.GetAllCookies());
        return new Browser(server, copied);
    }

    public Task<HttpResponseMessage> Get(string path) => Http.GetAsync(path);

    public async Task<string> Page(string path)
    {
        var answer = await Get(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    public async Task<HttpResponseMessage> PostForm(string page, string path, params (string, string)[] fields)
    {
        var token = TokenField().Match(await Page(page)).Groups[1].Value;
        return await Http.PostAsync(path, new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2)), KeyValuePair.Create("__RequestVerificationToken", token)]));
    }

    /// <summary>Sends a body that no form of the page sends, with the page's token.</summary>
    public async Task<HttpStatusCode> SendOdd(HttpMethod method, string page, HttpContent content)
    {
        var token = TokenField().Match(await Page(page)).Groups[1].Value;
        using var request = new HttpRequestMessage(method, page) { Content = content, Headers = { { "RequestVerificationToken", token } } };
        return (await Http.SendAsync(request)).StatusCode;
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();

    private sealed class Cookies(HttpMessageHandler inner, CookieContainer jar) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (jar.GetCookieHeader(request.RequestUri!) is { Length: > 0 } cookies) request.Headers.Add("Cookie", cookies);
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.Headers.TryGetValues("Set-Cookie", out var set)) foreach (var cookie in set) jar.SetCookies(request.RequestUri!, cookie);
            return answer;
        }
    }
}
