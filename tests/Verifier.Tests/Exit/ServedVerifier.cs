using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Ledger.Embedded;
using Identity.Ledger.Mirror;
using Identity.TestKit;
using Identity.Verifier.Tests.World;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Verifier.Tests.Exit;

/// <summary>A Verifier as it runs, over a world that can end or over an archive.</summary>
internal sealed class ServedVerifier : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string? _folder;

    private ServedVerifier(WebApplication app, string url, string? folder) => (_app, _folder, Browser) = (app, folder, new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(2) });

    public HttpClient Browser { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Over a world, with the ledger read once.</summary>
    public static async Task<ServedVerifier> OverAsync(ExitWorld world, Action<IServiceCollection>? adjust = null, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("exit-served-").FullName;
        var verifier = await StartAsync(folder, true, adjust,
            [$"--Ledger:Rpc={world.Bench.Rpc}", $"--Ledger:Contract={world.Registry.Contract}", $"--Ledger:ChainId={AnvilNode.ChainId.ToString(CultureInfo.InvariantCulture)}", .. settings]);
        Assert.Null(await verifier.Services.GetRequiredService<LedgerMirror>().RefreshAsync(CancellationToken.None));
        return verifier;
    }

    /// <summary>Over a data folder, such as an archive's.</summary>
    public static Task<ServedVerifier> OverAsync(string folder) => StartAsync(folder, false, null, []);

    /// <summary>Checks a credential, as whoever keeps a proof of it has done before.</summary>
    /// <returns>The verdict.</returns>
    public async Task<JsonNode> CheckAsync(string credential)
    {
        using var answer = (await Browser.PostAsync("/api/check", JsonContent.Create(new { credential }))).EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    public Task<HttpResponseMessage> KeepAsync(string entry, object? body = null) => Browser.PostAsync($"/api/exit/{entry}", JsonContent.Create(body ?? new { }));

    /// <summary>Status and the last part of the problem's type.</summary>
    public async Task<string> RefusedAsync(string entry, object? body = null)
    {
        using var answer = await KeepAsync(entry, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.False(string.IsNullOrEmpty(problem["title"]?.GetValue<string>()) || string.IsNullOrEmpty(problem["detail"]?.GetValue<string>()), text);
        Assert.Equal(answer.StatusCode is System.Net.HttpStatusCode.ServiceUnavailable or System.Net.HttpStatusCode.TooManyRequests, answer.Headers.RetryAfter is not null);
        return $"{(int)answer.StatusCode} {problem["type"]!.GetValue<string>().Split(':', '/', '#')[^1]}";
    }

    private static async Task<ServedVerifier> StartAsync(string folder, bool isOwn, Action<IServiceCollection>? adjust, string[] settings)
    {
        var url = $"http://localhost:{Ports.Free()}";
        var app = VerifierApp.Build([.. TestVerifier.Defaults(url, folder), "--Logging:LogLevel:Default=None", .. settings], adjust);
        await app.StartAsync();
        return new ServedVerifier(app, url, isOwn ? folder : null);
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }
}
