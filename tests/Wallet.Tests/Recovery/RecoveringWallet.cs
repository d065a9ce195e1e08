using Identity.Wallet.Recovery;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;
using Identity.TestKit;
using Identity.Wallet.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Identity.Wallet.Tests.Recovery;

/// <summary>The Wallet service on a loopback port with a clock that the test moves; its messages land in a folder.</summary>
internal sealed partial class RecoveryService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private RecoveryService(WebApplication app, string folder, string url, ManualClock clock)
    {
        (_app, _folder, Url, Clock) = (app, folder, url, clock);
        Http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(2) };
    }

    public string Url { get; }

    public ManualClock Clock { get; }

    public HttpClient Http { get; }

    public string Database => Path.Combine(_folder, "wallet.db");

    public static async Task<RecoveryService> StartAsync(params string[] more)
    {
        var folder = Directory.CreateTempSubdirectory("recovery-test-").FullName;
        var url = $"http://localhost:{Ports.Free()}";
        var clock = new ManualClock(new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero));
        var app = WalletApp.Build([$"--urls={url}", $"--PublicUrl={url}", "--environment=Development", $"--Data:Folder={folder}", "--Recovery:Interval=00:00:00.1", "--Limits:Secrets=1000000", "--Limits:Work=1000000", "--Logging:LogLevel:Default=None", .. more],
            services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)));
        await app.StartAsync();
        return new RecoveryService(app, folder, url, clock);
    }

    public async Task<T> InScope<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }

    public Task<T> InDb<T>(Func<WalletDb, Task<T>> work) => InScope(services => work(services.GetRequiredService<WalletDb>()));

    /// <summary>The messages to an address so far, oldest first.</summary>
    public List<string> Messages(string address) => !Directory.Exists(Path.Combine(_folder, "messages")) ? [] :
        [.. Directory.GetFiles(Path.Combine(_folder, "messages"), "*.txt").Order(StringComparer.Ordinal).Select(File.ReadAllText).Where(text => text.StartsWith($"To: {address}\n", StringComparison.Ordinal))];

    /// <summary>Waits until so many messages to an address have left, and gives the last.</summary>
    public async Task<string> MessageAsync(string address, int count)
    {
        for (var tries = 0; tries < 600 && Messages(address).Count < count; tries++) await Task.Delay(100);
        // It is a file before the outbox knows that it has left.
        for (var tries = 0; tries < 600 && await InDb(db => db.Outbox.AnyAsync()); tries++) await Task.Delay(100);
        var all = Messages(address);
        Assert.Equal(count, all.Count);
        return all[^1];
    }

    /// <summary>Somebody of a desk, under a mandate.</summary>
    public static DeskAct By(string desk) => new(desk, "7KQ2M4XD", $"layla@{desk}.example");

    /// <summary>What stands on the person's document.</summary>
    public static DocumentRead Document { get; } = new(["AMINA NOOR"], "1990-05-14");

    /// <summary>What a desk's staff does.</summary>
    public Task<RecoveryStep> AtDesk(Func<RecoveryDesk, Task<RecoveryStep>> act) => InScope(services => act(services.GetRequiredService<RecoveryDesk>()));

    public async Task<string> CodeAsync(string address, int count) => Digits().Match(await MessageAsync(address, count)).Value;

    public async Task<string> StopLinkAsync(string address, int count) => StopLink().Match(await MessageAsync(address, count)).Value;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, true);
    }

    [GeneratedRegex(@"\b[0-9]{6}\b")]
    private static partial Regex Digits();

    [GeneratedRegex(@"http\S+/recovery/stop/\S+")]
    private static partial Regex StopLink();
}

/// <summary>One phone: a key, and what it knows of a sheet.</summary>
internal sealed class Phone(RecoveryService service, RecoveryCode sheet, Es256Key? key = null) : IDisposable
{
    public Es256Key Key { get; } = key ?? Es256Key.Create();

    public RecoveryCode Sheet => sheet;

    public string List => $"/api/recovery/lists/{sheet.ListId}";

    /// <summary>A phone that enrolled a sheet and these contacts, each confirmed.</summary>
    public static async Task<Phone> EnrolAsync(RecoveryService service, params string[] contacts)
    {
        var phone = new Phone(service, new RecoveryCode(RandomNumberGenerator.GetBytes(16)));
        using var made = await phone.PutAsync("a list"u8.ToArray(), null);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        foreach (var contact in contacts) await phone.AddContactAsync(contact);
        return phone;
    }

