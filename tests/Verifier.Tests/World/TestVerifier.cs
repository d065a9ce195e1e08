using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Credentials.Verifiers;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Identity.Verifier.Registration;
using Identity.Verifier.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Identity.Verifier.Tests.World;

/// <summary>The real Verifier on a loopback port with a hand-written ledger and clock; browsers and wallets come over HTTP.</summary>
public sealed class TestVerifier : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private TestVerifier(WebApplication app, string folder, string url) => (_app, _folder, Url) = (app, folder, url);

    public string Url { get; }

    public required FakeClock Clock { get; init; }

    public required TestLedger Ledger { get; init; }

    public IServiceProvider Services => _app.Services;

    public string Folder => _folder;

    public static async Task<TestVerifier> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("verifier-test-").FullName;
        var url = $"http://localhost:{Ports.Free()}";
        var clock = new FakeClock();
        var ledger = new TestLedger(clock);
        var operators = Path.Combine(folder, "operators");
        var key = DeskOperators.Add(operators, "tester");
        AskingIdentities? identities = null;
        var app = VerifierApp.Build(
        [
            .. Defaults(url, folder), "--Verifier:Desk:Name=Test desk", $"--Verifier:Desk:Operators={operators}", .. settings,
        ], services =>
        {
            Exchange(services, clock, ledger);
            services.RemoveAll<RegistrationSource>();
            services.AddSingleton(new RegistrationSource(() => Registered(identities!), key => [.. Registered(identities!).Where(found => found.Registration.Profile.Keys.Contains(key))]));
        });
        identities = app.Services.GetRequiredService<AskingIdentities>();
        await app.StartAsync();
        return new TestVerifier(app, folder, url) { OperatorKey = key, Clock = clock, Ledger = ledger };
    }

    public static string[] Defaults(string url, string folder) =>
    [
        $"--urls={url}", "--environment=Development", $"--PublicUrl={url}", $"--Data:Folder={folder}", "--Outbound:AllowLoopback=true",
        "--Ledger:Rpc=http://127.0.0.1:9", "--Ledger:Contract=0x00000000000000000000000000000000000000aa", "--Ledger:ChainId=31337",
        "--Limits:work=100000", "--Limits:fetches=100000", "--Limits:secrets=100000", "--Logging:LogLevel:Default=Warning",
        "--Verifier:Wallets:0:Name=Test wallet", "--Verifier:Wallets:0:Url=http://localhost:5002/",
    ];

    /// <summary>Opens the desk, whose registration covers every claim of every type under the purpose <c>all</c>.</summary>
    public required string OperatorKey { get; init; }

    private static IReadOnlyList<(VerifierRegistration Registration, string Authority)> Registered(AskingIdentities identities)
    {
        var desk = identities.Desk!;
        var profile = new VerifierProfile("Test desk", "XN", true, "desk@example.org", false, [desk.RequestKey, desk.ChallengeKey],
        [
            new("all", new Dictionary<string, string> { ["en"] = "To test everything" }, [.. TypeDefinition.All.Select(type => new PurposeClaims(type.Vct, [.. type.Claims.Select(claim => claim.Name)]))]),
            new("title", new Dictionary<string, string> { ["en"] = "To see a title" }, [new("urn:identity:qualification:1", ["title"])]),
        ]);
        return [(new VerifierRegistration(1, profile.Id(), profile, new byte[32], FakeClock.Begin, FakeClock.Begin.AddDays(30), null), "Talmara Ministry of Interior")];
    }

    /// <summary>A browser with its own cookies.</summary>
    public HttpClient Browser() => new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = new Uri(Url) };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal static void Exchange(IServiceCollection services, FakeClock clock, TestLedger ledger, bool keepClock = false)
    {
        services.RemoveAll<LedgerSource>();
        services.AddSingleton(new LedgerSource(ledger));
        services.RemoveAll<PackSource>();
        services.AddSingleton(new PackSource(_ => ledger.Packed()));
        if (!keepClock)
        {
            services.RemoveAll<TimeProvider>();
            services.AddSingleton<TimeProvider>(clock);
        }
        // Packs are made when a test says so.
        foreach (var worker in services.Where(s => s.ServiceType == typeof(IHostedService) && (s.ImplementationType == typeof(PackWorker) || s.ImplementationType?.Namespace?.StartsWith("Identity.Ledger", StringComparison.Ordinal) == true)).ToList())
            services.Remove(worker);
    }
}

/// <summary>What a wallet does with a request, with the knobs that attacks turn.</summary>
public sealed class TestWallet(HttpClient http)
{
    /// <summary>Fetches and opens the signed request of a link.</summary>
    public async Task<JsonObject> FetchAsync(string requestUri)
    {
        var response = await http.GetAsync(requestUri);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/oauth-authz-req+jwt", response.Content.Headers.ContentType?.MediaType);
        Assert.True(Jws.TryParse(await response.Content.ReadAsStringAsync(), out var jws, out var reason), reason);
        return jws.Payload;
    }

    /// <summary>Sends an encrypted answer.</summary>
    public Task<HttpResponseMessage> AnswerAsync(JsonObject request, JsonObject vpToken, string enc = "A128GCM", bool withState = true, Jwk? otherKey = null)
    {
        var payload = new JsonObject { ["vp_token"] = vpToken };
        if (withState) payload["state"] = request["state"]!.GetValue<string>();
        return PostJweAsync(request, payload, enc, otherKey);
    }

    public Task<HttpResponseMessage> PostJweAsync(JsonObject request, JsonObject payload, string enc = "A128GCM", Jwk? otherKey = null)
    {
        Assert.True(Jwk.TryParse(request["client_metadata"]!["jwks"]!["keys"]![0], out var key, out var reason), reason);
        var jwe = Jwe.Encrypt(Encoding.UTF8.GetBytes(payload.ToJsonString()), otherKey ?? key, enc, System.Security.Cryptography.RandomNumberGenerator.Fill);
        return PostAsync(request, new() { ["response"] = jwe });
    }

    /// <summary>Sends any form.</summary>
    public Task<HttpResponseMessage> PostAsync(JsonObject request, Dictionary<string, string> form) =>
        http.PostAsync(request["response_uri"]!.GetValue<string>(), new FormUrlEncodedContent(form));
}

public static class HttpShorthand
{
    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonObject>())!;

    /// <summary>Posts a body once the server has said that it wants it (RFC 9110 section 10.1.1): who sends unasked more than the server reads may lose the connection before it sees the answer.</summary>
    public static Task<HttpResponseMessage> PostWhenWantedAsync(this HttpClient http, string path, HttpContent body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body };
        request.Headers.ExpectContinue = true;
        return http.SendAsync(request);
    }

    public static async Task<JsonObject> PostJsonAsync(this HttpClient http, string path, JsonObject body, HttpStatusCode expected)
    {
        var response = await http.PostAsync(path, JsonContent.Create(body));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        return (JsonObject)JsonNode.Parse(text)!;
    }
}
