using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Identity.Issuer.Tests;

/// <summary>The Issuer as it runs, in process, with a real SQLite file (or, with IDENTITY_TEST_DATABASE=postgresql, a real PostgreSQL), its own keys and a clock that the test moves. No ledger node: issuing must go on without one.</summary>
public sealed class IssuerFixture : IAsyncLifetime
{
    public const string Url = "http://localhost:5001";
    public const string College = "port-selin", Ministry = "talmara-interior", Shipyard = "harbour-yard", Centre = "norvia-recognition";

    private readonly string _folder = Directory.CreateTempSubdirectory("issuer-tests-").FullName;

    public WebApplication App { get; private set; } = null!;

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 11, 20, 10, 17, 33, TimeSpan.Zero));

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Puts a test's own service in the place of another.</summary>
    public Action<IServiceCollection>? Replace { get; init; }

    /// <summary>Settings of a test's own, in place of the same ones here.</summary>
    public string[] More { get; init; } = [];

    /// <summary>The machine's time instead of the one that the test moves: for what waits for a real node.</summary>
    public bool RealTime { get; init; }

    public string Folder => _folder;

    /// <summary>Signs attestations of the recovery services that this issuer trusts: one without desks, one with.</summary>
    public static Es256Key RecoveryKey { get; } = Es256Key.Create();

    public const string RecoveryService = "https://wallet.example", RecoveryDesk = "https://desk.example";

    public static string[] Settings(string folder) =>
    [
        $"--Recovery:Services:0:Issuer={RecoveryService}", $"--Recovery:Services:0:Keys:0={RecoveryKey.PublicKey.ThumbprintText()}",
        $"--Recovery:Services:1:Issuer={RecoveryDesk}", $"--Recovery:Services:1:Keys:0={RecoveryKey.PublicKey.ThumbprintText()}", "--Recovery:Services:1:Desks=true",
        "--environment=Development", $"--PublicUrl={Url}", $"--Data:Folder={folder}", "--Wallet:Url=http://localhost:5002",
        "--Ledger:Rpc=http://127.0.0.1:1", "--Ledger:Contract=0x5FbDB2315678afecb367f032d93F642f64180aa3", "--Ledger:ChainId=31337",
        "--Limits:Secrets=1000000", "--Limits:Work=1000000", "--Bulk:Chunk=200", "--Logging:LogLevel:Default=None",
        $"--Organisations:0:Slug={College}", "--Organisations:0:Name=Port Selin Technical College", "--Organisations:0:Country=XT", "--Organisations:0:Demonstration=true",
        "--Organisations:0:Types:0=qualification", "--Organisations:0:Types:1=training",
        $"--Organisations:1:Slug={Ministry}", "--Organisations:1:Name=Talmara Ministry of Interior", "--Organisations:1:Country=XT", "--Organisations:1:Demonstration=true",
        "--Organisations:1:Types:0=person",
        $"--Organisations:2:Slug={Shipyard}", "--Organisations:2:Name=Harbour Yard", "--Organisations:2:Country=XN", "--Organisations:2:Demonstration=true",
        "--Organisations:2:Types:0=employment-reference", "--Organisations:2:Types:1=training",
        $"--Organisations:3:Slug={Centre}", "--Organisations:3:Name=Norvia Recognition Centre", "--Organisations:3:Country=XN", "--Organisations:3:Demonstration=true",
        "--Organisations:3:Types:0=recognition",
    ];

    /// <summary>The setting that names the database of this run; none for SQLite.</summary>
    public static async Task<string[]> DatabaseAsync() => Environment.GetEnvironmentVariable("IDENTITY_TEST_DATABASE") is "postgresql"
        ? [$"--ConnectionStrings:Issuer={await PostgresServer.NewDatabaseAsync()}"] : [];

    public async Task InitializeAsync()
    {
        App = Build([.. Settings(_folder), .. await DatabaseAsync(), .. More], RealTime ? null : Clock, Replace);
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

    internal static WebApplication Build(string[] settings, TimeProvider? clock = null, Action<IServiceCollection>? replace = null) => IssuerApp.Build(settings, builder =>
    {
        builder.WebHost.UseTestServer();
        if (clock is not null) builder.Services.Replace(ServiceDescriptor.Singleton(clock));
        replace?.Invoke(builder.Services);
    });

    public T Service<T>() where T : notnull => App.Services.GetRequiredService<T>();

    public async Task<TResult> InDb<TResult>(Func<IssuerDb, Task<TResult>> read)
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<IssuerDb>());
    }

    public string ApiKey(string organisation) => Service<IssuerSeed>().Access.Single(a => a.Organisation == organisation).ApiKey;

    public string ApproverKey(string organisation) => Service<IssuerSeed>().Access.Single(a => a.Organisation == organisation).ApproverKey;

    public Task<HttpResponseMessage> Api(HttpMethod method, string organisation, string path, JsonNode? body = null, string? key = null) =>
        Ask(method, $"/api/{organisation}/credentials{path}", key ?? ApiKey(organisation), body);

    /// <summary>A new key of the API with the administrator's role, or others.</summary>
    public Task<string> NewApiKey(string organisation, StaffRoles roles = StaffRoles.Admin) => InDb(async db =>
    {
        var key = Management.ApiKeys.Create();
        await Management.ApiKeys.AddAsync(db, key, organisation, "test", roles, Clock.GetUtcNow());
        await db.SaveChangesAsync();
        return key;
    });

    public async Task<HttpResponseMessage> Ask(HttpMethod method, string path, string key, JsonNode? body = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Api-Key", key);
        if (body is not null) request.Content = JsonContent.Create(body);
        return await Http.SendAsync(request);
    }

    /// <summary>The request that waits for a second person.</summary>
    public async Task<string> Asked(string organisation, string id) => (string?)(await Json(await Api(HttpMethod.Get, organisation, "/" + id, key: ApproverKey(organisation))))["asked"] ?? "nothing";

    /// <summary>A second person looks, and agrees to what waits.</summary>
    public async Task<HttpResponseMessage> Approve(string organisation, string id, string? key = null) =>
        await Api(HttpMethod.Post, organisation, $"/{id}/approval?asked={await Asked(organisation, id)}", key: key ?? ApproverKey(organisation));

    /// <summary>A second person looks, and does not agree.</summary>
    public async Task<HttpResponseMessage> Return(string organisation, string id, string reason, string? key = null) =>
        await Api(HttpMethod.Post, organisation, $"/{id}/return?asked={await Asked(organisation, id)}", new JsonObject { ["reason"] = reason }, key ?? ApproverKey(organisation));

    public static JsonObject Diploma(string name = "Amina Okoye-Reyes") => new()
    {
        ["holder_name"] = name, ["holder_name_native"] = "أمينة أوكوي رييس", ["title"] = "Welding Technician", ["kind"] = "diploma", ["occupation"] = "7212",
        ["level_eqf"] = 4, ["awarded_on"] = "2024-06-30", ["awarding_body"] = "Port Selin Technical College", ["awarding_country"] = "XT", ["origin"] = "original",
    };

    private int _prepared;

    public async Task<JsonObject> Prepare(JsonObject? claims = null, string organisation = College, string type = "qualification", string? reference = null)
    {
        reference ??= $"D-2024-118-{Interlocked.Increment(ref _prepared)}";
        var answer = await Api(HttpMethod.Post, organisation, "", new JsonObject { ["type"] = type, ["reference"] = reference, ["claims"] = claims ?? Diploma() });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await Json(answer);
    }

    /// <summary>The offer as the wallet reads it.</summary>
    public async Task<JsonObject> Offer(JsonObject prepared)
    {
        var link = prepared["offer"]!["link"]!.GetValue<string>();
        var uri = Uri.UnescapeDataString(Regex.Match(link, "credential_offer_uri=(.*)$").Groups[1].Value);
        var answer = await Http.GetAsync(uri);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await Json(answer);
    }

    public static string Code(JsonObject offer) => offer["grants"]!["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["pre-authorized_code"]!.GetValue<string>();

    public static string TxCode(JsonObject prepared) => prepared["offer"]!["txCode"]!.GetValue<string>();

    public Task<HttpResponseMessage> Token(string? code, string? txCode, string organisation = College, params (string, string)[] more)
    {
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "urn:ietf:params:oauth:grant-type:pre-authorized_code") };
        if (code is not null) form.Add(new("pre-authorized_code", code));
        if (txCode is not null) form.Add(new("tx_code", txCode));
        form.AddRange(more.Select(m => new KeyValuePair<string, string>(m.Item1, m.Item2)));
        return Http.PostAsync($"/{organisation}/token", new FormUrlEncodedContent(form));
    }

    public async Task<string> AccessToken(JsonObject prepared, string organisation = College)
    {
        var answer = await Token(Code(await Offer(prepared)), TxCode(prepared), organisation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await Json(answer))["access_token"]!.GetValue<string>();
    }

    public async Task<string> Nonce(string organisation = College) => (await Json(await Http.PostAsync($"/{organisation}/nonce", null)))["c_nonce"]!.GetValue<string>();

    public string Proof(ISigner key, string nonce, string organisation = College, Action<JsonObject>? header = null, Action<JsonObject>? payload = null)
    {
        var h = new JsonObject { ["typ"] = "openid4vci-proof+jwt", ["alg"] = key.Algorithm, ["jwk"] = key.PublicKey.ToJson() };
        var p = new JsonObject { ["aud"] = $"{Url}/{organisation}", ["iat"] = (RealTime ? TimeProvider.System : Clock).GetUtcNow().ToUnixTimeSeconds(), ["nonce"] = nonce };
        header?.Invoke(h);
        payload?.Invoke(p);
        return Jws.Sign(h, p, key);
    }

    public static JsonObject Request(IEnumerable<string> proofs, string configuration = "qualification") => new()
    {
        ["credential_configuration_id"] = configuration,
        ["proofs"] = new JsonObject { ["jwt"] = new JsonArray([.. proofs.Select(p => (JsonNode)JsonValue.Create(p))]) },
    };

    public Task<HttpResponseMessage> Credential(string token, JsonNode request, string organisation = College) => Credential(token, JsonContent.Create(request), organisation);

    public Task<HttpResponseMessage> Credential(string token, HttpContent content, string organisation = College)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, $"/{organisation}/credential") { Content = content };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return Http.SendAsync(message);
    }

    /// <summary>Collects a batch and gives the credentials.</summary>
    public async Task<IReadOnlyList<string>> Collect(string token, IReadOnlyList<Es256Key> keys, string configuration = "qualification", string organisation = College)
    {
        var nonce = await Nonce(organisation);
        var answer = await Credential(token, Request(keys.Select(k => Proof(k, nonce, organisation)), configuration), organisation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await Json(answer))["credentials"]!.AsArray().Select(c => c!["credential"]!.GetValue<string>())];
    }

    public static async Task<JsonObject> Json(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();

    /// <summary>The protocol's error code; also checks that it is one JSON object that nobody may cache.</summary>
    public static async Task<string> Error(HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        return (await Json(answer))["error"]!.GetValue<string>();
    }
}