    /// <summary>The same phone with another sheet, whose list is there and has replaced nothing yet.</summary>
    public async Task<Phone> AnotherSheetAsync()
    {
        var another = new Phone(service, new RecoveryCode(RandomNumberGenerator.GetBytes(16)), Key);
        using var made = await another.PutAsync("a list"u8.ToArray(), null);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        return another;
    }

    public Task<HttpResponseMessage> ReplaceByAsync(Phone another) => SendAsync(HttpMethod.Post, List + "/successor", new JsonObject { ["list"] = another.Sheet.ListId });

    public async Task AddContactAsync(string address)
    {
        var before = service.Messages(address).Count;
        var added = await SendAsync(HttpMethod.Post, List + "/contacts", new JsonObject { ["kind"] = address.Contains('@') ? "email" : "sms", ["address"] = address });
        Assert.Equal(System.Net.HttpStatusCode.Accepted, added.StatusCode);
        var id = (await JsonAsync(added))["id"]!.GetValue<string>();
        var confirmed = await SendAsync(HttpMethod.Post, $"{List}/contacts/{id}", new JsonObject { ["code"] = await service.CodeAsync(address, before + 1) });
        Assert.True(confirmed.IsSuccessStatusCode, await confirmed.Content.ReadAsStringAsync());
    }

    public Task<HttpResponseMessage> PutAsync(byte[] content, int? version) => SendAsync(HttpMethod.Put, List, content, request =>
    {
        if (version is { } known) request.Headers.TryAddWithoutValidation("If-Match", $"\"{known}\"");
        else request.Headers.TryAddWithoutValidation("If-None-Match", "*");
    });

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject? body = null) => SendAsync(method, path, body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString()), _ => { });

    public async Task<JsonObject> BeginAsync()
    {
        var answer = await SendAsync(HttpMethod.Post, List + "/recoveries");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await JsonAsync(answer);
    }

    /// <summary>Begins by the sheet and proves the contact by its message number <paramref name="count"/>; the notice has left by then.</summary>
    public async Task<JsonObject> BeginAndProveAsync(string address, int count)
    {
        var recovery = await BeginAsync();
        await ProveAsync(recovery, await service.CodeAsync(address, count));
        await service.MessageAsync(address, count + 1);
        return recovery;
    }

    public Task<HttpResponseMessage> ProveAsync(JsonObject recovery, string code) => SendAsync(HttpMethod.Post, $"/api/recovery/recoveries/{Id(recovery)}/contact", new JsonObject { ["code"] = code });

    public async Task<JsonObject> LookAsync(JsonObject recovery) => await JsonAsync(await service.Http.GetAsync(new Uri($"/api/recovery/recoveries/{Id(recovery)}", UriKind.Relative)));

    public Task<HttpResponseMessage> AttestAsync(JsonObject recovery, string issuer = "https://issuer.example/college") =>
        SendAsync(HttpMethod.Post, $"/api/recovery/recoveries/{Id(recovery)}/attestation", new JsonObject { ["issuer"] = issuer });

    public async Task<JsonObject> BeginByContactAsync(string address) => await JsonAsync(await SendAsync(HttpMethod.Post, "/api/recovery/recoveries", new JsonObject { ["kind"] = "email", ["address"] = address }));

    public async Task<JsonObject> StateAsync() => await JsonAsync(await SendAsync(HttpMethod.Get, List + "/state"));

    public static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();

    /// <summary>The code of a refusal.</summary>
    public static async Task<string> CodeOf(HttpResponseMessage answer) => (await JsonAsync(answer))["code"]!.GetValue<string>();

    /// <summary>The answer without what differs each time.</summary>
    public static async Task<string> Plain(HttpResponseMessage answer)
    {
        var json = await JsonAsync(answer);
        json.Remove("traceId");
        return json.ToJsonString();
    }

    public static string State(JsonObject recovery) => recovery["state"]!.GetValue<string>();

    public void Dispose() => Key.Dispose();

    private static string Id(JsonObject recovery) => recovery["id"]!.GetValue<string>();

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[] body, Action<HttpRequestMessage> more)
    {
        var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Base64Url.Encode(sheet.ListToken()));
        var said = new JsonObject { ["aud"] = service.Url + path, ["htm"] = method.Method, ["iat"] = service.Clock.GetUtcNow().ToUnixTimeSeconds(), ["body"] = Base64Url.Encode(SHA256.HashData(body)) };
        request.Headers.TryAddWithoutValidation("Holder-Proof", Jws.Sign(new JsonObject { ["typ"] = "identity-recovery-holder+jwt", ["jwk"] = Key.PublicKey.ToJson() }, said, Key));
        more(request);
        return await service.Http.SendAsync(request);
    }
}
