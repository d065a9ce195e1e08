using System.Net;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;

namespace Identity.Fuzz.Tests.Http;

/// <summary>An app of the product as it runs, on a loopback port, with nothing around it.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly string _folder;

    private RunningApp(WebApplication app, Uri url, string folder) => (App, Url, _folder) = (app, url, folder);

    public WebApplication App { get; }

    public Uri Url { get; }

    public static async Task<RunningApp> StartAsync(Func<string[], WebApplication> build, params string[] more)
    {
        var folder = Directory.CreateTempSubdirectory("http-storm-").FullName;
        var url = $"http://localhost:{Ports.Free()}";
        string[] settings =
        [
            $"--urls={url}", "--environment=Development", $"--PublicUrl={url}", $"--Data:Folder={folder}", "--Ledger:Rpc=http://127.0.0.1:1",
            "--Ledger:Contract=0x5FbDB2315678afecb367f032d93F642f64180aa3", "--Ledger:ChainId=31337", "--Limits:Secrets=10000000", "--Limits:Work=10000000", "--Limits:Fetches=10000000", "--Logging:LogLevel:Default=None", .. more,
        ];
        var app = build(settings);
        await app.StartAsync();
        return new RunningApp(app, new Uri(url), folder);
    }

    public HttpClient Client(string? name = null, string? value = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, CookieContainer = new CookieContainer() }) { BaseAddress = Url, Timeout = TimeSpan.FromMinutes(2) };
        if (name is not null) client.DefaultRequestHeaders.Add(name, value);
        return client;
    }

    /// <summary>A request whose path goes out as it is written, with a body of any kind.</summary>
    public HttpRequestMessage Request(string method, string path, string? type, byte[]? body)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Url + path.TrimStart('/'), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (body is null) return request;
        request.Content = new ByteArrayContent(body);
        if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
